"""Say in plain lines what the shape of a text says: tables, check boxes, forms, records, dialogues."""

import re

from causalsynth.extract.layout.boxes import has_boxes, read_boxes
from causalsynth.extract.layout.dialogue import Dialogue
from causalsynth.extract.layout.legends import Export
from causalsynth.extract.layout.nesting import Nesting
from causalsynth.extract.layout.page import Page, remember
from causalsynth.extract.layout.pieces import BREAK, Piece, inserted, tokens_of
from causalsynth.extract.layout.questions import form_pieces
from causalsynth.extract.layout.records import numbered_lines, read_record
from causalsynth.extract.layout.tables import read_table
from causalsynth.extract.layout.telling import telling_lines
from causalsynth.extract.normalise import normalise
from causalsynth.extract.tokens import Tokens, cut
from causalsynth.extract.vocabulary import Vocabulary

__all__ = ["arrange"]

_BULLET = re.compile(r"(?m)^( {0,20})\*(?= )")
_SIGNS = "|={}_[]\u2610\u2611\u2612\u25a1"  # bars, brackets, boxes
_SHAPES = (
    (":", re.compile(r"\.(?<=\w\.)\w+ ?:")),  # keys with points
    (",", re.compile(r"\n[\w ]{1,24}+(?:[,;][\w ]{1,24}+){2,}+(?![^\n])")),  # records with commas
    (";", re.compile(r"\n[\w ]{1,24}+(?:[,;][\w ]{1,24}+){2,}+(?![^\n])")),
    ("?", re.compile(r"\?(?: *-|\s*(?:\d|[a-z]))")),  # questions that something answers
    ("(", re.compile(r"\( ?[x*]? ?\)")),
    ("   ", re.compile(r" {3,}+\S")),  # columns
    ("...", re.compile(r"\.{3}")),  # leaders
    (" .", re.compile(r"\. \.|\S \.{1,2} \S")),
    (".**", re.compile(r"\.\*\*")),  # bold labels
)
"""Shapes of a text behind a line end, each with characters that it isn't without."""
_SUMS = (". all ", ". each ", ". every ", ". both ")
_LETTERS = (" y/", " n/", " y /", " n /")
_LONGEST_LABEL = 80


def arrange(text: str, vocabulary: Vocabulary) -> Tokens:
    """Cut `text` into tokens, in an order and with marks that say what its shape does.

    Offsets are into the raw text. Time is linear in its length; running text stays as it is.
    """
    folded = normalise(text)
    if "* " in folded:
        folded = _BULLET.sub(r"\1-", folded)
    if not _is_shaped(folded):
        return cut(folded)
    return tokens_of(_Arrangement(Page(folded, vocabulary, text)).pieces())


def _is_shaped(folded: str) -> bool:
    """Tell whether any of a text's lines may say something by its shape."""
    if any(sign in folded for sign in _SIGNS) or _has_label(folded):
        return True
    if any(said in folded for said in _SUMS) or ("/" in folded and any(said in folded for said in _LETTERS)):
        return True
    lines = f"\n{folded}"
    return any(mark in folded and shape.search(lines) is not None for mark, shape in _SHAPES)


def _has_label(folded: str) -> bool:
    """Tell whether there is a colon near the start of a line."""
    at = folded.find(":")
    while at >= 0:
        if at <= _LONGEST_LABEL or folded.rfind("\n", at - _LONGEST_LABEL - 1, at) >= 0:
            return True
        at = folded.find(":", at + 1)
    return False


class _Arrangement:
    """The readers of one text's lines, asked one after the other."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._dialogue = Dialogue(page)
        self._export = Export(page)
        self._nesting = Nesting(page)
        self._numbered = numbered_lines(page)
        self._telling = telling_lines(page)

    def pieces(self) -> list[Piece]:
        """Give what is to be read: lines that say something by their shape said plainly, the rest as it is."""
        pieces: list[Piece] = []
        page, k, plain = self._page, 0, 0  # lines from `plain` on are left as they are
        while k < len(page.lines):
            end, said = self._block(k)
            if said is not None:
                pieces += [page.raw(page.lines[plain][0], page.lines[k][0]), *said]
                plain = end
            k = end
        if plain < len(page.lines):
            pieces.append(page.raw(page.lines[plain][0], len(page.text)))
        return pieces

    def _block(self, k: int) -> tuple[int, list[Piece] | None]:
        """Read what begins in line `k`, None if it stays as it is; give the line behind it too."""
        turn = self._dialogue.turns.get(k)
        if turn is not None:
            return turn.end, list(self._dialogue.pieces(k))
        exported = self._export.read(k)
        if exported is not None:
            return k + 1, exported
        if k not in self._telling and k not in self._numbered:
            return k + 1, None
        end, table = read_table(self._page, k)
        return (end, table) if end > k else (k + 1, self._line(k))

    def _line(self, k: int) -> list[Piece] | None:
        page = self._page
        if k in self._numbered:
            start, end = page.lines[k][0], self._numbered[k]
            page.lines[k] = (end, page.lines[k][1])
            rest = self._line_behind(k) or [page.raw(*page.lines[k]), page.end_of(k)]
            return [page.raw(start, end), inserted(BREAK, end), *rest]
        return self._line_behind(k)

    def _line_behind(self, k: int) -> list[Piece] | None:
        page = self._page
        line = page.of(page.lines[k])
        alone = not page.has_letters and not page.sums_up and self._nesting.of(k) is None
        if alone and line in page.plain_lines:
            return None
        boxed = has_boxes(line)
        if boxed and (pieces := read_boxes(page, k)):
            return pieces
        pieces = read_record(page, self._nesting, k)
        if not pieces and "?" in line:
            pieces = form_pieces(page, k)
        if not pieces and alone and not boxed and "?" not in line and '"' not in line:
            remember(page.plain_lines, line, True)
        return pieces or None
