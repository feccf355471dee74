"""Which style each text was asked for in: a function of (seed, record) and the document type's list of styles."""

from collections.abc import Iterable

from causalsynth.domain import Domain
from causalsynth.errors import CausalSynthError
from causalsynth.evaluate.rundir import RunPlan
from causalsynth.realize.prompts import Prompts

__all__ = ["styles_of"]


def styles_of(plan: RunPlan, indices: Iterable[int], *, graph: str | None = None) -> dict[int, str]:
    """Give each record's style; empty where the run's templates aren't there any more, or have changed since.

    Parameters
    ----------
    plan
        The run's.
    indices
        Of the records.
    graph
        Name or path of the graph, where the one in the plan has gone elsewhere.
    """
    source = plan.domain or graph or plan.graph
    if source is None:
        return {}
    try:
        prompts = Prompts.load(plan.prompts or Domain.load(source).lexicon.document)
    except CausalSynthError:
        return {}
    if plan.prompts_digest is not None and plan.prompts_digest != prompts.digest:
        return {}
    return {index: prompts.style_of(plan.seed, index).name for index in indices}
