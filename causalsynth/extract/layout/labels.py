"""Names before their values, freed of what says no more than where and when: ``TB during this stay: no``."""

import re
from collections.abc import Iterator

from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import BREAK, Cell, Piece, inserted

__all__ = ["SWITCHED", "Edit", "label_edits", "short_name", "switched"]

Edit = tuple[int, int, list[Piece]]
"""What to say in place of the characters [start, end)."""

_LABEL = re.compile(
    r"[ *>-]*(?:\(?\d{0,2}[a-z]?[.)] ?)?"
    r"(?P<label>[a-z][^:=.;\n?]{2,70}?) ?(?::|=|\.{3,}|(?<= )\.\.) ?(?P<value>[^\n]{1,80})"
)
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
_FIRST_WORD = re.compile(r"\W{0,2}(?P<word>[a-z0-9]+)(?= *(?:$|[.,;()|#/]))")
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
_SEGMENT = re.compile(r"[.;:] +(?=[a-z])")
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
    last = max(line.rfind(":"), line.rfind("="), line.rfind(".."))
    if last >= 0:
        for first in _segments(page, start, start + last):
            if match := _LABEL.match(page.text, first, end):
                edits += [edit for edit in (_shortened(page, match), switched(page, match)) if edit is not None]
    if "**" in line and (bold := _BOLD.search(page.text, start, end)):
        edits += _bold(page, bold)
    if page.has_letters:
        edits += _letters(page, start, end)
    if page.sums_up:
        edits += _sums(page, start, end)
    return edits


def _segments(page: Page, start: int, last: int) -> list[int]:
    """Give where a label may begin in a line whose last mark behind one is at offset `last`."""
    if page.text.find(":", start, last + 1) < 0:
        return [start]
    return [start, *(match.end() for match in _SEGMENT.finditer(page.text, start, last + 1))]


def _sums(page: Page, start: int, end: int) -> Iterator[Edit]:
    for point in _SUMS_UP.finditer(page.text, start, end):
        first = max(page.text.rfind(sign, start, point.start()) for sign in ".;:?!") + 1
        names = page.text[max(first, start) : point.start()]
        if "," in names and page.is_name(names):
            yield *point.span(), [Piece(":", *point.span())]


def short_name(page: Page, name: Cell) -> Cell:
    """Give the name that a label begins with, where nothing but a place or time follows it."""
    label = page.of(name)
    words = _WORD.findall(label)
    if words and words[-1] in _ENDS_WINDOW and (window := _WINDOW.search(label)):
        name, label = (name[0], name[0] + window.start()), label[: window.start()]
        words = _WORD.findall(label)
    if "," not in label and "(" not in label and _TRAILING.isdisjoint(words):
        return name
    words, found = page.known(label)
    named = next((item for item in found if item[2].named), None)
    if named is None or any(word not in _MAY_BEGIN for word in words[: named[0]]):
        return name
    if named[1] >= len(words) or words[named[1]] not in _TRAILING:
        return name
    if words[named[1]] == "," and any(item[2].asserts for item in found if item[0] > named[1]):
        return name  # "TB, bronchitis: none"
    if any(item[2].cues & _NO_LABEL for item in found):
        return name
    return name[0], name[0] + page.end_of_token(label, named[1])


def _shortened(page: Page, match: re.Match[str]) -> Edit | None:
    short = short_name(page, match.span("label"))
    if short[1] >= match.end("label"):
        return None
    first = _FIRST_WORD.match(match["value"])
    answered = page.answers_at_once(match["value"]) or (first is not None and first["word"] in SWITCHED)
    return (short[1], match.end("label"), []) if answered else None


def switched(page: Page, match: re.Match[str], label: str = "label") -> Edit | None:
    """Say no for ``error lamp: off``, ``tb: 0``, and yes for the other."""
    value = _FIRST_WORD.match(match["value"])
    if value is None or value["word"] not in SWITCHED:
        return None
    words, found = page.known(match[label].replace("_", " ").replace(".", " "))
    asserts = any(item[2].asserts for item in found) and not any(item[2].numbers for item in found)
    table = SWITCHED if asserts and not _SWITCHES.isdisjoint(words) else _BITS if asserts else {}
    said = table.get(value["word"])
    if said is None:
        return None
    first, last = (match.start("value") + edge for edge in value.span("word"))
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
