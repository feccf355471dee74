"""Options that the evaluations share."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["GraphOption", "JsonOption", "RunArgument"]

GraphOption = Annotated[
    str | None,
    typer.Option("--graph", metavar="GRAPH", help="Name or path; a run directory knows its own."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
RunArgument = Annotated[Path, typer.Argument(metavar="RUNDIR", help="A directory that `generate` wrote.")]
