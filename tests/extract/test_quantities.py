"""Which number is said of which variable, and which is said of none."""

import pytest

from causalsynth.domain import Domain
from causalsynth.extract import Extractor

YAML = """
domain: greenhouse
title: greenhouse log
use: [clinical_english]
subject: the plant
others: [pH, nitrate]
variables:
  age:
    label: age
    number:
      unit: days
      units: {days: {names: [days, d]}}
      plausible: [0, 400]
      forms: ["<number> (day|days) old", "aged <number>"]
      say: ["The plant is {value} days old."]
  water:
    label: water
    anchors: [water, watering]
    number:
      unit: L
      decimals: 1
      tolerance: 0.05
      plausible: [0, 30]
      units: {L: {names: [L, litres]}, mL: {names: [mL], factor: 0.001}}
      say: ["Water was {value} L."]
  temp:
    label: temperature
    anchors: [temperature, temp]
    number: {unit: C, plausible: [-20, 60], units: {C: {names: [C, degrees]}}, say: ["The temperature was {value} C."]}
  dose:
    label: dose
    anchors: [dose]
    number: {unit: mg, needs_unit: true, units: {mg: {names: [mg]}}, say: ["The dose was {value} mg."]}
  price:
    label: price
    anchors: [price]
    number:
      unit: USD
      decimals: 2
      tolerance: 0.005
      units: {USD: {names: [$, USD, dollars]}, c: {names: [cents], factor: 0.01}}
      say: ["The price was ${value}."]
  visits:
    label: visits in the past hour
    number:
      forms: ["<number> (visit|visits) in the (past|last) hour"]
      values: {"0": [nobody came in the past hour]}
      say: ["There were {value} visits in the past hour."]
  score:
    label: growth score
    anchors: [score]
    number: {plausible: [0, 100], say: ["The growth score was {value}."]}
  light:
    label: light
    anchors: [light]
    states:
      LOW: {means: it is dark, say: ["The light is dim."]}
      NORMAL: {means: it is bright, say: ["The light is fair."]}
      HIGH: {means: it is glaring, say: ["The light is glaring."]}
    state_words: {LOW: [dim], NORMAL: [fair], HIGH: [glaring]}
    number:
      plausible: [0, 1000]
      cuts: [{state: LOW, high: 100}, {state: NORMAL, low: 100, high: 500}, {state: HIGH, low: 500}]
"""
EXTRACTOR = Extractor(Domain.from_yaml(YAML).lexicon)
CASES = [
    # binding
    ("Water 2.4, temperature 21.", "water=2.4 temp=21"),
    ("water of 2.4 L; temp: 21 C", "water=2.4 temp=21"),
    ("The water was two point four litres.", "water=2.4"),
    ("Watering with 2.4 litres of water.", "water=2.4"),
    ('{"growth_score":43,"temp": 21}', "score=43 temp=21"),
    ("growth_score=43 temp=21 other=7", "score=43 temp=21"),
    ("| water | 2.4 |\n| temp | 21 |", "water=2.4 temp=21"),
    ("Water/temp 2.4/21", "water=2.4 temp=21"),
    ("Temp and water were 21 and 2.4.", "water=2.4 temp=21"),
    ("pH, temp and water were 6.1, 21 and 2.4.", "water=2.4 temp=21"),
    ("A 2.4 L water, 21 C temp.", "water=2.4 temp=21"),
    ("Score 43/100.", "score=43"),
    ("It is twenty-one days old.", "age=21"),
    ("We came in 21 days old.", "age=21"),
    ("nitrate 12, water", ""),
    ("water and a nitrate of 12", ""),
    ("water fine, sodium 12", ""),
    # units
    ("water 2400 mL", "water=2.4"),
    ("water 24 mg", ""),
    ("dose 5", ""),
    ("dose 5 mg", "dose=5"),
    ("It sold for $1,204.50.", "price=1204.5"),
    ("thirty-two dollars and thirty-eight cents", "price=32.38"),
    ("water 300 L", ""),
    ("temperature -4", "temp=-4"),
    # phrases without a number
    ("Nobody came in the past hour.", "visits=0"),
    ("One visit in the last hour, nine visits in the last day.", "visits=1"),
    # not the value
    ("Target temperature 25, temperature 21.", "temp=21"),
    ("temperature goal > 25", ""),
    ("temp (baseline 18) 21", "temp=21"),
    ("Water 2.4 (usual 3.0).", "water=2.4"),
    ("The limit for water is 9.", ""),
    ("Yesterday's temperature was 30.", ""),
    ("Temperature rose to 30.", ""),
    ("Temperature peaked at 30.", ""),
    ("By day 3 the temperature was 30 and the water 5.", ""),
    ("Temp 21 on arrival, later 30.", "temp=21"),
    ("On arrival: temp 21 (repeat), water 2.4.", "temp=21 water=2.4"),
    ("Temp 21 at presentation. Temp 30.", "temp=21"),
    ("temp 21 -> 30 -> 25", "temp=21"),
    ("If temperature 21, open the roof.", ""),
    ("His mother's temperature was 38.", ""),
    ("The temperature was not 21.", ""),
    ("at 14:30 temp 21", "temp=21"),
    # doubt and contradiction
    ("water about 2.4", "water=uncertain"),
    ("water 2.4 to 3.0", "water=uncertain"),
    ("Possible water 2.4.", "water=uncertain"),
    ("Water 2.4. Water 2.4.", "water=2.4"),
    ("Water 2.4. Water 3.4.", "water=conflict"),
    ("Water about 3. Water 2.4.", "water=2.4"),
    # numbers judged as states
    ("light 99", "light=LOW"),
    ("light 100", "light=NORMAL"),
    ("light 500", "light=HIGH"),
    ("light > 600", "light=HIGH"),
    ("light 50-300", "light=uncertain"),
    ("light about 700", "light=HIGH"),
    ("The light fell to 20.", "light=LOW"),
    ("light 120, dim", "light=LOW"),
    ("light 2000", ""),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_reading(text, expected):
    read = {k: v for k, v in EXTRACTOR.extract(text).values_by_variable().items() if v is not None}
    assert {k: str(v) for k, v in read.items()} == dict(pair.split("=") for pair in expected.split())


def test_whole_numbers_are_int_and_others_float():
    values = EXTRACTOR.extract("score 43, water 2").values_by_variable()
    assert type(values["score"]) is int
    assert type(values["water"]) is float


def test_spans_slice_to_name_and_number():
    text = "The temp, as measured, was fine; water was about 2.4 L there."
    assert [text[a:b] for a, b in EXTRACTOR.extract(text)["water"].spans] == ["water was about 2.4 L"]


def test_candidates_are_the_numbers_in_question():
    assert EXTRACTOR.extract("Water 2.4. Water 3.4.")["water"].candidates == ("2.4", "3.4")
