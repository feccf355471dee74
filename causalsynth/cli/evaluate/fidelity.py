"""``causalsynth evaluate fidelity``."""

from typing import Annotated

import typer

from causalsynth.cli.evaluate.options import GraphOption, JsonOption, RunArgument
from causalsynth.cli.evaluate.printing import note, print_report
from causalsynth.cli.evaluate.source import opened

__all__ = ["fidelity"]


def fidelity(
    rundir: RunArgument,
    graph: GraphOption = None,
    redraws: Annotated[int, typer.Option(min=1, help="Fresh samples that say how large a figure is by chance.")] = 19,
    nearest_rows: Annotated[
        int, typer.Option(min=2, help="Rows at most that nearest neighbours are sought among.")
    ] = 5000,
    seed: Annotated[int, typer.Option(min=0, help="Draws fresh samples and permutations.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Compare what the texts say with the skeletons and with the graph's law: marginals, correlations, neighbours."""
    from causalsynth.cli.evaluate.fidelity_tables import render_fidelity
    from causalsynth.evaluate.fidelity import fidelity_of_run

    run = opened(rundir, graph)
    report = fidelity_of_run(run, redraws=redraws, nearest_rows=nearest_rows, seed=seed)
    if report.law_rows is None:
        note("no comparison with the graph's law: the rows aren't drawn from it, or texts keep silent on any variable")
    print_report(report, render_fidelity, as_json=as_json)
