"""Who a document is about."""

import random
from pathlib import Path

from causalsynth.domain import FEMALE, MALE, NEUTRAL, Domain
from causalsynth.realize.subject import draw_subject, introduce

ASIA = Domain.load("asia").lexicon
WARD = Domain.load(Path(__file__).parents[1] / "ward").lexicon
AGED = Domain.from_yaml("""
domain: aged
title: notes
subject: the resident
variables:
  age: {label: age, number: {unit: years, say: ["Aged {value}."]}}
  sex:
    label: sex
    states:
      male: {means: he is male, say: [Male.]}
      female: {means: she is female, say: [Female.]}
opening: ["A {age}-year-old {person} came.", "{He} came."]
""").lexicon


def test_sex_and_age_are_free_where_no_fact_tells_them():
    drawn = [draw_subject(ASIA, {"smoke": "yes"}, random.Random(seed)) for seed in range(200)]
    assert {subject.persona for subject in drawn} == {FEMALE, MALE}
    assert len({subject.age for subject in drawn}) > 40


def test_pronouns_follow_the_stated_sex_and_nothing_tells_an_unstated_one():
    for seed in range(20):
        assert draw_subject(WARD, {"sex": "male"}, random.Random(seed)).persona == MALE
        assert draw_subject(WARD, {"sex": "female"}, random.Random(seed)).person == "woman"
        silent = draw_subject(AGED, {"age": 70}, random.Random(seed))
        assert (silent.persona, silent.person) == (NEUTRAL, "resident")


def test_the_age_is_the_stated_one_or_not_told():
    for seed in range(20):
        rng = random.Random(seed)
        subject = draw_subject(AGED, {"age": 70, "sex": "female"}, rng)
        assert introduce(AGED, subject, rng) in ("A 70-year-old woman came.", "She came.")
        untold = draw_subject(AGED, {"sex": "female"}, rng)
        assert introduce(AGED, untold, rng) == "She came."


def test_facts_do_not_change_what_is_drawn_next():
    rngs = [random.Random(3) for _ in range(2)]
    draw_subject(AGED, {"age": 70, "sex": "female"}, rngs[0])
    draw_subject(ASIA, {}, rngs[1])
    assert rngs[0].random() == rngs[1].random()
