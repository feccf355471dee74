"""Numbers in digits and words: which tokens they are, what they are worth, and what only looks like one."""

import pytest

from causalsynth.domain import Domain
from causalsynth.extract.number_words import number_value
from causalsynth.extract.numbers import number_places, read_number
from causalsynth.extract.tokens import tokenise
from causalsynth.extract.units import Units

YAML = """
domain: bench
title: test bench
variables:
  load:
    label: load
    number:
      unit: kN
      decimals: 1
      units: {kN: {names: [kN, kilonewtons]}, N: {names: [newtons], factor: 0.001}}
      say: ["The load was {value} kN."]
  cost:
    label: cost
    number: {unit: USD, decimals: 2, units: {USD: {names: [$, USD, dollars]}}, say: ["It cost ${value}."]}
"""
UNITS = Units(Domain.from_yaml(YAML).lexicon)
INFINITE = float("inf")


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("seventy-one", "71"),
        ("twenty four", "24"),
        ("six point seven", "6.7"),
        ("zero point nine five", "0.95"),
        ("one hundred and five", "105"),
        ("one thousand two hundred", "1200"),
        ("two thousand three hundred and forty-one", "2341"),
        ("a hundred", "100"),
        ("seven", "seven"),
        ("fifty fifty", "fifty fifty"),
        ("two four", "two four"),
        ("at this point two", "at this point two"),
        ("twenty, one", "twenty , one"),
    ],
)
def test_number_words_become_one_token(said, digits):
    assert " ".join(tokenise(said).words) == digits


def test_a_merged_token_spans_its_words():
    text = "aged Seventy-One years"
    tokens = tokenise(text)
    assert text[tokens.starts[1] : tokens.ends[1]] == "Seventy-One"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1,204.50", 1204.5),
        ("0.9", 0.9),
        (".9", 0.9),
        ("6,7", 6.7),
        ("12", 12),
        ("ninety", 90),
        ("one", 1),
        ("zero", 0),
        ("10.0.0.1", None),
        ("1.204,50", None),
        ("1,1,1,1", None),
        ("9" * 400, None),
        ("word", None),
    ],
)
def test_value_of_a_token(word, value):
    assert number_value(word) == (None if value is None else pytest.approx(value))


def first(text):
    tokens = tokenise(text)
    (at, *_) = number_places(tokens.words)
    return read_number(at, tokens, text, UNITS, floor=0, limit=len(tokens))


@pytest.mark.parametrize(
    ("text", "low", "high", "exact"),
    [
        ("it was 2.4", 2.4, 2.4, True),
        ("about 2.4", 2.4, 2.4, False),
        ("~2.4 kN", 2.4, 2.4, False),
        ("~ 2.4 kN", 2.4, 2.4, False),
        ("~a 2.4", 2.4, 2.4, True),
        ("approximately $12", 12, 12, False),
        ("60-65", 60, 65, False),
        ("60 to 65", 60, 65, False),
        ("between 60 and 65", 60, 65, False),
        ("> 180", 180, INFINITE, False),
        ("at least 3", 3, INFINITE, False),
        ("less than 90", -INFINITE, 90, False),
        ("\u2264 90", -INFINITE, 90, False),
        ("low 80s", 80, 84, False),
        ("12 or so", 12, 12, False),
        ("60+", 60, 60, False),
        ("from 88 to 97", 88, 88, True),
    ],
)
def test_bounds_and_ranges(text, low, high, exact):
    number = first(text)
    assert (number.low, number.high, number.exact) == (low, high, exact)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-11",
        "12/03/2024",
        "at 14:30",
        "the 3rd",
        "txn 8f21c",
        "FD-3381",
        "14 June",
        "#44",
        "from 10.0.0.1",
        "risk[12]",
    ],
)
def test_what_is_no_number(text):
    assert first(text) is None


def test_units():
    assert first("2.4 kN").units == {"load": 1.0}
    assert first("2400newtons").units == {"load": 0.001}
    assert first("$12").units == {"cost": 1.0}
    assert first("12 mg").foreign
    assert first("12 apples").units is None


def test_an_arrow_makes_a_later_value_and_a_bracket_a_bound():
    assert first("load \u2192 2.4").series
    assert first("load -> 2.4").series
    assert not first("load > 2.4").series


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("it weighed 31, no, 13 kg", "it weighed 13 kg"),
        ("load 48 kN, no wait, I had the sheet upside down: 84 kN", "load 84 kn"),
        ("made 90 days ago, sorry, 60 days ago", "made 60 days ago"),
        ("$75, scratch that, $57", "$ 57"),
        ("about 18. Correction: 81.", "about 81 ."),
        ("three, no, four, no, five days", "five days"),
        ("load 12, no fault, 3 days", "load 12 , no fault , 3 days"),
        ("load 12, no, 3 visits", "load 12 , no , 3 visits"),
        ("no wait", "no wait"),
        ("12 kN\nsorry 3", "12 kn \n sorry 3"),
    ],
)
def test_a_number_that_is_taken_back_is_left_out(said, kept):
    assert " ".join(tokenise(said).words) == kept


def test_corrections_take_linear_time():
    assert len(tokenise("7, no, " * 20_000).words) < 60_000
