"""Names before their values, freed of what says no more than where and when: ``TB during this stay: no``."""

import re
from collections.abc import Iterator

from causalsynth.extract.layout.page import Page, remember
from causalsynth.extract.layout.pieces import BREAK, Cell, Piece, inserted

__all__ = ["SWITCHED", "Edit", "label_edits", "short_name", "switched"]

Edit = tuple[int, int, list[Piece]]
"""What to say in place of the characters [start, end)."""

_LABEL = re.compile(
    r"[ *>-]*(?:\(?\d{0,2}[a-z]?[.)] ?)?"
    r"(?P<label>[a-z][^:=.;\n?]{2,70}+) ?(?::|=|\.{3,}|(?<= )\.\.) ?(?P<value>[^\n]{1,80})"
)
"""The label may end with a space that isn't its own."""
_SHORTEST = 3
_FURTHEST = 100
"""How many characters before its mark a label with a bullet and a number before it begins at most."""
_TRAILING_WORDS = """
    during at on in over within since through throughout this today now to present currently from , ( flag lamp
    indicator light by of any
"""
_TRAILING = frozenset(_TRAILING_WORDS.split())
_WORD = re.compile(r"\w+")
_MAY_BEGIN = frozenset({"any", "current", "currently", "known", "active", "recent", "new", "the", "a", "an", "ongoing"})
_SWITCHES = frozenset(
    {"flag", "flags", "lamp", "alarm", "error", "indicator", "warning", "artefact", "artifact", "fault"}
)
"""What a value such as ``off`` denies: ``error lamp: off``."""
SWITCHED = {
    **dict.fromkeys(("off", "unlit", "inactive", "dark", "silent", "quiet", "0", "clear"), "no"),
    **dict.fromkeys(("on", "lit", "active", "raised", "triggered", "tripped", "1"), "yes"),
}
"""What a value says of a switch, or of a bit."""
_BITS = {"0": "no", "1": "yes"}
_FIRST_WORD = re.compile(r"\W{0,2}(?P<word>[a-z0-9]++)(?= *(?:$|[.,;()|#/]))")
_NO_LABEL = frozenset({"past", "person", "suppose", "compound", "hedge", "later", "reference", "negate", "past_after"})
_BOLD = re.compile(r"(?:\d+\. *)?\*\*(?P<label>[^*\n.:?]{2,60})(?P<point>\.)\*\* *(?P<value>\S[^\n]{0,80})")
"""``**Delirium.** None``: a label with a point for its colon."""
_TELLING = frozenset(
    {"negate", "negate_list", "negate_after", "negate_either", "answer_no", "answer_yes", "be", "verb"}
)
_LETTER = re.compile(r" (?<=[\w)] )(?P<answer>[yn])(?= ?(?:[/,;|(.]|$))")
"""``fraud N / chargeback N``."""
_FIELD_ENDS = "/,;|.:"
_SUMS_UP = re.compile(r"\.(?= (?:all|every one|each|both|each one|all of (?:these|them|which)) (?:\w+ )?\w+)")
"""``CVP, wedge. Every one normal``."""
_SEVERAL = 2
_WINDOW = re.compile(
    r",? \(?(?:(?:in|over|within|during|for) )?(?:the )?(?:last|past|previous) "
    r"(?:\w+ )?(?:days?|weeks?|months?|years?|yrs?|m|mo)\)?$|"
    r",? \(?(?:recent(?:ly)?|lately|of late|current(?:ly)?|presently|today|now|at present|"
    r"ever|so far|to date|this (?:year|month|time|visit|admission|stay))\)?$"
)
"""A span of time at the end of a label that its answer is about."""
_WINDOW_ENDS = """
    day days week weeks month months year years yr yrs m mo recent recently lately late current currently presently
    today now present ever far date time visit admission stay
"""
_ENDS_WINDOW = frozenset(_WINDOW_ENDS.split())


def label_edits(page: Page, start: int, end: int) -> list[Edit]:
    """Give what to say in place of parts of the line [start, end)."""
    line = page.of((start, end))
    edits: list[Edit] = []
    for first in _starts(line):
        if match := _LABEL.match(page.text, start + first, end):
            label, value = _label(page, match), match.span("value")
            edits += [
                edit for edit in (_shortened(page, label, value), switched(page, label, value)) if edit is not None
            ]
    if "**" in line and (bold := _BOLD.search(page.text, start, end)):
        edits += _bold(page, bold)
    if page.has_letters:
        edits += _letters(page, start, end)
    if page.sums_up:
        edits += _sums(page, start, end)
    return edits


def _starts(line: str) -> list[int]:
    """Give where a label may begin in a line: at its start, and behind a full stop, ``;`` or ``:``."""
    if ":" not in line:
        return [0] if "=" in line or ".." in line else []
    marks = [mark for mark in (":", "=", "..") if mark in line]
    starts = [start for mark in marks for start in _starts_before(line, mark)]
    return sorted(set(starts)) if len(starts) > 1 else starts


