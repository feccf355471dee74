"""``causalsynth evaluate realizability``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from causalsynth.cli.evaluate.options import GraphOption, JsonOption, RunArgument
from causalsynth.cli.evaluate.printing import note, print_report

if TYPE_CHECKING:
    from causalsynth.evaluate.rundir import RunPlan
    from causalsynth.ledger import Attempt

__all__ = ["realizability"]


def realizability(
    rundir: RunArgument,
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
    from causalsynth.cli.evaluate.realizability_tables import render_realizability
    from causalsynth.cli.options import count_or_share
    from causalsynth.evaluate import realizability as evaluate
    from causalsynth.evaluate import require
    from causalsynth.evaluate.rundir import read_plan
    from causalsynth.evaluate.styles import styles_of
    from causalsynth.ledger import read_ledger

    most = None if max_unrealized is None else count_or_share(max_unrealized)
    plan, attempts = read_plan(rundir), read_ledger(rundir)
    report = evaluate(
        attempts,
        planned=plan.n,
        rounds=plan.rounds,
        log_probability=_log_probability(rundir, plan, attempts, graph),
        styles=styles_of(plan, {attempt.i for attempt in attempts}, graph=graph),
    )
    if plan.is_llm is False:
        note(f"the realizer `{plan.realizer}` is not an LLM; these figures say nothing of one")
    print_report(report, render_realizability, as_json=as_json)
    if min_realizability is not None or most is not None:
        require(report, min_realizability=min_realizability, max_unrealized=most)


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
        note("no manifest names the graph, so there are no strata of probability (give --graph)")
        return {}
    try:
        scm = SCM.load(name)
    except InputError as error:
        if graph is not None:
            raise
        note(f"no strata of probability: {error.message} (give --graph)")
        return {}
    check_graph(rundir, plan, scm, name=name)
    return log_probabilities(attempts, scm)
