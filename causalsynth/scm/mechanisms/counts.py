"""Quantiles and masses of Poisson laws, accurate in both tails."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_RATE", "log_count_mass", "quantile"]

Floats: TypeAlias = NDArray[np.float64]
Reached: TypeAlias = Callable[[Floats, NDArray[np.intp]], NDArray[np.bool_]]
"""(counts, numbers of their rows) → whether their CDF is high enough."""

MAX_RATE = 1e15
"""Above it, neighbouring counts soon can't be told apart in float64."""

_TERMS = 200


def quantile(cdf: Floats, survival: Floats, rates: Floats) -> Floats:
    """Find the least count k with P(Poisson(rate) ≤ k) ≥ cdf.

    Starts from the Cornish–Fisher approximation, whose second-order term is (z² - 1)/6, and bisects.

    Parameters
    ----------
    cdf, survival
        A probability and 1 minus it; the smaller decides, so that the upper tail is as exact as the lower.
    rates
        0 to `MAX_RATE`; shape (rows,), as all.

    Returns
    -------
    array of float64, shape (rows,)
    """
    from scipy.special import ndtri, pdtr, pdtrc

    left = cdf <= 0.5
    tail = np.where(left, cdf, survival)

    def reached(counts: Floats, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        enough = np.empty(len(rows), dtype=np.bool_)
        below = left[rows]
        low, high = rows[below], rows[~below]
        enough[below] = pdtr(counts[below], rates[low]) >= tail[low]
        enough[~below] = pdtrc(counts[~below], rates[high]) <= tail[high]
        return enough

    z = np.clip(np.where(left, 1.0, -1.0) * ndtri(tail), -40.0, 40.0)
    guess = np.maximum(np.floor(rates + z * np.sqrt(rates) + (z * z - 1.0) / 6.0), 0.0)
    enough = reached(guess, np.arange(len(rates)))
    low, high = np.where(enough, -1.0, guess), guess
    _widen_up(low, high, np.flatnonzero(~enough), reached)
    _widen_down(low, high, np.flatnonzero(enough & (guess > 0.0)), reached)
    while len(rows := np.flatnonzero(high - low > 1.0)):
        middle = np.floor((low[rows] + high[rows]) / 2.0)
        enough = reached(middle, rows)
        high[rows[enough]], low[rows[~enough]] = middle[enough], middle[~enough]
    return high


def log_count_mass(first: Floats, last: Floats, rates: Floats) -> Floats:
    """Give ln P(first ≤ Poisson(rate) ≤ last), shape (rows,); -inf where that is empty.

    Parameters
    ----------
    first
        Whole numbers from 0.
    last
        Whole numbers, infinite where there is no upper end.
    rates
        From 0.
    """
    from scipy.special import pdtr, pdtrc

    with np.errstate(all="ignore"):
        below = np.where(first > 0.0, pdtr(np.maximum(first - 1.0, 0.0), rates), 0.0)
        not_below = np.where(first > 0.0, pdtrc(np.maximum(first - 1.0, 0.0), rates), 1.0)
        above = np.where(np.isinf(last), 0.0, pdtrc(last, rates))
        not_above = np.where(np.isinf(last), 1.0, pdtr(np.maximum(last, 0.0), rates))
        logs = np.log1p(-below - above)
        logs = np.where(last <= rates, np.log(not_above - below), logs)
        logs = np.where(first > rates, np.log(not_below - above), logs)
        logs = np.where(first == last, _log_density(first, rates), logs)
    if len(rows := np.flatnonzero(~np.isfinite(logs) & (first <= last) & (rates > 0.0))):
        logs[rows] = _log_underflown(first[rows], last[rows], rates[rows])
    return np.where(first <= last, logs, -np.inf)


def _widen_up(low: Floats, high: Floats, rows: NDArray[np.intp], reached: Reached) -> None:
    step = 1.0
    while len(rows):
        high[rows] = low[rows] + step
        enough = reached(high[rows], rows)
        rows = rows[~enough]
        low[rows] = high[rows]
        step *= 2.0


def _widen_down(low: Floats, high: Floats, rows: NDArray[np.intp], reached: Reached) -> None:
    step = 1.0
    while len(rows):
        probe = np.maximum(high[rows] - step, 0.0)
        enough = reached(probe, rows)
        low[rows[~enough]], high[rows[enough]] = probe[~enough], probe[enough]
        rows = rows[enough & (probe > 0.0)]
        step *= 2.0


def _log_density(counts: Floats, rates: Floats) -> Floats:
    from scipy.special import gammaln, xlogy

    return np.asarray(xlogy(counts, rates) - rates - gammaln(counts + 1.0), dtype=np.float64)


def _log_underflown(first: Floats, last: Floats, rates: Floats) -> Floats:
    """Sum a far tail from its end nearest the mode: terms fall geometrically, the remainder by the last ratio."""
    lower = last <= rates
    nearest = np.where(lower, last, first)
    total, term = np.ones(len(rates)), np.ones(len(rates))
    with np.errstate(all="ignore"):
        for step in range(1, _TERMS + 1):
            ratio = np.where(lower, (nearest - step + 1.0) / rates, rates / (nearest + step))
            term = term * ratio * (step <= last - first)
            total += term
        rest = term * ratio / (1.0 - ratio) * (last - first > _TERMS)
        return _log_density(nearest, rates) + np.log(total + np.maximum(rest, 0.0))
