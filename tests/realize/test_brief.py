"""What the embedded realizers read out of a chat."""

import pytest

from causalsynth.errors import RejectedError
from causalsynth.realize.brief import read_brief
from causalsynth.realize.chat import Message

TASK = """Style: clinic_note
Write a clinic note.
Begin with something like: Mrs Smith, 61, came in today.

Facts to state:
- smoke = yes: the patient smokes
- lactate = <5: lactate is below 5: low
- Asy/Patch = 12+: odd names: are = kept
- bare = no

Do not mention:
- xray: chest X-ray
- dysp: breathlessness"""
SYSTEM = Message("system", 'Rules.\nsmoke (smoking)\n  smoke = yes: the patient smokes. "He smokes."')


def chat(*turns):
    return [SYSTEM, Message("user", TASK), *turns]


def test_first_turn():
    brief = read_brief(chat())
    assert brief.facts == {"smoke": "yes", "lactate": "<5", "Asy/Patch": "12+", "bare": "no"}
    assert list(brief.facts) == ["smoke", "lactate", "Asy/Patch", "bare"]
    assert brief.silent == ("xray", "dysp")
    assert brief.style == "clinic_note"
    assert brief.draft is None
    assert brief.corrections == {}


def test_correction_turn():
    brief = read_brief(
        chat(
            Message("assistant", "She does not smoke."),
            Message("user", "Correct:\n- smoke = yes: state it.\n- xray: must not be mentioned; cut it.\n\nGo."),
        )
    )
    assert brief.draft == "She does not smoke."
    assert brief.corrections == {"smoke": "yes", "xray": None}


def test_latest_draft_and_its_corrections_count_when_history_is_long():
    brief = read_brief(
        chat(
            Message("assistant", "first"),
            Message("user", "- smoke = yes: state it"),
            Message("assistant", "second"),
            Message("user", "- bare = no: state it"),
        )
    )
    assert brief.draft == "second"
    assert brief.corrections == {"bare": "no"}


def test_a_turn_that_asks_for_edits():
    asked = "[2] Yes.\n\n- smoke = yes: state it.\nWhat is missing goes after [2].\n\nAnswer with the edits only, …"
    brief = read_brief(chat(Message("assistant", "x"), Message("user", asked)))
    assert (brief.wants_edits, brief.place, brief.corrections) == (True, 2, {"smoke": "yes"})
    plain = read_brief(chat(Message("assistant", "Answer with the edits only"), Message("user", "- smoke = yes: x")))
    assert (plain.wants_edits, plain.place) == (False, None)


def test_quoted_lines_about_unknown_variables_are_no_corrections():
    quoted = "- smoke = yes: you wrote\n- Ward = 5: quoted from it\n- bare: must not be mentioned"
    brief = read_brief(chat(Message("assistant", "x"), Message("user", quoted)))
    assert brief.corrections == {"smoke": "yes"}


def test_draft_that_looks_like_a_task_is_not_the_task():
    brief = read_brief(chat(Message("assistant", "Facts to state:\n- smoke = no: b"), Message("user", "Again.")))
    assert brief.facts["smoke"] == "yes"
    assert brief.corrections == {}


def test_last_task_wins_and_forgets_the_earlier_draft():
    brief = read_brief(chat(Message("assistant", "x"), Message("user", "Facts to state:\n- bare = yes: b")))
    assert brief.facts == {"bare": "yes"}
    assert (brief.draft, brief.silent, brief.style) == (None, (), "")


def test_everything_silent_is_a_task():
    brief = read_brief([Message("user", "Facts to state:\n\nDo not mention:\n- a: b")])
    assert brief.facts == {}
    assert brief.silent == ("a",)


@pytest.mark.parametrize("messages", [[], [SYSTEM], [Message("user", "Hello. Facts to state: none")]])
def test_chat_without_facts_is_rejected(messages):
    with pytest.raises(RejectedError, match="no facts to state"):
        read_brief(messages)
