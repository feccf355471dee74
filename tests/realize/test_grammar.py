import random

import pytest

from causalsynth.domain import Domain
from causalsynth.errors import RejectedError
from causalsynth.extract import Extractor
from causalsynth.realize.chat import Message, Sampling
from causalsynth.realize.grammar import Grammar
from causalsynth.realize.note_writer import NoteWriter
from causalsynth.realize.prompts import Prompts
from causalsynth.scm import SCM
from causalsynth.verify import verify

ASIA = Domain.load("asia")
EXTRACTOR = Extractor(ASIA.lexicon)
STYLES = [style.name for style in Prompts.load("clinical_note").styles]
MODEL = SCM.from_bif("asia")
SKELETONS = [*MODEL.sample(60, seed=5), *MODEL.do(lung="yes", xray="no").sample(60, seed=5)]


@pytest.mark.parametrize("style", STYLES)
def test_every_style_states_exactly_the_facts(style):
    writer = NoteWriter(ASIA)
    for number, skeleton in enumerate(SKELETONS):
        note = writer.write(skeleton, style=style, rng=random.Random(number))
        assert not verify(EXTRACTOR.extract(note), skeleton, EXTRACTOR.lexicon), note


@pytest.mark.parametrize("style", STYLES)
def test_a_hedged_fact_is_read_as_uncertain_and_an_absent_one_as_nothing(style):
    writer = NoteWriter(ASIA)
    for number, skeleton in enumerate(SKELETONS):
        facts = {name: state for name, state in skeleton.items() if name not in ("smoke", "either")}
        note = writer.write(facts, style=style, rng=random.Random(number), hedged={"bronc"})
        found = EXTRACTOR.extract(note).values_by_variable()
        assert found["bronc"] == "uncertain", note
        assert found["smoke"] is None, note


def test_equal_facts_get_different_notes_and_equal_seeds_the_same():
    writer = NoteWriter(ASIA)
    notes = {writer.write(SKELETONS[0], style="clinic_note", rng=random.Random(i)) for i in range(100)}
    assert len(notes) == 100
    again = writer.write(SKELETONS[0], style="clinic_note", rng=random.Random(7))
    assert again in notes


def test_no_placeholder_is_left_open():
    writer = NoteWriter(ASIA)
    for number in range(300):
        note = writer.write(SKELETONS[number % 120], style=STYLES[number % len(STYLES)], rng=random.Random(number))
        assert "{" not in note, note
        assert "}" not in note, note


async def test_it_answers_a_chat_and_says_that_it_is_no_llm():
    model = Grammar(ASIA)
    chat = Prompts.load("clinical_note").ask(ASIA.lexicon, SKELETONS[0], seed=1, index=0)
    completion = await model.complete(chat, Sampling(seed=3))
    assert not verify(EXTRACTOR.extract(completion.text), SKELETONS[0], EXTRACTOR.lexicon)
    assert model.is_llm is False


async def test_a_chat_without_facts_is_refused():
    with pytest.raises(RejectedError):
        await Grammar(ASIA).complete([Message("user", "Hello")], Sampling(seed=1))