def _starts_before(line: str, mark: str) -> list[int]:
    starts: list[int] = []
    at = line.find(mark)
    while at >= 0:
        start = _start_before(line, at)
        if start >= 0:
            starts.append(start)
        at = line.find(mark, at + 1)
    return starts


def _start_before(line: str, mark: int) -> int:
    """Give where the label begins that the mark at offset `mark` may end, -1 if none does."""
    nearest = max(0, mark - _FURTHEST)
    ended = line.rfind(". ", nearest, mark)
    ended = max(ended, line.rfind("; ", max(ended, nearest), mark))
    ended = max(ended, line.rfind(": ", max(ended, nearest), mark))
    if ended < 0:
        return -1 if nearest else 0
    start = ended + 2
    while line[start] == " ":
        start += 1
    return start if "a" <= line[start] <= "z" else -1


def _label(page: Page, match: re.Match[str]) -> Cell:
    """Give where the label of a match of `_LABEL` stands, without the space before its mark."""
    start, end = match.span("label")
    return (start, end - 1) if page.text[end - 1] == " " and end - start > _SHORTEST else (start, end)


def _sums(page: Page, start: int, end: int) -> Iterator[Edit]:
    for point in _SUMS_UP.finditer(page.text, start, end):
        first = max(page.text.rfind(sign, start, point.start()) for sign in ".;:?!") + 1
        names = page.text[max(first, start) : point.start()]
        if "," in names and page.is_name(names):
            yield *point.span(), [Piece(":", *point.span())]


def short_name(page: Page, name: Cell) -> Cell:
    """Give the name that a label begins with, where nothing but a place or time follows it."""
    label = page.of(name)
    length = page.name_lengths.get(label)
    if length is None:
        length = _name_length(page, label)
        remember(page.name_lengths, label, length)
    return name[0], name[0] + length


def _name_length(page: Page, label: str) -> int:
    """Give how many characters of a label are the name that it begins with; all of it where more than that follows."""
    words = _WORD.findall(label)
    if words and words[-1] in _ENDS_WINDOW and (window := _WINDOW.search(label)):
        label = label[: window.start()]
        words = _WORD.findall(label)
    if "," not in label and "(" not in label and _TRAILING.isdisjoint(words):
        return len(label)
    words, found = page.known(label)
    named = next((item for item in found if item[2].named), None)
    if named is None or any(word not in _MAY_BEGIN for word in words[: named[0]]):
        return len(label)
    if named[1] >= len(words) or words[named[1]] not in _TRAILING:
        return len(label)
    if words[named[1]] == "," and any(item[2].asserts for item in found if item[0] > named[1]):
        return len(label)  # "TB, bronchitis: none"
    if any(item[2].cues & _NO_LABEL for item in found):
        return len(label)
    return page.end_of_token(label, named[1])


def _shortened(page: Page, label: Cell, value: Cell) -> Edit | None:
    short = short_name(page, label)
    if short[1] >= label[1]:
        return None
    said = page.of(value)
    first = _FIRST_WORD.match(said)
    answered = page.answers_at_once(said) or (first is not None and first["word"] in SWITCHED)
    return (short[1], label[1], []) if answered else None


def switched(page: Page, label: Cell, value: Cell) -> Edit | None:
    """Say no for ``error lamp: off``, ``tb: 0``, and yes for the other."""
    match = _FIRST_WORD.match(page.of(value))
    if match is None or match["word"] not in SWITCHED:
        return None
    words, found = page.known(page.of(label).replace("_", " ").replace(".", " "))
    asserts = any(item[2].asserts for item in found) and not any(item[2].numbers for item in found)
    table = SWITCHED if asserts and not _SWITCHES.isdisjoint(words) else _BITS if asserts else {}
    said = table.get(match["word"])
    if said is None:
        return None
    first, last = value[0] + match.start("word"), value[0] + match.end("word")
    return first, last, [Piece(said, first, last)]


def _bold(page: Page, match: re.Match[str]) -> Iterator[Edit]:
    label = match["label"]
    if page.cues(label) & _TELLING or not page.names(label):
        return
    if page.answers_at_once(match["value"]) or match["value"][0].isdecimal() or not page.asserts(label):
        yield *match.span("point"), [Piece(":", *match.span("point"))]


def _letters(page: Page, start: int, end: int) -> Iterator[Edit]:
    """Read the letters of ``compromised N / fraud N``: each answers the name before it, where there are several."""
    at, found, asserted = start, [], False
    letters = list(_LETTER.finditer(page.text, start, end))
    for match in letters if len(letters) >= _SEVERAL else ():
        first = max(page.text.rfind(sign, at, match.start()) for sign in _FIELD_ENDS) + 1
        name = page.of(page.trim(max(first, at), match.start(), "-*"))
        if page.is_name(name):
            found.append(match)
            asserted = asserted or page.asserts(name)
        at = match.end()
    for match in found if asserted and len(found) >= _SEVERAL else ():
        yield match.start(), match.start("answer"), [inserted(" : ", match.start("answer"))]
        yield match.end(), match.end(), [inserted(BREAK, match.end())]
