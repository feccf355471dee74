import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.errors import GraphError, InputError
from causalsynth.scm import SCM, Skeletons
from causalsynth.scm import equations as eq
from causalsynth.scm.support import Categorical, Numeric, rounded


@pytest.mark.parametrize("decimals", [2, 0, -3])
def test_tables_hold_numbers_so_large_that_rounding_leaves_them_alone(decimals):
    """Of lognormal(32, 1), most are beyond 2**50 hundredths, where steps of float64 are coarser than rounding's."""
    scm = SCM.from_mechanisms("m", {"x": eq.lognormal(32, 1, decimals=decimals)})
    drawn = scm.sample(300, seed=0)
    assert (drawn.column("x") > 2.0**50 / 100).any()
    assert (Skeletons.from_frame(drawn.to_frame(), scm.supports).column("x") == drawn.column("x")).all()


@settings(max_examples=500)
@given(st.floats(-1e30, 1e30), st.integers(-12, 12))
def test_encoding_accepts_what_rounding_leaves_as_it_is(number, decimals):
    once = float(rounded(np.array([number]), decimals)[0])
    assert Numeric(decimals=decimals).encode(once) == once
    if once != number:
        with pytest.raises(InputError, match="more digits than are kept"):
            Numeric(decimals=decimals).encode(number)


def test_no_zero_is_negative():
    for support in (Numeric(), Numeric(decimals=1), Numeric(low=-0.0)):
        for value in (-0.0, "-0", "-0.0"):
            assert math.copysign(1, support.encode(value)) == 1
    assert Numeric(low=-0.0) == Numeric(low=0)
    assert str(Numeric(low=-0.0).low) == "0.0"


@pytest.mark.parametrize(
    ("value", "states", "text"), [(0, "01", "'0'"), (np.int64(1), "01", "'1'"), (True, ("True", "False"), "'True'")]
)
def test_states_are_texts(value, states, text):
    with pytest.raises(InputError, match=f"there is no state .*, only the text {text}") as caught:
        Categorical(tuple(states)).encode(value)
    assert caught.value.hint == f"states are texts: {text}"


@pytest.mark.parametrize("value", [2, None, ["0"], np.array(["0", "1"]), {}])
def test_other_values_are_no_states(value):
    with pytest.raises(InputError, match="there is no state") as caught:
        Categorical(("0", "1")).encode(value)
    assert caught.value.hint == "the states are 0, 1"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Numeric(low=None), "low = None is no number"),
        (lambda: Numeric(high="9"), "high = '9' is no number"),
        (lambda: Numeric(high=True), "high = True is no number"),
        (lambda: Numeric(low=10**400), r"low = 1000.*… is no number"),
        (lambda: Numeric(low=[1]), r"low = \[1\] is no number"),
        (lambda: Numeric(decimals=1.5), "decimals = 1.5 is no whole number"),
        (lambda: Numeric(decimals=True), "decimals = True is no whole number"),
        (lambda: Numeric(decimals="1"), "decimals = '1' is no whole number"),
        (lambda: Numeric(unit=None), "the unit None is no text"),
        (lambda: Categorical("ab"), "the states 'ab' are one text"),
    ],
)
def test_parameters_of_the_wrong_kind(make, message):
    with pytest.raises(GraphError, match=f"^{message}") as caught:
        make()
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_numpy_numbers_will_do():
    support = Numeric("m", np.int64(1), np.float32(0.5), np.int8(9))
    assert support == Numeric("m", 1, 0.5, 9.0)
    assert isinstance(support.decimals, int)
