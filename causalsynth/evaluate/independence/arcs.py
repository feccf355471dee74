"""Which tests of arcs tell something of power, and how much power the model gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from causalsynth.evaluate.independence.exact_power import dependence
from causalsynth.evaluate.independence.report import LeftOutArc
from causalsynth.evaluate.independence.triples import arc_triples
from causalsynth.evaluate.independence.withheld import Withheld
from causalsynth.graph import Independence

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["ArcPlan", "arc_plan"]

DETERMINED = "given these, the model's functions leave one of the two no freedom, or cut them apart"
UNFAITHFUL = "the model's probabilities make the two independent, though an arc joins them"
UNTESTABLE = "the reference values can't test it: in every stratum one of the two is constant"

_NONE = 1e-12
"""φ² of exact independence, up to rounding."""


@dataclass(frozen=True, slots=True)
class ArcPlan:
    """Tests of arcs.

    Attributes
    ----------
    triples
        (cause, effect, given) of those that tell something.
    dependence
        Triple → φ² of the model (`causalsynth.evaluate.independence.exact_power.dependence`); None if not known.
    left_out
        Those that don't, and why.
    """

    triples: list[Independence]
    dependence: Mapping[Independence, float | None]
    left_out: list[LeftOutArc]


def arc_plan(scm: "SCM", *, silent: frozenset[str], withheld: Sequence[Withheld], seed: int) -> ArcPlan:
    """Choose the tests; what only the data can't test is left to the caller."""
    kept: dict[Independence, float | None] = {}
    left_out: list[LeftOutArc] = []
    selecting = {item.variable for item in withheld if item.given}
    for triple in arc_triples(scm.graph, held=scm.held, silent=silent, seed=seed):
        cause, effect, given = triple
        if scm.graph.is_d_separated(cause, effect, {*given, *scm.held}, deterministic=scm.deterministic):
            left_out.append(LeftOutArc(triple=triple, reason=DETERMINED))
            continue
        # Among records selected by silence, the dependence is another one.
        shown = None if selecting & {cause, effect, *given} else dependence(scm, triple)
        if shown is not None and shown < _NONE:
            left_out.append(LeftOutArc(triple=triple, reason=UNFAITHFUL))
        else:
            kept[triple] = shown
    return ArcPlan(list(kept), kept, left_out)
