"""``causalsynth sample``: facts without words."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["sample"]


def sample(
    graph: Annotated[str, typer.Argument(help="A graph: a name (see `graphs`), a .bif or .yaml file, or a folder.")],
    n: Annotated[int, typer.Option("-n", "--rows", min=0, help="How many rows.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A .parquet, .csv or .jsonl file.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Row i depends on (seed, i) alone.")] = 0,
    start: Annotated[int, typer.Option("--start", min=0, help="The first row: one shard of a larger table.")] = 0,
    do: Annotated[
        list[str] | None,
        typer.Option("--do", metavar="X=x", help="Intervene: X=x, X~a:.2,b:.8, X+=5 or X:=EXPRESSION; repeatable."),
    ] = None,
    noise: Annotated[Path | None, typer.Option("--noise", help="Write the exogenous noise too, as a table.")] = None,
    coupling: Annotated[
        str | None,
        typer.Option("--coupling", help="How noise leads to states: inverse_cdf or gumbel_max; else the graph's own."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as one JSON document.")] = False,
) -> None:
    """Draw skeletons from a structural causal model and write them as a table."""
    from causalsynth.cli.options import coupled, parse_do, told_do
    from causalsynth.errors import InputError
    from causalsynth.scm import SCM
    from causalsynth.tables import check_target, write_table

    if noise is not None and noise.resolve() == output.resolve():
        raise InputError(f"--noise {noise}: the rows go there", hint="give the noise a file of its own")
    for path in (output, *(() if noise is None else (noise,))):
        check_target(path)
    scm = coupled(SCM.load(graph), coupling).do(parse_do(do))
    write_table(scm.sample(n, seed=seed, start=start).to_frame(), output)
    if noise is not None:
        write_table(scm.noise(n, seed=seed, start=start).to_frame(), noise)
    if as_json:
        summary = {**_summary(scm, n, seed), "output": str(output), "noise": None if noise is None else str(noise)}
        sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
        return
    under = f" under {told_do(scm.interventions)}" if scm.interventions else ""
    sys.stdout.write(f"{output}: {n} rows of {scm.name}, {len(scm.variables)} variables{under}\n")
    if noise is not None:
        sys.stdout.write(f"{noise}: their noise\n")


def _summary(scm: "SCM", n: int, seed: int) -> dict[str, object]:
    return {
        "graph": scm.name,
        "n": n,
        "seed": seed,
        "do": dict(scm.interventions),
        "variables": list(scm.variables),
    }
