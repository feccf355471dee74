"""Draws between bounds and masses of intervals; KS tests at 1e-6 each, seeded."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import stats

from causalsynth.scm.laws import LAWS, NORMAL
from causalsynth.scm.mechanisms.truncated import draw_between, inverse, log_mass

SCIPY = {"normal": stats.norm, "logistic": stats.logistic, "laplace": stats.laplace, "uniform": stats.uniform}
ROWS = 4000


def _draws(law, low, high, rows=ROWS):
    fresh = law.draw(3, "x", 0, 0, rows)
    return draw_between(law, np.full(rows, low), np.full(rows, high), fresh)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize(("low", "high"), [(-1.0, 0.4), (0.2, 0.9), (-np.inf, -0.3), (0.5, np.inf), (-np.inf, np.inf)])
def test_draws_follow_the_truncated_law(name, low, high):
    law, reference = LAWS[name], SCIPY[name]
    if name == "uniform" and high < 0:
        low, high = -np.inf, 0.3
    bottom, top = reference.cdf(low), reference.cdf(high)
    drawn = _draws(law, low, high)
    assert stats.kstest(drawn, lambda x: (reference.cdf(x) - bottom) / (top - bottom)).pvalue > 1e-6


@pytest.mark.parametrize("name", [name for name in LAWS if name != "uniform"])
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("at", [30.0, 60.0, 500.0])
def test_draws_far_out_where_the_cdf_says_zero_or_one(name, sign, at):
    # From `at` outwards normal noise is at + Exp(rate at) but for O(1/at²); the others' tails are Exp(1).
    law, rate = LAWS[name], at if name == "normal" else 1.0
    low, high = (at, np.inf) if sign > 0 else (-np.inf, -at)
    beyond = (sign * _draws(law, low, high, 1000) - at) * rate
    assert (beyond >= 0).all()
    assert stats.kstest(beyond, "expon").pvalue > 1e-6


@pytest.mark.parametrize("sign", [-1, 1])
def test_draws_far_out_between_near_bounds(sign):
    """On [30, 30.1] the density falls to a twentieth."""
    low, high = sorted([sign * 30.0, sign * 30.1])
    bottom, top = np.exp(stats.norm.logsf([30.1, 30.0]) - stats.norm.logsf(30.0))
    drawn = sign * _draws(NORMAL, low, high)
    law = stats.kstest(drawn, lambda x: (top - np.exp(stats.norm.logsf(x) - stats.norm.logsf(30.0))) / (top - bottom))
    assert law.pvalue > 1e-6


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize(("low", "high"), [(-1.0, 0.4), (0.2, 0.9), (0.5, np.inf), (0.3, 0.3 + 1e-9)])
def test_the_draw_rises_with_what_it_is_made_from(name, low, high):
    fresh = np.sort(LAWS[name].draw(3, "x", 0, 0, 200))
    drawn = draw_between(LAWS[name], np.full(200, low), np.full(200, high), fresh)
    assert (np.diff(drawn) >= 0).all()
    assert drawn[0] < drawn[-1]


def test_without_bounds_the_draw_is_what_it_is_made_from():
    fresh = NORMAL.draw(3, "x", 0, 0, 100)
    assert np.allclose(_draws(NORMAL, -np.inf, np.inf, 100), fresh, rtol=1e-12)


@settings(max_examples=300)
@given(st.sampled_from(sorted(LAWS)), st.floats(-1e3, 1e3), st.floats(0, 1e3), st.floats(-8, 8))
@example("normal", 5.0, 1e-300, 0.0)
@example("normal", 0.0, 0.0, 0.0)
@example("laplace", -1e-320, 1e-320, 3.0)
def test_draws_stay_between_their_bounds(name, low, width, z):
    law = LAWS[name]
    high = low + width
    assume(name != "uniform" or (low <= 1 and high >= 0))
    fresh = law.quantile(stats.norm.cdf([z]))
    drawn = draw_between(law, np.array([low]), np.array([high]), fresh)[0]
    assert low <= drawn <= high


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["normal", "logistic", "laplace"]), st.floats(-60, 60), st.floats(-12, 1))
def test_log_mass_is_the_integral_of_the_density(name, low, log10_width):
    law, high = LAWS[name], low + 10.0**log10_width
    width = high - low
    assume(width > 0 and (low == 0 or abs(low) > 1e-300))
    nodes, weights = np.polynomial.legendre.leggauss(40)
    pieces = np.unique([low, high, *([0.0] if low < 0 < high else []), *np.linspace(low, high, 12)])
    total = []
    for start, stop in pairwise(pieces):
        x = (start + stop) / 2 + (stop - start) / 2 * nodes
        total += list(law.log_density(x) + np.log(weights * (stop - start) / 2))
    wanted = np.logaddexp.reduce(total)
    found = log_mass(law, np.array([low]), np.array([high]))[0]
    assert found == pytest.approx(wanted, rel=1e-14, abs=2e-11)


def test_log_mass_of_nothing_and_of_all():
    low, high = np.array([-np.inf, 1.0, 2.0, np.inf, -np.inf]), np.array([np.inf, 1.0, 1.0, np.inf, -np.inf])
    for law in LAWS.values():
        assert log_mass(law, low, high).tolist() == [0.0, -np.inf, -np.inf, -np.inf, -np.inf]


def test_inverse_takes_the_exact_side():
    for law in LAWS.values():
        x = np.array([0.25, 0.75])
        assert np.allclose(inverse(law, law.cdf(x), law.survival(x)), x)
    assert inverse(NORMAL, np.array([1.0]), np.array([1e-200]))[0] == pytest.approx(stats.norm.isf(1e-200))
