"""Regression on Z: curves of the numbers in Z, and steps, apart for every combination of states in Z.

Curves are piecewise linear, with knots at equal distances of the normal scores, closer where the numbers are rare:
tails are where rare states are decided. Of three finenesses the one is taken that predicts best (generalised
cross-validation: Golub, Heath & Wahba, Technometrics 21, 1979, 215). The coarsest has about ∛m intervals in a cell of
m rows: where the curve is smooth its error shrinks as m^(−2/3), faster than the m^(−1/4) that the product of two such
errors needs to vanish beside sampling error. Where a curve jumps (a threshold) no fineness does; jumps are looked for
in the residuals and added one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainccinv

__all__ = ["Projection", "cells_of", "project"]

Floats = NDArray[np.float64]

_LEAST_BETWEEN = 5
"""Rows between neighbouring knots."""

_LEAST_CURVED = 8
"""A smaller cell has its mean only."""

_LEAST_SURFACE = 60
"""From so many rows on two numbers act together."""

_FINENESS = (1, 2, 4)

_MOST_LEVERAGE = 0.25
"""A basis has at most this many functions a row, unless it is the coarsest."""

_JUMP_LEVEL = 0.01
"""A jump is added where one as large arises by chance, at any place of a cell, with at most this probability."""

_MOST_JUMPS = 8
"""Of each number in each cell."""

_RANK = 1e-10
"""Directions with eigenvalues below this share of the largest are rounding."""

_LEAST_LEFT = 1.0
"""Of a step, in rows: what less of it is left to explain is hardly more than a row."""

_SATURATED = 1 - 1e-6
"""A row that determines its own fit says nothing."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Columns, and what of them a regression on Z explains.

    Attributes
    ----------
    fitted
        Shape (n, columns).
    leverage
        Diagonal of the projection, shape (n,): of an error of variance 1 the residual keeps 1 − leverage.
    """

    fitted: Floats
    leverage: Floats

    @property
    def informative(self) -> NDArray[np.bool_]:
        """Rows that don't determine their own fit."""
        return self.leverage < _SATURATED


def cells_of(states: Sequence[NDArray[np.integer]], n: int) -> list[NDArray[np.intp]]:
    """Give the rows of every combination of states that occurs; all `n` in one if there are no columns of states."""
    if not states:
        return [np.arange(n)]
    _, cell = np.unique(np.column_stack(states), axis=0, return_inverse=True)
    order = np.argsort(cell, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(cell[order])) + 1)


def project(columns: Floats, cells: Sequence[NDArray[np.intp]], scores: Floats) -> Projection:
    """Regress columns on Z by least squares within every cell.

    Parameters
    ----------
    columns
        Shape (n, columns).
    cells
        Rows that have the states of Z in common.
    scores
        Normal scores of the numbers in Z, shape (n, numbers).
    """
    fitted, leverage = np.zeros_like(columns), np.ones(len(columns))
    for rows in cells:
        basis = _basis(columns[rows], scores[rows])
        fitted[rows] = basis @ (basis.T @ columns[rows])
        leverage[rows] = (basis * basis).sum(1)
    return Projection(fitted, leverage)


def _basis(columns: Floats, scores: Floats) -> Floats:
    """Choose an orthonormal basis of functions of the scores for these columns, shape (rows, functions)."""
    n = len(scores)
    constant = np.full((n, 1), n**-0.5)
    spread = columns - columns.mean(0)
    size = np.sqrt((spread * spread).sum(0))
    if n < _LEAST_CURVED or scores.shape[1] == 0 or not (size > 0).any():
        return constant
    unit = spread[:, size > 0] / size[size > 0]
    best, least = constant, np.inf
    for fineness in _FINENESS:
        candidate = _orthonormal(_curves(scores, fineness))
        width = candidate.shape[1]
        if fineness > 1 and width > _MOST_LEVERAGE * n:
            break
        residual = unit - candidate @ (candidate.T @ unit)
        error = float((residual * residual).sum()) / max(1 - width / n, 1e-6) ** 2
        if error < least:
            best, least = candidate, error
    for score in scores.T:
        best = _add_jumps(best, unit, score)
    return best


