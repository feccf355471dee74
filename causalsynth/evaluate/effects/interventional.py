"""Runs under do(): means by the texts against the model's interventional law, and twins against the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.effects.question import Outcome, reference_state
from causalsynth.evaluate.effects.truth import Truth, mean_in
from causalsynth.evaluate.effects.values import RunValues
from causalsynth.evaluate.intervals import Z95, Share
from causalsynth.scm.support import Categorical

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["InterventionalMean", "MeanEstimate", "interventional_means", "mean_of", "outcomes_under"]


@dataclass(frozen=True, slots=True)
class MeanEstimate:
    """A mean by one table.

    Attributes
    ----------
    value, interval
        The mean and its 95 % interval: exact (Clopper & Pearson) for a state, by the normal approximation for a number.
    n
        Records with a definite value.
    """

    value: float
    interval: tuple[float, float]
    n: int

    def to_json(self) -> dict[str, object]:
        """Give one value of ``estimates``."""
        return {"value": self.value, "interval": list(self.interval), "n": self.n}


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionalMean:
    """The mean of one outcome under a run's intervention.

    Attributes
    ----------
    outcome, truth
        What is averaged, and its exact or simulated mean under the intervention.
    estimates
        Table → mean; without tables that have no definite value.
    """

    outcome: Outcome
    truth: Truth
    estimates: Mapping[str, MeanEstimate]

    def to_json(self) -> dict[str, object]:
        """Give one item of ``means``."""
        return {
            "outcome": self.outcome.variable,
            "state": self.outcome.state,
            "truth": self.truth.to_json(),
            "estimates": {name: each.to_json() for name, each in self.estimates.items()},
        }


def outcomes_under(scm: "SCM", silent: Sequence[str]) -> list[Outcome]:
    """List what an intervention can change: each state but the reference, or the number, of each effect of a target."""
    changed = frozenset[str]().union(*(scm.graph.descendants(target) for target in scm.interventions))
    found = []
    for name in scm.variables:
        if name not in changed or name in silent or name in scm.interventions:
            continue
        support = scm.supports[name]
        if isinstance(support, Categorical):
            reference = reference_state(support.states)
            found += [Outcome(name, state) for state in support.states if state != reference]
        else:
            found.append(Outcome(name))
    return found


def interventional_means(values: RunValues, outcomes: Sequence[Outcome]) -> tuple[InterventionalMean, ...]:
    """Compare means under a run's interventions with the model's."""
    found = []
    for outcome in outcomes:
        means = {name: mean_of(values.outcome(name, outcome), outcome) for name in values.tables}
        found.append(
            InterventionalMean(
                outcome=outcome,
                truth=mean_in(values.scm, outcome),
                estimates={name: mean for name, mean in means.items() if mean is not None},
            )
        )
    return tuple(found)


def mean_of(column: NDArray[np.float64], outcome: Outcome) -> MeanEstimate | None:
    """Average the definite values; None without any, or with a single number."""
    definite = column[~np.isnan(column)]
    n = len(definite)
    if n < (2 if outcome.state is None else 1):
        return None
    value = float(definite.mean())
    if outcome.state is not None:
        return MeanEstimate(value, Share(int(definite.sum()), n).interval, n)
    half = Z95 * float(definite.std(ddof=1)) / float(np.sqrt(n))
    return MeanEstimate(value, (value - half, value + half), n)
