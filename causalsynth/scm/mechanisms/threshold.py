"""States of a latent number that passes cutpoints: logit and ordered-logit links."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.laws import LOGISTIC, Standard
from causalsynth.scm.mechanisms.monotone import settle
from causalsynth.scm.mechanisms.parameters import mentioned, positive, when
from causalsynth.scm.mechanisms.truncated import draw_between, log_mass
from causalsynth.scm.support import Categorical, Columns, Support

__all__ = ["Threshold"]

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int8]


def _one() -> Expression:
    return Expression.parse("1")


def _numbers(cutpoints: Any) -> tuple[float, ...]:
    try:
        if not isinstance(cutpoints, str):
            return tuple(float(each) for each in cutpoints)
    except (TypeError, ValueError):
        pass
    raise GraphError(f"the cutpoints {cutpoints!r} aren't numbers", hint="list them: (-1, 0.5)")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A state whose number is how many cutpoints are ≤ latent + scale · u.

    With logistic noise this is the proportional-odds model (McCullagh 1980, J. R. Statist. Soc. B 42), for two states
    and the cutpoint 0 the logistic regression P(second) = 1 / (1 + exp(-latent)); with normal noise, probit.

    Parameters
    ----------
    states
        In the order of the latent number.
    latent
        Expression over the parents.
    cutpoints
        Rising; one fewer than the states.
    law
        The noise's.
    scale
        Expression, above 0 on every row.

    Raises
    ------
    GraphError
        Too many or few cutpoints, or none rising.
    """

    states: tuple[str, ...]
    latent: Expression
    cutpoints: tuple[float, ...]
    law: Standard = LOGISTIC
    scale: Expression = field(default_factory=_one)

    def __post_init__(self) -> None:
        states, cutpoints = Categorical(self.states).states, _numbers(self.cutpoints)
        if len(cutpoints) != len(states) - 1:
            raise GraphError(
                f"{len(states)} states need {len(states) - 1} cutpoints, not {len(cutpoints)}",
                hint="one between each two neighbouring states",
            )
        if not np.isfinite(cutpoints).all() or not (np.diff(cutpoints) > 0.0).all():
            raise GraphError(f"the cutpoints {', '.join(f'{each:g}' for each in cutpoints)} don't rise")
        object.__setattr__(self, "states", states)
        object.__setattr__(self, "cutpoints", cutpoints)

    @property
    def parents(self) -> tuple[str, ...]:
        """The variables of latent number and scale, in order of first mention."""
        return mentioned((self.latent, self.scale))

    @property
    def support(self) -> Categorical:
        """The states."""
        return Categorical(self.states)

    @property
    def deterministic(self) -> bool:
        """Whether there is one state only."""
        return len(self.states) == 1

    def check(self, supports: Mapping[str, Support]) -> None:
        """Check both expressions; a constant scale is above 0."""
        self.latent.check(supports)
        self.scale.check(supports)
        if not self.scale.names:
            positive(self.scale, "the scale", Columns({}, {}, 1))

    def evaluate(self, noise: Floats, parents: Columns, out: Codes) -> None:
        """Write the states' codes into `out`; raises GraphError where the scale isn't above 0."""
        out[:] = self._codes(*self._parameters(parents), noise)

    def abduct(self, values: Codes, parents: Columns, fresh: Floats) -> Floats:
        """Draw noise from its law between the two cutpoints around the observed state.

        Raises
        ------
        InputError
            The law doesn't reach between them.
        """
        latent, scale = self._parameters(parents)
        low, high = self._noise_bounds(values, latent, scale)
        noise = draw_between(self.law, low, high, fresh)

        def equation(drawn: Floats, rows: NDArray[np.intp]) -> NDArray[Any]:
            return self._codes(latent[rows], scale[rows], drawn)

        if len(lost := settle(noise, self.law, equation, values, values)):
            row = int(lost[0])
            given = when(self.parents, parents, row)
            raise InputError(f"no noise leads to the state {self.states[int(values[row])]!r}{given}")
        return noise

    def log_probability(self, values: Codes, parents: Columns) -> Floats:
        """Give ln P(state | parents), shape (rows,)."""
        return log_mass(self.law, *self._noise_bounds(values, *self._parameters(parents)))

    def state_probabilities(self, parents: Columns) -> Floats:
        """Give P(state | parents) of each row, shape (states, rows)."""
        latent, scale = self._parameters(parents)
        every = np.empty((len(self.states), parents.rows))
        for code in range(len(self.states)):
            codes = np.full(parents.rows, code, dtype=np.int8)
            every[code] = np.exp(log_mass(self.law, *self._noise_bounds(codes, latent, scale)))
        return every

    def canonical(self) -> object:
        """States, expressions, cutpoints and law."""
        cutpoints = [repr(each) for each in self.cutpoints]
        return ["threshold", list(self.states), self.latent.text, self.scale.text, cutpoints, self.law.name]

    def _parameters(self, parents: Columns) -> tuple[Floats, Floats]:
        return self.latent.evaluate(parents), positive(self.scale, "the scale", parents)

    def _codes(self, latent: Floats, scale: Floats, noise: Floats) -> NDArray[np.intp]:
        with np.errstate(over="ignore"):
            return np.searchsorted(np.array(self.cutpoints), latent + scale * noise, side="right")

    def _noise_bounds(self, codes: Codes, latent: Floats, scale: Floats) -> tuple[Floats, Floats]:
        edges = np.array([-np.inf, *self.cutpoints, np.inf])
        with np.errstate(over="ignore"):
            return (edges[codes] - latent) / scale, (edges[codes.astype(np.intp) + 1] - latent) / scale
