"""Each check finds the fault it is there for, and nothing in a lexicon without faults."""

from pathlib import Path

import pytest

from causalsynth.bundled import GRAPHS
from causalsynth.domain import Domain, Lexicon
from causalsynth.errors import LexiconError
from causalsynth.extract.lint import Severity, lint, lint_domain
from causalsynth.extract.lint.phrasebook import LexiconFile
from causalsynth.extract.lint.states import check_implications
from causalsynth.scm import SCM
from causalsynth.yaml_text import parse_yaml, validate

SOUND = """
domain: greenhouse
title: Notes of a greenhouse
variables:
  blight:
    label: blight
    absent: "no"
    states:
      "yes":
        means: there is blight
        say: ["Blight is present."]
        brief: ["blight: yes"]
        assert: [blight, (late|early) blight]
      "no":
        means: there is no blight
        say: ["There is no blight."]
  soil:
    label: soil
    states:
      dry: {means: the soil is dry, say: ["The soil is dry."]}
      moist: {means: the soil is moist, say: ["The soil is moist."]}
      wet: {means: the soil is wet, say: ["The soil is wet."]}
    anchors: [soil]
    state_words:
      dry: [dry]
      moist: [moist]
      wet: [wet]
  warmth:
    label: temperature
    anchors: [temperature]
    number:
      unit: °C
      units: {°C: {names: [°C, degrees Celsius]}}
      decimals: 1
      plausible: [-20, 60]
      say: ["Temperature is {value} °C."]
filler: ["The door was painted."]
"""
"""Faults are put in by replacing a line; `faults` says where."""

SPEC = """
graph: greenhouse
variables:
  blight: {states: [no, yes], bernoulli: .2}
  soil: {probabilities: {dry: .3, moist: .4, wet: .3}}
  warmth: {unit: °C, decimals: 1, range: [-10, 50], normal: {mean: 18, sd: 4}}
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("spec") / "greenhouse.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return SCM.load(path)


def faults(old, new, model=None):
    """Lint the sound lexicon with one change; give (rule, severity, variable, text of the line) of what is found."""
    assert SOUND.count(old) == 1
    text = SOUND.replace(old, new)
    lines = text.splitlines()
    report = lint(text, source="greenhouse.yaml", model=model)
    assert all(each.file == "greenhouse.yaml" and each.remedy for each in report.diagnostics)
    return [(each.rule, str(each.severity), each.variable, lines[each.line - 1]) for each in report.diagnostics]


def test_a_sound_lexicon_has_no_faults_and_shows_a_sentence_for_each_value(model):
    report = lint(SOUND, source="greenhouse.yaml", model=model)
    assert report.diagnostics == ()
    shown = {(each.variable, each.value): each.sentence for each in report.shown}
    assert shown["blight", "yes"] == "Blight is present."
    assert shown["soil", "wet"] == "The soil is wet."
    assert [name for name, _ in shown] == ["blight"] * 2 + ["soil"] * 3 + ["warmth"]
    assert None not in shown.values()


STATIC = [
    pytest.param(
        "      dry: [dry]",
        "      dry: [dry, damp]\n      moist: [damp]",
        "collision",
        "error",
        id="one word, two states",
    ),
    pytest.param(
        "assert: [blight, (late|early) blight]", "assert: [blight, (late|) blight]", "duplicate", None, id="not a fault"
    ),
    pytest.param(
        "assert: [blight, (late|early) blight]",
        "assert: [blight, late blight, (late|) blight]",
        "duplicate",
        "warning",
        id="a line that adds nothing",
    ),
    pytest.param(
        "assert: [blight, (late|early) blight]",
        "assert: [blight, denies rot]",
        "cue",
        "warning",
        id="a cue inside a phrase",
    ),
    pytest.param("anchors: [soil]", "anchors: [soil, g]", "short", "warning", id="a short anchor"),
    pytest.param("anchors: [soil]", "anchors: []", "unused", "error", id="state words without an anchor"),
    pytest.param(
        "anchors: [soil]", "anchors: [soil]\n    one_way: [mud]", "unused", "warning", id="one_way of no phrase"
    ),
    pytest.param("anchors: [soil]", "anchors: [soil, blight]", "collision", "warning", id="a name of two variables"),
    pytest.param(
        "anchors: [soil]", "anchors: [soil]\n    denied: [mud]", "absent", "error", id="denied without absent"
    ),
    pytest.param(
        "anchors: [soil]", "anchors: [soil, blight on soil]", "contained", "warning", id="a phrase inside another's"
    ),
    pytest.param(
        "anchors: [soil]", "anchors: [soil]\n    exclude: [blight]", "collision", "error", id="excluded elsewhere"
    ),
    pytest.param("(late|early) blight", "(late|early blight", "phrase", "error", id="a bracket that isn't closed"),
    pytest.param("[°C, degrees Celsius]", "[°C, (degrees]", "phrase", "error", id="a bracket in a unit"),
]


@pytest.mark.parametrize(("old", "new", "rule", "severity"), STATIC)
def test_phrases(old, new, rule, severity):
    if old == "      dry: [dry]":  # a key can't stand twice
        new = "      dry: [dry, moist]"
    found = {(each[0], each[1]) for each in faults(old, new)}
    assert ((rule, severity) in found) is (severity is not None)


def test_a_phrase_of_two_variables_names_both_places():
    text = SOUND.replace('say: ["The soil is wet."]}', 'say: ["The soil is wet."], assert: [late blight]}')
    collision = next(each for each in lint(text).errors if each.rule == "collision")
    assert "blight = yes" in collision.message
    assert "soil = wet" in collision.message
    assert (collision.line, collision.other_line) == (text[: text.index("soil is wet")].count("\n") + 1, 13)


@pytest.mark.parametrize(
    ("old", "new", "variable"),
    [
        ("      wet: [wet]\n", "", "soil"),
        ("assert: [blight, (late|early) blight]", "assert: []", "blight"),
    ],
)
def test_states_that_nothing_leads_to(old, new, variable):
    assert ("unreachable", "error", variable) in [each[:3] for each in faults(old, new)]


def test_a_negation_that_means_no_state():
    old = '      wet: {means: the soil is wet, say: ["The soil is wet."]}'
    new = '      none: {means: there is no soil, say: ["Soil is missing."], assert: [soil is missing]}'
    text = (
        SOUND.replace(old, new)
        .replace("wet: [wet]", "none: [bare]")
        .replace("is dry, say", "is dry, assert: [dust], say")
    )
    assert ("absent", "soil") in [(each.rule, each.variable) for each in lint(text).warnings]


NUMBERED = """
domain: cold
title: x
variables:
  frost:
    label: frost
    anchors: [temperature]
    number:
      unit: °C
      units: {°C: {names: [°C]}}
      decimals: 1
      plausible: [-40, 50]
      cuts:
        - {state: "yes", high: 0}
        - {state: "no", low: 0}
    states:
      "yes": {means: there is frost, say: ["Temperature -3.5 °C."], assert: [frost]}
      "no": {means: there is none, say: ["There is no frost."]}
