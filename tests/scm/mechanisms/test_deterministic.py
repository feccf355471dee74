import json
import math

import numpy as np
import pytest

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.mechanisms import Constant, Deterministic
from causalsynth.scm.support import Categorical, Numeric

YES = Categorical(("no", "yes"))


@pytest.fixture(scope="module")
def make(scene):
    return lambda text, support: Deterministic(scene.parse(text), support)


def test_numbers_are_rounded_and_clipped(make, scene):
    risk = make("10*a + b", Numeric(decimals=0, low=0, high=100))
    assert scene.sample(risk, scene.columns(4, a=[-3, 1, 20, 1], b=[0, 0.5, 0, 1.5])).tolist() == [0, 10, 100, 12]
    assert risk.parents == ("a", "b")
    assert risk.deterministic


def test_conditions_and_numbers_give_states(make, scene):
    either = make("a > 1 or device = new", YES)
    assert scene.sample(either, scene.columns(3, a=[0, 2, 0], device=[0, 0, 1])).tolist() == [0, 1, 1]
    three = make("[a > 0] + [a > 1]", Categorical(("low", "mid", "high")))
    assert scene.sample(three, scene.columns(3, a=[0, 1, 2])).tolist() == [0, 1, 2]
    assert scene.sample(make("1 - [a > 0]", YES), scene.columns(2, a=[0, 1])).tolist() == [1, 0]
    for mechanism in (either, three):
        mechanism.check(scene.supports)


@pytest.mark.parametrize("a", [-1, 2, 0.5, 1e300])
def test_numbers_of_no_state(make, scene, a):
    with pytest.raises(GraphError, match=r"model.yaml:1:1: .* is the number of no state when a = "):
        scene.sample(make("a", YES), scene.columns(2, a=[0, a]))


def test_checks(make, scene):
    for mechanism, message in [
        (make("a > 1", Categorical(("x", "y", "z"))), "2 states, not 3"),
        (make("a > 1", Numeric()), "condition"),
        (make("sex", YES), "has states"),
        (make("age", Numeric("mmHg")), "unit mismatch"),
        (make("height > 1", YES), "height"),
    ]:
        with pytest.raises(GraphError, match=message):
            mechanism.check(scene.supports)


def test_noise_is_left_as_it_is(make, scene):
    mechanism, parents = make("2*a", Numeric(decimals=0)), scene.columns(3, a=[0, 1, 2])
    fresh = scene.fresh(mechanism, 3)
    assert mechanism.abduct(np.array([0.0, 2, 4]), parents, fresh).tolist() == fresh.tolist()
    assert mechanism.log_probability(np.array([0.0, 3, 4]), parents).tolist() == [0, -math.inf, 0]
    with pytest.raises(InputError, match="the value is 3, but the expression gives 2 when a = 1"):
        mechanism.abduct(np.array([0.0, 3, 4]), parents, fresh)
    states = make("a > 1", YES)
    with pytest.raises(InputError, match="the value is yes, but the expression gives no when a = 0"):
        states.abduct(np.array([1, 0, 0], dtype=np.int8), parents, fresh)


def test_constants(scene):
    age = Constant(70, Numeric("years", 0, 18, 95))
    assert scene.sample(age, scene.columns(3)).tolist() == [70] * 3
    assert (age.parents, age.deterministic) == ((), True)
    age.check({})
    fresh = scene.fresh(age, 2)
    assert age.abduct(np.array([70.0, 70]), scene.columns(2), fresh).tolist() == fresh.tolist()
    assert age.log_probability(np.array([70.0, 71]), scene.columns(2)).tolist() == [0, -math.inf]
    with pytest.raises(InputError, match="the value is 71, but it is held at 70"):
        age.abduct(np.array([70.0, 71]), scene.columns(2), fresh)
    for value, message in [(70.5, "more digits"), (17, "out of range"), (math.nan, "no finite")]:
        with pytest.raises(InputError, match=message):
            Constant(value, Numeric("years", 0, 18, 95))
    with pytest.raises(GraphError, match="a Constant is a number"):
        Constant(1, YES)


def test_canonical_forms_are_json(make):
    forms = [
        make("a", Numeric()),
        make("b", Numeric()),
        make("a", Numeric(high=1)),
        make("a", YES),
        Constant(1, Numeric()),
    ]
    assert len({json.dumps(each.canonical(), allow_nan=False) for each in forms}) == len(forms)


def test_unrounded_values_agree_to_nine_digits(make, scene):
    mechanism, parents = make("a", Numeric()), scene.columns(1, a=123.456789012345678)
    fresh = scene.fresh(mechanism, 1)
    for value, agrees in [
        ("123.4567890123", True),
        ("123.4567890", True),
        ("123.45678", False),
        ("-123.456789", False),
    ]:
        given = np.array([float(value)])
        assert mechanism.log_probability(given, parents)[0] == (0 if agrees else -math.inf)
        if agrees:
            assert mechanism.abduct(given, parents, fresh).tolist() == fresh.tolist()
        else:
            with pytest.raises(InputError, match="but the expression gives"):
                mechanism.abduct(given, parents, fresh)


@pytest.mark.parametrize("scale", [1e-300, 1e-15, 1e15, 1e300])
def test_the_tolerance_is_relative(make, scene, scale):
    mechanism, parents = make("a", Numeric()), scene.columns(4, a=[3 * scale, -3 * scale, 3 * scale, 0])
    values = np.array([3 * scale * (1 + 1e-12), -3 * scale * (1 - 1e-12), 3.001 * scale, 0.001 * scale])
    assert mechanism.log_probability(values, parents).tolist() == [0, 0, -math.inf, -math.inf]


def test_rounded_values_and_states_agree_exactly(make, scene):
    rounded = make("a", Numeric(decimals=12))
    assert rounded.log_probability(np.array([5.000000000001]), scene.columns(1, a=5))[0] == -math.inf
    held, third = Constant(1 / 3, Numeric()), np.array([0.333333333333, 0.3333])
    assert held.log_probability(third, scene.columns(2)).tolist() == [0, -math.inf]


def test_a_constant_zero_is_never_negative(scene):
    zero = Constant(-0.0, Numeric())
    assert not np.signbit(scene.sample(zero, scene.columns(2))).any()
    assert zero.canonical() == Constant(0.0, Numeric()).canonical()
