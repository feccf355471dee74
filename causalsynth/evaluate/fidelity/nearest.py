"""Nearest-neighbour adversarial accuracy (NNAA): whether nearest neighbours tell two tables apart.

Yale et al. (Generation and evaluation of privacy preserving synthetic health data, Neurocomputing 416, 2020): the mean,
over the rows of both tables, of whether a row's nearest neighbour in the other table is farther away than its nearest
neighbour in its own. 1/2: no telling them apart; above: they differ; below: one holds near copies of the other's rows.

Where values are states, many rows are alike, both distances are 0 and Yale's strict inequality counts that as "no": two
samples of one law get far less than 1/2, whatever they are. So ties are shared here: all rows at the smallest distance
are neighbours, and the figure is the share of them that is of the row's own table, as of one drawn among them. Without
ties both are the same but for rows at equal distance. `strict` gives Yale's.

Distances are Gower's (Biometrics 27, 1971): 0 or 1 for a state, |a - b| over the range for a number, summed; what is
missing is a state of its own, and at distance 1 from every number.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.fidelity.values import ValueTable

__all__ = ["PERMUTATIONS", "NearestNeighbours", "adversarial_accuracy"]

_BLOCK = 1024
_SAME = 1e-5
"""Distances that differ by less are equal: they are sums of single precision."""
PERMUTATIONS = 199


@dataclass(frozen=True, slots=True)
class NearestNeighbours:
    """What nearest neighbours tell of two tables.

    Attributes
    ----------
    value
        Adversarial accuracy, ties shared.
    null
        The middle 95 % of its values when rows are dealt to the two tables at random.
    p
        Permutation p-value, two-sided, of the two tables following one law.
    strict
        Adversarial accuracy by Yale's strict inequality.
    rows
        Rows of each table that were looked at.
    """

    value: float
    null: tuple[float, float]
    p: float
    strict: float
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class _Distinct:
    """The distinct rows of both tables, and what lies next to them.

    Attributes
    ----------
    of_row
        Which distinct row each row is, the first table's rows first.
    times
        How often each distinct row occurs.
    neighbours
        ``(row, neighbour)`` among distinct rows, for those that occur once: whatever is nearest.
    apart
        Distance from each distinct row to the nearest other one of the first and of the second table, shape (2, ·).
    """

    of_row: NDArray[np.intp]
    times: NDArray[np.intp]
    neighbours: tuple[NDArray[np.intp], NDArray[np.intp]]
    apart: NDArray[np.float32]


def adversarial_accuracy(
    one: ValueTable, two: ValueTable, *, seed: int = 0, permutations: int = PERMUTATIONS
) -> NearestNeighbours | None:
    """Compare two tables of the same variables and as many rows.

    Parameters
    ----------
    one, two
        Tables whose rows are drawn independently; a table and a copy of it are not.
    seed
        Deals the rows of the permutation test.
    permutations
        How often.

    Returns
    -------
    NearestNeighbours or None
        None for fewer than 2 rows.

    Raises
    ------
    ValueError
        The tables have different numbers of rows.
    """
    if one.n != two.n:
        raise ValueError(f"{one.n} rows against {two.n}")
    if one.n < 2:
        return None
    distinct = _distinct(one, two)
    of_first = np.zeros(2 * one.n, bool)
    of_first[: one.n] = True
    value = _shared(distinct, of_first)
    rng = np.random.default_rng(seed)
    dealt = np.array([_shared(distinct, rng.permutation(of_first)) for _ in range(permutations)])
    least = min((dealt >= value).sum(), (dealt <= value).sum())
    low, high = np.quantile(dealt, [0.025, 0.975])
    return NearestNeighbours(
        value=value,
        null=(float(low), float(high)),
        p=float(min(1.0, 2 * (least + 1) / (permutations + 1))),
        strict=_strict(distinct, of_first),
        rows=one.n,
    )


def _shared(distinct: _Distinct, of_first: NDArray[np.bool_]) -> float:
    """Give the share of nearest neighbours that are of a row's own table, averaged over rows."""
    times = distinct.times
    first = np.bincount(distinct.of_row[of_first], minlength=len(times))
    counts = np.stack((first, times - first))
    # Rows that occur more than once: their neighbours are their own copies.
    often = times > 1
    own = (counts[:, often] * (counts[:, often] - 1) / (times[often] - 1)).sum()
    # Rows that occur once.
    row, neighbour = distinct.neighbours
    near = [np.bincount(row, weights=side[neighbour], minlength=len(times)) for side in counts]
    alone = ~often
    mine = np.where(first[alone] == 1, near[0][alone], near[1][alone])
    return float((own + (mine / (near[0] + near[1])[alone]).sum()) / len(of_first))


