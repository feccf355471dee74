"""Masses of, and draws from, a standard law between two bounds, accurate however far out the bounds lie.

What lies right of 0 is mirrored to the left, where a CDF keeps its relative precision; there, logarithms of it are
used, so that nothing underflows 40 standard deviations out either.
"""

from collections.abc import Callable
from math import log
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.scm.laws import Standard

__all__ = ["draw_between", "inverse", "log_mass"]

Floats: TypeAlias = NDArray[np.float64]

_NARROW_MASS = 0.05  # Width, over the law's own scale there, below which three Gauss nodes are exact to 1e-14.
_NARROW_DRAW = 1e-8  # Below this, the density is constant to 1e-8, and CDFs are too coarse to draw from.


def draw_between(law: Standard, low: Floats, high: Floats, fresh: Floats) -> Floats:
    """Draw noise from its law truncated to [low, high], row by row (inverse-CDF truncation; Devroye 1986, II.2).

    Parameters
    ----------
    law
        The noise's.
    low, high
        Bounds, low ≤ high, infinite where there is none; shape (rows,).
    fresh
        Noise of the untruncated law, shape (rows,), that the draw is made from; the draw rises with it.

    Returns
    -------
    array of float64, shape (rows,)
        Within the bounds. Where both are so far out that the law's density underflows, the one nearer to 0.
    """
    below, above = law.cdf(fresh), law.survival(fresh)
    if law.name == "uniform":
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
        return np.minimum(np.maximum(low * above + high * below, low), high)
    flip = low > 0.0
    left, right = np.where(flip, -high, low), np.where(flip, -low, high)
    below, above = np.where(flip, above, below), np.where(flip, below, above)
    drawn = np.empty_like(left)
    with np.errstate(all="ignore"):
        narrow = (right - left) * (1.0 + np.abs(right)) < _NARROW_DRAW
        tail, across = ~narrow & (right <= 0.0), ~narrow & (right > 0.0)
        drawn[narrow] = left[narrow] + (right - left)[narrow] * below[narrow]
        drawn[tail] = _in_tail(law, left[tail], right[tail], below[tail], above[tail])
        drawn[across] = _across(law, left[across], right[across], below[across], above[across])
    drawn = np.where(np.isnan(drawn), right, drawn)
    drawn = np.minimum(np.maximum(drawn, left), right)
    return np.where(flip, -drawn, drawn)


def inverse(law: Standard, cdf: Floats, survival: Floats) -> Floats:
    """Give the quantile where a law's CDF is `cdf` and 1 - CDF is `survival`, from whichever is the smaller."""
    with np.errstate(all="ignore"):
        upper = 1.0 - survival if law.name == "uniform" else -law.quantile(survival)
        return np.where(cdf <= 0.5, law.quantile(cdf), upper)


def log_mass(law: Standard, low: Floats, high: Floats) -> Floats:
    """Give ln P(low < noise ≤ high), shape (rows,); -inf where that is empty.

    Parameters
    ----------
    law
        The noise's.
    low, high
        May be infinite; shape (rows,).
    """
    with np.errstate(all="ignore"):
        if law.name == "uniform":
            width = np.minimum(high, 1.0) - np.maximum(low, 0.0)
            return np.asarray(np.log(np.maximum(width, 0.0)), dtype=np.float64)
        flip = low > 0.0
        left, right = np.where(flip, -high, low), np.where(flip, -low, high)
        functions = _FUNCTIONS[law.name]
        top = functions.log_lower(np.minimum(right, 0.0))
        mass = top + np.log(-np.expm1(functions.log_lower(np.minimum(left, 0.0)) - top))
        small = (right - left) * (1.0 + np.abs(right)) < _NARROW_MASS
        mass = np.where(small, _log_quadrature(law, left, right), mass)
        mass = np.where(right > 0.0, np.log(functions.middle(-left) + functions.middle(right)), mass)
    return np.where((low < high) & ~np.isnan(mass), mass, -np.inf)


def _log_quadrature(law: Standard, left: Floats, right: Floats) -> Floats:
    """Integrate the density by three Gauss–Legendre nodes, where a difference of CDFs would cancel out."""
    middle, reach = left + (right - left) / 2.0, (right - left) * np.sqrt(0.15)
    logs = law.log_density(middle)
    around = np.exp(law.log_density(middle - reach) - logs) + np.exp(law.log_density(middle + reach) - logs)
    return logs + np.log(right - left) + np.log((8.0 + 5.0 * around) / 18.0)


def _in_tail(law: Standard, left: Floats, right: Floats, below: Floats, above: Floats) -> Floats:
    """Draw where left < right ≤ 0."""
    functions = _FUNCTIONS[law.name]
    top = functions.log_lower(right)
    share = np.exp(functions.log_lower(left) - top)
    return functions.from_log_lower(top + np.log(share * above + below))


def _across(law: Standard, left: Floats, right: Floats, below: Floats, above: Floats) -> Floats:
    """Draw where left ≤ 0 < right; sums of positive terms alone, on the side where the quantile is exact."""
    cdf = law.cdf(left) * above + law.cdf(right) * below
    survival = law.survival(left) * above + law.survival(right) * below
    return inverse(law, cdf, survival)


class _Functions(NamedTuple):
    """Of a law symmetric about 0.

    Attributes
    ----------
    log_lower
        ln P(noise ≤ x), x ≤ 0.
    from_log_lower
        The x with that ln P.
    middle
        P(0 < noise ≤ x), x ≥ 0.
    """

    log_lower: Callable[[Floats], Floats]
    from_log_lower: Callable[[Floats], Floats]
    middle: Callable[[Floats], Floats]


def _normal_log_lower(x: Floats) -> Floats:
    from scipy.special import log_ndtr

    return np.asarray(log_ndtr(x), dtype=np.float64)


def _normal_from_log_lower(y: Floats) -> Floats:
    from scipy.special import ndtri_exp

    return np.asarray(ndtri_exp(y), dtype=np.float64)


def _normal_middle(x: Floats) -> Floats:
    from scipy.special import erf

    return np.asarray(erf(x * np.sqrt(0.5)), dtype=np.float64) / 2.0


def _logistic_log_lower(x: Floats) -> Floats:
    from scipy.special import log_expit

    return np.asarray(log_expit(x), dtype=np.float64)


_FUNCTIONS = {
    "normal": _Functions(_normal_log_lower, _normal_from_log_lower, _normal_middle),
    "logistic": _Functions(
        _logistic_log_lower, lambda y: y - np.log(-np.expm1(y)), lambda x: np.asarray(np.tanh(x / 2.0) / 2.0)
    ),
    "laplace": _Functions(lambda x: x - log(2.0), lambda y: y + log(2.0), lambda x: -np.expm1(-x) / 2.0),
}
