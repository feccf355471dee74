"""Lines of keys and values: ``TB ........ : NEGATIVE``, ``tb.active=N``, ``Kink: none     Leak: none``."""

import re
from collections.abc import Iterator

from causalsynth.extract.layout.keys import key_pieces
from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import BREAK, Piece, inserted

__all__ = ["read_record"]

_LEADER = re.compile(r"(?<=[\w)?\"' ]) ?(?:\.[. ]{2,}|\u2026+|_{3,})(?: ?[:=])?")
"""What leads the eye from a name to its value: ``Name ........ value``."""
_PAIR = re.compile(r"(?<![\w.])(?P<key>[a-z][\w.-]*?)\"?\s?(?P<sign>=|:=)\s?(?P<value>\"[^\"\n]*\"|[^\s,;|]+)")
"""``key=value``."""
_KEY = re.compile(r"[ \t>*#-]*\"?(?P<key>[a-z]\w*(?:[._]\w+)+)\"?\.*\s*:(?=\s|$)")
"""``snake_case_key: value`` at the start of a line."""
_GAP = re.compile(r" {3,}(?=[^\s:|]{2,}(?: [^\s:|]+){0,4} ?[:?])")
"""Several spaces before another ``Name: value``."""


def read_record(page: Page, k: int) -> list[Piece]:
    """Give line `k` with plain keys, marks between names and values, and its pairs apart; nothing if it has none."""
    edits = _edits(page, k)
    if not edits:
        return []
    start, end = page.lines[k]
    pieces: list[Piece] = []
    at = start
    for first, last, instead in sorted(edits, key=lambda edit: edit[:2]):
        if first < at:
            continue
        pieces.append(page.raw(at, first))
        pieces += instead
        at = last
    return [*pieces, page.raw(at, end), page.end_of(k)]


_Edit = tuple[int, int, list[Piece]]


def _edits(page: Page, k: int) -> list[_Edit]:
    start, end = page.lines[k]
    edits: list[_Edit] = []
    key = _KEY.match(page.text, start, end)
    if key:
        edits.append((*key.span("key"), list(key_pieces(page, *key.span("key")))))
    edits += _leaders(page, start, end)
    edits += _pairs(page, start, end)
    edits += [(m.start(), m.end(), [inserted(BREAK, m.end())]) for m in _GAP.finditer(page.text, start + 1, end)]
    return edits


def _leaders(page: Page, start: int, end: int) -> Iterator[_Edit]:
    for match in _LEADER.finditer(page.text, start + 1, end):
        before = page.text[start : match.start()].rstrip()
        behind = page.text[match.end() : end].strip()
        if not behind or not before:
            continue
        yield match.start(), match.end(), [inserted(" " if before.endswith(("?", ":")) else " : ", match.end())]


def _pairs(page: Page, start: int, end: int) -> Iterator[_Edit]:
    """Plain keys, and a comma behind each answer that another pair follows."""
    matches = list(_PAIR.finditer(page.text, start, end))
    for n, match in enumerate(matches):
        if not page.crosses(match["key"], f"{match['sign']} {match['value']}"):
            yield *match.span("key"), list(key_pieces(page, *match.span("key")))
        following = matches[n + 1] if n + 1 < len(matches) else None
        if following is not None and page.is_answer(match["value"].strip('"')):
            yield match.end(), match.end(), [inserted(" , ", match.end())]
