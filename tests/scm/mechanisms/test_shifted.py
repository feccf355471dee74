"""Shift interventions; KS tests at 1e-6 each, seeded."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.mechanisms import (
    CategoricalTable,
    Constant,
    Deterministic,
    LocationScale,
    Poisson,
    PythonMechanism,
    Shifted,
)
from causalsynth.scm.support import Numeric


@pytest.fixture(scope="module")
def pressure(scene):
    return LocationScale(scene.parse("80"), scene.parse("20"), Numeric("mmHg", 0, 35, 130))


def test_adds_and_clips(pressure, scene):
    parents = scene.columns(5000)
    base, shifted = scene.sample(pressure, parents), scene.sample(Shifted(pressure, -13), parents)
    assert (shifted == np.maximum(base - 13, 35)).all()
    tenths = Shifted(Constant(0.1, Numeric(decimals=1)), 0.2)
    assert scene.sample(tenths, scene.columns(1)).tolist() == [0.3]


@pytest.mark.parametrize("by", [-13, 40])
def test_probabilities_sum_to_one(pressure, scene, by):
    values = np.arange(35.0, 131.0)
    logs = Shifted(pressure, by).log_probability(values, scene.columns(len(values)))
    assert np.exp(logs).sum() == pytest.approx(1, abs=1e-12)
    base = pressure.log_probability(values, scene.columns(len(values)))
    inside = slice(50, 80)
    assert np.allclose(logs[inside], base[50 - by : 80 - by])
    reachable = values >= 35 + by if by > 0 else values <= 130 + by
    assert (np.isneginf(logs) == ~reachable).all()


@pytest.mark.parametrize(("by", "value"), [(30, 130.0), (-30, 35.0), (30, 101.0), (60, 95.0), (-60, 70.0)])
def test_inferred_noise_is_the_prior_given_the_shifted_value(pressure, scene, by, value):
    """Several base values may be shifted to a bound: the noise is drawn given all of them."""
    mechanism, parents = Shifted(pressure, by), scene.columns(16000)
    prior = scene.fresh(mechanism, 16000, seed=5)
    accepted = prior[scene.evaluate(mechanism, prior, parents) == value]
    assert len(accepted) > 60
    values = np.full(16000, value)
    posterior = mechanism.abduct(values, parents, scene.fresh(mechanism, 16000, seed=6))
    assert (scene.evaluate(mechanism, posterior, parents) == values).all()
    assert stats.ks_2samp(posterior[:4000], accepted).pvalue > 1e-6


@settings(max_examples=200, deadline=None)
@given(st.integers(-1000, 1000), st.integers(0, 3), st.floats(0, 200), st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_inferred_noise_leads_back(scene, by, decimals, rate, u, fresh):
    support = Numeric(decimals=decimals, low=0, high=100)
    normal = LocationScale(scene.parse("a"), scene.parse("1"), support)
    parents = scene.columns(1, a=rate)
    for base in (normal, Poisson(scene.parse("a"), support), Shifted(normal, 3)):
        mechanism = Shifted(base, round(by / 10**decimals, decimals))
        x = scene.evaluate(mechanism, mechanism.law.quantile(np.array([u])), parents)
        noise = mechanism.abduct(x, parents, mechanism.law.quantile(np.array([fresh])))
        assert scene.evaluate(mechanism, noise, parents)[0] == x[0]
        assert mechanism.log_probability(x, parents)[0] > -math.inf


def test_unrounded_numbers(scene):
    base = LocationScale(scene.parse("a"), scene.parse("2"), Numeric(low=0))
    mechanism, parents = Shifted(base, 0.123), scene.columns(3, a=1)
    x = np.array([0.123, 0.5, 3.0])
    noise = mechanism.abduct(x, parents, np.zeros(3))
    assert np.allclose(scene.evaluate(mechanism, noise, parents), x)
    assert np.allclose(noise[1:], (x[1:] - 0.123 - 1) / 2)
    law = stats.norm(1.123, 2)
    assert np.allclose(mechanism.log_probability(x[1:], scene.columns(2, a=1)), law.logpdf(x[1:]))


@pytest.mark.parametrize("by", [0.1, 0.3, 1 / 3, -1e6, 1e-9])
def test_unrounded_values_that_follow_from_the_parents(scene, by):
    """The shift rounds: x - by isn't the value before it."""
    mechanism = Shifted(Deterministic(scene.parse("0.1 * a"), Numeric()), by)
    parents = scene.columns(500, a=np.linspace(-9, 9, 500))
    x, fresh = scene.sample(mechanism, parents), scene.fresh(mechanism, 500)
    for facts in (x, np.array([float(f"{each:.12g}") for each in x])):
        assert (mechanism.log_probability(facts, parents) == 0).all()
        assert (mechanism.abduct(facts, parents, fresh) == fresh).all()
    assert np.isneginf(mechanism.log_probability(x + 0.001 * (1 + abs(by)), parents)).all()
    with pytest.raises(InputError, match="but the expression gives"):
        mechanism.abduct(x + 0.001 * (1 + abs(by)), parents, fresh)


