"""Logit and ordered-logit links; KS and chi-square tests at 1e-6 each, seeded."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.laws import LAWS, LOGISTIC, NORMAL, UNIFORM
from causalsynth.scm.mechanisms import Threshold

STAGES = ("none", "stage1", "stage2", "stage3")


@pytest.fixture(scope="module")
def make(scene):
    def build(latent="a", cutpoints=(0.9, 1.8, 2.6), law=LOGISTIC, scale="0.8", states=STAGES):
        return Threshold(states, scene.parse(latent), cutpoints, law, scene.parse(scale))

    return build


@pytest.mark.parametrize("law", [LOGISTIC, NORMAL])
def test_states_follow_the_ordered_link(make, scene, law):
    mechanism, parents = make(law=law), scene.columns(8000, a=1.1)
    wanted = np.diff(
        [0, *getattr(stats, law.name.replace("normal", "norm")).cdf((np.array([0.9, 1.8, 2.6]) - 1.1) / 0.8), 1]
    )
    observed = np.bincount(scene.sample(mechanism, parents), minlength=4)
    assert stats.chisquare(observed, wanted * 8000).pvalue > 1e-6
    found = mechanism.state_probabilities(scene.columns(1, a=1.1))
    assert found.shape == (4, 1)
    assert np.allclose(found[:, 0], wanted, rtol=1e-12)
    logs = mechanism.log_probability(np.arange(4, dtype=np.int8), scene.columns(4, a=1.1))
    assert np.allclose(np.exp(logs), wanted, rtol=1e-12)


def test_two_states_and_cutpoint_zero_are_logistic_regression(scene):
    mechanism = Threshold(("no", "yes"), scene.parse("-1.8 + a"), (0,))
    a = np.linspace(-700, 700, 29)
    logs = mechanism.log_probability(np.ones(29, dtype=np.int8), scene.columns(29, a=a))
    assert np.allclose(logs, -np.logaddexp(0, 1.8 - a), rtol=1e-13)
    assert mechanism.scale.text == "1"
    assert np.allclose(mechanism.state_probabilities(scene.columns(29, a=a)).sum(axis=0), 1, atol=1e-14)


def test_a_latent_number_at_a_cutpoint_has_passed_it(make, scene):
    parents = scene.columns(3, a=[0, 0.9, 1.8])
    assert scene.evaluate(make(), np.zeros(3), parents).tolist() == [0, 1, 2]


@pytest.mark.parametrize("code", [0, 1, 2, 3])
@pytest.mark.parametrize("law", [LOGISTIC, NORMAL, UNIFORM])
def test_inferred_noise_is_the_prior_given_the_state(make, scene, code, law):
    mechanism, parents = make(law=law, scale="3"), scene.columns(16000, a=0.5)
    prior = scene.fresh(mechanism, 16000, seed=5)
    accepted = prior[scene.evaluate(mechanism, prior, parents) == code]
    assert len(accepted) > 500
    values = np.full(16000, code, dtype=np.int8)
    posterior = mechanism.abduct(values, parents, scene.fresh(mechanism, 16000, seed=6))
    assert stats.ks_2samp(posterior[:4000], accepted).pvalue > 1e-6
    assert (scene.evaluate(mechanism, posterior, parents) == values).all()


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["normal", "logistic", "laplace"]),
    st.floats(-1e3, 1e3),
    st.floats(1e-3, 1e6),
    st.floats(1e-12, 10),
    st.integers(0, 2),
    st.floats(0.001, 0.999),
)
def test_inferred_noise_leads_back(make, scene, name, latent, scale, gap, code, fresh):
    """Improbable states and narrow ones too: the noise exists, however far out."""
    law = LAWS[name]
    cutpoints = (1.0, 1.0 + gap)
    mechanism = make("a", cutpoints, law, "b", STAGES[:3])
    parents, values = scene.columns(1, a=latent, b=scale), np.array([code], dtype=np.int8)
    try:
        found = mechanism.abduct(values, parents, law.quantile(np.array([fresh])))
    except InputError:
        # Between the cutpoints there may be no floating-point number of the latent's magnitude.
        assert code == 1
        assert gap < 4 * np.spacing(abs(latent) + 1)
        return
    assert scene.evaluate(mechanism, found, parents)[0] == code


def test_states_beyond_the_law_are_impossible(make, scene):
    mechanism, parents = make(law=UNIFORM, scale="1"), scene.columns(1, a=0)
    stage3 = np.array([3], dtype=np.int8)
    assert mechanism.log_probability(stage3, parents)[0] == -math.inf
    with pytest.raises(InputError, match="no noise leads to the state 'stage3' when a = 0"):
        mechanism.abduct(stage3, parents, np.array([0.5]))


def test_faults(make, scene):
    for cutpoints, message in [
        ((1, 2), "3 cutpoints, not 2"),
        ((1, 1, 2), "don't rise"),
        ((1, 2, math.inf), "don't rise"),
    ]:
        with pytest.raises(GraphError, match=message):
            make(cutpoints=cutpoints)
    with pytest.raises(GraphError, match=r"model.yaml:1:1: the scale is -1, not above 0 when b = -1"):
        scene.sample(make(scale="b"), scene.columns(2, a=0, b=-1))
    with pytest.raises(GraphError, match="the scale is 0"):
        make(scale="0").check(scene.supports)
    with pytest.raises(GraphError, match="condition"):
        make("a > 1").check(scene.supports)
    make("0.5*[sex = male]").check(scene.supports)


def test_what_it_says_of_itself(make):
    mechanism = make("b + a", scale="b + age")
    assert mechanism.parents == ("b", "a", "age")
    assert mechanism.support.states == STAGES
    assert not mechanism.deterministic
    assert make(cutpoints=(), states=("only",)).deterministic
    forms = [
        make(),
        make("b"),
        make(cutpoints=(0.9, 1.8, 2.7)),
        make(law=NORMAL),
        make(scale="0.9"),
        make(states=tuple("abcd")),
    ]
    assert len({str(each.canonical()) for each in forms}) == 6
