"""Say in plain lines what the shape of a text says: tables, check boxes, forms, records, dialogues."""

import re

from causalsynth.extract.layout.boxes import has_boxes, read_boxes
from causalsynth.extract.layout.dialogue import Dialogue
from causalsynth.extract.layout.legends import Export
from causalsynth.extract.layout.nesting import Nesting
from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import Piece, tokens_of
from causalsynth.extract.layout.questions import form_pieces
from causalsynth.extract.layout.records import read_record
from causalsynth.extract.layout.tables import read_table
from causalsynth.extract.normalise import normalise
from causalsynth.extract.tokens import Tokens, cut
from causalsynth.extract.vocabulary import Vocabulary

__all__ = ["arrange"]

_BULLET = re.compile(r"(?m)^( {0,20})\*(?= )")
_SHAPED = re.compile(
    r"[|={}_\[\]\u2610-\u2612\u25a1]|\( ?[x*]? ?\)|\.{3}|\. \.|\w\.\w+ ?[:=]|(?<! ) {3,}+\S"
    r"|\? *-|\?\s*(?:\d|[a-z])|(?m:^.{0,80}:)|(?m:^[\w ]{1,24}(?:[,;][\w ]{1,24}){2,}$)"
)


def arrange(text: str, vocabulary: Vocabulary) -> Tokens:
    """Cut `text` into tokens, in an order and with marks that say what its shape does.

    Offsets are into the raw text. Time is linear in its length; running text stays as it is.
    """
    folded = _BULLET.sub(r"\1-", normalise(text))
    if _SHAPED.search(folded) is None:
        return cut(folded)
    return tokens_of(_Arrangement(Page(folded, vocabulary)).pieces())


class _Arrangement:
    """The readers of one text's lines, asked one after the other."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._dialogue = Dialogue(page)
        self._export = Export(page)
        self._nesting = Nesting(page)

    def pieces(self) -> list[Piece]:
        pieces: list[Piece] = []
        k = 0
        while k < len(self._page.lines):
            k, said = self._block(k)
            pieces += said
        return pieces

    def _block(self, k: int) -> tuple[int, list[Piece]]:
        """Read what begins in line `k`; give the line behind it too."""
        turn = self._dialogue.turns.get(k)
        if turn is not None:
            return turn.end, list(self._dialogue.pieces(k))
        exported = self._export.read(k)
        if exported is not None:
            return k + 1, exported
        end, table = read_table(self._page, k)
        return (end, table) if end > k else (k + 1, self._line(k))

    def _line(self, k: int) -> list[Piece]:
        page = self._page
        if has_boxes(page.of(page.lines[k])):
            pieces = read_boxes(page, k)
            if pieces:
                return pieces
        return read_record(page, self._nesting, k) or form_pieces(page, k) or list(page.line(k))
