import pytest

from causalsynth.domain import Domain
from causalsynth.errors import LexiconError
from causalsynth.extract.round_trip import check_round_trip

PETS = """
domain: pets
title: notes of a vet
opening: ["OPENING"]
variables:
  cat:
    label: cat
    absent: no
    states:
      yes: {means: the patient has a cat, say: ["SAY"], assert: [has a cat]}
      no: {means: the patient has no cat, say: ["{He} has no cat."], assert: [has no cat]}
"""


def check(say, opening="{age}-year-old {person}."):
    text = PETS.replace("SAY", say).replace("OPENING", opening)
    check_round_trip(Domain.from_yaml(text).lexicon, source="pets.yaml")


def test_a_lexicon_that_understands_itself_passes():
    check("{He} has a cat.")
    check_round_trip(Domain.load("asia").lexicon)


@pytest.mark.parametrize(
    ("say", "words"),
    [
        ("{He} keeps a moggy.", ("cat = yes", "moggy", "nothing")),
        ("{He} has no cat.", ("cat = yes", "cat = no")),
        ("{He} may well own something, perhaps {he} has a cat.", ("cat = yes", "uncertain")),
    ],
)
def test_a_sentence_that_is_read_otherwise_is_named(say, words):
    with pytest.raises(LexiconError) as caught:
        check(say)
    assert all(word in caught.value.message for word in ("pets.yaml", *words))


def test_an_opening_that_states_a_fact_is_named():
    with pytest.raises(LexiconError, match="opening"):
        check("{He} has a cat.", opening="{He} has a cat.")
