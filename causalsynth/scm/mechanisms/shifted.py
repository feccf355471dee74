"""Shift interventions: a variable follows as before, plus an amount."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.laws import Law
from causalsynth.scm.mechanisms.parameters import when
from causalsynth.scm.mechanisms.protocol import Mechanism
from causalsynth.scm.mechanisms.rounding import AGREEMENT, finish, first_kept, half_step, last_kept
from causalsynth.scm.support import Columns, Numeric, Support, rounded

__all__ = ["Intervals", "Shifted"]

Floats: TypeAlias = NDArray[np.float64]

_ULPS = 2.0**-50  # Room for rounding errors of a sum, over its terms.


@runtime_checkable
class Intervals(Protocol):
    """A numeric mechanism that can tell about intervals of values, not single ones alone."""

    def abduct_between(self, lowest: Floats, highest: Floats, parents: Columns, fresh: NDArray[Any]) -> NDArray[Any]:
        """Draw noise given that the value lies from `lowest` to `highest`, row by row."""
        ...

    def log_between(self, lowest: Floats, highest: Floats, parents: Columns) -> Floats:
        """Give ln P(lowest ≤ value ≤ highest | parents), shape (rows,)."""
        ...


@dataclass(frozen=True, slots=True)
class Shifted:
    """A number x = clip(base value + by).

    Parameters
    ----------
    base
        A numeric mechanism; its own rounding and clipping come first, its noise stays as it is.
    by
        What is added, rounded as the variable is.

    Raises
    ------
    GraphError
        The base has states, or the amount isn't finite or has more digits than the variable keeps.
    """

    base: Mechanism
    by: float

    def __post_init__(self) -> None:
        support = self.base.support
        if not isinstance(support, Numeric):
            raise GraphError("states can't be shifted", hint="give the variable another mechanism")
        by: Any = self.by
        if isinstance(by, bool) or not isinstance(by, Real):
            raise GraphError(f"a shift by {by!r} is no shift", hint="give a number")
        if not math.isfinite(self.by) or rounded(np.array([float(self.by)]), support.decimals)[0] != self.by:
            raise GraphError(
                f"a shift by {self.by:g} has more digits than the {support.decimals} decimals that are kept",
                hint="shift by a multiple of the variable's last digit",
            )

    @property
    def parents(self) -> tuple[str, ...]:
        """The base's."""
        return self.base.parents

    @property
    def support(self) -> Numeric:
        """The base's."""
        assert isinstance(self.base.support, Numeric)
        return self.base.support

    @property
    def law(self) -> Law:
        """The base's."""
        return self.base.law

    @property
    def deterministic(self) -> bool:
        """Whether the base is."""
        return self.base.deterministic

    def check(self, supports: Mapping[str, Support]) -> None:
        """Check the base."""
        self.base.check(supports)

    def evaluate(self, noise: NDArray[Any], parents: Columns, out: Floats) -> None:
        """Write the values into `out`."""
        self.base.evaluate(noise, parents, out)
        out[:] = finish(out + self.by, self.support)

    def abduct(self, values: Floats, parents: Columns, fresh: NDArray[Any]) -> NDArray[Any]:
        """Draw noise given what it led to: the base's noise given all base values that are shifted there.

        Raises
        ------
        InputError
            No base value is, or several are, at a bound, and the base can invert single values only.
        """
        return self.abduct_between(values, values, parents, fresh)

    def abduct_between(self, lowest: Floats, highest: Floats, parents: Columns, fresh: NDArray[Any]) -> NDArray[Any]:
        """Draw noise given that the value lies from `lowest` to `highest`, row by row."""
        if not isinstance(self.base, Intervals):
            return self.base.abduct(self._single(lowest, highest), parents, fresh)
        low, high, _ = self._base_values(self.base, lowest, highest, parents)
        noise = self.base.abduct_between(low, high, parents, fresh)
        reached = np.empty(parents.rows)
        self.evaluate(noise, parents, reached)
        room = AGREEMENT if self.support.decimals is None else 0.0
        short, beyond = reached < lowest - self._slack(room, lowest), reached > highest + self._slack(room, highest)
        if (lost := (short | beyond) & (low != high)).any():  # the base answers for single values
            row = int(np.argmax(lost))
            given = when(self.parents, parents, row)
            raise InputError(f"no noise leads to {lowest[row]:.12g} after a shift by {self.by:g}{given}")
        return noise

    def log_probability(self, values: Floats, parents: Columns) -> Floats:
        """Give ln P(value | parents), shape (rows,), the density's of unrounded values within the range."""
        return self.log_between(values, values, parents)

    def log_between(self, lowest: Floats, highest: Floats, parents: Columns) -> Floats:
        """Give ln P(lowest ≤ value ≤ highest | parents), shape (rows,)."""
        if not isinstance(self.base, Intervals):
            return self.base.log_probability(self._single(lowest, highest), parents)
        _, _, logs = self._base_values(self.base, lowest, highest, parents)
        possible = (highest >= self.support.low) & (lowest <= self.support.high)
        possible &= (finish(lowest, self.support) == lowest) | (lowest != highest)
        return np.where(possible, logs, -np.inf)

    def canonical(self) -> object:
        """Name base and amount."""
        return ["shifted", repr(float(self.by)), self.base.canonical()]

    def _base_values(
        self, base: Intervals, lowest: Floats, highest: Floats, parents: Columns
    ) -> tuple[Floats, Floats, Floats]:
        """Bound the base's values that are shifted from `lowest` to `highest`, and give ln P(between the bounds).

        Rounded values have half a step of room each side. An unrounded one is taken by itself, so that its density is
        the base's. Where the base can't have it, as a count or an expression's value that the shift has rounded, it is
        looked for within rounding errors, then within `AGREEMENT`.
        """
        half, support = half_step(self.support), self.support
        low, high = first_kept(lowest, support) - self.by - half, last_kept(highest, support) - self.by + half
        if support.decimals is None:
            low, high = self._at_bounds(low, lowest), self._at_bounds(high, highest)
        low, high = np.where(lowest <= support.low, -np.inf, low), np.where(highest >= support.high, np.inf, high)
        logs = base.log_between(low, high, parents)
        for room in (_ULPS, AGREEMENT) if support.decimals is None else ():
            if not (lost := np.isneginf(logs)).any():
                break
            low = np.where(lost, low - self._slack(room, lowest), low)
            high = np.where(lost, high + self._slack(room, highest), high)
            logs = base.log_between(low, high, parents)
        return low, high, logs

    def _at_bounds(self, values: Floats, shifted: Floats) -> Floats:
        """Put base values back on a bound of the range that rounding has carried over it: all beyond it is there."""
        room = self._slack(_ULPS, shifted)
        for bound in (self.support.low, self.support.high):
            if math.isfinite(bound):
                values = np.where(np.abs(values - bound) <= room, bound, values)
        return values

    def _slack(self, room: float, shifted: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.where(np.isfinite(shifted), room * (np.abs(shifted) + abs(self.by)), 0.0)

    def _single(self, lowest: Floats, highest: Floats) -> Floats:
        single = (lowest == highest) & (lowest > self.support.low) & (highest < self.support.high)
        if not single.all():
            row = int(np.argmin(single))
            raise InputError(
                f"{lowest[row]:.12g} may come from several values before the shift, of which "
                f"{type(self.base).__name__} can invert only one at a time"
            )
        return rounded(lowest - self.by, self.support.decimals)
