"""Lines of keys and values: ``TB ........ : NEGATIVE``, ``tb.active=N``, ``Kink: none     Leak: none``."""

import re
from collections.abc import Iterator

from causalsynth.extract.layout.keys import is_generic, key_pieces
from causalsynth.extract.layout.labels import Edit, label_edits, switched
from causalsynth.extract.layout.nesting import Nesting
from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import BREAK, Cell, Piece, inserted

__all__ = ["numbered_lines", "read_record"]

_LEADER = re.compile(r"(?<=[\w)?\"' ]) ?(?:\.[. ]{2,}|(?<= )\.{1,2}(?= )|\u2026+|_{3,})(?: ?[:=])?")
"""What leads the eye from a name to its value: ``Name ........ value``."""
_PAIR = re.compile(r"(?<![\w.-])(?P<key>[a-z][\w.-]{0,60}?)\"?\s?(?P<sign>=|:=)\s?(?P<value>\"[^\"\n]*\"|[^\s,;|]+)")
"""``key=value``."""
_KEY = re.compile(r"[ >*#-]*(?:- )?\"?(?P<key>[a-z][^\W_]*+(?:[._][^\W_]++)*+)\"?\.*\s*:(?=\s|$)")
"""``snake_case_key: value`` at the start of a line."""
_QUOTED_KEY = re.compile(r"\"(?P<key>[a-z][^\W_]*(?:_[^\W_]+)*)\"\s?:")
"""``"snake_case_key": value`` anywhere in it."""
_GAP = re.compile(r"(?<! ) {3,}+(?=[^\s:|]{2,}(?: [^\s:|]+){0,4} ?[:?])")
"""Several spaces before another ``Name: value``."""
_COLUMN = re.compile(
    r" *(?:[-*] )?(?P<name>[a-z][^\s:|]*(?: [^\s:|]+){0,5}) {3,}(?P<value>[^\s:|]+(?: [^\s:|]+){0,3})(?= {3}|$)"
)
"""``Name      value`` with nothing but spaces between."""
_REMARK = re.compile(r"(?:(?<! ) ++(?:#|//)|(?<=[^\s#]) ++<?--+|(?<! ) {2,}+;) ?")
"""What parts a value from a remark on it."""
_REMARK_SIGNS = ("#", ";", "//", "--")
"""No remark is without one."""
_COUNTED = re.compile(r" *(?P<number>\d{1,2}) +(?=[a-z])")
_FEWEST_COUNTED = 3
_MOST_LEFT_OUT = 3
_LEADER_SIGNS = (" .", "..", "\u2026", "__")
"""No leader is without one."""
_SIGNS = re.compile(r"[._-]")


def numbered_lines(page: Page) -> dict[int, int]:
    """Give where the text begins in lines that only count: ``13 Sepsis: no`` above ``14 AKI: no``."""
    found: dict[int, int] = {}
    run: list[tuple[int, int]] = []
    last = -1
    text = page.text
    for k, (start, end) in enumerate(page.lines):
        counts = start < end and (text[start] == " " or text[start].isdecimal())
        match = _COUNTED.match(text, start, end) if counts else None
        number = int(match["number"]) if match else -1
        if match is None or (run and not last < number <= last + _MOST_LEFT_OUT):
            run = []
        if match is not None:
            run.append((k, match.end()))
            last = number
            if len(run) >= _FEWEST_COUNTED:
                found.update(run)
    return found


def read_record(page: Page, nesting: Nesting, k: int) -> list[Piece]:
    """Give line `k` with plain keys, marks between names and values, and its pairs apart; nothing if it has none."""
    edits = _edits(page, nesting, k)
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


