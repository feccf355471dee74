"""Violations and how corrections are worded."""

import pytest

from causalsynth.domain import Domain
from causalsynth.extract import Extractor
from causalsynth.verify import Kind, correction, verify

LEXICON = Domain.load("asia").lexicon
EXTRACTOR = Extractor(LEXICON)


def kinds(text, skeleton, **options):
    violations = verify(EXTRACTOR.extract(text), skeleton, **options)
    return {violation.variable: (violation.kind, violation.found) for violation in violations}


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Seen today.", Kind.MISSING, None),
        ("She doesn't smoke.", Kind.WRONG, "no"),
        ("She is possibly a smoker.", Kind.UNCERTAIN, None),
        ("She smokes daily. She doesn't smoke.", Kind.CONTRADICTORY, None),
    ],
)
def test_kinds(text, kind, found):
    assert kinds(text, {"smoke": "yes"}) == {"smoke": (kind, found)}


def test_a_faithful_text_has_none():
    assert kinds("She smokes daily. No TB.", {"smoke": "yes", "tub": "no"}) == {}


def test_an_implied_value_counts_as_read():
    text = "No TB, no lung cancer."
    assert kinds(text, {"either": "no"}) == {}
    assert kinds(text, {"either": "yes"}) == {"either": (Kind.WRONG, "no")}


def test_a_stated_flag_beats_what_follows():
    text = 'No TB, no lung cancer. The combined flag "TB or lung cancer" is positive.'
    assert kinds(text, {"tub": "no", "lung": "no", "either": "yes"}) == {}


def test_silence():
    skeleton = {"smoke": "yes", "bronc": "no", "tub": "no", "lung": "no", "either": "no"}
    text = "She smokes daily. No bronchitis."
    assert kinds(text, skeleton, mentioned={"smoke"}) == {"bronc": (Kind.LEAKED, "no")}
    assert kinds("No TB, no lung cancer.", skeleton, mentioned={"tub", "lung"}) == {}
    assert kinds("Possible bronchitis.", skeleton, mentioned=set()) == {"bronc": (Kind.LEAKED, None)}


def test_corrections_quote_state_and_offer():
    text = "Dear colleague,\nHe smokes daily! No TB. Possible bronchitis was discussed? No. He lives alone."
    skeleton = {"smoke": "no", "tub": "yes", "dysp": "yes", "bronc": "no"}
    violations = verify(EXTRACTOR.extract(text), skeleton, mentioned={"smoke", "tub", "dysp"})
    lines = correction(violations, text, LEXICON).splitlines()
    starts = ["- smoke = no:", "- tub = yes:", "- bronc: must not be mentioned", "- dysp = yes:"]
    assert len(lines) == len(starts)
    for line, start in zip(lines, starts, strict=True):
        assert line.startswith(start)
    assert '"He smokes daily!"' in lines[0]
    assert "the patient does not smoke" in lines[0]
    assert '"The patient does not smoke."' in lines[0]


def test_what_a_correction_offers_is_understood():
    for variable, wording in LEXICON.variables.items():
        for state in wording.states:
            violations = verify(EXTRACTOR.extract(""), {variable: state})
            offered = correction(violations, "", LEXICON).split('e.g. "', 1)[1][:-1]
            assert EXTRACTOR.extract(offered)[variable].value == state


def test_long_quotes_are_shortened_and_stay_on_one_line():
    text = "word " * 500 + "she does not smoke " + "word " * 500
    line = correction(verify(EXTRACTOR.extract(text), {"smoke": "yes"}), text, LEXICON)
    assert "\n" not in line
    assert len(line) < 600
    assert "does not smoke" in line
