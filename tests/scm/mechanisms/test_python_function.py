import json
import math

import numpy as np
import pytest
from scipy import stats

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.laws import UNIFORM, GumbelVector
from causalsynth.scm.mechanisms import PythonMechanism
from causalsynth.scm.support import Categorical, Numeric

TENTHS = Numeric("mmol/L", 1, 0, 20)
YES = Categorical(("no", "yes"))


def lactate(parents, u):
    return np.exp(0.35 + 0.75 * (parents["sex"] == "female") + 0.01 * parents["age"] + 0.4 * u)


def lactate_noise(x, parents):
    return (np.log(x) - 0.35 - 0.75 * (parents["sex"] == "female") - 0.01 * parents["age"]) / 0.4


def lactate_density(x, parents):
    return stats.norm.logpdf(lactate_noise(x, parents)) - np.log(0.4 * x)


def fail(parents, u):
    raise KeyError("mpa")


def test_sees_names_and_numbers(scene):
    seen = {}

    def function(parents, u):
        seen.update(parents)
        return parents["age"]

    mechanism = PythonMechanism(function, ("sex", "age"), TENTHS)
    assert scene.sample(mechanism, scene.columns(2, sex=[0, 1], age=[3.14159, 70], a=9)).tolist() == [3.1, 20]
    assert set(seen) == {"sex", "age"}
    assert seen["sex"].tolist() == ["male", "female"]
    assert seen["age"].dtype == np.float64
    for array in seen.values():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_gives_states_by_name(scene):
    mechanism = PythonMechanism(lambda p, u: np.where(u < p["a"], "yes", "no"), ("a",), YES, UNIFORM)
    drawn = scene.sample(mechanism, scene.columns(4000, a=0.3))
    assert stats.binomtest(int(drawn.sum()), 4000, 0.3).pvalue > 1e-6  # false alarms: 1e-6
    objects = PythonMechanism(lambda p, u: np.array(["no", "yes"], dtype=object), (), YES)
    assert scene.sample(objects, scene.columns(2)).tolist() == [0, 1]


def test_noise_of_several_numbers_a_row(scene):
    best = PythonMechanism(lambda p, u: np.array(["no", "yes"])[u.argmax(axis=0)], (), YES, GumbelVector(2))
    drawn = scene.sample(best, scene.columns(4000))
    assert stats.binomtest(int(drawn.sum()), 4000, 0.5).pvalue > 1e-6  # false alarms: 1e-6


BAD = {
    "shape": (lambda p, u: u[:1], TENTHS, r"gave float64 of shape \(1,\) for 2 rows"),
    "scalar": (lambda p, u: 1.0, TENTHS, r"of shape \(\) for 2 rows"),
    "none": (lambda p, u: None, TENTHS, r"gave object of shape \(\)"),
    "ragged": (lambda p, u: [[1], [2, 3]], TENTHS, "gave object of shape"),
    "text": (lambda p, u: np.array(["1", "2"]), TENTHS, "not numbers"),
    "truth": (lambda p, u: u > 0, TENTHS, "gave bool, not numbers"),
    "complex": (lambda p, u: u + 1j, TENTHS, "gave complex128, not numbers"),
    "nan": (lambda p, u: np.array([1, math.nan]), TENTHS, "gave nan when a = 7"),
    "infinity": (lambda p, u: np.array([1, math.inf]), TENTHS, "gave inf when a = 7"),
    "state": (lambda p, u: np.array(["no", "Yes"]), YES, "gave 'Yes', no state when a = 7"),
    "code": (lambda p, u: np.array([0, 1]), YES, "gave 0, no state when a = 5"),
    "object": (lambda p, u: np.array(["no", None], dtype=object), YES, "gave None, no state when a = 7"),
    "raises": (fail, TENTHS, r"fail\(\) raised KeyError: 'mpa'"),
    "writes": (lambda p, u: p["a"].sort(), TENTHS, "raised ValueError"),
}


