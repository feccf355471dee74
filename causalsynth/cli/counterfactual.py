"""``causalsynth counterfactual``: what each row would have been."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from causalsynth.scm import SCM, Skeletons

__all__ = ["counterfactual"]


def counterfactual(
    graph: Annotated[str, typer.Argument(help="A graph: a name (see `graphs`), a .bif or .yaml file, or a folder.")],
    factual: Annotated[Path, typer.Argument(help="The rows as they are: a .parquet, .csv or .jsonl file.")],
    do: Annotated[
        list[str], typer.Option("--do", metavar="X=x", help="What to do: X=x, X~a:.2,b:.8, X+=5 or X:=EXPRESSION.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="A .parquet, .csv or .jsonl file.")],
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, help="The seed that `sample` drew the rows with; else that of inferred noise."),
    ] = None,
    factual_do: Annotated[
        list[str] | None,
        typer.Option(
            "--factual-do",
            metavar="X=x",
            help="What `sample --do` had done to the rows; their twins are without.",
        ),
    ] = None,
    coupling: Annotated[
        str | None,
        typer.Option("--coupling", help="How noise leads to states: inverse_cdf or gumbel_max; else the graph's own."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as one JSON document.")] = False,
) -> None:
    """Write the twin of each row: what it would have been under an intervention, all noise kept.

    Rows that `sample` wrote are twinned exactly if their seed is given. The noise behind other rows is inferred from
    their values.
    """
    from causalsynth.cli.options import coupled, parse_do
    from causalsynth.errors import InputError
    from causalsynth.scm import SCM
    from causalsynth.tables import check_target, write_table

    check_target(output)
    scm = coupled(SCM.load(graph), coupling)
    rows = _read(scm, factual, parse_do(factual_do), seed)
    try:
        twins = scm.counterfactual(rows, parse_do(do), seed=seed)
    except InputError as error:
        place = f"{factual}: " if error.message.startswith(("row ", "rows ")) else ""
        raise InputError(f"{place}{error.message}", hint=error.hint) from None
    write_table(twins.to_frame(), output)
    summary = {
        "graph": scm.name,
        "n": len(twins),
        "seed": seed,
        "do": dict(twins.interventions),
        "noise": "inferred" if rows.seed is None else "retained",
        "changed": _changed(rows, twins),
        "output": str(output),
    }
    sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n" if as_json else _sentences(summary))


def _sentences(summary: Mapping[str, Any]) -> str:
    from causalsynth.cli.options import told_do

    how = f"exact, by the noise of seed {summary['seed']}"
    if summary["noise"] == "inferred":
        how = "by noise inferred from the rows"
    moved = ", ".join(f"{name} in {count}" for name, count in summary["changed"].items() if count)
    return (
        f"{summary['output']}: {summary['n']} twins under {told_do(summary['do'])}, {how}\n"
        f"changed: {moved or 'nothing'}\n"
    )


def _read(scm: "SCM", path: Path, done: dict[str, str], seed: int | None) -> "Skeletons":
    from causalsynth.errors import InputError
    from causalsynth.scm import Skeletons
    from causalsynth.tables import read_table

    frame = read_table(path)
    try:
        rows = Skeletons.from_frame(frame, scm.supports)
    except InputError as error:
        raise InputError(f"{path}: {error.message}", hint=error.hint) from None
    drawn = seed if "_index" in frame.columns else None
    return replace(rows, seed=drawn, interventions=dict(scm.do(done).interventions))


def _changed(rows: "Skeletons", twins: "Skeletons") -> dict[str, int]:
    """Count the rows in which each variable differs between a row and its twin."""
    return {name: int((rows.column(name) != twins.column(name)).sum()) for name in rows.variables}
