"""Additive and log-additive noise; KS tests at 1e-6 each, chi-square at 1e-6, seeded."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.laws import LAWS, NORMAL, UNIFORM
from causalsynth.scm.mechanisms import LocationScale
from causalsynth.scm.support import Numeric

ROWS = 6000
REFERENCES = {"normal": stats.norm, "logistic": stats.logistic, "laplace": stats.laplace, "uniform": stats.uniform}


@pytest.fixture(scope="module")
def make(scene):
    def build(location="2*a", scale="1 + b", **options):
        law = LAWS[options.pop("law", "normal")]
        log = options.pop("log", False)
        return LocationScale(scene.parse(location), scene.parse(scale), Numeric(**options), law, log)

    return build


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("log", [False, True])
def test_values_follow_the_law(make, scene, name, log):
    drawn = scene.sample(make(law=name, log=log), scene.columns(ROWS, a=0.5, b=2))
    latent = np.log(drawn) if log else drawn
    assert stats.kstest(latent, REFERENCES[name](loc=1, scale=3).cdf).pvalue > 1e-6


def test_rounded_and_clipped_values_have_their_masses(make, scene):
    # age of mimic_struct: clip(round(N(64, 15)), 18, 95)
    age = make("64", "15", decimals=0, low=18, high=95)
    values = np.arange(18.0, 96.0)
    masses = np.exp(age.log_probability(values, scene.columns(len(values))))
    law = stats.norm(64, 15)
    wanted = [law.cdf(18.5), *np.diff(law.cdf(np.arange(18.5, 95))), law.sf(94.5)]
    assert np.allclose(masses, wanted, rtol=1e-12)
    assert masses.sum() == pytest.approx(1, abs=1e-12)
    drawn = scene.sample(age, scene.columns(ROWS))
    observed = np.bincount(drawn.astype(int), minlength=96)[18:]
    assert stats.chisquare(observed, masses * ROWS).pvalue > 1e-6


def test_masses_are_exact_in_both_tails(make, scene):
    mechanism = make("0", "1", decimals=0)
    found = mechanism.log_probability(np.array([-45.0, -30.0, 30.0, 45.0]), scene.columns(4))
    # The next term of the tail is smaller by a factor of e**-30.
    wanted = stats.norm.logsf([44.5, 29.5, 29.5, 44.5])
    assert np.allclose(found, wanted, rtol=1e-13)


def test_densities_of_unrounded_values(make, scene):
    parents, x = scene.columns(3, a=[0, 1, -1], b=[1, 0, 3]), np.array([0.5, 3.0, 0.1])
    normal = make().log_probability(x, parents)
    assert np.allclose(normal, stats.norm(2 * parents["a"], 1 + parents["b"]).logpdf(x))
    lognormal = make(log=True).log_probability(x, parents)
    assert np.allclose(lognormal, stats.lognorm(1 + parents["b"], scale=np.exp(2 * parents["a"])).logpdf(x))
    bound = make(high=3).log_probability(x, parents)[1]
    assert bound == pytest.approx(stats.norm(2, 1).logsf(3))
    assert make(log=True).log_probability(np.array([0.0, -1, 1]), parents).tolist()[:2] == [-math.inf] * 2
    assert make(decimals=1, low=0).log_probability(np.array([0.25, -0.1, 1]), parents).tolist()[:2] == [-math.inf] * 2


CASES = [
    ({"decimals": 0, "low": 35, "high": 130}, "80", "9", 75.0),
    ({"decimals": 0, "low": 35, "high": 130}, "80", "40", 130.0),
    ({"decimals": 0, "low": 35, "high": 130}, "80", "40", 35.0),
    ({"decimals": 1, "log": True}, "0.35", "0.4", 1.9),
    ({"decimals": 0, "low": 1, "high": 5000, "log": True}, "6.2", "2", 5000.0),
    ({"decimals": 1, "log": True}, "-2", "1", 0.0),
    ({"low": -0.5}, "0", "1", -0.5),
    ({"decimals": 0, "law": "uniform"}, "0", "4.4", 4.0),
    ({"decimals": 0, "law": "laplace"}, "3", "1.5", 3.0),
    ({"decimals": 1, "low": -0.7, "high": 1.3, "law": "logistic"}, "0", "1", 1.3),
]


@pytest.mark.parametrize(("options", "location", "scale", "value"), CASES)
def test_inferred_noise_is_the_prior_given_the_value(make, scene, options, location, scale, value):
    mechanism = make(location, scale, **options)
    parents = scene.columns(16000)
    prior = scene.fresh(mechanism, parents.rows, seed=5)
    accepted = prior[scene.evaluate(mechanism, prior, parents) == value]
    assert len(accepted) > 100
    values = np.full(parents.rows, value)
    posterior = mechanism.abduct(values, parents, scene.fresh(mechanism, parents.rows, seed=6))
    assert stats.ks_2samp(posterior[:4000], accepted).pvalue > 1e-6
    assert (scene.evaluate(mechanism, posterior, parents) == values).all()


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(sorted(LAWS)),
    st.booleans(),
    st.integers(-3, 9),
    st.floats(-40, 40),
    st.floats(1e-9, 1e9),
    st.integers(-40, 40),
    st.sampled_from([-7.9, -1.0, 0.0, 1e-12, 2.0, 8.1]),
)
@example("normal", False, 0, 0.5, 1e-9, 0, 0.0)
@example("normal", False, 9, 0.0, 1e9, 40, 8.1)
@example("laplace", True, 9, 40.0, 1e-9, 3, -7.9)
def test_inferred_noise_leads_back(make, scene, name, log, decimals, location, scale, z, fresh):
    """Whatever the parameters, a value that some noise gives, up to 40 scales out, is given again bit for bit."""
    mechanism = make("a", "b", decimals=decimals, low=-5e4, high=5e4, law=name, log=log)
    parents = scene.columns(1, a=location, b=scale)
    law = mechanism.law
    noise = np.array([0.5 + z / 81]) if name == "uniform" else np.array([float(z)])
    x = scene.evaluate(mechanism, noise, parents)
    found = mechanism.abduct(x, parents, law.quantile(stats.norm.cdf([fresh])))
    assert np.isfinite(found).all()
    assert scene.evaluate(mechanism, found, parents)[0] == x[0]
    assert mechanism.log_probability(x, parents)[0] > -math.inf


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(LAWS)), st.booleans(), st.floats(-20, 20), st.floats(1e-6, 10), st.floats(0.001, 0.999))
def test_residuals_of_unrounded_values_are_the_noise(make, scene, name, log, location, scale, u):
    mechanism = make("a", "b", law=name, log=log)
    parents, noise = scene.columns(1, a=location, b=scale), LAWS[name].quantile(np.array([u]))
    x = scene.evaluate(mechanism, noise, parents)
    found = mechanism.abduct(x, parents, noise)
    assert np.allclose(found, noise, atol=1e-14 * (1 + abs(location)) / scale + 1e-13)
    assert np.allclose(scene.evaluate(mechanism, found, parents), x, rtol=1e-12, atol=1e-14)


def test_uniform_residuals_stay_within_the_law(make, scene):
    mechanism = make("a", "0.3", law="uniform")
    a = np.linspace(1e6, 1e6 + 1, 500)
    parents = scene.columns(1000, a=np.concatenate([a, a]))
    noise = np.repeat([2.0**-53, 1 - 2.0**-53], 500)
    x = scene.evaluate(mechanism, noise, parents)
    found = mechanism.abduct(x, parents, UNIFORM.draw(1, "x", 0, 0, 1000))
    assert ((found >= 0) & (found <= 1)).all()
    assert np.allclose(mechanism.log_probability(x, parents), -math.log(0.3))


def test_rows_do_not_influence_one_another(make, scene):
    mechanism = make(decimals=1, log=True, high=50)
    parents = scene.columns(1001, a=np.linspace(-1, 1, 1001), b=np.linspace(0, 3, 1001))
    noise, fresh = scene.fresh(mechanism, 1001), scene.fresh(mechanism, 1001, seed=2)
    x = scene.evaluate(mechanism, noise, parents)
    u = mechanism.abduct(x, parents, fresh)
    for part in (slice(0, 1), slice(500, 507), slice(990, 1001)):
        own = scene.columns(len(x[part]), a=parents["a"][part], b=parents["b"][part])
        assert (scene.evaluate(mechanism, noise[part].copy(), own) == x[part]).all()
        assert (mechanism.abduct(x[part], own, fresh[part]) == u[part]).all()


IMPOSSIBLE = [
    ({"decimals": 0}, 62.5, "62.5 has more than the 0 decimals"),
    ({"decimals": 1, "high": 20}, 20.1, "20.1 is out of range"),
    ({"log": True}, -3.0, "-3 isn't above 0"),
    ({"log": True, "decimals": 1}, -0.1, "-0.1 isn't above 0"),
    ({"law": "uniform"}, 9.0, "no noise leads to 9 when a = 0, b = 1"),
    ({"law": "uniform", "decimals": 0}, 9.0, "no noise leads to 9"),
    ({}, math.nan, "nan is out of range"),
    ({"decimals": 0}, math.nan, "nan is out of range"),
]


@pytest.mark.parametrize(("options", "value", "message"), IMPOSSIBLE)
def test_values_that_no_noise_leads_to(make, scene, options, value, message):
    mechanism, parents = make(**options), scene.columns(2, a=0, b=1)
    values = np.array([1.0, value])
    with pytest.raises(InputError, match=message):
        mechanism.abduct(values, parents, np.full(2, 0.5))
    assert mechanism.log_probability(values, parents)[1] == -math.inf


def test_scales_are_above_zero(make, scene):
    with pytest.raises(GraphError, match=r"model.yaml:1:1: the scale is 0, not above 0 when b = -1 \(keep it above 0"):
        scene.sample(make(), scene.columns(3, a=0, b=[0, -1, -2]))
    with pytest.raises(GraphError, match="the scale is -2, not above 0"):
        make(scale="-2").check(scene.supports)


def test_values_are_finite(make, scene):
    with pytest.raises(GraphError, match="the value is inf when a = 400, b = 1"):
        scene.sample(make(log=True), scene.columns(2, a=[0, 400], b=1))
    assert scene.sample(make(log=True, high=9), scene.columns(1, a=400, b=1)).tolist() == [9]


def test_checks(make, scene):
    assert make("age + a", "b*[sex = male] + 1", unit="years").parents == ("age", "a", "b", "sex")
    make("age", unit="years").check(scene.supports)
    make("0.1*age", unit="mmHg").check(scene.supports)
    for mechanism, message in [
        (make("age > 3"), "condition"),
        (make(scale="sex"), "has states"),
        (make("height"), "height"),
        (make("age", unit="mmHg"), "unit mismatch: this is in years, the variable in mmHg"),
    ]:
        with pytest.raises(GraphError, match=message):
            mechanism.check(scene.supports)
    with pytest.raises(GraphError, match="can't end at 0"):
        make(log=True, high=0)


def test_what_decides_values_is_in_the_canonical_form(make):
    options = [{}, {"log": True}, {"law": "laplace"}, {"decimals": 1}, {"low": 0}, {"location": "a"}, {"scale": "2"}]
    assert len({str(make(**each).canonical()) for each in options}) == len(options)
    assert make().law is NORMAL
    assert not make().deterministic
