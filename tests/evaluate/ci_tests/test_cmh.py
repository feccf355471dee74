"""The generalised Cochran-Mantel-Haenszel test against values that R publishes, and statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from causalsynth.evaluate.ci_tests import Contingency, cmh, x2


def test_job_satisfaction_by_income_gives_what_r_gives():
    # Agresti, Categorical Data Analysis (1990), table 7.8; in R the example of ?mantelhaen.test, which prints
    # M^2 = 10.2001, df = 9, p-value = 0.3345. Columns are satisfaction, rows income, strata gender.
    women = [[1, 3, 11, 2], [2, 3, 17, 3], [0, 1, 8, 5], [0, 2, 4, 2]]
    men = [[1, 1, 2, 1], [0, 3, 5, 1], [0, 0, 7, 3], [0, 1, 9, 6]]
    [result] = cmh(Contingency.from_counts(np.array([women, men])))
    assert result.statistic == pytest.approx(10.2001, abs=5e-5)
    assert result.dof == 9
    assert result.p_value == pytest.approx(0.3345, abs=5e-5)


def test_fourfold_tables_agree_with_statsmodels():
    rng = np.random.default_rng(3)
    tables = rng.integers(1, 12, size=(6, 2, 2))
    [result] = cmh(Contingency.from_counts(tables))
    theirs = StratifiedTable(list(tables)).test_null_odds(correction=False)
    assert result.statistic == pytest.approx(theirs.statistic)
    assert result.p_value == pytest.approx(theirs.pvalue)


def test_states_that_do_not_occur_take_no_freedom():
    table = np.array([[[5, 0, 4], [0, 0, 0], [2, 0, 8]]])
    [padded], [plain] = (cmh(Contingency.from_counts(counts)) for counts in (table, table[:, ::2, ::2]))
    assert padded.dof == plain.dof == 1
    assert padded.statistic == pytest.approx(plain.statistic)


def test_it_is_blind_to_what_changes_sign_and_x2_is_not():
    table = Contingency.from_counts(np.array([[[30, 10], [10, 30]], [[10, 30], [30, 10]]]))
    assert cmh(table)[0].p_value > 0.99
    assert x2(table)[0].p_value < 1e-6
