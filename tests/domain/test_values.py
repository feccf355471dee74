"""A fact's value as text, and back."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causalsynth.domain import Domain
from causalsynth.domain.values import quantity, read_value, same_value

WARD = Domain.load(Path(__file__).parents[1] / "ward").lexicon.variables


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("temperature", 37.0, "37.0 °C"),
        ("temperature", 37, "37.0 °C"),
        ("pulse", 80, "80 beats/min"),
        ("pulse", 80.0, "80 beats/min"),
        ("visits", 3, "3"),
        ("sex", "female", "female"),
    ],
)
def test_a_number_is_written_with_all_its_digits_and_its_unit(name, value, text):
    assert quantity(WARD[name], value) == text
    assert read_value(WARD[name], text) == value


@given(st.integers(-10_000, 10_000))
def test_what_is_written_is_read_back(tenths):
    value = tenths / 10
    for given_as in (value, quantity(WARD["temperature"], value), WARD["temperature"].written(value)):
        assert read_value(WARD["temperature"], given_as) == value


def test_whole_numbers_are_ints_and_others_floats():
    for given_as in (80, 80.0, "80", "80.0 beats/min", "8e1"):
        read = read_value(WARD["pulse"], given_as)
        assert (type(read), read) == (int, 80)
    assert type(read_value(WARD["temperature"], "37")) is float
    assert read_value(WARD["pulse"], 80.5) == 80.5, "no digit is dropped"


@pytest.mark.parametrize(
    "value", [None, True, [], {}, "", "high", "80 mmHg", "8_0", "nan", "inf", math.nan, -math.inf, 10**400]
)
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="give a number in beats/min"):
        read_value(WARD["pulse"], value)


@pytest.mark.parametrize("value", ["maybe", 1, None, True])
def test_what_is_no_state_is_refused(value):
    with pytest.raises(ValueError, match="female, male"):
        read_value(WARD["sex"], value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (37.0, 37, True),
        (37.0, 37.05, True),
        (37.05, 37.0, True),
        (37.0, 37.06, False),
        (37.0, None, False),
        (None, None, True),
        ("37.0", 37.0, False),
    ],
)
def test_numbers_within_the_tolerance_say_the_same(one, other, same):
    assert same_value(WARD["temperature"], one, other) is same


def test_the_tolerance_is_inclusive_wherever_floats_land():
    steps = [tenth / 10 for tenth in range(300, 450)]
    assert all(same_value(WARD["temperature"], step, step + 0.05) for step in steps)
    assert not any(same_value(WARD["temperature"], step, step + 0.051) for step in steps)


def test_states_are_compared_as_they_are_and_numbers_without_wording_exactly():
    assert same_value(WARD["sex"], "male", "male")
    assert not same_value(WARD["sex"], "male", "female")
    assert same_value(None, 2.0, 2)
    assert not same_value(None, 2.0, 2.01)


def test_values_survive_json():
    for name, value in (("pulse", 80), ("temperature", 36.6), ("sex", "male")):
        assert read_value(WARD[name], json.loads(json.dumps(value))) == value
