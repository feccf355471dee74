"""A lexicon drafted from a graph is valid at once and understood."""

import pytest

from causalsynth.domain import Domain
from causalsynth.domain.naming import label_of, state_words, words_of
from causalsynth.domain.scaffold import descriptions, draft
from causalsynth.domain.scaffold_text import to_yaml
from causalsynth.domain.suggestions import read_answer, request
from causalsynth.domain.units import common_unit, related_units
from causalsynth.extract import Extractor
from causalsynth.extract.drafts import keep_understood, take_in
from causalsynth.scm import SCM, find_graph

GRAPHS = ["asia", "mimic_struct", "payments", "child", "sachs", "insurance"]


@pytest.mark.parametrize(
    ("name", "unit", "label"),
    [
        ("card_compromised", "", "card compromised"),
        ("account_age_days", "days", "account age"),
        ("amount_usd", "USD", "amount"),
        ("icu_los_days", "days", "ICU LOS"),
        ("LowerBodyO2", "", "lower body O2"),
        ("HYPOVOLEMIA", "", "hypovolemia"),
        ("HRBP", "", "HRBP"),
        ("days", "days", "days"),
        ("PIP3", "", "PIP3"),
        ("__", "", "__"),
    ],
)
def test_names_become_labels(name, unit, label):
    assert label_of(name, unit) == label


def test_states_become_words():
    assert state_words("card_present") == ("card present",)
    assert state_words("LOW")[0] == "low"
    assert words_of("manualReview") == "manual review"


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_draft_is_valid_and_fits_the_graph(graph):
    model = SCM.load(graph)
    lexicon = draft(model)
    domain = Domain.from_yaml(to_yaml(lexicon, {("variables", model.variables[0]): ["a remark"]}, folder="x"))
    domain.check_against(model)
    assert domain.lexicon == lexicon


@pytest.mark.parametrize("graph", ["asia", "payments", "insurance"])
def test_drafted_sentences_are_read_back(graph):
    """A sentence of every state, and numbers as the model draws them; 0 is a value, too."""
    model = SCM.load(graph)
    lexicon, comments = keep_understood(draft(model), model)
    assert comments == {}
    extractor = Extractor(lexicon)
    row = model.sample(1, seed=3)[0]
    for name, variable in lexicon.variables.items():
        for value in variable.states or (row[name],):
            for sentence in (variable.wording(value).say[0], *variable.wording(value).brief):
                found = extractor.extract(lexicon.render(sentence)).values_by_variable()
                read = {name: value for name, value in found.items() if value is not None}
                assert list(read) == [name], sentence
                assert variable.written(read[name]) == variable.written(value), sentence


def test_units_convert():
    days, hours = common_unit("days"), common_unit("hours")
    assert days is not None
    assert hours in related_units(days)
    assert hours.size / days.size == pytest.approx(1 / 24)
    assert common_unit("smoots") is None
    units = draft(SCM.load("mimic_struct")).variables["map"].number.units
    assert units["kPa"].factor == pytest.approx(7.50062)


def test_descriptions_come_from_specs_only():
    assert descriptions(find_graph("mimic_struct"))["sepsis"] == "sepsis during this stay"
    assert descriptions(find_graph("asia")) == {}


def test_a_sentence_that_is_misread_goes_unless_it_is_the_last():
    model = SCM.load("asia")
    lexicon = draft(model)
    smoke = lexicon.variables["smoke"]
    yes = smoke.states["yes"].model_copy(update={"say": ("There is no smoke.", "Smoke is present.")})
    no = smoke.states["no"].model_copy(update={"say": ("Smoke is present.",)})
    changed = smoke.model_copy(update={"states": {"yes": yes, "no": no}})
    lexicon = lexicon.model_copy(update={"variables": {**lexicon.variables, "smoke": changed}})
    kept, comments = keep_understood(lexicon, model)
    assert kept.variables["smoke"].states["yes"].say == ("Smoke is present.",)
    assert kept.variables["smoke"].states["no"].say == ("Smoke is present.",)
    assert list(comments) == [("variables", "smoke", "states", "no", "say")]


ANSWER = """{"states": {"yes": {"means": "the patient smokes", "say": ["The patient is a smoker.", "A cat sat there."],
 "brief": ["smoker"], "phrases": ["smoker", "lung"]}, "no": {"say": ["The patient isn't a smoker."]}}}"""


def test_suggestions_that_lint_accepts_are_taken_in():
    model = SCM.load("asia")
    lexicon = draft(model)
    suggestion = read_answer(f"```json\n{ANSWER}\n```", lexicon.variables["smoke"])
    taken, comments = take_in(lexicon, {"smoke": suggestion}, model)
    states = taken.variables["smoke"].states
    assert states["yes"].means == "the patient smokes"
    assert states["yes"].say[0] == "The patient is a smoker."
    assert states["no"].say[0] == "The patient isn't a smoker."
    assert "smoker" in states["yes"].asserts
    assert "lung" not in states["yes"].asserts  # it is the name of another variable
    assert "A cat sat there." not in states["yes"].say
    told = [line for lines in comments.values() for line in lines]
    assert any("A cat sat there." in line and "read as nothing" in line for line in told)
    assert any("'lung'" in line for line in told)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("Sure! Here you are.", "JSON"),
        ('{"states": {"maybe": {}}}', "'maybe' is none of"),
        ('{"states": {"yes": {"say": "a text"}}}', "say"),
        ('{"state": {}}', "state"),
        ('{"states": {"yes": {"say": ["It is {value}."]}}}', "no braces"),
        ('{"say": ["Yes."]}', "under its states"),
        ("[" * 5000, "JSON"),
    ],
)
def test_answers_are_read_strictly(answer, words):
    with pytest.raises(ValueError, match=words):
        read_answer(answer, draft(SCM.load("asia")).variables["smoke"])


def test_a_number_is_asked_for_with_its_unit_and_a_placeholder():
    lexicon = draft(SCM.load("mimic_struct"))
    asked = request("map", lexicon, "mean arterial pressure on admission")
    assert "mmHg" in asked
    assert "{value}" in asked
    assert read_answer('{"say": ["MAP {value}."]}', lexicon.variables["map"]).say == ("MAP {value}.",)
    with pytest.raises(ValueError, match="exactly"):
        read_answer('{"say": ["MAP 70."]}', lexicon.variables["map"])
