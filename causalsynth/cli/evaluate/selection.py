"""``causalsynth evaluate selection``."""

from pathlib import Path
from typing import Annotated

import typer

from causalsynth.cli.evaluate.options import GraphOption, JsonOption, RunArgument
from causalsynth.cli.evaluate.printing import note, print_report
from causalsynth.cli.evaluate.source import opened

__all__ = ["selection"]


def selection(
    rundir: RunArgument,
    graph: GraphOption = None,
    weights: Annotated[
        Path | None,
        typer.Option("--weights", metavar="FILE", help="Write inverse-acceptance weights of the loop's records there."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Draws resamples, folds and the exact tests.")] = 0,
    resamples: Annotated[int, typer.Option(min=100, help="For the intervals.")] = 2000,
    as_json: JsonOption = False,
) -> None:
    """Measure how the accepted records differ from what the graph draws, and whether iterating helped."""
    from causalsynth.cli.evaluate.selection_tables import render_selection
    from causalsynth.evaluate.selection import selection as evaluate
    from causalsynth.evaluate.selection import selection_weights
    from causalsynth.tables import check_target, write_table

    if weights is not None:
        check_target(weights)
    run = opened(rundir, graph)
    print_report(evaluate(run, seed=seed, resamples=resamples), render_selection, as_json=as_json)
    if weights is not None:
        write_table(selection_weights(run, seed=seed), weights)
        note(f"weights of the records that the loop accepted are in {weights}")