"""


@pytest.mark.parametrize(
    ("high", "low", "severity", "words"),
    [
        ("high: -1", "low: 1", "warning", "from -1 to 1 mean neither yes nor no"),
        ("high: 2", "low: 0", "error", "from 0 to 2 mean yes and no"),
        ("low: 1, high: 0", "low: 0", "error", "from 1 to 0 is empty"),
        ("high: 0", "low: 0, high: 30", "warning", "from 30 mean no state"),
    ],
)
def test_gaps_and_overlaps_in_cuts(high, low, severity, words):
    text = NUMBERED.replace("high: 0", high, 1).replace('"no", low: 0', f'"no", {low}')
    found = [(str(each.severity), each.message) for each in lint(text).diagnostics if each.rule == "cuts"]
    assert any(each == severity and words in message for each, message in found)


def test_cuts_that_meet_are_no_fault():
    assert [each for each in lint(NUMBERED).diagnostics if each.rule == "cuts"] == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("unit: °C\n", "unit: K\n", "the unit is K, in the graph °C"),
        ("unit: °C\n", "unit: °F\n", "isn't under units"),
        ("names: [°C, degrees Celsius]}", "names: [°C], factor: 2}", "so its factor is 1, not 2"),
        (
            "[°C, degrees Celsius]}",
            "[°C, degrees Celsius]}, K: {names: [degrees Celsius]}",
            "'degrees Celsius' is °C and K",
        ),
        ("[°C, degrees Celsius]}", "[°C, degrees Celsius]}, h: {names: [h]}", "h measures time, °C temperature"),
        ("decimals: 1", "decimals: 0", "0 decimals, the graph keeps 1"),
        ("plausible: [-20, 60]", "plausible: [18, 60]", "beyond plausible"),
    ],
)
def test_units_and_the_graph(model, old, new, words):
    text = SOUND.replace(old, new)
    assert any(words in each.message for each in lint(text, model=model).diagnostics)


def test_a_wrong_factor_names_the_right_one():
    text = SOUND.replace("°C: {names: [°C, degrees Celsius]}", "days: {names: [days]}, h: {names: [h], factor: 24}")
    text = text.replace("unit: °C\n", "unit: days\n")
    wrong = next(each for each in lint(text).errors if "one h is" in each.message)
    assert wrong.remedy == "factor: 0.0416667"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  soil:\n", "  mud:\n", "'mud' is no variable of the graph"),
        ("  soil:\n", "  mud:\n", "the variable 'soil' of the graph has no wording"),
        ("      wet: {means", "      soaked: {means", "'soaked' is no state of soil"),
        ("      wet: {means", "      soaked: {means", "the state 'wet' of soil has no wording"),
    ],
)
def test_names_of_the_graph(model, old, new, words):
    text = SOUND.replace(old, new).replace("wet: [wet]", "wet: [wet]" if "mud" in new else "soaked: [wet]")
    assert any(words in each.message for each in lint(text, model=model).errors if each.rule == "graph")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ('{variable: either, state: "yes"}', "follows from nothing"),
        ('{variable: either, state: "yes", any: {either: "yes"}}', "among its own premises"),
        ('{variable: either, state: "no", any: {tub: "yes"}}', "follows (line"),
        ('{variable: xray, state: "yes", any: {either: "yes"}}', "xray = yes doesn't follow from either = yes"),
        ('{variable: xray, state: "yes", any: {smoke: "yes"}}', "smoke is no parent of xray"),
    ],
)
def test_implications(rule, words):
    text = (GRAPHS / "asia" / "lexicon.yaml").read_text(encoding="utf-8")
    located = parse_yaml(
        text.replace("implies:\n", f"implies:\n  - {rule}\n"), name="asia", error=LexiconError, example="lexicon.yaml"
    )
    file = LexiconFile(located, validate(Lexicon, located), (), SCM.load("asia"))
    assert any(words in each.message for each in check_implications(file))


@pytest.mark.parametrize(
    ("old", "new", "rule", "words"),
    [
        ('"Blight is present."', '"Leaves look odd."', "round trip", "is read as nothing"),
        ('"Blight is present."', '"There is no blight."', "round trip", "is read as blight = no"),
        ('"Blight is present."', '"Blight, and the soil is dry."', "round trip", "soil = dry"),
        ('"blight: yes"', '"blight: perhaps"', "round trip", "must say blight = yes"),
        (
            '"The door was painted."',
            '"The soil is dry."',
            "round trip",
            "must state no fact, and is read as soil = dry",
        ),
        ('"Temperature is {value} °C."', '"It is {value} or so."', "round trip", "must say warmth ="),
    ],
)
def test_sentences_are_read_back(old, new, rule, words):
    report = lint(SOUND.replace(old, new))
    assert any(words in each.message for each in report.errors if each.rule == rule)


def test_a_negation_that_is_read_as_the_fact():
    """A phrase whose ``no …`` another phrase takes in is read as what it denies."""
    text = SOUND.replace("assert: [blight, (late|early) blight]", 'assert: [blight, rot, "no rot"]')
    found = [each for each in lint(text).errors if each.rule == "cue form"]
    assert any("'No rot.' must read as blight = no, and is read as blight = yes" in each.message for each in found)


def test_a_number_that_is_never_read():
    text = SOUND.replace("plausible: [-20, 60]", "plausible: [-20, 60]\n      values: {'0': [freezing point]}")
    assert [each for each in lint(text).errors if each.rule == "number"] == []
    text = text.replace("[freezing point]", "[freezing point, door was painted]").replace(
        "values: {'0'", "values: {'90'"
    )
    assert any("must say warmth = 90.0" in each.message for each in lint(text).errors if each.rule == "number")


def test_what_is_no_lexicon_is_refused_with_its_line():
    with pytest.raises(LexiconError, match=r"greenhouse.yaml:\d+: "):
        lint(SOUND.replace("label: soil", "lable: soil"), source="greenhouse.yaml")


LEXICONS = sorted(path.parent for path in GRAPHS.glob("*/lexicon.yaml"))
WARD = Path(__file__).parents[1] / "ward"


@pytest.mark.parametrize(
    "folder",
    [WARD, *(pytest.param(folder, marks=pytest.mark.slow) for folder in LEXICONS)],
    ids=lambda folder: folder.name,
)
def test_whole_lexicons_have_no_errors(folder):
    report = lint_domain(Domain.load(folder), SCM.load(folder if folder == WARD else folder.name))
    assert [f"{each.line}: {each.message}" for each in report.errors] == []
    assert all(each.sentence for each in report.shown)
    assert {each.severity for each in report.diagnostics} <= {Severity.WARNING}
