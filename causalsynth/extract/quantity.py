"""A number that is said of a variable, in the variable's own unit."""

from collections.abc import Iterator
from typing import NamedTuple

from causalsynth.extract.measures import Standing
from causalsynth.extract.numbers import Number
from causalsynth.extract.vocabulary import Vocabulary

__all__ = ["Quantity", "is_timeless", "said"]


class Quantity(NamedTuple):
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
) -> Iterator[Quantity]:
    """Convert, and leave out what can't be meant."""
    wording = vocabulary.lexicon.variables[variable].number
    if wording is None:
        return
    sign = -1 if number.negative and number.low == number.high else 1
    low, high = sorted((sign * number.low * factor, sign * number.high * factor))
    least, most = wording.plausible or (float("-inf") if sign == 1 else 0.0, float("inf"))
    if sign == -1 and least >= 0 and wording.plausible is not None:
        low, high = high * -1, low * -1  # a dash
    if high < least or low > most or (low == high and not least <= low <= most):
        return
    if factor != 1.0:
        low, high = round(low, wording.decimals), round(high, wording.decimals)
    certain = standing is not Standing.HEDGED
    at_index = standing is Standing.INDEX
    yield Quantity(variable, low, high, number.exact, certain, weak, at_index, span[0], span[1])


def is_timeless(variable: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a variable is of no time, as a length of stay."""
    number = vocabulary.lexicon.variables[variable].number
    return number is not None and number.timeless
