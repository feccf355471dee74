"""Pearson's X² with its exact conditional mean and variance, and a gamma p-value.

The χ² approximation with (r − 1)(c − 1) degrees of freedom rejects too often on sparse strata. Given all
margins, mean and variance of X² are known in closed form; a gamma distribution with these two moments is
nominal where χ² is not (``.050`` against ``.083`` on null triples of ALARM at n = 5,000), and costs no
simulation.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from causalsynth.evaluate.ci_tests.contingency import Contingency
from causalsynth.evaluate.ci_tests.result import CITestResult
from causalsynth.evaluate.ci_tests.results import results_of

__all__ = ["moments", "x2"]

Floats = NDArray[np.float64]


def moments(table: Contingency) -> tuple[Floats, Floats]:
    """Give mean and variance of X² in each stratum, given all margins.

    Mean: Haldane, Biometrika 31 (1940) 346: N (r − 1)(c − 1) / (N − 1).
    Variance: Dawson, Biometrika 41 (1954) 280: with v₁ = (r − 1)(N − r)/(N − 1), w₁ = (Σ N/R_i − r²)/(N −
    2), and v₂, w₂ the same of the columns, 2N/(N − 3) · (v₁ − w₁)(v₂ − w₂) + N²/(N − 1) · w₁w₂ for N ≥ 4.
    With N = 3 it is 9/8 for a 2×2 table and 0 for any other, with N = 2 it is 0.

    Returns
    -------
    tuple
        Two arrays of shape (strata,).
    """
    total, r, c = table.totals, table.active_rows, table.active_columns
    mean = total * (r - 1) * (c - 1) / (total - 1)
    small = total < 4
    size = np.where(small, 4.0, total)  # any value above 3: replaced below
    v1, w1 = _margin_terms(table.rows, r, size)
    v2, w2 = _margin_terms(table.columns, c, size)
    variance = 2 * size / (size - 3) * (v1 - w1) * (v2 - w2) + size * size / (size - 1) * w1 * w2
    if small.any():
        variance = np.where(small, np.where((total == 3) & (r == 2) & (c == 2), 9 / 8, 0.0), variance)
    return mean, np.maximum(variance, 0.0)


def _margin_terms(margin: Floats, active: NDArray[np.int64], size: Floats) -> tuple[Floats, Floats]:
    inverse = np.divide(1.0, margin, out=np.zeros_like(margin), where=margin > 0).sum(1)
    v = (active - 1) * (size - active) / (size - 1)
    w = (size * inverse - active * active) / (size - 2)
    return v, w


def x2(table: Contingency) -> list[CITestResult]:
    """Test independence within strata by moment-matched Pearson X².

    The sum over strata has mean M = Σμ_s and variance V = Σσ²_s; the p-value is the upper tail of the gamma
    distribution with these moments, Q(M²/V, X²·M/V). Where V = 0 the margins leave X² no choice: not
    testable.

    Returns
    -------
    list
        One result a triple.
    """
    mean, variance = (table.by_triple(part) for part in moments(table))
    testable = variance > 1e-12 * mean * mean
    m, v = np.where(testable, mean, 1.0), np.where(testable, variance, 1.0)
    statistic = table.pearson()
    return results_of("x2", table, statistic, gammaincc(m * m / v, statistic * m / v), testable)
