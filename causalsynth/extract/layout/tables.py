"""Tables with bars: a cell answers its own row's name, or the name over its column."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from causalsynth.extract.layout.boxes import cell_pieces, mark_of
from causalsynth.extract.layout.keys import asked
from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import BREAK, Cell, Piece, inserted
from causalsynth.extract.word_sets import word_set

__all__ = ["read_table"]

_RULE = re.compile(r"[ |:+=_-]+").fullmatch
_MOST_LINES = 400


_SUBJECTS = word_set("""
    item items variable variables field fields parameter parameters question questions measure measures condition
    conditions diagnosis diagnoses symptom symptoms test tests domain feature features check topic aspect problem
    factor factors sign signs exposure investigation attribute element what area query characteristic
""")
_VALUES = word_set("""
    finding findings result results value values reading readings status answer answers entry response level
    category class state outcome present today current now patient observation observations interpretation flag
    recorded yes no y n detail details assessment conclusion verdict description record
""")
_COMMENTS = word_set("""
    comment comments remark remarks note notes source sources evidence basis reference explanation rationale how
    reason justification method
""")
_ELSEWHEN = frozenset({"past", "person", "reference", "later", "suppose"})
_EMPTY = frozenset({"", "-", "--", "---", "n/a", "na", ".", "..", "...", "_", "__"})
_IDENTIFIER = re.compile(r"[#(]?[\d:./ h-]+[.)]?(?:am|pm)?").fullmatch
_UNIT = re.compile(r"[(\[](?P<unit>[a-z%/\u00b5\u03bc$\u20ac\u00b0 ]{1,12}|mm ?hg|cm ?h2o)[)\]]$")
_PLAIN_NUMBER = re.compile(r"[<>~]? ?\d[\d.,]*").fullmatch
_COLUMN_NEEDS = 2
_FEWEST_ROWS = 2
_LONGEST_NAME = 6
_LONGEST_ANSWER = 60
_SIGNED = frozenset({"+", "++", "+++", "+ve", "(+)"})


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: tuple[Cell, ...]


def read_table(page: Page, k: int) -> tuple[int, list[Piece]]:
    """Read the table that begins in line `k`.

    Returns
    -------
    (end, pieces)
        The line behind it, and what it says; `k` itself where there is none.
    """
    if "|" not in page.of(page.lines[k]):
        return k, []
    end = k
    while end < len(page.lines) and end - k < _MOST_LINES and page.of(page.lines[end]).count("|"):
        end += 1
    rules = [j for j in range(k, end) if _is_rule(page.of(page.lines[j]))]
    rows = [_Row(j, _cells(page, page.lines[j])) for j in range(k, end) if j not in rules]
    if not rows or (not rules and not _is_regular(page, rows)):
        return k, []
    head = rows[0] if (rules and rules[0] == rows[0].line + 1) or _is_head(page, rows[0]) else None
    body = rows[1:] if head is not None else rows
    return end, list(_Table(page, head, body).read())


def _is_rule(line: str) -> bool:
    return "-" in line and _RULE(line) is not None


def _is_regular(page: Page, rows: Sequence[_Row]) -> bool:
    """Tell a table without a rule from prose that has bars in it."""
    if len(rows) < _FEWEST_ROWS or len({len(row.cells) for row in rows}) > 1 or len(rows[0].cells) < _FEWEST_ROWS:
        return False
    names = [page.of(row.cells[0]) for row in rows]
    return all(name and ":" not in name and len(name.split()) <= _LONGEST_NAME for name in names)


def _is_head(page: Page, row: _Row) -> bool:
    words = [page.of(cell).split() for cell in row.cells]
    return sum(bool(w) and (w[-1] in _VALUES or w[0] in _SUBJECTS) for w in words) >= max(1, len(words) - 1)


def _cells(page: Page, line: Cell) -> tuple[Cell, ...]:
    start, end = page.trim(*line)
    if start < end and page.text[start] == "|":
        start += 1
        if start < end and page.text[end - 1] == "|":
            end -= 1
    cells = []
    while True:
        bar = page.text.find("|", start, end)
        cells.append(page.trim(start, bar if bar >= 0 else end, "*_`"))
        if bar < 0:
            return tuple(cells)
        start = bar + 1


class _Table:
    """One table, with a row of headings or without."""

    def __init__(self, page: Page, head: _Row | None, body: list[_Row]) -> None:
        self.page = page
        self.body = body
        self.heads = [page.of(cell) for cell in head.cells] if head is not None else []
        self.head = head
        texts = [page.of(cell) for row in body for cell in row.cells]
        self.signed = any(text in _SIGNED for text in texts)

    def read(self) -> Iterator[Piece]:
        if self.by_column():
            yield from self.columns()
            return
        for row in self.body:
            yield inserted(BREAK, row.cells[0][0])
            yield from self.row(row)
            yield self.page.end_of(row.line)

    def by_column(self) -> bool:
        """Tell a table whose headings are names and whose rows are values."""
        if self.head is None or self.page.any_names(self.heads) < _COLUMN_NEEDS:
            return False
        return not any(self.page.is_name(self.page.of(row.cells[0])) for row in self.body)

    def columns(self) -> Iterator[Piece]:
        """Read each row as values of what stands over its cells, with the time that the row is of."""
        assert self.head is not None
        for row in self.body:
            whose = next((cell for cell in row.cells if self.is_elsewhen(self.page.of(cell))), None)
            for over, cell in zip(self.head.cells, row.cells, strict=False):
                if cell == whose or self.is_empty(cell):
                    continue
                yield inserted(BREAK, cell[0])
                if whose is not None:
                    yield self.page.raw(*whose)
                    yield inserted(" ", cell[0])
                yield self.page.raw(*over)
                yield inserted(" : ", cell[0])
                yield from self.content(cell)
            yield inserted(BREAK, row.cells[-1][1])

    def row(self, row: _Row) -> Iterator[Piece]:
        """Read what a row says of its label; what fits no heading becomes an aside."""
        at = self.label_at(row)
        label = row.cells[at]
        others = [j for j, cell in enumerate(row.cells) if j != at and not self.is_empty(cell)]
        others = [j for j in others if j > at or not _IDENTIFIER(self.page.of(row.cells[j]))]
        if not self.heads_row(label):
            for j, cell in enumerate(row.cells):
                if not self.is_empty(cell):
                    yield from self.aside(j, cell, label=None)
            return
        ticked = self.ticked(row, at)
        values = [j for j in others if self.answers(j, row) and j not in ticked]
        unit = self.unit_of(label) if values and _PLAIN_NUMBER(self.page.of(row.cells[values[0]])) else None
        name = self.page.trim(label[0], unit[0] - 1) if unit else label
        yield from asked(self.page, name, row.cells[values[0]] if values else label)
        for j in ticked:
            yield inserted(f" {self.heads[j]} , ", row.cells[j][0])
        for n, j in enumerate(values):
            yield inserted(" , " if n else " ", row.cells[j][0])
            yield from self.content(row.cells[j])
            if unit and not n:
                yield inserted(" ", row.cells[j][1])
                yield self.page.raw(*unit)
        yield inserted(BREAK, label[1])
        for j in others:
            if j not in values and j not in ticked and mark_of(self.page.of(row.cells[j])) is None:
                yield from self.aside(j, row.cells[j], label=label)

    def unit_of(self, label: Cell) -> Cell | None:
        """Give the unit at the end of a name: ``Lactate (mmol/L)``."""
        match = _UNIT.search(self.page.text, *label)
        return match.span("unit") if match and not self.page.names(match["unit"]) else None

    def label_at(self, row: _Row) -> int:
        for at, head in enumerate(self.heads[: len(row.cells)]):
            if head.split()[:1] and head.split()[0] in _SUBJECTS:
                return at
        for at, cell in enumerate(row.cells[:-1]):
            if self.page.of(cell) and not _IDENTIFIER(self.page.of(cell)):
                return at
        return 0

    def heads_row(self, label: Cell) -> bool:
        text = self.page.of(label)
        return bool(text) and not _IDENTIFIER(text)

    def is_empty(self, cell: Cell) -> bool:
        text = self.page.of(cell)
        return text in _EMPTY and not (text == "-" and self.signed)

    def is_elsewhen(self, text: str) -> bool:
        return bool(text) and not self.page.names(text) and bool(self.page.cues(text) & _ELSEWHEN)

    def ticked(self, row: _Row, label: int) -> list[int]:
        """Give the columns with a mark, under headings such as ``yes`` and ``no``."""
        columns = range(min(len(row.cells), len(self.heads)))
        asked = [j for j in columns if j != label and self.page.is_answer(self.heads[j])]
        if not asked:
            return []
        return [j for j in columns if j != label and mark_of(self.page.of(row.cells[j])) is True]

    def answers(self, j: int, row: _Row) -> bool:
        """Tell whether a cell answers its row's name."""
        text = self.page.of(row.cells[j])
        headed = j < len(self.heads)
        if headed and mark_of(text) is not None and len(text) <= 3 and self.page.is_answer(self.heads[j]):
            return False
        head = self.heads[j].split() if headed else []
        if head and (head[0] in _COMMENTS or head[-1] in _COMMENTS):
            return False
        if headed and self.is_elsewhen(self.heads[j]):
            return False
        if head and (head[-1] in _VALUES or head[0] in _VALUES):
            return True
        return len(row.cells) == 2 or len(text) <= _LONGEST_ANSWER

    def aside(self, j: int, cell: Cell, *, label: Cell | None) -> Iterator[Piece]:
        """Give a cell as a sentence of its own; of another time or person with its heading and name before it."""
        yield inserted(BREAK, cell[0])
        if label is not None and self.head is not None and j < len(self.heads) and self.is_elsewhen(self.heads[j]):
            yield self.page.raw(*self.head.cells[j])
            yield inserted(" ", cell[0])
            yield self.page.raw(*label)
            yield inserted(" : ", cell[0])
        yield from self.content(cell)
        yield inserted(BREAK, cell[1])

    def content(self, cell: Cell) -> Iterator[Piece]:
        if self.signed and self.page.of(cell) == "-":
            yield inserted(" no ", cell[0])
            return
        yield from cell_pieces(self.page, cell)
