"""Violations and how corrections are worded."""

from pathlib import Path

import pytest

from causalsynth.domain import Domain
from causalsynth.extract import Extractor
from causalsynth.extract.findings import Finding, Findings, Status
from causalsynth.verify import Kind, correction, verify

LEXICON = Domain.load("asia").lexicon
EXTRACTOR = Extractor(LEXICON)


def kinds(text, skeleton, **options):
    violations = verify(EXTRACTOR.extract(text), skeleton, LEXICON, **options)
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
    violations = verify(EXTRACTOR.extract(text), skeleton, LEXICON, mentioned={"smoke", "tub", "dysp"})
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
            violations = verify(EXTRACTOR.extract(""), {variable: state}, LEXICON)
            offered = correction(violations, "", LEXICON).split('e.g. "', 1)[1][:-1]
            assert EXTRACTOR.extract(offered)[variable].value == state


def test_long_quotes_are_shortened_and_stay_on_one_line():
    text = "word " * 500 + "she does not smoke " + "word " * 500
    line = correction(verify(EXTRACTOR.extract(text), {"smoke": "yes"}, LEXICON), text, LEXICON)
    assert "\n" not in line
    assert len(line) < 600
    assert "does not smoke" in line


WARD = Domain.load(Path(__file__).parent / "ward").lexicon
WARD_EXTRACTOR = Extractor(WARD)


def read(text, skeleton, **options):
    return verify(WARD_EXTRACTOR.extract(text), skeleton, WARD, **options)


def measured(value, status=Status.STATED):
    return Findings({"temperature": Finding(variable="temperature", status=status, value=value, spans=((0, 4),))})


@pytest.mark.parametrize(("value", "accepted"), [(37.0, True), (37, True), (37.05, True), (37.1, False), (None, False)])
def test_a_number_is_stated_within_its_tolerance(value, accepted):
    status = Status.NOT_STATED if value is None else Status.STATED
    assert (not verify(measured(value, status), {"temperature": 37.0}, WARD)) is accepted


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Seen today.", Kind.MISSING, None),
        ("Temperature 38.0 °C.", Kind.WRONG, "38.0"),
        ("Temperature 38 °C.", Kind.WRONG, "38.0"),
        ("Temperature 37.0 °C. Temperature 38.0 °C.", Kind.CONTRADICTORY, None),
        ("It is unclear whether the temperature is 37.0 °C.", Kind.UNCERTAIN, None),
    ],
)
def test_kinds_of_numbers(text, kind, found):
    (violation,) = read(text, {"temperature": 37.0})
    assert (violation.kind, violation.expected, violation.found) == (kind, "37.0", found)


def test_a_number_that_must_stay_silent_leaks():
    (violation,) = read("Pulse 80 bpm.", {"pulse": 80, "sex": "male"}, mentioned=set())
    assert (violation.kind, violation.expected, violation.found) == (Kind.LEAKED, None, "80")


def test_corrections_of_numbers_say_both_values_with_their_unit_and_offer_forms():
    text = "He is well. Temperature 38.0 °C on arrival."
    line = correction(read(text, {"temperature": 37.0, "pulse": 80}), text, WARD)
    first, second = line.splitlines()
    assert first == (
        '- temperature = 37.0 °C: the text says "Temperature 38.0 °C on arrival.", which means 38.0 °C. '
        "The fact is: the temperature is 37.0 °C. Say it plainly and nowhere otherwise, "
        'e.g. "The patient\'s temperature was 37.0 °C." or "Temperature 37.0 degrees Celsius."'
    )
    assert second.startswith("- pulse = 80 beats/min: the text says nothing definite about heart rate.")


def test_what_a_correction_of_a_number_offers_is_understood():
    for variable, values in {"temperature": (34.0, 36.9, 42.0), "pulse": (30, 199), "visits": (0, 1, 12)}.items():
        for value in values:
            line = correction(read("", {variable: value}), "", WARD)
            for offered in line.split('e.g. "', 1)[1].removesuffix('"').split('" or "'):
                assert not read(offered, {variable: value}), offered
