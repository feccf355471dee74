"""Counts; KS and chi-square tests at 1e-6 each, seeded."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.laws import LOGISTIC, UNIFORM
from causalsynth.scm.mechanisms import Poisson
from causalsynth.scm.mechanisms.counts import log_count_mass, quantile
from causalsynth.scm.support import Numeric

ROWS = 8000


@pytest.fixture(scope="module")
def make(scene):
    def build(rate="a", offset=0, law=UNIFORM, **options):
        return Poisson(scene.parse(rate), Numeric(**({"decimals": 0} | options)), offset, law)

    return build


@pytest.mark.parametrize("law", [UNIFORM, LOGISTIC])
@pytest.mark.parametrize("rate", [0.6, 4.1, 250.0])
def test_counts_follow_the_law(make, scene, law, rate):
    drawn = scene.sample(make(law=law), scene.columns(ROWS, a=rate))
    cuts = stats.poisson(rate).ppf(np.linspace(0.05, 0.95, 12))
    edges = np.unique([-1, *cuts, np.inf])
    wanted = np.diff(stats.poisson(rate).cdf(edges)) * ROWS
    assert stats.chisquare(np.histogram(drawn, edges + 0.5)[0], wanted).pvalue > 1e-6


@settings(max_examples=300, deadline=None)
@given(st.floats(0, 1e4), st.floats(-300, -0.302), st.booleans())
@example(0.0, -1.0, False)
@example(1e15, -10.0, True)
@example(1e-300, -200.0, True)
def test_quantile_is_the_least_count_that_reaches(rate, log10_tail, upper):
    tail = np.array([10.0**log10_tail])
    cdf, survival = (1.0 - tail, tail) if upper else (tail, 1.0 - tail)
    found = quantile(cdf, survival, np.array([rate]))[0]
    law = stats.poisson(rate)
    assert law.sf(found) <= tail if upper else law.cdf(found) >= tail
    if found > 0:
        assert law.sf(found - 1) > tail if upper else law.cdf(found - 1) < tail


def test_probabilities_sum_to_one_with_the_bounds(make, scene):
    mechanism = make(offset=1, low=2, high=9)
    values = np.arange(2.0, 10.0)
    logs = mechanism.log_probability(values, scene.columns(8, a=4))
    law = stats.poisson(4)
    assert np.allclose(np.exp(logs), [law.cdf(1), *law.pmf(np.arange(2, 8)), law.sf(7)], rtol=1e-12)
    assert np.exp(logs).sum() == pytest.approx(1, abs=1e-12)
    outside = mechanism.log_probability(np.array([1.0, 10.0, 3.5]), scene.columns(3, a=4))
    assert outside.tolist() == [-math.inf] * 3


def test_a_rate_of_zero_gives_the_offset(make, scene):
    mechanism, parents = make(offset=3), scene.columns(100, a=0)
    assert set(scene.sample(mechanism, parents)) == {3}
    assert mechanism.log_probability(np.array([3.0, 4.0]), scene.columns(2, a=0)).tolist() == [0, -math.inf]
    fresh = scene.fresh(mechanism, 100)
    assert np.allclose(mechanism.abduct(np.full(100, 3.0), parents, fresh), fresh)


def test_masses_of_far_tails_do_not_underflow():
    first, last = np.array([0.0, 3000.0, 0.0, 5.0]), np.array([100.0, np.inf, 0.0, 4.0])
    rates = np.array([1000.0, 1000.0, 2000.0, 4.0])
    counts = np.arange(3000, 4000)
    wanted = [
        np.logaddexp.reduce(stats.poisson(1000).logpmf(np.arange(101))),
        np.logaddexp.reduce(stats.poisson(1000).logpmf(counts)),
        -2000.0,
        -math.inf,
    ]
    assert np.allclose(log_count_mass(first, last, rates), wanted, rtol=1e-12)
    near = log_count_mass(np.array([0.0, 38000.0]), np.array([1e6 - 38000.0, np.inf]), np.array([1e6, 1e4]))
    tail = stats.poisson(1e6).logpmf(np.arange(1e6 - 38000.0 - 5000, 1e6 - 37999.0))
    assert near[0] == pytest.approx(np.logaddexp.reduce(tail), abs=1e-4)


@pytest.mark.parametrize("law", [UNIFORM, LOGISTIC])
@pytest.mark.parametrize(
    ("rate", "offset", "high", "value"), [(2.0, 1, 90, 4), (2.0, 0, 90, 0), (3.5, 0, 5, 5), (80.0, 0, 500, 82)]
)
def test_inferred_noise_is_the_prior_given_the_count(make, scene, law, rate, offset, high, value):
    mechanism, parents = make(offset=offset, law=law, low=0, high=high), scene.columns(16000, a=rate)
    prior = scene.fresh(mechanism, 16000, seed=5)
    accepted = prior[scene.evaluate(mechanism, prior, parents) == value]
    assert len(accepted) > 300
    values = np.full(16000, float(value))
    posterior = mechanism.abduct(values, parents, scene.fresh(mechanism, 16000, seed=6))
    assert stats.ks_2samp(posterior[:4000], accepted).pvalue > 1e-6
    assert (scene.evaluate(mechanism, posterior, parents) == values).all()


@settings(max_examples=300, deadline=None)
@given(st.floats(0, 1e5), st.sampled_from([2.0**-53, 1e-9, 0.5, 0.75, 1 - 2.0**-53]), st.floats(0.001, 0.999))
@example(1e15, 0.3, 0.5)
@example(5e-324, 0.5, 0.5)
def test_inferred_noise_leads_back(make, scene, rate, u, fresh):
    mechanism, parents = make(), scene.columns(1, a=rate)
    x = scene.evaluate(mechanism, np.array([u]), parents)
    found = mechanism.abduct(x, parents, np.array([fresh]))
    assert 0 < found[0] < 1
    assert scene.evaluate(mechanism, found, parents)[0] == x[0]


def test_logistic_noise_reaches_counts_that_uniform_noise_cannot(make, scene):
    x, parents, half = np.array([60.0]), scene.columns(1, a=2), np.array([0.5])
    assert make().log_probability(x, parents)[0] == pytest.approx(stats.poisson(2).logpmf(60))
    with pytest.raises(InputError, match="60 is so improbable that no noise leads to it when a = 2"):
        make().abduct(x, parents, half)
    noise = make(law=LOGISTIC).abduct(x, parents, half)
    assert scene.evaluate(make(law=LOGISTIC), noise, parents)[0] == 60


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2.5, "2.5 has more than the 0 decimals"),
        (0.0, "0 is below 1"),
        (31.0, "31 is out of range"),
        (math.nan, "nan is"),
    ],
)
def test_values_that_are_no_counts(make, scene, value, message):
    with pytest.raises(InputError, match=message):
        make(offset=1, high=30).abduct(np.array([value]), scene.columns(1, a=2), np.array([0.5]))


def test_rates_are_in_range(make, scene):
    with pytest.raises(GraphError, match=r"model.yaml:1:1: the rate is -0.5, not from 0 .* when a = -0.5"):
        scene.sample(make(), scene.columns(2, a=[1, -0.5]))
    with pytest.raises(GraphError, match="the rate is 1e"):
        scene.sample(make(), scene.columns(1, a=1e16))
    with pytest.raises(GraphError, match="the rate is -1"):
        make("-1").check(scene.supports)
    with pytest.raises(GraphError, match="decimals: 0"):
        make(decimals=-1)
    with pytest.raises(GraphError, match="isn't whole"):
        make(offset=0.5)
    make("exp(b)").check(scene.supports)
    assert make("b + a").parents == ("b", "a")
    forms = [make(), make("b"), make(offset=1), make(law=LOGISTIC), make(low=0)]
    assert len({str(each.canonical()) for each in forms}) == 5