@pytest.mark.parametrize(("function", "support", "message"), BAD.values(), ids=BAD)
def test_what_a_function_may_not_give(scene, function, support, message):
    with pytest.raises(GraphError, match=message) as caught:
        scene.sample(PythonMechanism(function, ("a",), support), scene.columns(2, a=[5, 7]))
    assert "()" in caught.value.message
    if function is fail:
        assert isinstance(caught.value.__cause__, KeyError)


def test_inverts_by_the_function_given(scene):
    mechanism = PythonMechanism(lactate, ("sex", "age"), TENTHS, inverse=lactate_noise, log_density=lactate_density)
    parents = scene.columns(50, sex=0, age=np.linspace(20, 90, 50))
    x = np.round(np.linspace(1, 9, 50), 1)
    noise = mechanism.abduct(x, parents, np.zeros(50))
    assert (scene.evaluate(mechanism, noise, parents) == x).all()
    law = stats.lognorm(0.4, scale=np.exp(0.35 + 0.01 * parents["age"]))
    assert np.allclose(mechanism.log_probability(x, parents), law.logpdf(x))


def test_inverses_that_do_not_invert(scene):
    parents, x = scene.columns(2, sex=0, age=50), np.array([1.9, 2.5])
    for inverse, error, message in [
        (None, InputError, r"the noise behind lactate\(\) isn't known"),
        (lambda x, p: np.zeros(2), InputError, r"the noise for 1.9 leads to 2.3 when sex = male, age = 50 years"),
        (lambda x, p: np.zeros(3), GraphError, r"shape \(3,\), not numbers of shape \(2,\)"),
        (lambda x, p: np.full(2, math.nan), GraphError, "aren't finite"),
        (fail, GraphError, "raised KeyError"),
    ]:
        with pytest.raises(error, match=message) as caught:
            PythonMechanism(lactate, ("sex", "age"), TENTHS, inverse=inverse).abduct(x, parents, np.zeros(2))
        if inverse is None:
            assert "inverse(values, parents)" in caught.value.hint
    with pytest.raises(InputError, match="the law of what lactate"):
        PythonMechanism(lactate, ("sex", "age"), TENTHS).log_probability(x, parents)


def test_functions_without_noise(scene):
    mechanism = PythonMechanism(lambda p, u: p["a"] * 2, ("a",), TENTHS, deterministic=True)
    parents, fresh = scene.columns(2, a=[1, 2]), np.array([0.1, 0.2])
    assert mechanism.abduct(np.array([2.0, 4]), parents, fresh).tolist() == fresh.tolist()
    assert mechanism.log_probability(np.array([2.0, 5]), parents).tolist() == [0, -math.inf]
    with pytest.raises(InputError, match=r"the noise for 5\.0 leads to 4.0 when a = 2"):
        mechanism.abduct(np.array([2.0, 5]), parents, fresh)


def test_faults(scene):
    with pytest.raises(GraphError, match="is no function"):
        PythonMechanism("lactate", (), TENTHS)
    with pytest.raises(GraphError, match="are one text"):
        PythonMechanism(lactate, "sex", TENTHS)
    with pytest.raises(GraphError, match=r"lactate\(\) reads height"):
        PythonMechanism(lactate, ("sex", "height"), TENTHS).check(scene.supports)


def test_canonical_forms_tell_functions_apart():
    one = PythonMechanism(lactate, ("sex", "age"), TENTHS)
    prompt = {}
    exec("def f(p, u):\n    return [x + 1 for x in u]\ndef g(p, u):\n    return [x + 2 for x in u]", prompt)
    forms = [
        one,
        PythonMechanism(fail, ("sex", "age"), TENTHS),
        PythonMechanism(lactate, ("sex", "age"), TENTHS, inverse=lactate_noise),
        PythonMechanism(prompt["f"], ("sex", "age"), TENTHS),
        PythonMechanism(prompt["g"], ("sex", "age"), TENTHS),
        PythonMechanism(np.add, ("sex", "age"), TENTHS),
    ]
    texts = [json.dumps(each.canonical()) for each in forms]
    assert len(set(texts)) == len(forms)
    assert " at 0x" not in "".join(texts)
