"""The bundled document types, each on facts with states and numbers."""

from pathlib import Path

import pytest

from causalsynth.bundled import PROMPTS
from causalsynth.domain import Domain
from causalsynth.errors import RejectedError
from causalsynth.realize.brief import read_brief
from causalsynth.realize.chat import Message
from causalsynth.realize.prompts import Prompts
from causalsynth.scm import SCM

FOLDER = Path(__file__).parents[1] / "ward"
WARD = Domain.load(FOLDER)
MODEL = SCM.load(FOLDER)
SKELETONS = MODEL.sample(40, seed=3)
DOCUMENTS = sorted(path.parent.name for path in PROMPTS.glob("*/task.j2") if path.parent.name != "shared")

pytestmark = pytest.mark.parametrize("document", DOCUMENTS)


def ask(document, index=0, **options):
    return Prompts.load(document).ask(WARD.lexicon, SKELETONS[index], seed=3, index=index, **options)


def test_there_are_at_least_six_styles_in_all_layouts(document):
    styles = Prompts.load(document).styles
    assert len({style.name for style in styles}) == len(styles) >= 6
    assert {style.layout for style in styles} == {"prose", "letter", "bullets", "form", "shorthand"}
    assert len({style.ask for style in styles}) == len(styles)
    assert all(style.ask[-1].isalnum() for style in styles), "the template sets the full stop"


def test_every_style_is_used(document):
    prompts = Prompts.load(document)
    assert {prompts.style_of(3, index) for index in range(200)} == set(prompts.styles)


def test_the_static_part_is_the_same_for_every_record(document):
    assert len({ask(document, index)[0] for index in range(40)}) == 1


def test_the_rules_on_numbers_are_given_where_there_are_numbers(document):
    assert "Write each number once" in ask(document)[0].content
    asia = Prompts.load(document).ask(
        Domain.load("asia").lexicon, SCM.load("asia").sample(1, seed=1)[0], seed=1, index=0
    )
    assert "digits" not in asia[0].content
    assert "{" not in asia[0].content


def test_the_static_part_shows_each_number_by_an_example_that_can_be_meant(document):
    system = ask(document)[0].content
    assert (
        "temperature (temperature), a number in °C; for example\n  temperature = 37.5 °C: the temperature is" in system
    )
    assert '"The patient\'s temperature was 37.5 °C." or "Temperature 37.5 degrees Celsius."' in system
    assert "visits (earlier visits), a number; for example\n  visits = 20: " in system


def test_every_fact_has_its_line(document):
    for index in range(40):
        task = ask(document, index)[1].content.splitlines()
        facts = SKELETONS[index]
        assert f"- sex = {facts['sex']}: the patient is {facts['sex']}" in task
        assert (
            f"- temperature = {facts['temperature']:.1f} °C: the temperature is {facts['temperature']:.1f} °C" in task
        )
        assert f"- pulse = {facts['pulse']} beats/min: heart rate is {facts['pulse']} beats/min" in task
        assert f"- visits = {facts['visits']}: the number of earlier visits is {facts['visits']}" in task


def test_a_silent_number_is_listed_without_its_value(document):
    task = ask(document, mentioned={"sex"})[1].content
    assert "- temperature: temperature" in task.splitlines()
    assert "temperature =" not in task


def test_the_embedded_realizers_read_the_facts_back(document):
    for index in range(40):
        brief = read_brief(ask(document, index), WARD.lexicon)
        assert brief.facts == SKELETONS[index]
        assert [type(value) for value in brief.facts.values()] == [str, str, float, int, int]
        assert brief.style == Prompts.load(document).style_of(3, index).name


def test_corrections_are_wrapped_and_read_back(document):
    correct = Prompts.load(document).correct("- pulse = 80 beats/min: the text says 90.")
    chat = [*ask(document), Message("assistant", "Pulse 90."), correct]
    assert read_brief(chat, WARD.lexicon).corrections == {"pulse": 80}
    assert correct.content.count("\n") >= 2


def test_a_number_that_is_none_is_refused(document):
    system, task = ask(document)
    broken = Message("user", task.content.replace("- pulse = ", "- pulse = about "))
    with pytest.raises(RejectedError, match="pulse = about") as error:
        read_brief([system, broken], WARD.lexicon)
    assert "beats/min" in error.value.hint
