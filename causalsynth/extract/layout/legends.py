"""Exports with a line of column names and a legend: ``# cols: SEG|FRD``, ``# legend: FRD = fraudulent Y/N``."""

import re
from collections.abc import Iterator

from causalsynth.extract.layout.keys import key_pieces
from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import BREAK, Cell, Piece, inserted

__all__ = ["Export"]

_COLUMNS = re.compile(r"[#/ *-]*(?:cols?|columns?|fields?|header|format|schema|layout)\b ?[:=] ?(?=\S)")
_LEGEND = re.compile(r"[#/ *(-]*(?:legend|keys?|codes?|abbreviations|abbrev|abbr|where)\b ?[:=-] ?(?=\S)")
_ENTRY = re.compile(r"(?<![\w/])(?P<code>\w[\w-]{0,14}) ?= ?(?P<text>[^;=\n]{1,120}?)(?=;|$|,? [\w-]{1,15} ?= )")
_ASKS = re.compile(r" *[(\[]? ?(?:y/n|yes/no|yes / no|y / n|0/1|true/false|flag)[)\]]? *$")
_COMMENT = re.compile(r" *(?:#|//|--)")
_MANY = re.compile(r"[|;,\t][^|;,\t]{1,60}[|;,\t]")
_NAME = re.compile(r"[a-z][\w.%/()-]{0,24}(?: [\w%/()-]{1,16}){0,2}").fullmatch
_LONGEST_VALUE = 30
_FEWEST_COLUMNS = 3
_FEWEST_KNOWN = 2
_SEPARATORS = "|;\t,"


class Export:
    """The column names and the legend of one text; empty where it has none."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._columns: list[Cell] = []
        self._separator = ""
        self._present = [sign for sign in _SEPARATORS if sign in page.text]
        self._legend_lines = _lines_of_legend(page)
        self._legend: dict[str, Cell] | None = None

    @property
    def legend(self) -> dict[str, Cell]:
        """What each code stands for."""
        if self._legend is None:
            self._legend = {code: cell for line in self._legend_lines for code, cell in self._entries(line)}
        return self._legend

    def _entries(self, k: int) -> Iterator[tuple[str, Cell]]:
        page = self._page
        for match in _ENTRY.finditer(page.text, self._legend_lines[k], page.lines[k][1]):
            start, end = match.span("text")
            asks = _ASKS.search(page.text, start, end)
            cell = page.trim(start, asks.start() if asks else end, ",.")
            if cell[0] < cell[1]:
                yield match["code"], cell

    def read(self, k: int) -> list[Piece] | None:
        """Read line `k` as one of column names, of a legend or of values; None if it is none of them."""
        page = self._page
        start, end = page.lines[k]
        if k in self._legend_lines:
            return [inserted(BREAK, start)]
        if not self._columns and not self._is_cut(start, end):
            return None
        head = _COLUMNS.match(page.text, start, end)
        if not self._columns and head is None and not self._may_be_names(k):
            return None
        first = head.end() if head else start
        columns, separator = self._split(first, end)
        if self._columns and separator == self._separator and len(columns) == len(self._columns) and not head:
            return list(self._values(columns))
        if len(columns) >= _FEWEST_COLUMNS and (head or self._are_names(k, columns, separator)):
            self._columns, self._separator = columns, separator
            return [inserted(BREAK, start)]
        return None

    def _is_cut(self, start: int, end: int) -> bool:
        """Tell whether separators cut the line [start, end) more than once."""
        text, once = self._page.text, False
        for sign in self._present:
            at = text.find(sign, start, end)
            while at >= 0:
                if once:
                    return _MANY.search(text, start, end) is not None
                once = True
                at = text.find(sign, at + 1, end)
        return False

    def _split(self, start: int, end: int) -> tuple[list[Cell], str]:
        """Cut at the separator that cuts it most often."""
        text = self._page.text[start:end]
        separator = max(_SEPARATORS, key=text.count)
        cells, at = [], start
        for part in text.split(separator):
            cells.append(self._page.trim(at, at + len(part), '"'))
            at += len(part) + 1
        return cells, separator

    def _may_be_names(self, k: int) -> bool:
        """Tell whether the line below is cut as often as line `k` by what cuts that most often."""
        page = self._page
        line = page.of(page.lines[k])
        separator = max(_SEPARATORS, key=line.count)
        return k + 1 < len(page.lines) and page.of(page.lines[k + 1]).count(separator) == line.count(separator)

    def _are_names(self, k: int, cells: list[Cell], separator: str) -> bool:
        """Tell a line of column names over a line of as many values."""
        page = self._page
        if separator == "|" or k + 1 >= len(page.lines):
            return False  # a table with bars
        below = page.of(page.lines[k + 1])
        if below.count(separator) != len(cells) - 1 or not all(_NAME(page.of(cell)) for cell in cells):
            return False
        values = below.split(separator)
        if any(len(value.strip()) > _LONGEST_VALUE or ". " in value for value in values):
            return False
        if any(page.cues(page.of(cell)) & {"negate", "negate_list"} for cell in cells):
            return False
        known = sum(page.of(cell) in self.legend or page.names(page.of(cell).replace("_", " ")) for cell in cells)
        return known >= _FEWEST_KNOWN and known * 2 >= len(cells)

    def _values(self, cells: list[Cell]) -> Iterator[Piece]:
        page = self._page
        for column, cell in zip(self._columns, cells, strict=True):
            if cell[0] == cell[1]:
                continue
            yield inserted(BREAK, cell[0])
            meaning = self.legend.get(page.of(column))
            if meaning is not None:
                yield page.raw(*meaning)
            else:
                yield from key_pieces(page, *column)
            yield inserted(" : ", cell[0])
            value = self.legend.get(page.of(cell))
            yield page.raw(*value) if value is not None else page.raw(*cell)
            yield inserted(BREAK, cell[1])


def _lines_of_legend(page: Page) -> dict[int, int]:
    """Give the lines that belong to a legend, and where its text begins in each."""
    inside = False
    lines: dict[int, int] = {}
    if "=" not in page.text:
        return lines
    for k, (start, end) in enumerate(page.lines):
        head = _LEGEND.match(page.text, start, end)
        if head and "=" in page.text[head.end() : end]:
            lines[k], inside = head.end(), True
        elif inside and (mark := _COMMENT.match(page.text, start, end)) and " = " in page.text[mark.end() : end]:
            lines[k] = mark.end()
        else:
            inside = False
    return lines
