"""Lexicons from files: text stays text, errors name file and line."""

from pathlib import Path

import pytest

from causalsynth.domain import FEMALE, NEUTRAL, Domain
from causalsynth.domain.cues import load_pack
from causalsynth.domain.phrases import count_forms, expand, sample_forms
from causalsynth.errors import LexiconError
from causalsynth.extract import Extractor
from causalsynth.scm.support import Categorical, Numeric

GOOD = """domain: tiny
title: Tiny
variables:
  on:
    label: power
    absent: no
    states:
      yes: {means: it is on, say: [It is on.], assert: [switched on]}
      no: {means: it is off, say: [It is off.]}
      NA: {means: not known, say: [Not known.]}
      01: {means: first, say: [First.]}
"""


def test_scalars_stay_text():
    domain = Domain.from_yaml(GOOD)
    assert domain.variables == ("on",)
    assert domain.states("on") == ("yes", "no", "NA", "01")


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("    label: power", "    lable: power"), 5, "lable"),
        (("absent: no", "absent: nope"), 6, "nope"),
        (("say: [First.]", "say: []"), 11, "say"),
        (("title: Tiny", "title: [a"), 3, ""),
        (("      NA:", "      yes:"), 10, "stands twice"),
        (("title: Tiny\n", ""), 1, "title"),
    ],
)
def test_errors_name_file_and_line(tmp_path, change, line, message):
    file = tmp_path / "lexicon.yaml"
    file.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(LexiconError) as error:
        Domain.load(tmp_path)
    assert f"{file}:{line}: " in error.value.message
    assert message in error.value.message
    assert error.value.hint


def test_unknown_domain_lists_the_known():
    with pytest.raises(LexiconError, match="asia"):
        Domain.load("azia")


def test_a_self_referring_alias_is_an_error():
    with pytest.raises(LexiconError, match="contains itself"):
        Domain.from_yaml("domain: &a [*a]\n")


YES_NO = Categorical(("yes", "no"))


class Model:
    variables = ("on",)

    def __init__(self, support=YES_NO):
        self._support = support

    def support(self, variable):
        return self._support


def test_check_against_a_model():
    with pytest.raises(LexiconError, match="'NA' is no state of on"):
        Domain.from_yaml(GOOD).check_against(Model())


NUMBER = """domain: tiny
title: Tiny
variables:
  on:
    label: power
    anchors: [power]
    number: {unit: kW, decimals: 1, tolerance: .05, say: ["Power {value} kW."]}
"""


def test_a_number_is_checked_against_a_model():
    domain = Domain.from_yaml(NUMBER)
    domain.check_against(Model(Numeric("kW", 1)))
    domain.check_against(Model(Numeric("kW")))


@pytest.mark.parametrize(
    ("text", "support", "message"),
    [
        (NUMBER, YES_NO, "on is worded as a number, but has states"),
        (GOOD, Numeric("kW", 1), r"on is a number in the graph \(number, 1 decimal, kW\), but is worded by states"),
        (NUMBER, Numeric("W", 1), "the unit is 'kW', in the graph 'W'"),
        (NUMBER, Numeric("", 1), "the unit is 'kW', in the graph 'none'"),
        (NUMBER, Numeric("kW", 2), "1 decimals, in the graph 2"),
        (NUMBER.replace("tolerance: .05, ", ""), Numeric("kW"), "texts round by up to 0.05, but the tolerance is 0"),
    ],
)
def test_a_number_that_does_not_fit_its_graph_is_named(text, support, message):
    with pytest.raises(LexiconError, match=message) as error:
        Domain.from_yaml(text).check_against(Model(support))
    assert "on" in error.value.message
    assert error.value.hint


def test_a_number_has_no_states():
    with pytest.raises(LexiconError, match="on is a number") as error:
        Domain.from_yaml(NUMBER).states("on")
    assert error.value.hint


def test_the_lexicon_of_a_graph_s_own_file_lies_beside_it():
    ward = Path(__file__).parents[1] / "ward"
    assert Domain.load(ward / "ward.yaml") == Domain.load(ward) == Domain.load(ward / "lexicon.yaml")


def test_asia_fits_its_graph():
    from causalsynth.scm import SCM

    Domain.load("asia").check_against(SCM.from_bif("asia"))


def test_render():
    lexicon = Domain.load("asia").lexicon
    assert lexicon.render("{patient} takes {his} pills.", FEMALE) == "The patient takes her pills."
    assert lexicon.render("{He} is well and {he} knows; ask {him}.", NEUTRAL) == (
        "The patient is well and the patient knows; ask the patient."
    )


def test_phrases_are_spelled_out():
    assert expand("(no|) <colour> (hat|cap)", {"colour": ["red", "deep (blue|green)"]})[:3] == [
        "no red hat",
        "no red cap",
        "no deep blue hat",
    ]


@pytest.mark.parametrize("phrase", ["(a", "a)", "<nothing>", "<loop>", "(a|b|c|d|e)" * 9])
def test_wrong_phrases(phrase):
    with pytest.raises(ValueError):
        expand(phrase, {"loop": ["<loop>"]})


def test_wrong_phrases_in_a_lexicon_name_the_place():
    domain = Domain.from_yaml(GOOD.replace("[switched on]", "['(switched on']"))
    with pytest.raises(LexiconError, match=r"variables\.on\.states\.yes\.assert"):
        Extractor(domain.lexicon)


def test_packs_load_and_unknown_packs_are_named():
    for name in ("english", "clinical_english"):
        assert load_pack(name).cues
    with pytest.raises(LexiconError, match="known: clinical_english, english"):
        Extractor(Domain.from_yaml(GOOD + "use: [latin]\n").lexicon)


def test_forms_are_counted_and_sampled_without_spelling_them_out():
    words = {"digit": list("0123456789"), "two": ["<digit> <digit>"]}
    phrase = "(no|) <two> <two> <two> <two>(s|)"
    assert count_forms(phrase, words) == 2 * 10**8 * 2
    some = sample_forms(phrase, words, 50)
    assert some == sample_forms(phrase, words, 50)
    assert 40 < len(set(some)) <= 50
    assert all(form.removeprefix("no ").removesuffix("s").replace(" ", "").isdecimal() for form in some)
    assert set(sample_forms("<two>", words, 5_000)) == set(expand("<two>", words))
    with pytest.raises(ValueError, match="more than"):
        expand(phrase, words)
    for faulty in ("<nobody>", "<loop>", "(a"):
        with pytest.raises(ValueError, match=r"unknown|itself|without"):
            count_forms(faulty, {"loop": ["<loop>"]})


def test_what_can_t_be_looked_through_is_refused_at_once():
    doubling = {"w0": ["a", "b"], **{f"w{i}": [f"<w{i - 1}> <w{i - 1}>"] for i in range(1, 40)}}
    with pytest.raises(ValueError, match=r"phrases of \d+ words, more than 100"):
        count_forms("<w39>", doubling)
    with pytest.raises(ValueError, match="more than 100"):
        count_forms("w " * 100_000, {})
    for deep in (300, 5_000):
        with pytest.raises(ValueError, match="deep"):
            expand("(" * deep + "a" + ")" * deep, {})
