"""Lexicons from files: text stays text, errors name file and line."""

import pytest

from causalsynth.domain import FEMALE, NEUTRAL, Domain
from causalsynth.domain.cues import load_pack
from causalsynth.domain.phrases import expand
from causalsynth.errors import LexiconError
from causalsynth.extract import Extractor

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


class Model:
    variables = ("on",)

    def states(self, variable):
        return ("yes", "no")


def test_check_against_a_model():
    with pytest.raises(LexiconError, match="'NA' is no state of on"):
        Domain.from_yaml(GOOD).check_against(Model())


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
