"""What values a variable can take, and blocks of such values."""

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError

__all__ = ["MAX_STATES", "Categorical", "Columns", "Numeric", "Support", "Value", "check_names", "rounded"]

MAX_STATES = 127
"""Codes are int8."""

_DIGITS = "write a number such as 70 or 2.5"

Value: TypeAlias = str | int | float
"""A state, a whole number, or a number."""


@dataclass(frozen=True, slots=True)
class Categorical:
    """Finitely many named states.

    Parameters
    ----------
    states
        In the order of their codes 0, 1, …; 1 to 127 of them.

    Raises
    ------
    GraphError
        Too many states, none, a repeated or an empty one, or a single text instead of a list.
    """

    states: tuple[str, ...]

    def __post_init__(self) -> None:
        given: Any = self.states
        if isinstance(given, str):
            raise GraphError(f"the states {given!r} are one text", hint="give a tuple of names")
        states = tuple(self.states)
        check_names("state", states)
        if not 1 <= len(states) <= MAX_STATES:
            raise GraphError(f"a variable needs 1 to {MAX_STATES} states, not {len(states)}")
        object.__setattr__(self, "states", states)

    @property
    def dtype(self) -> type[np.int8]:
        """Type of a column of codes."""
        return np.int8

    def encode(self, value: object) -> int:
        """Give the code of a state.

        Raises
        ------
        InputError
            There is no such state; lists those that there are.
        """
        if isinstance(value, str) and value in self.states:
            return self.states.index(value)
        if not isinstance(value, str) and (text := str(value)) in self.states:
            raise InputError(f"there is no state {value!r}, only the text {text!r}", hint=f"states are texts: {text!r}")
        raise InputError(f"there is no state {value!r}", hint=f"the states are {', '.join(self.states)}")

    def decode(self, code: int) -> str:
        """Give the state of a code."""
        return self.states[code]

    def describe(self) -> str:
        """List the states."""
        return ", ".join(self.states)


@dataclass(frozen=True, slots=True)
class Numeric:
    """Numbers.

    Parameters
    ----------
    unit
        E.g. ``"mmHg"``; empty for a pure number or a count.
    decimals
        Digits after the point that are kept: 0 for whole numbers, negative for tens and hundreds; None: unrounded.
    low, high
        Least and greatest value, both possible.

    Raises
    ------
    GraphError
        `low` isn't below `high`, a bound isn't a value itself, `decimals` is out of -12 … 12, or one of them, or the
        unit, is of another type.
    """

    unit: str = ""
    decimals: int | None = None
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        unit: Any = self.unit
        if not isinstance(unit, str):
            raise GraphError(f"the unit {unit!r} is no text", hint='write "mmHg", or "" for none')
        object.__setattr__(self, "decimals", _whole(self.decimals, "decimals"))
        object.__setattr__(self, "low", _real(self.low, "low", "-math.inf for no lower end"))
        object.__setattr__(self, "high", _real(self.high, "high", "math.inf for no upper end"))
        if not self.low < self.high:  # NaN fails too
            raise GraphError(f"the range from {self.low:g} to {self.high:g} is empty", hint="low comes first")
        if self.decimals is not None and not -12 <= self.decimals <= 12:
            raise GraphError(f"{self.decimals} decimals can't be kept", hint="give -12 to 12")
        for bound in (self.low, self.high):
            if math.isfinite(bound) and not self._keeps(bound):
                raise GraphError(
                    f"the bound {bound:g} has more digits than are kept", hint="round it, or keep more decimals"
                )

    @property
    def dtype(self) -> type[np.float64]:
        """Type of a column of values."""
        return np.float64

    @property
    def whole(self) -> bool:
        """Whether all values are whole numbers."""
        return self.decimals is not None and self.decimals <= 0

    def encode(self, value: object) -> float:
        """Read a number, given as such or as text, with or without the unit; -0 is read as 0.

        Raises
        ------
        InputError
            It is no finite number, in another unit, out of range, or has digits that aren't kept.
        """
        number = self._number(value) + 0.0
        if not self.low <= number <= self.high:
            raise InputError(
                f"{value} is out of range", hint=f"give {self.low:g} to {self.high:g}{self.unit and ' ' + self.unit}"
            )
        if self.decimals is not None and not self._keeps(number):
            kept = f"{self.decimals} decimals" if self.decimals > 0 else f"a multiple of {10**-self.decimals}"
            raise InputError(f"{value} has more digits than are kept", hint=f"round to {kept}")
        return number

    def decode(self, number: float) -> int | float:
        """Give a value as Python writes it: an int where all values are whole, a float otherwise."""
        return int(number) if self.whole else float(number)

    def describe(self) -> str:
        """Say in a few words what numbers, e.g. ``whole number, mmHg, 35 to 130``."""
        if self.decimals is None:
            kind = "number"
        elif self.decimals > 0:
            kind = f"number, {self.decimals} decimal{'s' * (self.decimals > 1)}"
        else:
            kind = "whole number" if self.decimals == 0 else f"multiple of {10**-self.decimals}"
        low, high = math.isfinite(self.low), math.isfinite(self.high)
        span = (
            f"{self.low:g} to {self.high:g}"
            if low and high
            else f"from {self.low:g}"
            if low
            else f"to {self.high:g}"
            if high
            else ""
        )
        return ", ".join(part for part in (kind, self.unit, span) if part)

    def _keeps(self, number: float) -> bool:
        """Say whether `rounded` leaves a number as it is, some ten times as fast."""
        if self.decimals is None or abs(number) >= _unrounded_from(self.decimals):
            return True
        return round(number, self.decimals) == number

    def _number(self, value: object) -> float:
        if isinstance(value, bool | np.bool_):
            raise InputError(f"{value!r} is no number", hint=_DIGITS)
        text = str(value).strip()
        digits, _, unit = text.partition(" ")
        if unit and unit.strip() != self.unit:
            wanted = f"in {self.unit}" if self.unit else "without a unit"
            raise InputError(f"{text!r} is in another unit", hint=f"give the number {wanted}")
        try:
            number = float(digits)
        except ValueError:
            raise InputError(f"{text!r} is no number", hint=f"give one{self.unit and ' in ' + self.unit}") from None
        if not math.isfinite(number) or "_" in digits:
            raise InputError(f"{text!r} is no finite number", hint=_DIGITS)
        return number


