"""Fisher's z against the textbook's recursion and scipy."""

import math

import numpy as np
import pytest
from scipy.stats import norm, pearsonr

from causalsynth.evaluate.ci_tests.fisher_z import fisher_z


@pytest.fixture(scope="module")
def columns():
    z = np.random.default_rng(1).normal(size=(80, 1))
    x, y = np.random.default_rng(2).normal(size=(2, 80))
    return x + z[:, 0], y - z[:, 0] + 0.2 * x, z


def test_without_z_it_is_pearsons_correlation(columns):
    x, y, _ = columns
    result = fisher_z(x, y, np.empty((80, 0)))
    r = pearsonr(x, y).statistic
    assert result.effect_size == pytest.approx(abs(r))
    assert result.p_value == pytest.approx(2 * norm.sf(abs(math.atanh(r)) * math.sqrt(77)))


def test_given_one_number_it_follows_the_recursion(columns):
    x, y, z = columns
    xy, xz, yz = (pearsonr(a, b).statistic for a, b in ((x, y), (x, z[:, 0]), (y, z[:, 0])))
    partial = (xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2))
    result = fisher_z(x, y, z)
    assert result.effect_size == pytest.approx(abs(partial))
    assert result.statistic == pytest.approx(math.sqrt(80 - 1 - 3) * abs(math.atanh(partial)))


def test_what_z_determines_and_too_few_rows_are_untestable(columns):
    x, y, z = columns
    assert not fisher_z(x, 3 * z[:, 0] + 1, z).testable
    assert not fisher_z(np.ones(80), y, z).testable
    assert not fisher_z(x[:4], y[:4], z[:4]).testable
