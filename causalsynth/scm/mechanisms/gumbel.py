"""The Gumbel-max coupling of categorical variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.laws import GumbelVector
from causalsynth.scm.mechanisms.parameters import when
from causalsynth.scm.mechanisms.protocol import Mechanism
from causalsynth.scm.support import Categorical, Columns, Support

__all__ = ["GumbelMax", "HasStateProbabilities"]

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int8]


class HasStateProbabilities(Mechanism, Protocol):
    """A categorical mechanism that can tell the probabilities of its states."""

    @property
    def support(self) -> Categorical:
        """The states."""
        ...

    def state_probabilities(self, parents: Columns) -> Floats:
        """Give P(state | parents) of each row, shape (states, rows)."""
        ...


@dataclass(frozen=True, slots=True)
class GumbelMax:
    """The state with the largest ln P(state | parents) + u[state], the u independent standard Gumbel.

    The law is the base's. Counterfactuals are stable: where an intervention raises the odds of the observed state
    against every other, it stays (Oberst & Sontag 2019, "Counterfactual off-policy evaluation with Gumbel-max
    structural causal models", ICML). The states' order is irrelevant.

    Parameters
    ----------
    base
        Where the probabilities come from: a `CategoricalTable`, `Rule` or `Threshold`.

    Raises
    ------
    GraphError
        The base has no probabilities of states.
    """

    base: HasStateProbabilities

    def __post_init__(self) -> None:
        if not hasattr(self.base, "state_probabilities"):
            raise GraphError(
                f"{type(self.base).__name__} has no probabilities of states to couple by Gumbel-max",
                hint="give a CategoricalTable, a Rule or a Threshold",
            )

    @property
    def parents(self) -> tuple[str, ...]:
        """The base's."""
        return self.base.parents

    @property
    def support(self) -> Categorical:
        """The states."""
        return self.base.support

    @property
    def law(self) -> GumbelVector:
        """One standard Gumbel number a state."""
        return GumbelVector(len(self.base.support.states))

    @property
    def deterministic(self) -> bool:
        """Whether the base is."""
        return self.base.deterministic

    def check(self, supports: Mapping[str, Support]) -> None:
        """Check the base."""
        self.base.check(supports)

    def evaluate(self, noise: Floats, parents: Columns, out: Codes) -> None:
        """Write the states' codes into `out`; `noise` has shape (states, rows)."""
        out[:] = np.argmax(self._log_probabilities(parents) + noise, axis=0)

    def abduct(self, values: Codes, parents: Columns, fresh: Floats) -> Floats:
        """Draw noise from its posterior, top-down.

        The largest sum is standard Gumbel whichever state has it; given that it is m, the sums of the other states are
        Gumbel truncated to below m (Maddison, Tarlow & Minka 2014, "A* sampling", NeurIPS, section 3): for a state of
        log-probability φ, φ - ln(exp(φ - m) + exp(-u)) with u standard Gumbel.

        Raises
        ------
        InputError
            A state is impossible there.
        """
        logs = self._log_probabilities(parents)
        rows, codes = np.arange(parents.rows), values.astype(np.intp)
        own = logs[codes, rows]
        if np.isneginf(own).any():
            row = int(np.argmax(np.isneginf(own)))
            given = when(self.parents, parents, row)
            raise InputError(f"the state {self.support.decode(codes[row])!r} is impossible{given}")
        top = fresh[codes, rows]
        with np.errstate(over="ignore"):
            noise = -np.logaddexp(logs - top, -fresh)
        noise[codes, rows] = top - own
        _put_on_top(noise, logs, codes)
        return noise

    def log_probability(self, values: Codes, parents: Columns) -> Floats:
        """Give ln P(state | parents), the base's."""
        return self.base.log_probability(values, parents)

    def state_probabilities(self, parents: Columns) -> Floats:
        """Give P(state | parents) of each row, the base's, shape (states, rows)."""
        return self.base.state_probabilities(parents)

    def canonical(self) -> object:
        """Name the base's."""
        return ["gumbel-max", self.base.canonical()]

    def _log_probabilities(self, parents: Columns) -> Floats:
        with np.errstate(divide="ignore"):
            return np.log(self.base.state_probabilities(parents))


def _put_on_top(noise: Floats, logs: Floats, codes: NDArray[np.intp]) -> None:
    """Lower, in place, what equals or passes the observed state's sum by a rounding error only."""
    step = 2.0**-52
    while True:
        sums = logs + noise
        wrong = np.flatnonzero(np.argmax(sums, axis=0) != codes)
        if len(wrong) == 0:
            return
        top = sums[codes[wrong], wrong]
        rivals = np.argmax(sums[:, wrong], axis=0)
        noise[rivals, wrong] -= step * (1.0 + np.abs(top) + np.abs(logs[rivals, wrong]))
        step *= 2.0
