"""Formulas of the tests against exact enumeration in rational arithmetic, scipy and counting by hand."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from causalsynth.errors import InputError
from causalsynth.evaluate.ci_tests import Contingency, g2, moments, select_test, tabulate, x2, x2_adjusted

MARGINS = [
    ((3, 2), (2, 3)),
    ((4, 3, 2), (5, 4)),
    ((4, 2, 1), (3, 3, 1)),
    ((2, 2), (2, 2)),
    ((5, 1), (3, 3)),
    ((2, 2, 1), (2, 2, 1)),
    ((3, 1), (2, 1, 1)),
    ((2, 1), (2, 1)),
    ((2, 1), (1, 1, 1)),
    ((1, 1), (1, 1)),
]
CHECK_VALUES = {
    ((3, 2), (2, 3)): (Fraction(5, 4), Fraction(175, 72)),
    ((4, 3, 2), (5, 4)): (Fraction(9, 4), Fraction(16281, 4480)),
    ((4, 2, 1), (3, 3, 1)): (Fraction(14, 3), Fraction(427, 90)),
    ((2, 2), (2, 2)): (Fraction(4, 3), Fraction(32, 9)),
}


def tables(rows, columns):
    """All tables with these margins."""
    if len(rows) == 1:
        yield (tuple(columns),)
        return
    for first in itertools.product(*(range(c + 1) for c in columns)):
        if sum(first) == rows[0]:
            rest = tuple(c - x for c, x in zip(columns, first, strict=True))
            for below in tables(rows[1:], rest):
                yield (first, *below)


def exact_moments(rows, columns):
    """Mean and variance of X² over all tables with these margins, each with its exact probability."""
    total = sum(rows)
    factorials = math.prod(map(math.factorial, (*rows, *columns)))
    mass, mean, square = Fraction(0), Fraction(0), Fraction(0)
    for table in tables(rows, columns):
        cells = math.prod(math.factorial(cell) for row in table for cell in row)
        probability = Fraction(factorials, math.factorial(total) * cells)
        statistic = Fraction(0)
        for row, of_row in zip(table, rows, strict=True):
            for cell, of_column in zip(row, columns, strict=True):
                expected = Fraction(of_row * of_column, total)
                statistic += (cell - expected) ** 2 / expected
        mass += probability
        mean += probability * statistic
        square += probability * statistic**2
    assert mass == 1
    return mean, square - mean**2


def any_table(rows, columns):
    return np.array(next(iter(tables(rows, columns))))


@pytest.mark.parametrize(("rows", "columns"), MARGINS)
def test_conditional_moments_are_exact(rows, columns):
    expected_mean, expected_variance = exact_moments(rows, columns)
    mean, variance = moments(Contingency.from_counts(any_table(rows, columns)[None]))
    assert mean[0] == pytest.approx(float(expected_mean), rel=1e-12)
    assert variance[0] == pytest.approx(float(expected_variance), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("margins", CHECK_VALUES)
def test_enumeration_gives_the_published_check_values(margins):
    assert exact_moments(*margins) == CHECK_VALUES[margins]


def test_rows_and_columns_that_do_not_occur_change_nothing():
    table = np.array([[3, 1], [1, 4]])
    padded = np.zeros((1, 4, 3), int)
    padded[0, 1:3, [0, 2]] = table.T
    assert x2(Contingency.from_counts(padded)) == x2(Contingency.from_counts(table[None]))


def test_strata_add_up():
    first, second = np.array([[[3, 1], [1, 4]]]), np.array([[[6, 2], [5, 3]]])
    both = Contingency.from_counts(np.concatenate([first, second]))
    single = [Contingency.from_counts(table) for table in (first, second)]
    assert both.pearson() == pytest.approx(sum(table.pearson() for table in single))
    mean, variance = moments(both)
    assert mean.tolist() == pytest.approx([moments(table)[0][0] for table in single])
    assert variance.tolist() == pytest.approx([moments(table)[1][0] for table in single])


@pytest.mark.parametrize("shape", [(2, 2), (3, 4), (5, 2)])
def test_statistics_of_one_stratum_match_scipy(shape):
    counts = np.random.default_rng(7).integers(1, 30, size=shape)
    table = Contingency.from_counts(counts[None])
    pearson = chi2_contingency(counts, correction=False)
    likelihood = chi2_contingency(counts, correction=False, lambda_="log-likelihood")
    assert x2(table)[0].statistic == pytest.approx(pearson.statistic)
    assert x2(table)[0].dof == pearson.dof
    assert g2(table)[0].statistic == pytest.approx(likelihood.statistic)
    assert g2(table)[0].p_value == pytest.approx(likelihood.pvalue)


def test_x2_p_value_nears_chi_square_with_many_rows():
    counts = np.array([[2510, 2490], [2400, 2600]])
    [result] = x2(Contingency.from_counts(counts[None]))
    assert result.p_value == pytest.approx(chi2_contingency(counts, correction=False).pvalue, rel=0.01)


def test_effect_size_is_zero_without_and_one_with_full_dependence():
    independent = np.array([[[6, 12], [3, 6]], [[2, 2], [4, 4]]])
    determined = np.array([[[6, 0], [0, 3]], [[2, 0], [0, 9]]])
    assert x2(Contingency.from_counts(independent))[0].effect_size == pytest.approx(0, abs=1e-7)
    assert x2(Contingency.from_counts(determined))[0].effect_size == pytest.approx(1)
    assert g2(Contingency.from_counts(determined))[0].effect_size == pytest.approx(1)


@pytest.mark.parametrize("test", [x2, g2, x2_adjusted])
def test_constant_in_every_stratum_is_untestable(test):
    constant = np.array([[[5, 4], [0, 0]], [[0, 0], [3, 9]], [[0, 0], [0, 0]]])
    [result] = test(Contingency.from_counts(constant))
    assert not result.testable
    assert result.p_value == 1
    assert math.isnan(result.effect_size)


@pytest.mark.parametrize("test", [x2, g2, x2_adjusted])
def test_strata_that_cannot_speak_count_neither_rows_nor_freedom(test):
    usable, one_row, one_column = [[3, 1], [1, 4]], [[5, 4], [0, 0]], [[2, 0], [7, 0]]
    [result] = test(Contingency.from_counts(np.array([one_row, usable, one_column])))
    assert [result] == test(Contingency.from_counts(np.array([usable])))
    assert (result.n, result.dof) == (9, 1)


def test_x2_is_untestable_where_margins_leave_the_statistic_no_choice():
    assert not x2(Contingency.from_counts(np.array([[[1, 0], [0, 1]]])))[0].testable


@pytest.mark.parametrize("cards", [(2, 3), (2, 3, 2), (3, 2, 4, 3), (2, 2, 30, 30, 30)])
def test_tabulate_counts_as_a_loop_does(cards):
    rng = np.random.default_rng(3)
    x, y, *given = (rng.integers(0, card, 300).astype(np.int8) for card in cards)
    tally = {}
    for row in range(300):
        stratum = tally.setdefault(tuple(int(z[row]) for z in given), np.zeros(cards[:2], int))
        stratum[x[row], y[row]] += 1
    expected = Contingency.from_counts(np.array([tally[key] for key in sorted(tally)]))
    found = tabulate(x, y, given, cards)
    np.testing.assert_array_equal(found.counts, expected.counts)


def test_unknown_tests_are_refused_clearly():
    with pytest.raises(InputError, match="'chisq' is not known"):
        select_test("chisq")
