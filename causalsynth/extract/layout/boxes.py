"""Check boxes: ``[x] TB [ ] bronchitis``, ``( ) yes (x) no``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from causalsynth.extract.layout.box_columns import answers_over
from causalsynth.extract.layout.keys import asked
from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import BREAK, Cell, Piece, inserted

__all__ = ["BOX_SIGNS", "cell_pieces", "has_boxes", "mark_of", "read_boxes"]

_EMPTY = "\u2610\u25a1\u25fb\u2b1c\u25a2\u25cb\u25ef\u26aa"
_BOX = re.compile(
    r"\[ ?(?P<square>[x\u2713\u2714*_ ]?) ?\]|\( ?(?P<round>[x\u2713\u2714* ]) ?\)"
    rf"|(?P<full>[\u2611\u2612])|(?P<void>[{_EMPTY}])"
)
_ASCII_BOX_SIGNS = "[("
BOX_SIGNS = f"{_ASCII_BOX_SIGNS}\u2611\u2612{_EMPTY}"
"""What a box begins with."""
_TO_DO = re.compile(r"\b(?:plan|to.?do|actions?|action list|orders?|tasks?|next steps|follow.?up|requests?)\b")
_NOTE = re.compile(
    r" *(?:->|=>|--|[(>,;:]| - |\b(?:this|during|in|at|within|on) (?:the |this |his |her )?"
    r"(?:stay|admission|past|last|visit|icu|unit|first|any|\d))"
)
"""What separates the name by a box from a time or a note."""
_MAY_SAY_YES = frozenset({"hedge", "hedge_after", "suppose", "suppose_after", "answer_yes", "so_it", "doubt_it"})
_CHANGES = re.compile(r"\b(?:now|but|except|resolved|mild|slight|only|later|yes)\b")
_FEWEST_COLUMNS = 2
_NEAR = 12
"""How many lines around a box others count as of the same list."""


@dataclass(frozen=True, slots=True)
class _Box:
    start: int
    end: int
    ticked: bool
    label: Cell


def mark_of(text: str) -> bool | None:
    """Tell whether a cell is a mark alone, ticked or empty; None if it is something else."""
    if text in ("x", "\u2713", "\u2714", "\u2705", "*", "xx"):
        return True
    match = _BOX.fullmatch(text)
    return _is_ticked(match) if match else None


def has_boxes(text: str) -> bool:
    """Tell whether there is a box in `text`."""
    return any(_begins_box(text, sign) for sign in (_ASCII_BOX_SIGNS if text.isascii() else BOX_SIGNS))


def _begins_box(text: str, sign: str) -> bool:
    """Tell whether there is a box that begins with `sign`."""
    at = text.find(sign)
    while at >= 0:
        if _BOX.match(text, at):
            return True
        at = text.find(sign, at + 1)
    return False


def _is_ticked(match: re.Match[str]) -> bool:
    if match["full"]:
        return True
    inside = match["square"] or match["round"] or ""
    return inside.strip() not in ("", "_")


def cell_pieces(page: Page, cell: Cell) -> Iterator[Piece]:
    """Give the text of a cell, and of its boxes the ticked ones if any is."""
    boxes = _boxes(page, cell)
    if not any(box.ticked for box in boxes):
        yield page.raw(*cell)
        return
    yield page.raw(cell[0], min(boxes[0].start, boxes[0].label[0]))
    yield from _chosen(page, boxes)


def _chosen(page: Page, boxes: list[_Box]) -> Iterator[Piece]:
    for n, box in enumerate(box for box in boxes if box.ticked):
        yield inserted(" , " if n else " ", box.end)
        yield page.raw(*box.label)


def _boxes(page: Page, cell: Cell) -> list[_Box]:
    found = list(_BOX.finditer(page.text, *cell))
    legend = page.unchecked_is_no
    last = legend[0] if legend and found and found[-1].end() <= legend[0] < cell[1] else cell[1]
    edges = [*(match.start() for match in found), last]
    labels = [page.trim(match.end(), edges[n + 1], ",;|") for n, match in enumerate(found)]
    if len(found) > 1 and labels[-1][0] >= labels[-1][1]:
        labels = [_label_before(page, cell[0] if not n else found[n - 1].end(), m.start()) for n, m in enumerate(found)]
    return [
        _Box(match.start(), match.end(), _is_ticked(match), label) for match, label in zip(found, labels, strict=True)
    ]


def _label_before(page: Page, start: int, end: int) -> Cell:
    """Give the label of a box that stands behind it: ``alive [x] dead [ ]``."""
    mark = max(page.text.rfind(sign, start, end) for sign in ":?=|")
    return page.trim(max(start, mark + 1), end, ",;|.")


def read_boxes(page: Page, k: int) -> list[Piece]:
    """Read the boxes of line `k`; nothing where it has none, or where they don't tell."""
    boxes = _boxes(page, page.lines[k])
    if not boxes:
        return []
    start, end = page.lines[k]
    if (columns := _in_columns(page, k, boxes)) is not None:
        return columns
    lead = page.trim(start, min(boxes[0].start, boxes[0].label[0]), "-*.:|")
    if page.of(lead) and _are_answers(page, boxes):
        return list(_answered(page, k, lead, boxes))
    counts = _empty_counts(page, k, boxes)
    if counts is None:
        return []
    pieces: list[Piece] = []
    if page.of(lead):
        pieces.append(page.raw(start, min(boxes[0].start, boxes[0].label[0])))
    for box in boxes:
        pieces += _finding(page, box, denied=counts)
    return [*pieces, inserted(BREAK, end), page.end_of(k)]