@pytest.mark.parametrize("by", [0.1, 1 / 3, -2.7, 1e6 + 0.1])
def test_counts_of_unrounded_support(scene, by):
    base = Poisson(scene.parse("a"), Numeric())
    parents = scene.columns(300, a=np.linspace(0.1, 40, 300))
    for mechanism in (Shifted(base, by), Shifted(Shifted(base, 0.7), by)):
        x = scene.sample(mechanism, parents)
        noise = mechanism.abduct(x, parents, scene.fresh(mechanism, 300, seed=9))
        assert (scene.evaluate(mechanism, noise, parents) == x).all()
        counts = scene.sample(base, parents)
        assert np.allclose(mechanism.log_probability(x, parents), base.log_probability(counts, parents))
        assert np.isneginf(mechanism.log_probability(x + 0.5, parents)).all()
        with pytest.raises(InputError):
            mechanism.abduct(x + 0.5, parents, scene.fresh(mechanism, 300))


@pytest.mark.parametrize(("low", "high", "by"), [(0.1, math.inf, 0.2), (-math.inf, 0.7, -0.1)])
def test_what_lay_beyond_a_bound_keeps_its_probability(scene, low, high, by):
    """In floating point 0.1 + 0.2 - 0.2 isn't 0.1; the value there stands for all that was clipped."""
    base = LocationScale(scene.parse("a"), scene.parse("2"), Numeric(low=low, high=high))
    mechanism, bound = Shifted(base, by), low if math.isfinite(low) else high
    parents, x = scene.columns(200, a=0.3), np.full(200, bound + by)
    mass = stats.norm(0.3, 2).cdf(low) if math.isfinite(low) else stats.norm(0.3, 2).sf(high)
    assert np.allclose(mechanism.log_probability(x, parents), np.log(mass))
    noise = mechanism.abduct(x, parents, scene.fresh(mechanism, 200, seed=4))
    assert (scene.evaluate(mechanism, noise, parents) == x).all()
    assert len(np.unique(noise)) == 200


def test_densities_far_from_zero(scene):
    """Location and shift cancel out: the noise is known to 6 digits alone, and isn't refused."""
    mechanism = Shifted(LocationScale(scene.parse("a"), scene.parse("1"), Numeric()), -1e9)
    parents = scene.columns(50, a=1e9)
    x = scene.sample(mechanism, parents)
    noise = mechanism.abduct(x, parents, np.zeros(50))
    assert np.allclose(scene.evaluate(mechanism, noise, parents), x, atol=1e-6)
    assert np.allclose(mechanism.log_probability(x, parents), stats.norm.logpdf(x), atol=1e-5)


def test_values_out_of_reach(pressure, scene):
    mechanism, one = Shifted(pressure, 10), scene.columns(1)
    for value in (44.0, 35.0, 131.0, 60.5):
        with pytest.raises(InputError):
            mechanism.abduct(np.array([value]), one, np.zeros(1))
        assert mechanism.log_probability(np.array([value]), one)[0] == -math.inf


def test_bases_without_noise_and_in_python(scene):
    support = Numeric(decimals=0, high=10)
    fixed = Shifted(Deterministic(scene.parse("a"), support), 2)
    parents = scene.columns(2, a=[3, 9])
    assert scene.sample(fixed, parents).tolist() == [5, 10]
    assert fixed.log_probability(np.array([5.0, 10]), parents).tolist() == [0, 0]
    assert fixed.log_probability(np.array([4.0, 9]), parents).tolist() == [-math.inf] * 2
    assert (fixed.deterministic, fixed.parents) == (True, ("a",))
    fixed.check(scene.supports)
    python = PythonMechanism(lambda p, u: p["a"] + u, ("a",), support, inverse=lambda x, p: x - p["a"])
    mechanism = Shifted(python, 2)
    assert mechanism.abduct(np.array([6.0, 9]), parents, np.zeros(2)).tolist() == [1, -2]
    with pytest.raises(InputError, match=r"10 may come from several values before the shift, .* PythonMechanism"):
        mechanism.abduct(np.array([6.0, 10]), parents, np.zeros(2))


def test_faults(pressure):
    for base, by, message in [
        (pressure, 0.5, "more digits than the 0 decimals"),
        (pressure, math.inf, "a shift by inf"),
        (pressure, "5", "a shift by '5' is no shift"),
        (pressure, True, "a shift by True is no shift"),
        (CategoricalTable.constant(("a", "b"), "a"), 1, "states can't be shifted"),
    ]:
        with pytest.raises(GraphError, match=message):
            Shifted(base, by)
    assert Shifted(pressure, 1).canonical() != Shifted(pressure, 2).canonical()
    assert Shifted(pressure, 1).law is pressure.law
