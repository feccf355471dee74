"""Which variables to adjust for, by the back-door criterion.

Adjusting for Z gives the effect of X on Y if Z holds no descendant of a variable on a causal path from X to Y (X itself
aside), and blocks every path from X to Y that is left when the first arcs of the causal paths are cut (Pearl,
Causality, 2009, section 3.3; Shpitser, VanderWeele & Robins, UAI 2010; van der Zander, Liśkiewicz & Textor, AIJ 2019).
"""

from collections.abc import Collection
from enum import StrEnum

from causalsynth.graph import Dag

__all__ = ["AdjustmentKind", "adjustment_set", "is_valid_adjustment"]


class AdjustmentKind(StrEnum):
    """Which of the valid sets."""

    MINIMAL = "minimal"
    """No member can be spared; variables near the outcome are kept rather than those near the treatment, which leaves
    more overlap between the treatments."""
    PARENTS = "parents"
    """The causes of the treatment."""
    OPTIMAL = "optimal"
    """The causes of what lies on causal paths: least variance in large samples (Henckel, Perković & Maathuis, JRSS B
    84, 2022)."""


def adjustment_set(
    graph: Dag,
    x: str,
    y: str,
    *,
    kind: AdjustmentKind = AdjustmentKind.MINIMAL,
    observed: Collection[str] | None = None,
) -> tuple[str, ...] | None:
    """Find a valid adjustment set.

    Parameters
    ----------
    graph
        The causal graph.
    x, y
        Treatment and outcome.
    kind
        Which set is wanted. Where it holds a variable that isn't observed, the minimal one is given.
    observed
        Variables that may be in it; None: all.

    Returns
    -------
    tuple of str or None
        In the graph's order. None: no observed set is valid.
    """
    allowed = set(graph.nodes if observed is None else observed)
    wanted = _wanted(graph, x, y, kind)
    if wanted is not None and wanted <= allowed:
        return tuple(name for name in graph.nodes if name in wanted)
    return _minimal(graph, x, y, allowed)


def is_valid_adjustment(graph: Dag, x: str, y: str, given: Collection[str]) -> bool:
    """Tell whether adjusting for `given` gives the effect of `x` on `y`, whatever the mechanisms."""
    chosen = set(given)
    if chosen & (_forbidden(graph, x, y) | {x, y}):
        return False
    return _back_door(graph, x, y).is_d_separated(x, y, chosen)


def _wanted(graph: Dag, x: str, y: str, kind: AdjustmentKind) -> set[str] | None:
    if kind is AdjustmentKind.PARENTS:
        return set(graph.parents(x))
    if kind is AdjustmentKind.OPTIMAL:
        causal = _causal(graph, x, y)
        return {parent for node in causal for parent in graph.parents(node)} - causal - {x} - _forbidden(graph, x, y)
    return None


def _minimal(graph: Dag, x: str, y: str, allowed: Collection[str]) -> tuple[str, ...] | None:
    """Drop what can be spared from all allowed ancestors of x and y, which separate if anything allowed does."""
    cut = _back_door(graph, x, y)
    barred = _forbidden(graph, x, y) | {x, y}
    ancestors = cut.ancestors(x) | cut.ancestors(y)
    kept = [name for name in graph.topological_order if name in ancestors and name in allowed and name not in barred]
    if not cut.is_d_separated(x, y, kept):
        return None
    for name in tuple(kept):
        fewer = [other for other in kept if other != name]
        if cut.is_d_separated(x, y, fewer):
            kept = fewer
    return tuple(name for name in graph.nodes if name in kept)


def _causal(graph: Dag, x: str, y: str) -> set[str]:
    """Give the variables on causal paths from x to y, without x."""
    return set(graph.descendants(x) & (graph.ancestors(y) | {y}))


def _forbidden(graph: Dag, x: str, y: str) -> set[str]:
    causal = _causal(graph, x, y)
    return causal.union(*(graph.descendants(node) for node in causal)) - {x}


def _back_door(graph: Dag, x: str, y: str) -> Dag:
    """Cut the first arcs of the causal paths from x to y."""
    first = _causal(graph, x, y)
    return Dag(
        {
            name: tuple(parent for parent in parents if not (parent == x and name in first))
            for name, parents in graph.parents_of.items()
        }
    )
