"""States drawn with probabilities that depend on the case at hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.laws import BITS31, Law
from causalsynth.scm.mechanisms.parameters import mentioned, restricted, when
from causalsynth.scm.mechanisms.table import ROW_TOLERANCE, thresholds
from causalsynth.scm.noise import NOISE_BITS
from causalsynth.scm.support import Categorical, Columns, Support

__all__ = ["Case", "Rule"]

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int8]

_ROUNDING = 1e-12  # How far rounding may carry a probability beyond 0 and 1, or a sum from 1.


@dataclass(frozen=True, slots=True)
class Case:
    """Probabilities of the states where a condition holds.

    Attributes
    ----------
    condition
        Expression over the parents; None: holds always.
    probabilities
        Expressions over the parents, one a state.
    """

    condition: Expression | None
    probabilities: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """States by cases: the first whose condition holds gives the probabilities.

    Noise leads to states as in a `CategoricalTable`: by how many of the thresholds ``round(2**31 · CDF)`` it reaches. A
    case is looked at, and its probabilities worked out, only where no earlier one holds.

    Parameters
    ----------
    states
        The variable's states, in the order of their codes.
    cases
        At least one; only the last may lack a condition. Sums that are off 1 by at most `ROW_TOLERANCE` are rescaled.

    Raises
    ------
    GraphError
        A case that can't be reached, a wrong number of probabilities, or constant ones that aren't a distribution.
    """

    states: tuple[str, ...]
    cases: tuple[Case, ...]
    _fixed: tuple[Floats | None, ...] = field(init=False, repr=False, compare=False)
    """Each case's probabilities if these are constant, shape (1, states)."""

    def __post_init__(self) -> None:
        states, cases = Categorical(self.states).states, tuple(self.cases)
        if not cases:
            raise GraphError("a rule needs a case at least", hint="one without a condition holds always")
        for number, case in enumerate(cases, start=1):
            if len(case.probabilities) != len(states):
                raise GraphError(f"case {number} has {len(case.probabilities)} probabilities for {len(states)} states")
            if case.condition is None and number < len(cases):
                raise GraphError(f"case {number} holds always: those after it are never reached", hint="put it last")
        object.__setattr__(self, "states", states)
        object.__setattr__(self, "cases", cases)
        object.__setattr__(self, "_fixed", tuple(self._constant(case) for case in cases))

    @property
    def parents(self) -> tuple[str, ...]:
        """The variables of conditions and probabilities, in order of first mention."""
        return mentioned(
            expression
            for case in self.cases
            for expression in (*([case.condition] if case.condition else []), *case.probabilities)
        )

    @property
    def support(self) -> Categorical:
        """The states."""
        return Categorical(self.states)

    @property
    def law(self) -> Law:
        """31-bit noise."""
        return BITS31

    @property
    def deterministic(self) -> bool:
        """Whether every probability is the constant 0 or 1."""
        return all(fixed is not None and bool(np.isin(fixed, (0.0, 1.0)).all()) for fixed in self._fixed)

    def check(self, supports: Mapping[str, Support]) -> None:
        """Check that conditions are conditions, and probabilities numbers."""
        for case in self.cases:
            if case.condition is not None:
                case.condition.check(supports, condition=True)
            for probability in case.probabilities:
                probability.check(supports)

    def evaluate(self, noise: NDArray[np.uint32], parents: Columns, out: Codes) -> None:
        """Write the states' codes into `out`.

        Raises
        ------
        GraphError
            No case covers a row, or its probabilities aren't a distribution; names the parents' values.
        """
        for rows, distributions in self._parts(parents):
            own, codes = noise[rows], np.zeros(len(rows), dtype=np.int8)
            for threshold in thresholds(distributions).T:
                codes += own >= threshold
            out[rows] = codes

    def abduct(self, values: Codes, parents: Columns, fresh: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Draw noise uniform between the thresholds of the observed state (inverse-CDF truncation).

        Raises
        ------
        InputError
            The state is impossible there, or less probable than the noise can tell.
        """
        noise = np.empty(parents.rows, dtype=np.uint32)
        for rows, distributions in self._parts(parents):
            edges = np.full((len(distributions), len(self.states) + 1), 2**NOISE_BITS, dtype=np.uint64)
            edges[:, 0], edges[:, 1:-1] = 0, thresholds(distributions)
            codes, at = values[rows].astype(np.intp), np.arange(len(rows)) if len(edges) > 1 else 0
            low, high = edges[at, codes], edges[at, codes + 1]
            if (low == high).any():
                row = int(rows[np.argmax(low == high)])
                state, given = self.states[int(values[row])], when(self.parents, parents, row)
                raise InputError(
                    f"the state {state!r} is less probable than 2**-32{given}: the noise never leads to it"
                )
            noise[rows] = low + ((high - low) * fresh[rows] >> np.uint64(NOISE_BITS))
        return noise

    def log_probability(self, values: Codes, parents: Columns) -> Floats:
        """Give ln P(state | parents), shape (rows,); -inf where impossible."""
        with np.errstate(divide="ignore"):
            return np.log(self.state_probabilities(parents)[values, np.arange(parents.rows)])

    def state_probabilities(self, parents: Columns) -> Floats:
        """Give P(state | parents) of each row, shape (states, rows)."""
        every = np.empty((len(self.states), parents.rows))
        for rows, distributions in self._parts(parents):
            every[:, rows] = distributions.T
        return every

    def canonical(self) -> object:
        """States, conditions and probabilities."""
        cases = [
            [case.condition and case.condition.text, [each.text for each in case.probabilities]] for case in self.cases
        ]
        return ["rule", list(self.states), cases]

    def _parts(self, parents: Columns) -> Iterator[tuple[NDArray[np.intp], Floats]]:
        """Give the rows of each case, and their distributions, shape (rows, states), or (1, states) if constant."""
        left = np.arange(parents.rows)
        for case, fixed in zip(self.cases, self._fixed, strict=True):
            rows = left
            if case.condition is not None:
                holds = case.condition.holds(restricted(parents, case.condition.names, left))
                rows, left = left[holds], left[~holds]
            else:
                left = left[:0]
            if len(rows):
                names = mentioned(case.probabilities)
                yield rows, fixed if fixed is not None else self._distributions(case, restricted(parents, names, rows))
        if len(left):
            raise GraphError(
                f"no case holds{when(self.parents, parents, int(left[0]))}",
                hint="end with a case without a condition, for all that is left",
            )

    def _distributions(self, case: Case, parents: Columns) -> Floats:
        rows = np.stack([each.evaluate(parents) for each in case.probabilities], axis=1)
        for expression, column in zip(case.probabilities, rows.T, strict=True):
            if (bad := ~((column >= -_ROUNDING) & (column <= 1.0 + _ROUNDING))).any():
                row = int(np.argmax(bad))
                given = when(expression.names, parents, row)
                hint = "keep it from 0 to 1: clip(…, 0, 1), or logistic(…)"
                raise expression.error(f"{column[row]:g} is not a probability (0 to 1){given}", hint)
        rows = np.clip(rows, 0.0, 1.0)
        sums = np.zeros(len(rows))
        for column in rows.T:
            sums += column  # in this order however many rows there are
        if (bad := np.abs(sums - 1.0) > ROW_TOLERANCE + 1e-9).any():
            row = int(np.argmax(bad))
            given = when(mentioned(case.probabilities), parents, row)
            hint = "one of them can be 1 less the others"
            raise case.probabilities[0].error(f"the probabilities sum to {sums[row]:.10g}, not 1{given}", hint)
        return rows / np.where(np.abs(sums - 1.0) > _ROUNDING, sums, 1.0)[:, None]

    def _constant(self, case: Case) -> Floats | None:
        return None if mentioned(case.probabilities) else self._distributions(case, Columns({}, {}, 1))
