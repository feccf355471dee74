"""Strata of skeleton probability: how surprising a set of facts is under the graph."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from causalsynth.ledger import Attempt

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["STRATA", "log_probabilities", "stratum_of"]

_LOWER_ENDS: tuple[tuple[float, str], ...] = (
    (1e-2, "p >= 1e-2"),
    (1e-3, "1e-3 <= p < 1e-2"),
    (1e-5, "1e-5 <= p < 1e-3"),
    (1e-8, "1e-8 <= p < 1e-5"),
    (0.0, "p < 1e-8"),
)
_IMPOSSIBLE = "impossible"

STRATA: tuple[str, ...] = (*(name for _, name in _LOWER_ENDS), _IMPOSSIBLE)
"""Names, most probable first. ``impossible`` skeletons arise under interventions."""


def stratum_of(log_probability: float) -> str:
    """Give the stratum of a skeleton by the natural logarithm of its probability."""
    if log_probability == -math.inf:
        return _IMPOSSIBLE
    # The slack keeps a probability that is exactly 1e-2 in its stratum after a logarithm and a sum.
    ends = (name for end, name in _LOWER_ENDS if end == 0 or log_probability >= math.log(end) - 1e-9)
    return next(ends)


def log_probabilities(attempts: Iterable[Attempt], scm: "SCM") -> dict[int, float]:
    """Give the log probability of each record's skeleton under `scm`.

    Take the graph *without* the run's interventions: a fact that do() imposed against its causes is what an
    LLM's prior resists, and the mutilated graph would call it certain.

    Returns
    -------
    dict
        Record index → natural logarithm; empty where the graph has numbers that it doesn't round: their rows have a
        density and no probability.

    Raises
    ------
    InputError
        A skeleton does not fit the graph.
    """
    from causalsynth.scm import Skeletons
    from causalsynth.scm.support import Numeric

    if any(isinstance(support, Numeric) and support.decimals is None for support in scm.supports.values()):
        return {}
    skeletons = {attempt.i: attempt.skeleton for attempt in attempts}
    coded = Skeletons.from_records(list(skeletons.values()), scm.supports, index=list(skeletons))
    return dict(zip(skeletons, scm.log_probability(coded).tolist(), strict=True))
