"""``causalsynth sample``: facts without words."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["sample"]


def sample(
    graph: Annotated[str, typer.Argument(help="A graph: a name (see `graphs`), a .bif file, or a folder.")],
    n: Annotated[int, typer.Option("-n", "--rows", min=0, help="How many rows.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A .parquet, .csv or .jsonl file.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Row i depends on (seed, i) alone.")] = 0,
    do: Annotated[
        list[str] | None, typer.Option("--do", metavar="X=x", help="Hold X at x; may be given several times.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as one JSON document.")] = False,
) -> None:
    """Draw skeletons from a structural causal model and write them as a table."""
    from causalsynth.cli.options import parse_do
    from causalsynth.scm import SCM
    from causalsynth.tables import write_table

    scm = SCM.from_bif(graph).do(parse_do(do))
    write_table(scm.sample(n, seed=seed).to_frame(), output)
    summary = {
        "graph": scm.name,
        "n": n,
        "seed": seed,
        "do": dict(scm.interventions),
        "variables": list(scm.variables),
        "output": str(output),
    }
    if as_json:
        sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
    else:
        held = "".join(f", do({name} = {state})" for name, state in scm.interventions.items())
        sys.stdout.write(f"{output}: {n} rows of {scm.name}, {len(scm.variables)} variables{held}\n")
