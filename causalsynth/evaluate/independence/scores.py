"""The scores whose squares are test statistics, summed over rows with random multipliers.

A statistic of independence is a quadratic form of sums over rows, U = Σ score(row). With multipliers ξ, one for each
row, U* = Σ ξ·score(row) varies as U does by chance. `TripleScores` holds what is needed to draw either statistic: of no
dependence at all, or of the dependence that the table shows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from causalsynth.evaluate.ci_tests import cell_codes
from causalsynth.evaluate.ci_tests.mixed import normal_scores
from causalsynth.evaluate.coded import CodedTable
from causalsynth.graph import Independence

__all__ = ["TripleScores", "triple_scores"]

Floats = NDArray[np.float64]

_MOST_DENSE = 64
"""Cells up to which a dense matrix of rows is faster than a sparse one."""


@dataclass(frozen=True, slots=True)
class TripleScores:
    """Drawn statistics of one triple.

    Attributes
    ----------
    null
        Σ U*²/E: as if there were no dependence. Shape (draws,).
    shown
        Σ (U + U*)²/E: as if the dependence in the table were the true one. U is shrunk first, by the part of its
        square that chance alone brings, lest the draws have it twice. Shape (draws,).
    """

    null: Floats
    shown: Floats


def triple_scores(table: CodedTable, triple: Independence, multipliers: Floats) -> TripleScores:
    """Draw both statistics of a triple.

    Parameters
    ----------
    table
        The data; rows share multipliers in turn where there are more of them than multipliers.
    triple
        (x, y, z).
    multipliers
        Independent standard normal, shape (groups of rows, draws).
    """
    x, y, given = triple
    if table.numbers.keys() & {x, y, *given}:
        return _of_residuals(table, triple, multipliers)
    return _of_cells(table, triple, multipliers)


def _of_cells(table: CodedTable, triple: Independence, multipliers: Floats) -> TripleScores:
    (x, y, *given), cards, rows = table.columns(triple)
    code, strata = cell_codes(x, y, given, cards)
    group = (np.arange(table.n) if rows is None else rows) % len(multipliers)
    counts = np.bincount(code, minlength=strata * cards[0] * cards[1]).reshape(strata, cards[0], cards[1])
    r, k = counts.sum(2), counts.sum(1)
    usable = ((r > 0).sum(1) > 1) & ((k > 0).sum(1) > 1)  # in the other strata all scores are 0
    if not usable.all():
        stratum, cell = np.divmod(code, cards[0] * cards[1])
        kept = usable[stratum]
        code = (np.cumsum(usable)[stratum[kept]] - 1) * (cards[0] * cards[1]) + cell[kept]
        group, counts, r, k = group[kept], counts[usable], r[usable], k[usable]
    drawn = _sums(code, group, counts.size, multipliers).reshape(*counts.shape, multipliers.shape[1])
    size = r.sum(1)
    row_share, column_share = (r / size[:, None])[:, :, None, None], (k / size[:, None])[:, None, :, None]
    by_row, by_column = drawn.sum(2, keepdims=True), drawn.sum(1, keepdims=True)
    whole = by_row.sum(1, keepdims=True)
    score = drawn - row_share * by_column - column_share * by_row + row_share * column_share * whole
    expected = r[:, :, None] * k[:, None, :] / size[:, None, None]
    weight = np.divide(1.0, expected, out=np.zeros(counts.shape), where=expected > 0)
    null: Floats = np.einsum("sijd,sij->d", score * score, weight)
    shift = counts - expected
    # Under dependence a row's score has the mean shift/size, which is no variation.
    score -= (shift / size[:, None, None])[..., None] * whole
    score += (shift * _shrinkage(float((shift * shift * weight).sum()), null))[..., None]
    return TripleScores(null, np.einsum("sijd,sij->d", score * score, weight))


def _sums(code: NDArray[np.intp], group: NDArray[np.intp], cells: int, multipliers: Floats) -> Floats:
    """Sum multipliers over the rows of each cell, shape (cells, draws)."""
    groups = len(multipliers)
    if cells <= _MOST_DENSE:
        members = np.bincount(code * groups + group, minlength=cells * groups).reshape(cells, groups)
        return np.asarray(members.astype(float) @ multipliers)
    sparse = csr_array((np.ones(code.size), (code, group)), shape=(cells, groups))
    return np.asarray(sparse @ multipliers)


def _of_residuals(table: CodedTable, triple: Independence, multipliers: Floats) -> TripleScores:
    """Take products of what regressions of X and of Y on Z leave: the scores of the generalised covariance measure.

    Shah & Peters, The hardness of conditional independence testing, Annals of Statistics 48 (2020) 1514. Numbers go in
    by normal scores and their squares, states by indicators.
    """
    x, y, given = triple
    rows = np.flatnonzero(np.logical_and.reduce([table.codes[name] >= 0 for name in (x, y, *given)]))
    draws = multipliers.shape[1]
    if rows.size < 10:
        return TripleScores(np.zeros(draws), np.zeros(draws))
    design = np.column_stack([np.ones(rows.size), *(_features(table, name, rows) for name in given)])
    left, right = (_residuals(_features(table, name, rows), design) for name in (x, y))
    scores = (left[:, :, None] * right[:, None, :]).reshape(rows.size, -1)
    metric = np.linalg.pinv(scores.T @ scores, rcond=1e-9, hermitian=True)
    group = rows % len(multipliers)
    sums, centred = (
        np.stack([np.bincount(group, weights=column, minlength=len(multipliers)) for column in each.T])
        for each in (scores, scores - scores.mean(0))
    )
    drawn = sums @ multipliers
    null: Floats = np.einsum("id,ij,jd->d", drawn, metric, drawn)
    shift = scores.sum(0)
    moved = centred @ multipliers + (shift * _shrinkage(float(shift @ metric @ shift), null))[:, None]
    return TripleScores(null, np.einsum("id,ij,jd->d", moved, metric, moved))


def _features(table: CodedTable, name: str, rows: NDArray[np.intp]) -> Floats:
    if name in table.numbers:
        normal = normal_scores(table.numbers[name][rows])
        return np.column_stack([normal, normal * normal])
    indicators = table.codes[name][rows][:, None] == np.arange(1, table.cards[name])
    return np.asarray(indicators, np.float64)


def _residuals(columns: Floats, design: Floats) -> Floats:
    coefficients = np.linalg.lstsq(design, columns, rcond=None)[0]
    left: Floats = columns - design @ coefficients
    return left


def _shrinkage(observed: float, null: Floats) -> float:
    """Give √(1 − E₀/observed), 0 if that is negative: E|U|² is the true square plus what chance brings."""
    chance = float(null.mean())
    return float(np.sqrt(1.0 - chance / observed)) if observed > chance else 0.0
