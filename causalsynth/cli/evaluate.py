"""``causalsynth evaluate``: what a run achieved, and whether the causal structure came through."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.evaluate import IndependenceReport, RealizabilityReport
    from causalsynth.evaluate.rundir import RunPlan
    from causalsynth.evaluate.withheld import Withheld
    from causalsynth.ledger import Attempt
    from causalsynth.scm import SCM

__all__ = ["app", "ci", "realizability"]

app = typer.Typer(
    help="Prove with numbers what a run achieved and what it lost.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

GraphOption = Annotated[
    str | None,
    typer.Option("--graph", metavar="GRAPH", help="Name or path; a run directory knows its own."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def realizability(
    rundir: Annotated[Path, typer.Argument(help="A directory that `generate` wrote.")],
    graph: GraphOption = None,
    min_realizability: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Leave with code 5 if a smaller share is realized."),
    ] = None,
    max_unrealized: Annotated[
        str | None,
        typer.Option(metavar="N|SHARE", help="Leave with code 5 if more records are unrealized: 3, 0.01 or 1%."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Count what the LLM realized within 1..K rounds, and which facts it would not write."""
    from causalsynth.cli.options import count_or_share
    from causalsynth.evaluate import realizability as evaluate
    from causalsynth.evaluate import require
    from causalsynth.evaluate.rundir import read_plan
    from causalsynth.ledger import read_ledger

    most = None if max_unrealized is None else count_or_share(max_unrealized)
    plan, attempts = read_plan(rundir), read_ledger(rundir)
    report = evaluate(
        attempts,
        planned=plan.n,
        rounds=plan.rounds,
        log_probability=_log_probability(rundir, plan, attempts, graph),
    )
    if plan.is_llm is False:
        _note(f"the realizer `{plan.realizer}` is not an LLM; these figures say nothing of one")
    _print(report, as_json=as_json)
    if min_realizability is not None or most is not None:
        require(report, min_realizability=min_realizability, max_unrealized=most)


@app.command()
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
    from causalsynth.evaluate import independence
    from causalsynth.evaluate.withheld import withhold

    silent: frozenset[str] = frozenset()
    withheld: tuple[Withheld, ...] = ()
    if source.is_dir():
        frames, scm, plan = _from_run(source, graph, do)
        mention = plan.mention_plan(scm.supports)
        silent = mention.never
        frames, withheld = withhold(frames, mention, plan.seed)
    else:
        frames, scm = _from_table(source, graph, do)
    shown = _shown(values, frames)
    report = independence(frames, scm, alpha=alpha, test=test, seed=seed, silent=silent, withheld=withheld)
    _print(_only(report, shown), as_json=as_json)


def _from_run(
    rundir: Path, graph: str | None, do: Sequence[str] | None
) -> "tuple[dict[str, pd.DataFrame], SCM, RunPlan]":
    """Give a run's values, its graph, and what it was asked for."""
    from causalsynth.errors import InputError
    from causalsynth.evaluate.rundir import check_graph, interventions, read_plan, value_frames
    from causalsynth.ledger import read_ledger
    from causalsynth.scm import SCM

    if do:
        raise InputError("--do goes with a TABLE", hint="a run directory knows its own interventions")
    plan = read_plan(rundir)
    name = graph or plan.graph
    if name is None:
        raise InputError(f"{rundir}: no manifest names the graph", hint="give --graph")
    attempts = read_ledger(rundir)
    scm = SCM.load(name)
    check_graph(rundir, plan, scm, name=name)
    held = interventions(attempts)
    frames = value_frames(attempts, scm.variables)
    if frames["skeleton"].empty:
        raise InputError(f"{rundir}: no record is finished", hint="run `generate` again: it resumes")
    if plan.n is not None and len(frames["skeleton"]) < plan.n:
        _note(f"incomplete: {len(frames['skeleton'])} of {plan.n} planned records are finished")
    return frames, scm.do(held) if held else scm, plan


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


def _log_probability(
    rundir: Path, plan: "RunPlan", attempts: "Sequence[Attempt]", graph: str | None
) -> dict[int, float]:
    """Give the skeletons' log probabilities; a run whose own graph has gone is still worth counting."""
    from causalsynth.errors import InputError
    from causalsynth.evaluate.rundir import check_graph
    from causalsynth.evaluate.strata import log_probabilities
    from causalsynth.scm import SCM

    name = graph or plan.graph
    if name is None:
        _note("no manifest names the graph, so there are no strata of probability (give --graph)")
        return {}
    try:
        scm = SCM.load(name)
    except InputError as error:
        if graph is not None:
            raise
        _note(f"no strata of probability: {error.message} (give --graph)")
        return {}
    check_graph(rundir, plan, scm, name=name)
    return log_probabilities(attempts, scm)


def _print(report: "RealizabilityReport | IndependenceReport", *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(report.to_json(), indent=2, allow_nan=False) + "\n")
        return
    from rich.console import Console

    from causalsynth.cli.evaluation_tables import render

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 120)  # a file or a pipe has no width: don't fold its tables
    console.print(render(report))


def _note(text: str) -> None:
    sys.stderr.write(f"note: {text}\n")
