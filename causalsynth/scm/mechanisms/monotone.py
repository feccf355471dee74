"""Noise that leads to observed values for certain, where the value rises with the noise."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.scm.laws import Standard

__all__ = ["settle"]

Floats: TypeAlias = NDArray[np.float64]
Equation: TypeAlias = Callable[[Floats, NDArray[np.intp]], NDArray[Any]]
"""(noise, numbers of their rows) → values that never fall as the noise rises."""

_UNIFORM_ENDS = 2.0**-53, 1.0 - 2.0**-53
_LARGEST = float(np.finfo(np.float64).max)


def settle(noise: Floats, law: Standard, equation: Equation, low: NDArray[Any], high: NDArray[Any]) -> NDArray[np.intp]:
    """Move noise that misses its values by rounding errors to the nearest that doesn't, in place.

    Drawn between bounds computed in floating point, one row in some 10**15 misses by a last digit. The nearest noise
    that does lead there is found by bisection over the floating-point numbers themselves, so that a row is given up
    only where no number leads to what was observed.

    Parameters
    ----------
    noise
        Shape (rows,).
    law
        The noise's: says how far the search may go.
    equation
        What follows from the noise of some rows.
    low, high
        The least and the greatest value to reach, shape (rows,).

    Returns
    -------
    array of intp
        The rows where no noise leads between `low` and `high`.
    """
    noise[np.isnan(noise)] = 0.5
    reached = equation(noise, np.arange(len(noise)))
    rows = np.flatnonzero(~((reached >= low) & (reached <= high)))  # NaN is never reached
    if len(rows) == 0:
        return rows
    least, most = _UNIFORM_ENDS if law.name == "uniform" else (-_LARGEST, _LARGEST)
    passed = reached[rows] > high[rows]
    short, beyond = rows[~passed], rows[passed]
    noise[short] = _first(lambda u: equation(u, short) >= low[short], np.full(len(short), least), most)
    noise[beyond] = -_first(lambda u: equation(-u, beyond) <= high[beyond], np.full(len(beyond), -most), -least)
    reached = equation(noise[rows], rows)
    return rows[~((reached >= low[rows]) & (reached <= high[rows]))]


def _first(passes: Callable[[Floats], NDArray[np.bool_]], least: Floats, most: float) -> Floats:
    """Find the least number from `least` to `most` that passes, shape (rows,); `most` where none does."""
    low, high = _ordinal(least), _ordinal(np.full(len(least), most))
    while (open_ := low < high).any():
        middle = (low & high) + ((low ^ high) >> 1)  # the sum of two could overflow
        passed = passes(_number(middle))
        high = np.where(open_ & passed, middle, high)
        low = np.where(open_ & ~passed, middle + 1, low)
    return _number(high)


def _ordinal(numbers: Floats) -> NDArray[np.int64]:
    """Count floating-point numbers from 0: neighbours have neighbouring ordinals."""
    bits = (numbers + 0.0).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def _number(ordinals: NDArray[np.int64]) -> Floats:
    return np.where(ordinals < 0, np.int64(-(2**63)) - ordinals, ordinals).view(np.float64)
