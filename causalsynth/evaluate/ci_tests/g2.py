"""The likelihood-ratio G² with degrees of freedom of the rows and columns that occur."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, xlogy

from causalsynth.evaluate.ci_tests.contingency import Contingency
from causalsynth.evaluate.ci_tests.result import CITestResult
from causalsynth.evaluate.ci_tests.results import results_of

__all__ = ["g2", "likelihood_ratio"]


def likelihood_ratio(table: Contingency) -> NDArray[np.float64]:
    """Give G² = 2 Σ_s [Σ n ln n − Σ R ln R − Σ K ln K + N ln N] of each triple."""
    inner = xlogy(table.totals, table.totals) + xlogy(table.counts, table.counts).sum((1, 2))
    inner -= xlogy(table.rows, table.rows).sum(1) + xlogy(table.columns, table.columns).sum(1)
    return np.maximum(2.0 * table.by_triple(inner), 0.0)


def g2(table: Contingency) -> list[CITestResult]:
    """Test independence within strata by G² against χ².

    Degrees of freedom are Σ_s (r_s − 1)(c_s − 1) over usable strata (Bishop, Fienberg & Holland, Discrete
    Multivariate Analysis, 1975, section 4.2, with structural zeros of the margins taken off). Nominal on average,
    but off in single sparse tables, in both directions: prefer `x2`.

    Returns
    -------
    list
        One result a triple.
    """
    statistic, dof = likelihood_ratio(table), table.dof
    p_value = gammaincc(np.maximum(dof, 1) / 2, statistic / 2)
    return results_of("g2", table, statistic, p_value, dof > 0)
