"""Keys of records in plain words: ``tb_flag``, ``tobacco.current`` and ``sx.dyspnea`` name what they end in."""

import re
from collections.abc import Iterator
from itertools import pairwise

from causalsynth.extract.layout.labels import short_name
from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import Cell, Piece, inserted

__all__ = ["asked", "is_generic", "key_pieces"]

_PART = re.compile(r"[^\W_]+")
_GENERIC_WORDS = """
    recent flag flags status result results value val present current currently now active yn is has have finding
    findings dx sx diagnosis diagnoses symptom symptoms ind indicator bool boolean state outcome confirmed known any pt
    patient detected img imaging exam clinical label final field answer reported
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
"""Parts of a key that add nothing to the name beside them."""
_UNIT_WORDS = "years mmol l mg dl mgdl gdl g mmhg mm hg kpa cmh2o y yr yrs d hr hrs h min pct percent ml umol usd"
_UNITS = frozenset(_UNIT_WORDS.split())
"""Units at the end of a key, which its number doesn't need."""
_GENERIC_ALONE = _GENERIC | {"confirmed", "detail", "details", "note", "type", "level"}
_EVER = frozenset({"ever", "hx", "history", "pmh", "pmhx", "phx"})
_SPELLED = {
    "adm": "admission",
    "admit": "admission",
    "prev": "previous",
    "prior": "previous",
    "fam": "family history",
    "fhx": "family history",
    "fh": "family history",
}


def is_generic(page: Page, cell: Cell) -> bool:
    """Tell a key that names nothing by itself: ``status``, ``present``."""
    words = [match[0] for match in _PART.finditer(page.text, *cell)]
    return bool(words) and all(word in _GENERIC_ALONE for word in words)


def _parts(page: Page, start: int, end: int) -> list[Cell]:
    """Cut a key into its words, at signs and where capitals begin new ones."""
    parts: list[Cell] = []
    for match in _PART.finditer(page.text, start, end):
        edges = [match.start(), *page.humps(match.start() + 1, match.end()), match.end()]
        parts += pairwise(edges)
    return parts


def key_pieces(page: Page, start: int, end: int) -> Iterator[Piece]:
    """Give the key [start, end) with spaces for its points, without the parts that say nothing.

    A key that the vocabulary knows as a whole stays as it is.
    """
    parts = _parts(page, start, end)
    words = [page.text[first:last] for first, last in parts]
    if len(parts) < 2 or page.is_phrase(words) or (words[-1] not in _GENERIC and page.is_name(" ".join(words))):
        for part in parts:
            yield page.raw(*part)
            yield inserted(" ", part[1])
        return
    first, last = 0, len(parts)
    while last - first > 1 and words[last - 1] in _UNITS and page.names(" ".join(words[first : last - 1])):
        last -= 1
    while last - first > 1 and words[last - 1] in _GENERIC and page.names(" ".join(words[first : last - 1])):
        last -= 1
    while last - first > 1 and words[first] in _GENERIC and page.names(" ".join(words[first + 1 : last])):
        first += 1
    if last - first > 1 and (words[last - 1] in _EVER or words[first] in _EVER):
        yield inserted("history of ", parts[first][0])
        first, last = (first, last - 1) if words[last - 1] in _EVER else (first + 1, last)
    for at in range(first, last):
        spelled = _SPELLED.get(words[at])
        yield Piece(spelled, *parts[at]) if spelled else page.raw(*parts[at])
        yield inserted(" ", parts[at][1])


def asked(page: Page, name: Cell, answer: Cell) -> Iterator[Piece]:
    """Give a name and the mark behind it that lets what follows answer it."""
    start, end = name
    text = page.of(name)
    if text.endswith("?") and page.is_name(text):
        end, text = end - 1, text[:-1]
    if page.answers_at_once(page.of(answer)):
        start, end = short_name(page, (start, end))
        text = page.of((start, end))
    if "_" in text and " " not in text:
        yield from key_pieces(page, start, end)
        yield inserted(" : ", end)
        return
    yield page.raw(start, end)
    yield inserted(" " if text.endswith(("?", ":", "=")) or page.crosses(text, page.of(answer)) else " : ", end)
