"""``causalsynth evaluate ci``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from causalsynth.cli.evaluate.options import GraphOption, JsonOption
from causalsynth.cli.evaluate.printing import print_report
from causalsynth.cli.evaluate.source import opened

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.evaluate import IndependenceReport
    from causalsynth.evaluate.independence.withheld import Withheld
    from causalsynth.scm import SCM

__all__ = ["ci"]


def ci(
    source: Annotated[Path, typer.Argument(metavar="RUNDIR|TABLE", help="A run directory, or a table of states.")],
    graph: GraphOption = None,
    alpha: Annotated[float, typer.Option(min=0, max=1, help="Level of each test.")] = 0.05,
    test: Annotated[str, typer.Option(metavar="x2|g2", help="Test of conditional independence.")] = "x2",
    values: Annotated[
        list[str] | None,
        typer.Option(metavar="skeleton|extracted", help="Which values to show; may be repeated. All by default."),
    ] = None,
    do: Annotated[
        list[str] | None,
        typer.Option(metavar="X=x", help="Intervention that a TABLE was drawn under; a run directory knows its own."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Draws the tests and their standard error.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Test whether the data keep the graph's independencies and show its arcs."""
    from causalsynth.cli.evaluate.ci_tables import render_independence
    from causalsynth.errors import InputError
    from causalsynth.evaluate import independence
    from causalsynth.evaluate.independence.withheld import withhold

    silent: frozenset[str] = frozenset()
    withheld: tuple[Withheld, ...] = ()
    if source.is_dir():
        if do:
            raise InputError("--do goes with a TABLE", hint="a run directory knows its own interventions")
        run = opened(source, graph)
        scm, mention = run.scm, run.plan.mention_plan(run.scm.supports)
        silent = mention.never
        frames, withheld = withhold(run.frames(), mention, run.plan.seed)
    else:
        frames, scm = _from_table(source, graph, do)
    shown = _shown(values, frames)
    report = independence(frames, scm, alpha=alpha, test=test, seed=seed, silent=silent, withheld=withheld)
    print_report(_only(report, shown), render_independence, as_json=as_json)


def _from_table(path: Path, graph: str | None, do: Sequence[str] | None) -> "tuple[dict[str, pd.DataFrame], SCM]":
    from causalsynth.cli.options import parse_do
    from causalsynth.errors import InputError
    from causalsynth.scm import SCM
    from causalsynth.tables import read_table

    if not path.exists():
        raise InputError(f"{path}: there is no such file or directory", hint="check the path")
    if graph is None:
        raise InputError(f"{path}: a table does not say which graph it follows", hint="give --graph")
    frame = read_table(path)
    if frame.empty:
        raise InputError(f"{path}: no rows", hint="give a table with one row a record")
    scm, held = SCM.load(graph), parse_do(do)
    return {"table": frame}, scm.do(held) if held else scm


def _shown(values: Sequence[str] | None, frames: "Mapping[str, pd.DataFrame]") -> list[str]:
    from causalsynth.errors import InputError

    if unknown := [name for name in values or () if name not in frames]:
        raise InputError(f"--values {unknown[0]}: no such values here", hint=f"there are: {', '.join(frames)}")
    return [name for name in frames if not values or name in values]


def _only(report: "IndependenceReport", names: Sequence[str]) -> "IndependenceReport":
    """Keep what was asked for; the reference is tested either way, for the paired difference."""
    return replace(
        report,
        values={name: report.values[name] for name in names},
        paired_difference={name: pair for name, pair in report.paired_difference.items() if name in names},
    )
