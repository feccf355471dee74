"""``causalsynth evaluate richness``."""

from typing import Annotated

import typer

from causalsynth.cli.evaluate.options import JsonOption, RunArgument
from causalsynth.cli.evaluate.printing import note, print_report

__all__ = ["richness"]


def richness(
    rundir: RunArgument,
    threshold: Annotated[float, typer.Option(help="Least Jaccard similarity of near-duplicates.")] = 0.8,
    sample: Annotated[int, typer.Option(min=2, help="Most texts that are compared pair by pair.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="Draws them.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Measure how rich the texts are, and whether correcting flattens them."""
    from causalsynth.cli.evaluate.richness_tables import render_richness
    from causalsynth.evaluate.richness import richness as evaluate
    from causalsynth.evaluate.rundir import read_plan
    from causalsynth.ledger import read_ledger

    plan = read_plan(rundir)
    if plan.is_llm is False:
        note(f"the realizer `{plan.realizer}` is not an LLM; these figures say nothing of one")
    report = evaluate(read_ledger(rundir), threshold=threshold, sample=sample, seed=seed)
    print_report(report, render_richness, as_json=as_json)
