import shutil

import pytest

from causalsynth.bundled import PROMPTS
from causalsynth.domain import Domain
from causalsynth.errors import PromptError
from causalsynth.realize.prompts import Prompts
from causalsynth.scm import SCM

ASIA = Domain.load("asia")
SKELETONS = SCM.from_bif("asia").sample(50, seed=3)


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "clinical_note"
    shutil.copytree(PROMPTS / "clinical_note", copy)
    return copy


def test_the_static_part_is_the_same_for_every_record_and_comes_first():
    prompts = Prompts.load("clinical_note")
    chats = [prompts.ask(ASIA.lexicon, SKELETONS[i], seed=3, index=i) for i in range(50)]
    assert len({chat[0] for chat in chats}) == 1
    assert chats[0][0].role == "system"
    assert len(chats[0][0].content) > 3 * max(len(chat[1].content) for chat in chats)


def test_every_stated_fact_has_its_line():
    prompts = Prompts.load("clinical_note")
    for index in range(50):
        task = prompts.ask(ASIA.lexicon, SKELETONS[index], seed=3, index=index)[1].content.splitlines()
        for name, state in SKELETONS[index].items():
            if name == "either":
                continue  # follows from tub and lung
            means = ASIA.lexicon.variables[name].states[state].means
            assert f"- {name} = {state}: {means}" in task


def test_what_follows_from_other_facts_is_listed_only_where_it_does_not():
    prompts = Prompts.load("clinical_note")
    skeleton = SKELETONS[0] | {"tub": "no", "lung": "no", "either": "no"}
    task = prompts.ask(ASIA.lexicon, skeleton, seed=3, index=0)[1].content
    assert "either =" not in task
    held = prompts.ask(ASIA.lexicon, skeleton | {"either": "yes"}, seed=3, index=0)[1].content
    assert "- either = yes:" in held
    partial = prompts.ask(ASIA.lexicon, skeleton, seed=3, index=0, mentioned={"either", "tub"})[1].content
    assert "- either = no:" in partial


def test_silent_variables_are_listed_without_their_state():
    prompts = Prompts.load("clinical_note")
    task = prompts.ask(ASIA.lexicon, SKELETONS[0], seed=3, index=0, mentioned={"smoke"})[1].content
    assert "Do not mention:" in task
    assert "- tub: tuberculosis" in task.splitlines()
    assert "tub =" not in task


def test_style_and_subject_are_functions_of_seed_and_index():
    prompts = Prompts.load("clinical_note")
    styles = [prompts.style_of(3, i).name for i in range(200)]
    assert styles == [prompts.style_of(3, i).name for i in range(200)]
    assert set(styles) == {style.name for style in prompts.styles}
    assert styles != [prompts.style_of(4, i).name for i in range(200)]
    once, again = (Prompts.load("clinical_note").ask(ASIA.lexicon, SKELETONS[7], seed=3, index=7) for _ in range(2))
    assert once == again


def test_an_unknown_name_in_a_template_is_an_error_not_an_empty_string(folder):
    (folder / "task.j2").write_text("Facts to state:\n{{ facs }}\n")
    with pytest.raises(PromptError, match=r"task\.j2.*facs"):
        Prompts.load(folder).ask(ASIA.lexicon, SKELETONS[0], seed=0, index=0)


def test_templates_are_sandboxed(folder):
    (folder / "task.j2").write_text("{{ lexicon.__class__.__mro__ }}")
    with pytest.raises(PromptError, match="unsafe"):
        Prompts.load(folder).ask(ASIA.lexicon, SKELETONS[0], seed=0, index=0)


def test_a_template_that_does_not_parse_names_its_line(folder):
    (folder / "system.j2").write_text("first line\n{% for x in %}\n")
    with pytest.raises(PromptError, match=r"system\.j2:2: "):
        Prompts.load(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- name: a\n  ask: [\n", r"styles\.yaml:\d+"),
        ("- name: a\n  ask: b\n  layout: sonnet\n", r"styles\.yaml.*layout"),
        ("- name: a\n  ask: b\n  layout: prose\n  colour: red\n", r"styles\.yaml.*colour"),
        ("[]\n", "no style"),
    ],
)
def test_wrong_styles_are_named(folder, text, message):
    (folder / "styles.yaml").write_text(text)
    with pytest.raises(PromptError, match=message):
        Prompts.load(folder)


def test_a_missing_document_type_names_those_there_are():
    with pytest.raises(PromptError) as caught:
        Prompts.load("sonnet")
    assert "clinical_note" in caught.value.hint


def test_any_change_to_a_file_changes_the_digest(folder):
    before = Prompts.load(folder).digest
    (folder / "correction.j2").write_text("{{ corrections }}\n")
    assert Prompts.load(folder).digest != before
