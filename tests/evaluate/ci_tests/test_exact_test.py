"""The exact test against full enumeration of all tables with the same margins, and against scipy."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import xlogy
from scipy.stats import chisquare, fisher_exact, hypergeom, kstest

from causalsynth.evaluate.ci_tests import Contingency, mc, mc_sequential
from causalsynth.evaluate.ci_tests.exact import Drawn
from causalsynth.evaluate.ci_tests.margins import Margins


def generator(seed):
    return np.random.default_rng(seed)


def draw_tables(rows, columns, draws, rng):
    return Margins.of(rows, columns).draw(slice(0, len(rows)), draws, rng)


def enumerated(rows, columns):
    """All tables with these margins, each with its exact probability."""
    factorials = math.prod(map(math.factorial, (*rows, *columns)))

    def fill(rows, columns):
        if len(rows) == 1:
            yield (tuple(columns),)
            return
        for first in itertools.product(*(range(column + 1) for column in columns)):
            if sum(first) == rows[0]:
                for below in fill(rows[1:], [c - f for c, f in zip(columns, first, strict=True)]):
                    yield (first, *below)

    for table in fill(list(rows), list(columns)):
        cells = math.prod(math.factorial(cell) for row in table for cell in row)
        yield np.array(table), Fraction(factorials, math.factorial(sum(rows)) * cells)


def exact_p_values(strata):
    """P(G² above), P(G² the same) over all combinations of tables of the strata."""
    observed = sum(xlogy(table, table).sum() for table in strata)
    above, tied = Fraction(0), Fraction(0)
    for combination in itertools.product(*(enumerated(t.sum(1).tolist(), t.sum(0).tolist()) for t in strata)):
        value = sum(xlogy(table, table).sum() for table, _ in combination)
        probability = math.prod(p for _, p in combination)
        above += probability * (value > observed + 1e-9)
        tied += probability * (abs(value - observed) <= 1e-9)
    return float(above), float(tied)


@pytest.mark.parametrize(("rows", "columns"), [((3, 2), (2, 3)), ((4, 3, 2), (5, 4)), ((3, 2, 2), (3, 3, 1))])
def test_tables_are_drawn_with_their_exact_probabilities(rows, columns):
    draws = 10_000
    drawn = draw_tables(np.array([rows]), np.array([columns]), draws, generator(1))[:, :, 0]
    assert (drawn.sum(1) == np.array(rows)[:, None]).all()
    assert (drawn.sum(0) == np.array(columns)[:, None]).all()
    law = {table.tobytes(): float(p) for table, p in enumerated(rows, columns)}
    tables, counts = np.unique(drawn.reshape(-1, draws), axis=1, return_counts=True)
    seen = {tables[:, k].tobytes(): count for k, count in enumerate(counts)}
    assert seen.keys() <= law.keys()
    # Seeded; of another seed the false-alarm probability is 1e-4.
    expected = [draws * p for p in law.values()]
    assert chisquare([seen.get(key, 0) for key in law], expected).pvalue > 1e-4


def test_the_first_cell_of_every_stratum_follows_its_hypergeometric_law():
    """Among others, empty margins, margins that leave no choice, and sums far above what is tabulated."""
    rows = np.array([[0, 7], [7, 0], [3, 4], [12, 30], [20_000, 40_000], [1, 0]])
    columns = np.array([[3, 4], [3, 4], [0, 7], [2, 40], [30_000, 30_000], [1, 0]])
    draws = 4000
    drawn = Margins.of(rows, columns).draw(slice(1, 6), draws, generator(11))[0, 0]
    for cell, (placed, _), (good, bad) in zip(drawn, rows[1:], columns[1:], strict=True):
        law = hypergeom(good + bad, good, placed)
        low, high = law.support()
        assert low <= cell.min() <= cell.max() <= high
        cuts = np.unique(law.ppf(np.arange(1, 20) / 20))
        expected = np.diff(law.cdf([low - 1, *cuts, high])) * draws
        seen = np.histogram(cell, [low - 0.5, *(cuts + 0.5), high + 0.5])[0]
        # Seeded; of another seed the false-alarm probability is 1e-4.
        keep = expected > 0
        assert not seen[~keep].any()
        assert keep.sum() == 1 or chisquare(seen[keep], expected[keep]).pvalue > 1e-4


@pytest.mark.parametrize(
    "strata",
    [
        [[[4, 1], [1, 4]]],
        [[[3, 1, 0], [0, 2, 2]]],
        [[[3, 0], [1, 2]], [[2, 1], [0, 3]]],
    ],
)
def test_p_values_are_those_of_full_enumeration(strata):
    tables = [np.array(table) for table in strata]
    above, tied = exact_p_values(tables)
    draws = 20_000
    [result] = mc(Contingency.from_counts(np.array(tables)), [generator(2)], draws=draws)
    mid = above + tied / 2
    # 4.5 standard errors: false alarm below 1e-5.
    assert result.p_value == pytest.approx(mid, abs=4.5 * math.sqrt(mid * (1 - mid) / draws) + 1 / draws)
    assert above - 0.02 <= result.randomised_p <= above + tied + 0.02


def test_a_symmetric_fourfold_table_gives_fishers_exact_p_value():
    counts = np.array([[7, 2], [2, 7]])
    # With equal margins G² orders tables as their probabilities do, which is Fisher's order.
    above, tied = exact_p_values([counts])
    assert above + tied == pytest.approx(fisher_exact(counts).pvalue)
    drawn = draw_tables(counts.sum(1)[None], counts.sum(0)[None], 20_000, generator(3))[0, 0, 0]
    share = np.mean((drawn >= 7) | (drawn <= 2))
    assert share == pytest.approx(fisher_exact(counts).pvalue, abs=4.5 * math.sqrt(0.06 * 0.94 / 20_000))


def test_three_p_values_of_one_rank():
    rank = Drawn(above=3, tied=2, draws=99)
    assert rank.p_value == 6 / 100
    assert rank.mid_p == 4.5 / 100
    assert [rank.randomised_p(lot) for lot in (0, 1)] == [3 / 100, 6 / 100]


def test_randomised_p_is_uniform_and_sequential_p_never_too_small():
    rng = generator(5)
    number = 600
    # Three small strata each, X and Y drawn apart.
    tables = [
        np.stack([np.bincount(rng.integers(0, 6, size), minlength=6).reshape(2, 3) for size in (4, 7, 11)])
        for _ in range(number)
    ]
    stack, rngs = Contingency.stack(tables), [rng] * number
    found = [result.randomised_p for result in mc(stack, rngs, draws=49)]
    # Seeded; false-alarm probability 1e-4 for another seed.
    assert kstest([p for p in found if p is not None], "uniform").pvalue > 1e-4
    stopped = [result.p_value for result in mc_sequential(stack, rngs, draws=199)]
    for level in (0.05, 0.2):  # 3.7 standard errors, 1e-4
        assert np.mean(np.array(stopped) <= level) < level + 3.7 * math.sqrt(level * (1 - level) / number)


def test_sequential_stopping_spends_draws_only_where_they_are_needed():
    independent = Contingency.from_counts(np.array([[[21, 19], [18, 22]]]))
    dependent = Contingency.from_counts(np.array([[[30, 5], [5, 30]]]))
    [early], [late] = (mc_sequential(table, [generator(7)], draws=999) for table in (independent, dependent))
    assert early.draws < 60
    assert early.p_value > 10 / 60
    assert (late.draws, late.p_value) == (999, 1 / 1000)


def test_no_choice_is_untestable():
    for test in (mc, mc_sequential):
        [result] = test(Contingency.from_counts(np.array([[[1, 0], [0, 1]]])), [generator(1)])
        assert (result.testable, result.p_value, result.draws) == (False, 1, 0)