def _edits(page: Page, nesting: Nesting, k: int) -> list[Edit]:
    start, end = page.lines[k]
    line = page.of((start, end))
    spaced = "   " in line
    key = _KEY.match(page.text, start, end) if ":" in line else None
    pairs = list(_PAIR.finditer(page.text, start, end)) if "=" in line else []
    edits: list[Edit] = []
    if key and (nesting.of(k) is not None or not page.text[key.start("key") : key.end("key")].isalpha()):
        edits.append((*key.span("key"), list(_nested_key(page, nesting, k, key.span("key")))))
    elif spaced and key is None and (column := _column(page, start, end)):
        return [column]
    edits += label_edits(page, start, end)
    if any([sign in line for sign in _LEADER_SIGNS]):
        edits += _leaders(page, start, end)
    if '"' in line:
        edits += _quoted_keys(page, start, end)
    if pairs:
        edits += _pairs(page, nesting, k, pairs)
    if spaced:
        edits += [(*gap.span(), [inserted(BREAK, gap.end())]) for gap in _GAP.finditer(page.text, start + 1, end)]
    if (key or pairs) and any([sign in line for sign in _REMARK_SIGNS]):
        edits += _remark(page, (key or pairs[0]).end(), end)
    return edits


def _quoted_keys(page: Page, start: int, end: int) -> Iterator[Edit]:
    for quoted in _QUOTED_KEY.finditer(page.text, start, end):
        if not quoted["key"].isalpha() or page.humps(*quoted.span("key")):
            yield *quoted.span("key"), list(key_pieces(page, *quoted.span("key")))


def _nested_key(page: Page, nesting: Nesting, k: int, key: Cell) -> Iterator[Piece]:
    """Give a key with the name of its group before it where that matters: ``family_history:`` over ``tb: yes``."""
    over = nesting.of(k)
    generic = over is not None and is_generic(page, key) and page.names(page.of(over).replace("_", " "))
    if over is not None and (generic or nesting.tells(over)):
        yield Piece(page.of(over).replace("_", " "), *over)
        yield inserted(" ", key[0])
    if not generic:
        yield from key_pieces(page, *key)


def _column(page: Page, start: int, end: int) -> Edit | None:
    match = _COLUMN.match(page.text, start, end)
    if match is None or not page.is_name(match["name"]):
        return None
    if not page.is_answer(match["value"]) and not match["value"][0].isdecimal():
        return None
    value = page.raw(*match.span("value"))
    return match.end("name"), match.end(), [inserted(" : ", match.start("value")), value, inserted(BREAK, match.end())]


def _leaders(page: Page, start: int, end: int) -> Iterator[Edit]:
    for match in _LEADER.finditer(page.text, start + 1, end):
        before = page.text[max(start, match.start() - 3) : match.start()].rstrip()
        if not page.text[match.end() : match.end() + 3].strip() or not before:
            continue
        yield match.start(), match.end(), [inserted(" " if before.endswith(("?", ":")) else " : ", match.end())]


def _pairs(page: Page, nesting: Nesting, k: int, matches: list[re.Match[str]]) -> Iterator[Edit]:
    """Plain keys, and a comma behind each answer that another pair follows."""
    for n, match in enumerate(matches):
        if not page.crosses(_SIGNS.sub(" ", match["key"]), f"{match['sign']} {match['value']}"):
            yield *match.span("key"), list(_nested_key(page, nesting, k, match.span("key")))
        if (edit := switched(page, match.span("key"), match.span("value"))) is not None:
            yield edit
        following = matches[n + 1] if n + 1 < len(matches) else None
        if following is not None and page.is_answer(match["value"].strip('"')):
            yield match.end(), match.end(), [inserted(" , ", match.end())]


def _remark(page: Page, start: int, end: int) -> Iterator[Edit]:
    """Part a remark from its value: by a comma if it only says more of it."""
    match = _REMARK.search(page.text, start, end)
    if match is None:
        return
    text = page.text[match.end() : end]
    apart = page.names(text) or page.cues(text) & {"person", "past", "negate", "reference"}
    yield *match.span(), [inserted(BREAK if apart else " , ", match.end())]
    yield end, end, [inserted(BREAK, end)]
