"""Correlation matrix difference (CMD): how far the associations of all pairs of variables are from a reference.

CMD = ‖R − R′‖_F over the full symmetric matrices with 1 on their diagonals. Two numbers: Spearman's ρ. Two categorical
variables: Cramér's V = √(χ² / (n · min(r − 1, c − 1))). One of each: the correlation ratio η, the root of the share of
the number's variance that lies between the states.

Tugnoli et al. (Causal TabPFN, 2026) take V² and η², which puts those pairs on another scale than ρ, and Yates's
correction in 2×2 tables: `Scale.PEER`. Here all are unsquared and uncorrected.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.fidelity.values import Binning, ValueTable

__all__ = ["Associations", "CorrelationDifference", "Scale", "associations", "correlation_difference"]


class Scale(StrEnum):
    """On which scale categorical associations are measured."""

    UNSQUARED = "unsquared"
    PEER = "peer"


@dataclass(frozen=True, slots=True, eq=False)
class Associations:
    """The association of each pair of variables.

    Attributes
    ----------
    names
        Variables.
    matrix
        Shape (variables, variables), symmetric, 1 on the diagonal; 0 where a variable is constant, so that an
        association isn't defined.
    """

    names: tuple[str, ...]
    matrix: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CorrelationDifference:
    """How far two matrices of associations are apart.

    Attributes
    ----------
    value
        Frobenius norm of the difference.
    worst
        The pair that differs most, and its association in the reference and in the table; None if none does.
    """

    value: float
    worst: tuple[tuple[str, str], float, float] | None


def correlation_difference(reference: Associations, table: Associations) -> CorrelationDifference:
    """Compare two matrices of the same variables."""
    apart = np.abs(reference.matrix - table.matrix)
    value = float(np.linalg.norm(apart))
    if not apart.any():
        return CorrelationDifference(value, None)
    row, column = np.unravel_index(int(np.argmax(apart)), apart.shape)
    pair = (reference.names[min(row, column)], reference.names[max(row, column)])
    return CorrelationDifference(value, (pair, float(reference.matrix[row, column]), float(table.matrix[row, column])))


def associations(
    table: ValueTable, binning: Binning, shares: NDArray[np.float64], scale: Scale = Scale.UNSQUARED
) -> Associations:
    """Measure the association of each pair over the rows in which both are definite.

    Parameters
    ----------
    table
        Values.
    binning, shares
        The table's `Binning.pair_shares`: what is categorical is counted there already.
    scale
        As the module says.
    """
    names = tuple(binning.sizes)
    matrix = np.eye(len(names))
    categorical = [position for position, name in enumerate(names) if name in table.codes]
    if categorical:
        matrix[np.ix_(categorical, categorical)] = _cramers(_definite(binning, shares, table), table, scale)
    numeric = [position for position, name in enumerate(names) if name in table.numbers]
    for at, one in enumerate(numeric):
        for two in numeric[:at]:
            matrix[one, two] = matrix[two, one] = _spearman(table.numbers[names[one]], table.numbers[names[two]])
        for two in categorical:
            ratio = _correlation_ratio(table.codes[names[two]], table.cards[names[two]], table.numbers[names[one]])
            matrix[one, two] = matrix[two, one] = ratio**2 if scale is Scale.PEER else ratio
    return Associations(names, matrix)


def _definite(binning: Binning, shares: NDArray[np.float64], table: ValueTable) -> NDArray[np.float64]:
    """Keep the cells of definite states of categorical variables."""
    kept = [
        first + state
        for name, first in zip(binning.sizes, binning.starts, strict=True)
        if name in table.codes
        for state in range(table.cards[name])
    ]
    return shares[np.ix_(kept, kept)]


def _cramers(shares: NDArray[np.float64], table: ValueTable, scale: Scale) -> NDArray[np.float64]:
    """Give Cramér's V of all pairs at once: every sum over a pair's table is a sum over a block of `shares`."""
    cards = list(table.cards.values())
    starts = np.concatenate(([0], np.cumsum(cards)[:-1])).astype(np.intp)
    owner = np.repeat(np.arange(len(cards)), cards)
    margins = np.add.reduceat(shares, starts, axis=1)  # of each cell, among the rows in which the other is definite
    totals = np.add.reduceat(margins, starts, axis=0)
    levels = np.add.reduceat((margins > 0).astype(np.intp), starts, axis=0)
    # Independence expects margin x margin / total.
    product = margins[:, owner] * margins[:, owner].T
    possible = product > 0
    inverse = np.divide(totals[np.ix_(owner, owner)], product, out=np.zeros_like(product), where=possible)
    blocks = np.add.reduceat(np.add.reduceat(shares**2 * inverse, starts, axis=0), starts, axis=1)
    phi2 = np.maximum(np.divide(blocks, totals, out=np.ones_like(blocks), where=totals > 0) - 1, 0)
    if scale is Scale.PEER:
        inverses = np.add.reduceat(np.add.reduceat(inverse, starts, axis=0), starts, axis=1)
        phi2 = _yates(phi2, totals, inverses, table.n, where=(levels == 2) & (levels.T == 2))
    smaller = np.minimum(levels, levels.T) - 1
    squared = np.divide(phi2, smaller, out=np.zeros_like(phi2), where=smaller > 0)
    value: NDArray[np.float64] = squared if scale is Scale.PEER else np.sqrt(squared)
    np.fill_diagonal(value, 1)
    return value


def _yates(
    phi2: NDArray[np.float64],
    totals: NDArray[np.float64],
    inverses: NDArray[np.float64],
    n: int,
    *,
    where: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Bring all four cells of a 2×2 table nearer to their expectation, by at most a half (Yates 1934).

    The four differences d of counts are alike, so that χ² = d² Σ 1/E gives d.
    """
    rows = n * totals
    sums = inverses / max(n, 1)  # Σ 1/E, E in counts
    d = np.sqrt(np.divide(rows * phi2, sums, out=np.zeros_like(sums), where=sums > 0))
    corrected = np.maximum(d - 0.5, 0) ** 2 * sums
    return np.where(where & (rows > 0), np.divide(corrected, rows, out=np.zeros_like(rows), where=rows > 0), phi2)


def _spearman(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    from scipy.stats import rankdata

    both = ~(np.isnan(one) | np.isnan(two))
    first, second = rankdata(one[both]), rankdata(two[both])
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _correlation_ratio(codes: NDArray[np.int16], card: int, numbers: NDArray[np.float64]) -> float:
    both = (codes >= 0) & ~np.isnan(numbers)
    state, value = codes[both], numbers[both]
    if not len(value):
        return 0.0
    value = value - value.mean()
    total = float(value @ value)
    counts = np.bincount(state, minlength=card)
    sums = np.bincount(state, weights=value, minlength=card)
    between = float((sums[counts > 0] ** 2 / counts[counts > 0]).sum())
    return float(np.sqrt(min(between / total, 1.0))) if total > 0 else 0.0
