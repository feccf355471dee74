"""A number that is said of a variable, in the variable's own unit."""

import math
from dataclasses import dataclass

from causalsynth.extract.measures import Standing
from causalsynth.extract.numbers import Number
from causalsynth.extract.vocabulary import Vocabulary

__all__ = ["Quantity", "said"]

_INFINITE = math.inf


@dataclass(slots=True)
class Quantity:
    """A number that is said of a variable, in the variable's own unit.

    Attributes
    ----------
    low, high
        Equal where it is one number.
    exact
        Neither approximate nor a bound nor a range.
    certain
        Plainly said, not hedged.
    weak
        Bound by its unit alone.
    at_index
        Said of the very time in question: ``on admission``.
    first, end
        Tokens [first, end).
    """

    variable: str
    low: float
    high: float
    exact: bool
    certain: bool
    weak: bool
    at_index: bool
    first: int
    end: int


def said(
    variable: str,
    number: Number,
    factor: float,
    standing: Standing,
    span: tuple[int, int],
    vocabulary: Vocabulary,
    *,
    weak: bool = False,
) -> Quantity | None:
    """Convert, and leave out what can't be meant."""
    measure = vocabulary.measured.get(variable)
    if measure is None:
        return None
    sign = -1 if number.negative and number.low == number.high else 1
    low, high = sign * number.low * factor, sign * number.high * factor
    if high < low:
        low, high = high, low
    least, most = measure.plausible or (-_INFINITE if sign == 1 else 0.0, _INFINITE)
    if sign == -1 and least >= 0 and measure.plausible is not None:
        low, high = high * -1, low * -1  # a dash
    if high < least or low > most or (low == high and not least <= low <= most):
        return None
    if factor != 1.0:
        low, high = round(low, measure.decimals), round(high, measure.decimals)
    certain = standing is not Standing.HEDGED
    at_index = standing is Standing.INDEX
    return Quantity(variable, low, high, number.exact, certain, weak, at_index, span[0], span[1])
