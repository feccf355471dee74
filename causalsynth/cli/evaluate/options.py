"""Options that the evaluations share."""

import os
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["GraphOption", "JsonOption", "RunArgument", "cores"]

GraphOption = Annotated[
    str | None,
    typer.Option("--graph", metavar="GRAPH", help="Name or path; a run directory knows its own."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
RunArgument = Annotated[Path, typer.Argument(metavar="RUNDIR", help="A directory that `generate` wrote.")]


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