Support: TypeAlias = Categorical | Numeric


@dataclass(frozen=True, slots=True)
class Columns:
    """Values of several variables over the same rows, as mechanisms see their parents.

    Attributes
    ----------
    values
        Variable → int8 codes (`Categorical`) or float64 values (`Numeric`), shape (rows,).
    supports
        Variable → what it can take.
    rows
        How many rows.
    """

    values: Mapping[str, NDArray[Any]]
    supports: Mapping[str, Support]
    rows: int

    def __getitem__(self, variable: str) -> NDArray[Any]:
        return self.values[variable]

    def describe(self, variable: str, row: int) -> str:
        """Write one value as ``variable = value`` for messages."""
        support = self.supports[variable]
        value = self.values[variable][row].item()
        if isinstance(support, Categorical):
            return f"{variable} = {support.decode(value)}"
        return f"{variable} = {value:.10g}{support.unit and ' ' + support.unit}"


def rounded(values: NDArray[np.float64], decimals: int | None) -> NDArray[np.float64]:
    """Round to digits after the point, halves to even; rounding what is rounded changes nothing.

    Numbers of 2**50 steps and more stay as they are: float64 hardly tells their neighbours apart.
    """
    if decimals is None:
        return values
    with np.errstate(over="ignore", invalid="ignore"):
        near = np.round(values, decimals)
    return near if decimals == 0 else np.where(np.abs(values) < _unrounded_from(decimals), near, values)


def check_names(kind: str, names: tuple[str, ...]) -> None:
    """Refuse names that are empty, no texts, or repeated (GraphError)."""
    seen = set()
    for name in names:
        if not isinstance(name, str) or not name:
            raise GraphError(f"{name!r} is no name for a {kind}", hint="names are texts of at least one character")
        if name in seen:
            raise GraphError(f"the {kind} {name!r} occurs twice")
        seen.add(name)


def _unrounded_from(decimals: int) -> float:
    """Give the magnitude from which numbers aren't rounded any more; whole ones always are, at no risk."""
    return math.inf if decimals == 0 else 2.0**50 * 10.0**-decimals


def _whole(value: Any, name: str) -> int | None:
    if value is None:
        return None
    try:
        if not isinstance(value, bool | np.bool_):
            return operator.index(value)
    except TypeError:
        pass
    raise GraphError(f"{name} = {value!r} is no whole number", hint="give one, e.g. 1, or None to keep all digits")


def _real(value: Any, name: str, otherwise: str) -> float:
    try:
        if not isinstance(value, bool | np.bool_ | str):
            return float(value) + 0.0  # no -0
    except (TypeError, ValueError, OverflowError):
        pass
    raise GraphError(f"{name} = {_shown(value)} is no number", hint=f"give one, or {otherwise}")


def _shown(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 40 else text[:39] + "…"
