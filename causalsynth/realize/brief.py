"""What the embedded realizers understand of a chat: facts, style, the latest draft and its corrections.

They see nothing but the messages that an LLM would see, so that everything between the loop and a realizer is
exercised with them as well. The lines read here are those that templates and `causalsynth.verify` write::

    Style: clinic_note
    Facts to state:
    - smoke = yes: the patient smokes
    - lactate = 2.4 mmol/L: arterial lactate is 2.4 mmol/L
    Do not mention:
    - xray: chest X-ray

and, in a later turn, one line a correction: ``- smoke = yes: …`` or ``- xray: must not be mentioned …``. A turn that
asks for edits says so in a line ``Answer with the edits only …``, and may say where to put what is missing::

    What is missing goes after [7].
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from causalsynth.domain import Lexicon
from causalsynth.domain.values import read_value
from causalsynth.errors import RejectedError
from causalsynth.realize.chat import Message
from causalsynth.scm.support import Value

__all__ = ["FACTS_HEADING", "Brief", "read_brief"]

FACTS_HEADING = "Facts to state:"
"""The line that makes a user turn a task."""
_SILENT = "Do not mention:"
_STYLE = re.compile(r"^Style:[ \t]*(\S+)", re.MULTILINE)
_FACT = re.compile(r"^- (?P<name>\S.*?) = (?P<value>\S.*?)(?:: .*|:?[ \t]*)$")
_LABEL = re.compile(r"^- (?P<name>\S.*?)(?:: .*|:?[ \t]*)$")
_EDITS = re.compile(r"^Answer with the edits only\b", re.MULTILINE)
_PLACE = re.compile(r"^What is missing goes after \[(\d{1,6})\]", re.MULTILINE)
_LEAKED = re.compile(r"^- (?P<name>\S.*?): must not be mentioned\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a chat asks for.

    Attributes
    ----------
    facts
        Value of each variable to be stated, in the prompt's order.
    silent
        Variables that must not be mentioned.
    style
        Name of the document style; empty where none is given.
    draft
        The latest answer to this task that is still in the chat; None on a first turn.
    corrections
        For each variable that the last turn complains of, the value to be stated, or None for a variable that
        must not be mentioned. Empty on a first turn.
    """

    facts: Mapping[str, Value]
    silent: tuple[str, ...] = ()
    style: str = ""
    draft: str | None = None
    corrections: Mapping[str, Value | None]
    wants_edits: bool = False
    place: int | None = None


def read_brief(messages: Sequence[Message], lexicon: Lexicon | None = None) -> Brief:
    """Read a chat.

    Parameters
    ----------
    messages
        The turns, oldest first. The task is the last user turn that lists facts; the draft is the last
        assistant turn after it, and only user turns after the draft hold corrections.
    lexicon
        Tells which values are numbers; without it all are texts. What it doesn't know is left as it stands.

    Raises
    ------
    RejectedError
        No user turn has the line ``Facts to state:``, or a number is none.
    """
    at = _last(messages, "user", containing=FACTS_HEADING)
    if at is None:
        raise RejectedError(
            "the chat lists no facts to state",
            hint=f'a user turn must have the line "{FACTS_HEADING}"; see task.j2',
        )
    task, later = messages[at].content, messages[at + 1 :]
    facts = _facts(task, lexicon)
    silent = tuple(_LABEL.sub(r"\g<name>", line) for line in _bullets_under(_SILENT, task))
    drafted = _last(later, "assistant")
    style = _STYLE.search(task)
    asked = "" if drafted is None else "\n".join(turn.content for turn in later[drafted + 1 :] if turn.role == "user")
    place = _PLACE.search(asked)
    return Brief(
        facts=facts,
        silent=silent,
        style=style.group(1) if style else "",
        draft=None if drafted is None else later[drafted].content,
        corrections={} if drafted is None else _corrections(later[drafted + 1 :], facts, silent, lexicon),
        wants_edits=_EDITS.search(asked) is not None,
        place=int(place[1]) if place else None,
    )


def _last(messages: Sequence[Message], role: str, containing: str = "") -> int | None:
    for at in range(len(messages) - 1, -1, -1):
        if messages[at].role != role:
            continue
        if not containing or containing in (line.strip() for line in messages[at].content.splitlines()):
            return at
    return None


def _bullets_under(heading: str, text: str) -> list[str]:
    """Give the ``- …`` lines right below a heading line."""
    bullets: list[str] = []
    inside = False
    for line in map(str.rstrip, text.splitlines()):
        if not inside:
            inside = line.strip() == heading
        elif line.startswith("- "):
            bullets.append(line)
        else:
            break
    return bullets


def _facts(task: str, lexicon: Lexicon | None) -> dict[str, Value]:
    matches = (_FACT.match(line) for line in _bullets_under(FACTS_HEADING, task))
    return {match["name"]: _value(match["name"], match["value"], lexicon) for match in matches if match}


def _corrections(
    turns: Iterable[Message], facts: Mapping[str, Value], silent: Sequence[str], lexicon: Lexicon | None
) -> dict[str, Value | None]:
    """Read the corrections of the task's own variables; other lines that look alike are quoted text."""
    found: dict[str, Value | None] = {}
    lines = (line for turn in turns if turn.role == "user" for line in turn.content.splitlines())
    for line in lines:
        if (match := _LEAKED.match(line)) and match["name"] in silent:
            found[match["name"]] = None
        elif (match := _FACT.match(line)) and match["name"] in facts:
            found[match["name"]] = _value(match["name"], match["value"], lexicon)
    return found


def _value(name: str, text: str, lexicon: Lexicon | None) -> Value:
    """Read a number; a state is what it is, and whether there is such a state is not for this module to say."""
    wording = lexicon.variables.get(name) if lexicon is not None else None
    if wording is None or not wording.numeric:
        return text
    try:
        return read_value(wording, text)
    except ValueError as error:
        raise RejectedError(f"the chat says {name} = {text}", hint=str(error)) from None
