"""What the lexicon says, the extractor reads back: alone, composed in any order, amid filler."""

import random

import pytest

from causalsynth.domain import FEMALE, MALE, NEUTRAL, Domain
from causalsynth.extract import Extractor

DOMAIN = Domain.load("asia")
LEXICON = DOMAIN.lexicon
EXTRACTOR = Extractor(LEXICON)
FORMS = [
    (variable, state, form)
    for variable, wording in LEXICON.variables.items()
    for state, said in wording.states.items()
    for form in (*said.say, *said.brief)
]


def stated(text):
    return {name: f.value for name, f in EXTRACTOR.extract(text).items() if f.status == "stated"}


@pytest.mark.parametrize("persona", [NEUTRAL, FEMALE, MALE], ids=["neutral", "she", "he"])
@pytest.mark.parametrize(("variable", "state", "form"), FORMS, ids=[form for _, _, form in FORMS])
def test_every_form_alone(variable, state, form, persona):
    assert stated(LEXICON.render(form, persona)) == {variable: state}


def test_every_state_has_enough_forms():
    for wording in LEXICON.variables.values():
        for said in wording.states.values():
            assert len(said.say) >= 6
            assert len(said.brief) >= 3


@pytest.mark.parametrize("sentence", [*LEXICON.filler, *LEXICON.opening, *LEXICON.closing])
def test_filler_says_nothing(sentence):
    findings = EXTRACTOR.extract(LEXICON.render(sentence, FEMALE).format(age=54, person="woman"))
    assert {finding.status for finding in findings.values()} == {"not_stated"}


@pytest.mark.parametrize("layout", ["prose", "lines", "bullets", "shorthand"])
def test_composed_in_any_order_with_filler(layout):
    """400 seeded documents a layout, each with all variables; every one must read back exactly."""
    draw = random.Random(7)
    for _ in range(400):
        skeleton = {name: draw.choice(DOMAIN.states(name)) for name in DOMAIN.variables}
        text = compose(skeleton, layout, draw)
        assert stated(text) == skeleton, text


def compose(skeleton, layout, draw):
    persona = draw.choice([NEUTRAL, FEMALE, MALE])
    briefly = layout in ("bullets", "shorthand")
    sentences = []
    for variable, state in skeleton.items():
        said = LEXICON.variables[variable].states[state]
        sentences.append(draw.choice(said.brief if briefly else said.say))
    fill = draw.sample(LEXICON.filler, 4)
    sentences += [sentence.rstrip(".") for sentence in fill] if briefly else fill
    draw.shuffle(sentences)
    rendered = [LEXICON.render(sentence, persona) for sentence in sentences]
    if layout == "prose":
        return " ".join(rendered)
    if layout == "lines":
        return "\n".join(rendered)
    if layout == "bullets":
        return "\n".join(f"- {sentence}" for sentence in rendered)
    return ". ".join(rendered) + "."
