import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.scm.mechanisms.rounding import finish, first_kept, last_kept, outside, rounded
from causalsynth.scm.support import Numeric


@settings(max_examples=500)
@given(st.floats(-(2.0**50), 2.0**50, exclude_min=True, exclude_max=True), st.integers(-12, 12))
def test_what_is_rounded_is_what_a_table_may_hold(steps, decimals):
    """`Numeric.encode` reads it back: rounding twice, here and there, changes nothing."""
    once = rounded(np.array([steps * 10.0**-decimals]), decimals)
    assert Numeric(decimals=decimals).encode(once[0]) == once[0]


@settings(max_examples=500)
@given(st.floats(-1e308, 1e308), st.integers(-12, 12))
def test_rounding_twice_is_rounding_once(value, decimals):
    once = rounded(np.array([value]), decimals)
    assert rounded(once, decimals)[0] == once[0]
    assert once[0] == pytest.approx(value, abs=0.5 * 10.0**-decimals + 1e-15 * abs(value))


def test_halves_go_to_the_even_neighbour_and_no_zero_is_negative():
    values = finish(np.array([0.5, 1.5, 2.5, -0.5, -0.2]), Numeric(decimals=0))
    assert values.tolist() == [0, 2, 2, 0, 0]
    assert not np.signbit(values).any()


def test_clips_after_rounding():
    support = Numeric(decimals=0, low=18, high=95)
    assert finish(np.array([-math.inf, 17.9, 95.4, 1e300, math.inf]), support).tolist() == [18, 18, 95, 95, 95]


def test_neighbours_of_a_bound():
    support = Numeric(decimals=1)
    assert first_kept(np.array([0.25, 0.3, -0.31]), support).tolist() == [0.3, 0.3, -0.3]
    assert last_kept(np.array([0.25, 0.3, -math.inf]), support).tolist() == [0.2, 0.3, -math.inf]


def test_says_why_a_value_is_impossible():
    support = Numeric(decimals=1, low=0, high=9)
    assert outside(9.5, support) == "is out of range, 0 to 9"
    assert "1 decimals" in outside(0.25, support)
    assert outside(0.3, support) is None
