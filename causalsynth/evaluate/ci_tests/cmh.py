"""The generalised Cochran-Mantel-Haenszel test: association that goes the same way in all strata.

Deviations from independence are added up over strata before they are squared, so that the degrees of freedom are
(|X| − 1)(|Y| − 1) whatever the number of strata. That is powerful where strata are many and small, and blind to
associations that change sign from stratum to stratum.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from causalsynth.evaluate.ci_tests.contingency import Contingency
from causalsynth.evaluate.ci_tests.result import CITestResult
from causalsynth.evaluate.ci_tests.results import results_of

__all__ = ["cmh"]

Floats = NDArray[np.float64]

_RANK = 1e-9
"""Eigenvalues below this share of the largest are 0."""


def cmh(table: Contingency) -> list[CITestResult]:
    """Test independence within strata by the generalised CMH statistic for nominal X and Y.

    With d = Σ_s (O − E) and V = Σ_s Cov_s, Cov_s(ij, kl) = (N δ_ik R_i − R_i R_k)(N δ_jl K_j − K_j K_l)/(N² (N − 1)),
    the statistic is dᵀV⁺d against χ² with rank V degrees of freedom (Landis, Heyman & Koch, International Statistical
    Review 46, 1978, 237; Agresti, Categorical Data Analysis, 2013, section 8.4.3).

    Returns
    -------
    list
        One result a triple.
    """
    deviation, covariance = _sums(table)
    values, vectors = np.linalg.eigh(covariance)
    kept = values > _RANK * np.maximum(values.max(1, initial=0.0), 1e-300)[:, None]
    along = np.einsum("tij,ti->tj", vectors, deviation)
    squares = np.divide(along * along, values, out=np.zeros_like(values), where=kept)
    statistic, dof = squares.sum(1), kept.sum(1)
    p_value = gammaincc(np.maximum(dof, 1) / 2, statistic / 2)
    return results_of("cmh", table, statistic, p_value, dof > 0, dof)


def _sums(table: Contingency) -> tuple[Floats, Floats]:
    """Give d and V of each triple, without the last row and column, which the others determine.

    Returns
    -------
    tuple
        Shapes (triples, cells) and (triples, cells, cells), with cells = (|X| − 1)(|Y| − 1).
    """
    size = table.totals[:, None, None]
    expected = table.rows[:, :, None] * table.columns[:, None, :] / size
    by_row, by_column = _margin_covariance(table.rows, table.totals), _margin_covariance(table.columns, table.totals)
    scale = 1.0 / (table.totals**2 * (table.totals - 1.0))
    strata, x_card, y_card = table.counts.shape
    cells = (x_card - 1) * (y_card - 1)
    of_strata = np.einsum("s,sik,sjl->sijkl", scale, by_row, by_column).reshape(strata, cells, cells)
    deviation, covariance = np.zeros((table.triples, cells)), np.zeros((table.triples, cells, cells))
    np.add.at(deviation, table.owner, (table.counts - expected)[:, :-1, :-1].reshape(strata, cells))
    np.add.at(covariance, table.owner, of_strata)
    return deviation, covariance


def _margin_covariance(margin: Floats, total: Floats) -> Floats:
    """Give N δ_ik R_i − R_i R_k without the last of the margin, shape (strata, k − 1, k − 1)."""
    part = margin[:, :-1]
    outer = part[:, :, None] * part[:, None, :]
    diagonal = np.eye(part.shape[1]) * (total[:, None] * part)[:, None, :]
    covariance: Floats = diagonal - outer
    return covariance
