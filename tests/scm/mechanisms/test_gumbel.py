"""Gumbel-max coupling; KS and chi-square tests at 1e-6 each, seeded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.laws import GumbelVector
from causalsynth.scm.mechanisms import Case, CategoricalTable, GumbelMax, LocationScale, Rule, Threshold
from causalsynth.scm.support import Numeric

STATES = ("a", "b", "c", "d")
WEIGHTS = np.array([[0.5, 0.3, 0.2, 0.0], [0.05, 0.05, 0.1, 0.8]])
ROWS = 8000


@pytest.fixture(scope="module")
def table():
    return GumbelMax(CategoricalTable(STATES, ("sex",), WEIGHTS))


def test_frequencies_and_impossible_states(table, scene):
    parents = scene.columns(ROWS, sex=np.arange(ROWS) % 2)
    drawn = scene.sample(table, parents)
    male = np.bincount(drawn[::2], minlength=4)
    assert male[3] == 0
    assert stats.chisquare(male[:3], WEIGHTS[0, :3] * ROWS / 2).pvalue > 1e-6
    assert stats.chisquare(np.bincount(drawn[1::2]), WEIGHTS[1] * ROWS / 2).pvalue > 1e-6


@pytest.mark.parametrize("code", [0, 2])
def test_inferred_noise_is_the_prior_given_the_state(table, scene, code):
    parents = scene.columns(30000, sex=0)
    prior = scene.fresh(table, 30000, seed=5)
    accepted = prior[:, scene.evaluate(table, prior, parents) == code]
    values = np.full(30000, code, dtype=np.int8)
    posterior = table.abduct(values, parents, scene.fresh(table, 30000, seed=6))
    assert (scene.evaluate(table, posterior, parents) == code).all()
    for state in range(4):
        assert stats.ks_2samp(posterior[state, :5000], accepted[state]).pvalue > 1e-6
    # And jointly: what the runner-up misses by.
    gaps = [
        np.diff(np.sort(np.log(WEIGHTS[0, :3, None]) + u[:3], axis=0)[1:], axis=0)[0] for u in (posterior, accepted)
    ]
    assert stats.ks_2samp(gaps[0][:5000], gaps[1]).pvalue > 1e-6


def test_the_noise_is_gumbel_again_when_states_are_drawn(table, scene):
    """Abduction of what the model draws gives back the prior: the law of total probability."""
    parents = scene.columns(ROWS, sex=1)
    drawn = scene.sample(table, parents)
    posterior = table.abduct(drawn, parents, scene.fresh(table, ROWS, seed=9))
    for row in posterior:
        assert stats.kstest(row, "gumbel_r").pvalue > 1e-6
    correlation = np.corrcoef(posterior) - np.eye(4)
    assert np.abs(correlation).max() < 5.5 / np.sqrt(ROWS)  # 6 pairs beyond 5.5 sigma: 2e-7


def test_counterfactuals_are_stable(scene):
    """Oberst & Sontag 2019, theorem 2: no switch to a state whose odds against the observed one have fallen."""
    before, after = np.array([0.2, 0.3, 0.5]), np.array([0.4, 0.15, 0.45])
    table = GumbelMax(CategoricalTable(STATES[:3], ("sex",), np.array([before, after])))
    factual, twin = scene.columns(ROWS, sex=0), scene.columns(ROWS, sex=1)
    drawn = scene.sample(table, factual)
    noise = table.abduct(drawn, factual, scene.fresh(table, ROWS, seed=3))
    switched = scene.evaluate(table, noise, twin)
    ratio = after / before
    moved = switched != drawn
    assert moved.any()
    assert (ratio[switched[moved]] > ratio[drawn[moved]]).all()
    assert stats.chisquare(np.bincount(switched), after * ROWS).pvalue > 1e-6


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(st.just(0.0), st.floats(1e-300, 1e-290), st.floats(1e-9, 1)), min_size=1, max_size=6),
    st.data(),
)
def test_inferred_noise_leads_back(scene, weights, data):
    probabilities = np.array([*weights, 1.0])
    probabilities /= probabilities.sum()
    table = GumbelMax(CategoricalTable(tuple(map(str, range(len(probabilities)))), (), probabilities))
    code = data.draw(st.sampled_from(np.flatnonzero(probabilities).tolist()))
    fresh = data.draw(st.lists(st.floats(-3.6, 40), min_size=len(probabilities), max_size=len(probabilities)))
    values, parents = np.array([code], dtype=np.int8), scene.columns(1)
    noise = table.abduct(values, parents, np.array(fresh)[:, None])
    assert np.isfinite(noise).all()
    assert scene.evaluate(table, noise, parents)[0] == code


def test_impossible_states_have_no_noise(table, scene):
    with pytest.raises(InputError, match="the state 'd' is impossible when sex = male"):
        table.abduct(np.array([3, 3], dtype=np.int8), scene.columns(2, sex=[1, 0]), np.zeros((4, 2)))


def test_couples_rules_and_thresholds(scene):
    always = Rule(("x", "y"), (Case(None, (scene.parse("a"), scene.parse("1 - a"))),))
    ordered = Threshold(("x", "y"), scene.parse("log(1/a - 1)"), (0,))
    for base in (always, ordered):
        coupled, parents = GumbelMax(base), scene.columns(ROWS, a=0.3)
        drawn = scene.sample(coupled, parents)
        assert stats.binomtest(int(drawn.sum()), ROWS, 0.7).pvalue > 1e-6
        assert (coupled.parents, coupled.support, coupled.deterministic) == (("a",), base.support, False)
        assert (coupled.log_probability(drawn, parents) == base.log_probability(drawn, parents)).all()
        assert (coupled.state_probabilities(parents) == base.state_probabilities(parents)).all()
        assert coupled.canonical() != base.canonical()
        assert coupled.law == GumbelVector(2)
        coupled.check(scene.supports)


def test_numbers_are_not_coupled(scene):
    with pytest.raises(GraphError, match="LocationScale has no probabilities of states"):
        GumbelMax(LocationScale(scene.parse("0"), scene.parse("1"), Numeric()))