def _strict(distinct: _Distinct, of_first: NDArray[np.bool_]) -> float:
    times = distinct.times
    first = np.bincount(distinct.of_row[of_first], minlength=len(times))
    counts = np.stack((first, times - first))
    hits = 0.0
    for own, other in ((0, 1), (1, 0)):
        within = np.where(counts[own] > 1, 0, distinct.apart[own])
        across = np.where(counts[other] > 0, 0, distinct.apart[other])
        hits += float((counts[own] * (across > within + _SAME)).sum())
    return hits / len(of_first)


def _distinct(one: ValueTable, two: ValueTable) -> _Distinct:
    columns = [np.concatenate((one.codes[name], two.codes[name])).astype(np.float64) for name in one.codes]
    numbers = [np.concatenate((one.numbers[name], two.numbers[name])) for name in one.numbers]
    lowest = [np.where(np.isnan(column), -np.inf, column) for column in numbers]  # NaN would equal nothing
    rows, of_row, times = np.unique(
        np.stack([*columns, *lowest], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    of_row = of_row.reshape(-1)
    first = np.bincount(of_row[: one.n], minlength=len(rows))
    sides = np.stack((first > 0, times - first > 0))
    features, scaled = _features(rows, [card + 1 for card in one.cards.values()])
    pairs, apart = [], np.empty((2, len(rows)), np.float32)
    for start in range(0, len(rows), _BLOCK):
        stop = min(start + _BLOCK, len(rows))
        distance = _gower(features, scaled, start, stop, len(columns))
        distance[np.arange(stop - start), np.arange(start, stop)] = np.inf
        for side in (0, 1):
            apart[side, start:stop] = np.min(distance[:, sides[side]], axis=1, initial=np.inf)
        alone = np.flatnonzero(times[start:stop] == 1)
        nearest = distance[alone]
        at, neighbour = np.nonzero(nearest <= nearest.min(axis=1, keepdims=True, initial=np.inf) + _SAME)
        pairs.append((start + alone[at], neighbour))
    row, neighbours = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return _Distinct(of_row, times, (row, neighbours), apart)


def _features(rows: NDArray[np.float64], sizes: list[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give each distinct row's states as indicators, and its numbers over their ranges, NaN where one is missing."""
    indicators = np.zeros((len(rows), sum(sizes)), np.float32)
    start = 0
    for position, size in enumerate(sizes):
        indicators[np.arange(len(rows)), start + rows[:, position].astype(np.intp) % size] = 1
        start += size
    numbers = np.where(np.isinf(rows[:, len(sizes) :]), np.nan, rows[:, len(sizes) :])
    scaled = np.empty_like(numbers, np.float32)
    for position, column in enumerate(numbers.T):
        definite = column[~np.isnan(column)]
        spread = float(np.ptp(definite)) if len(definite) else 0.0
        # From 0 on, lest the digits that tell two large numbers apart be lost to single precision.
        scaled[:, position] = (column - definite.min(initial=np.inf)) / (spread or 1.0)
    return indicators, scaled


def _gower(
    indicators: NDArray[np.float32], scaled: NDArray[np.float32], start: int, stop: int, states: int
) -> NDArray[np.float32]:
    distance: NDArray[np.float32] = states - indicators[start:stop] @ indicators.T
    between = np.empty_like(distance)
    for column in scaled.T:
        np.abs(np.subtract.outer(column[start:stop], column, out=between), out=between)
        missing = np.isnan(column)
        if missing.any():
            np.nan_to_num(between, copy=False, nan=1)
            between[np.ix_(missing[start:stop], missing)] = 0
        distance += between
    return distance
