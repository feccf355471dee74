"""Regression on Z: a piecewise linear curve of every number in Z, apart for every combination of states in Z.

Knots lie at equal distances of the normal scores, closer where the numbers are rare: tails are where rare states are
decided. About ∛m of them in a cell of m rows let the error of a smooth curve shrink as m^(−2/3), faster than the
m^(−1/4) that the product of two such errors needs to vanish beside sampling error.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Projection", "cells_of", "project"]

Floats = NDArray[np.float64]

_LEAST_BETWEEN = 5
"""Rows between neighbouring knots."""

_LEAST_CURVED = 8
"""A smaller cell has its mean only."""

_LEAST_PRODUCTS = 60
"""From so many rows on two numbers act together, by their products up to the third order."""

_RANK = 1e-10
"""Directions with eigenvalues below this share of the largest are rounding."""

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
        basis = _orthonormal(_curves(scores[rows]))
        fitted[rows] = basis @ (basis.T @ columns[rows])
        leverage[rows] = (basis * basis).sum(1)
    return Projection(fitted, leverage)


def _curves(scores: Floats) -> Floats:
    """Give a basis of functions of the scores that spans the constant, shape (rows, functions)."""
    n = len(scores)
    parts = [np.ones((n, 1))]
    if n >= _LEAST_CURVED:
        parts += [_hats(score)[:, 1:] for score in scores.T]
    if n >= _LEAST_PRODUCTS:
        parts += [
            np.column_stack([a * b, a * a * b, a * b * b])
            for position, a in enumerate(scores.T)
            for b in scores.T[position + 1 :]
        ]
    return np.hstack(parts)


def _hats(score: Floats) -> Floats:
    """Give linear B-splines: each is 1 at its knot and 0 at all others, shape (rows, knots)."""
    knots = _knots(score)
    hats = np.zeros((len(score), len(knots)))
    if len(knots) == 1:
        return hats + 1.0
    left = np.clip(np.searchsorted(knots, score, side="right") - 1, 0, len(knots) - 2)
    share = (score - knots[left]) / (knots[left + 1] - knots[left])
    row = np.arange(len(score))
    hats[row, left], hats[row, left + 1] = 1 - share, share
    return hats


def _knots(score: Floats) -> Floats:
    """Place knots; where there are few different numbers each of them is one."""
    intervals = max(1, round(np.cbrt(len(score))))
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