def _curves(scores: Floats, fineness: int) -> Floats:
    """Give functions of the scores that span the constant, shape (rows, functions)."""
    n = len(scores)
    intervals = fineness * round(np.cbrt(n))
    parts = [np.ones((n, 1)), *(_hats(score, intervals)[:, 1:] for score in scores.T)]
    if n >= _LEAST_SURFACE:
        coarse = [_hats(score, fineness * max(2, round(n**0.25 / 2)))[:, 1:] for score in scores.T]
        parts += [
            (a[:, :, None] * b[:, None, :]).reshape(n, -1)
            for position, a in enumerate(coarse)
            for b in coarse[position + 1 :]
        ]
    return np.hstack(parts)


def _add_jumps(basis: Floats, columns: Floats, score: Floats) -> Floats:
    """Add steps [score ≤ c] to a basis for as long as one explains more than chance would.

    For every c at once: the step's product with the residuals is a cumulative sum, and so is its product with the
    basis, whence how much of the step is left.

    Parameters
    ----------
    basis
        Orthonormal, shape (rows, functions).
    columns
        To be explained, shape (rows, columns).
    score
        Shape (rows,).
    """
    n = len(score)
    order = np.argsort(score, kind="stable")
    ends = np.flatnonzero(np.diff(score[order]) > 0)  # a step ends where the score changes
    ends = ends[(ends + 1 >= _LEAST_BETWEEN) & (n - ends - 1 >= _LEAST_BETWEEN)]
    for _ in range(_MOST_JUMPS if len(ends) else 0):
        residual = columns - basis @ (basis.T @ columns)
        freedom = n - basis.shape[1]
        variance = (residual * residual).sum(0) / max(freedom, 1)
        varies = variance > _RANK / n
        if freedom < 2 * _LEAST_BETWEEN or not varies.any():
            break
        sums = residual[order][:, varies].cumsum(0)[ends]
        left = ends + 1.0 - (basis[order].cumsum(0)[ends] ** 2).sum(1)
        gain = np.where(left > _LEAST_LEFT, (sums * sums / variance[varies]).sum(1) / np.maximum(left, _LEAST_LEFT), 0)
        place = int(np.argmax(gain))
        if gain[place] < 2 * gammainccinv(varies.sum() / 2, _JUMP_LEVEL / len(ends)):
            break
        step = (score <= score[order][ends[place]]).astype(np.float64)
        step -= basis @ (basis.T @ step)
        basis = np.column_stack([basis, step / np.sqrt(step @ step)])
    return basis


def _hats(score: Floats, intervals: int) -> Floats:
    """Give linear B-splines: each is 1 at its knot and 0 at all others, shape (rows, knots)."""
    knots = _knots(score, intervals)
    hats = np.zeros((len(score), len(knots)))
    if len(knots) == 1:
        return hats + 1.0
    left = np.clip(np.searchsorted(knots, score, side="right") - 1, 0, len(knots) - 2)
    share = (score - knots[left]) / (knots[left + 1] - knots[left])
    row = np.arange(len(score))
    hats[row, left], hats[row, left + 1] = 1 - share, share
    return hats


def _knots(score: Floats, intervals: int) -> Floats:
    """Place knots; where there are few different numbers each of them is one."""
    different = np.unique(score)
    if len(different) <= intervals + 1:
        return different
    edges = np.linspace(different[0], different[-1], intervals + 1)
    inside = np.histogram(score, edges)[0]
    kept, waiting = [edges[0]], 0
    for count, edge in zip(inside[:-1], edges[1:-1], strict=True):
        waiting += count
        if waiting >= _LEAST_BETWEEN:
            kept.append(edge)
            waiting = 0
    if len(kept) > 1 and waiting + inside[-1] < _LEAST_BETWEEN:
        kept.pop()
    return np.array([*kept, edges[-1]])


def _orthonormal(basis: Floats) -> Floats:
    """Give an orthonormal basis of the same space, shape (rows, rank)."""
    values, vectors = np.linalg.eigh(basis.T @ basis)
    kept = values > _RANK * values[-1]
    orthonormal: Floats = basis @ (vectors[:, kept] / np.sqrt(values[kept]))
    return orthonormal
