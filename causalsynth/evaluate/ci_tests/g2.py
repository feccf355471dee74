"""The likelihood-ratio G² with degrees of freedom of the rows and columns that occur."""

import numpy as np
from scipy.special import gammaincc, xlogy

from causalsynth.evaluate.ci_tests.contingency import Contingency
from causalsynth.evaluate.ci_tests.result import CITestResult

__all__ = ["g2"]


def g2(table: Contingency) -> CITestResult:
    """Test independence within strata by G² against χ².

    G² = 2 Σ_s [Σ n ln n − Σ R ln R − Σ K ln K + N ln N], degrees of freedom Σ_s (r_s − 1)(c_s − 1) over
    usable strata (Bishop, Fienberg & Holland, Discrete Multivariate Analysis, 1975, section 4.2, with
    structural zeros of the margins taken off). Nominal on average, but off in single sparse tables, in both
    directions: prefer `x2`.
    """
    dof = table.dof
    if dof == 0:
        return CITestResult.untestable()
    cells, rows, columns, totals = (
        float(np.sum(xlogy(part, part))) for part in (table.counts, table.rows, table.columns, table.totals)
    )
    statistic = max(0.0, 2.0 * (cells - rows - columns + totals))
    return CITestResult(
        statistic=statistic,
        dof=dof,
        p_value=float(gammaincc(dof / 2, statistic / 2)),
        effect_size=table.effect_size(table.pearson()),
        testable=True,
        n=table.n,
    )
