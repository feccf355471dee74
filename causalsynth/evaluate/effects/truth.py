"""What the model itself says of interventions: exact where it is discrete, else simulated, with its standard error."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError
from causalsynth.evaluate.effects.question import Effect, Outcome
from causalsynth.evaluate.enumeration import configurations

if TYPE_CHECKING:
    from causalsynth.scm import SCM, Skeletons

__all__ = ["SIMULATED_ROWS", "Truth", "effect_in", "mean_in", "score"]

SIMULATED_ROWS = 2**18
_SEED = 0x7EF1EC7
"""Not a seed that anybody would give a run."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A figure of the model.

    Attributes
    ----------
    value
        The figure.
    se
        Standard error of simulation.
    exact
        Whether it is computed, not simulated.
    """

    value: float
    se: float = 0.0
    exact: bool = True

    def to_json(self) -> dict[str, object]:
        """Give the value of ``truth``."""
        return {"value": self.value, "se": self.se, "exact": self.exact}


def score(rows: "Skeletons", outcome: Outcome) -> NDArray[np.float64]:
    """Give the outcome of rows that the model drew: a number, or 0 and 1."""
    column: NDArray[Any] = rows.column(outcome.variable)
    if outcome.state is None:
        return column.astype(np.float64)
    has: NDArray[np.bool_] = column == rows.states[outcome.variable].index(outcome.state)
    return has.astype(np.float64)


def mean_in(scm: "SCM", outcome: Outcome) -> Truth:
    """Give the mean of an outcome under the interventions that `scm` is under."""
    exact = _exact_mean(scm, outcome)
    if exact is not None:
        return Truth(exact)
    values = score(scm.sample(SIMULATED_ROWS, seed=_SEED), outcome)
    return Truth(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))), exact=False)


def effect_in(scm: "SCM", effect: Effect) -> Truth:
    """Give an average treatment effect; where it is simulated, both worlds have the same noise."""
    worlds = [scm.do({effect.treatment: value}) for value in (effect.treated, effect.control)]
    exact = [_exact_mean(world, effect.outcome) for world in worlds]
    if exact[0] is not None and exact[1] is not None:
        return Truth(exact[0] - exact[1])
    one, two = (score(world.sample(SIMULATED_ROWS, seed=_SEED), effect.outcome) for world in worlds)
    difference = one - two
    return Truth(float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(difference))), exact=False)


def _exact_mean(scm: "SCM", outcome: Outcome) -> float | None:
    """Sum over all configurations where they are few, else by variable elimination; None: neither can be done."""
    if outcome.state is None:
        return None
    code = scm.states(outcome.variable).index(outcome.state)
    few = configurations(scm, [outcome.variable])
    if few is not None:
        return float(few.law(outcome.variable)[code])
    try:
        return float(scm.joint(outcome.variable)[code])
    except GraphError:
        return None