def _in_columns(page: Page, k: int, boxes: list[_Box]) -> list[Piece] | None:
    """Read boxes that stand alone at the end of their line by the answers over their columns."""
    start, end = page.lines[k]
    edges = [*(box.start for box in boxes[1:]), end]
    if len(boxes) < _FEWEST_COLUMNS or any(
        page.text[box.end : edge].strip(" \t|") for box, edge in zip(boxes, edges, strict=True)
    ):
        return None
    answers = answers_over(page, k, len(boxes))
    lead = page.trim(start, boxes[0].start, "-*.:|\t")
    if not answers or not page.of(lead):
        return None
    ticked = [answer for box, answer in zip(boxes, answers, strict=True) if box.ticked]
    said = f" ?{BREAK}{ticked[0]} .{BREAK}" if len(ticked) == 1 and ticked[0] else f" ?{BREAK}"
    return [inserted(BREAK, lead[0]), page.raw(*lead), inserted(said, boxes[0].start), page.end_of(k)]


def _are_answers(page: Page, boxes: list[_Box]) -> bool:
    """Tell ``( ) yes (x) no``, of which one is chosen, from a list of things that may each be there."""
    if len(boxes) == 1:
        return page.is_answer(page.of(boxes[0].label))
    return any(page.is_answer(page.of(box.label)) for box in boxes) or not any(
        page.is_name(page.of(box.label)) for box in boxes
    )


def _answered(page: Page, k: int, lead: Cell, boxes: list[_Box]) -> Iterator[Piece]:
    yield inserted(BREAK, lead[0])
    if any(box.ticked for box in boxes):
        yield from asked(page, lead, next(box.label for box in boxes if box.ticked))
        yield from _chosen(page, boxes)
    yield inserted(BREAK, page.lines[k][1])
    yield page.end_of(k)


def _finding(page: Page, box: _Box, *, denied: bool) -> Iterator[Piece]:
    """Give one thing that is ticked, or that isn't and is thereby denied."""
    label = _head(page, box.label) if denied and not box.ticked else box.label
    text = page.of(label)
    yield inserted(BREAK, box.start)
    alone = page.is_name(text)
    if not alone:
        label, text = box.label, page.of(box.label)
    if not text or not (box.ticked or alone or _speaks(page, text)):
        return
    yield page.raw(*label)
    if alone and box.ticked:
        yield inserted(" : yes", label[1])
    elif alone and denied:
        yield inserted(" : no", label[1])


def _head(page: Page, label: Cell) -> Cell:
    """Give what an empty box stands by, without the time and the note behind it; all where the note may say yes.

    ``[ ] delirium, any day``, ``[ ] antibiotics this stay (never had any)``, ``[ ] TB -> tested, does not have it``
    """
    match = _NOTE.search(page.text, *label)
    head = page.trim(label[0], match.start() if match else label[1], " ,;:-")
    note = page.of((match.start(), label[1])) if match else ""
    cues = page.cues(note)
    if match is None or head[0] >= head[1] or cues & _MAY_SAY_YES or _CHANGES.search(note):
        return label
    return head


def _speaks(page: Page, text: str) -> bool:
    """Tell whether what stands behind an empty box says itself how it is: ``[ ] PE -- excluded``."""
    return bool(page.cues(text) & {"negate", "negate_after", "negate_either", "answer_no", "hedge", "hedge_after"})


def _empty_counts(page: Page, k: int, boxes: list[_Box]) -> bool | None:
    """Tell whether an empty box denies what it stands by; None where nothing says so."""
    if page.unchecked_is_no is not None:
        return True
    lines = range(max(0, k - _NEAR), min(len(page.lines), k + _NEAR))
    near = _list_around(page, k, lines)
    heading = page.of(page.lines[near[0] - 1]) if near[0] else ""
    if _TO_DO.search(heading) or _TO_DO.search(page.text, page.lines[k][0], boxes[0].start):
        return None
    ticked = any(box.ticked for j in near for box in _boxes(page, page.lines[j]))
    return True if ticked else None


def _list_around(page: Page, k: int, lines: range) -> list[int]:
    """Give the lines with boxes that follow each other around line `k`."""
    first = last = k
    while first - 1 in lines and has_boxes(page.of(page.lines[first - 1])):
        first -= 1
    while last + 1 in lines and has_boxes(page.of(page.lines[last + 1])):
        last += 1
    return list(range(first, last + 1))
