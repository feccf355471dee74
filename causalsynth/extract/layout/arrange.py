"""Say in plain lines what the shape of a text says: tables, check boxes, forms, records, dialogues."""

import re

from causalsynth.extract.layout.boxes import has_boxes, read_boxes
from causalsynth.extract.layout.dialogue import Dialogue
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
    r"[|={}_\[\]\u2610-\u2612\u25a1]|\( ?[x*]? ?\)|\.{3}|\. \.|\w\.\w+ ?[:=]|   +\S"
    r"|\? *-|\?\s*(?:\d|[a-z])|(?m:^.{0,40}:)"
)


def arrange(text: str, vocabulary: Vocabulary) -> Tokens:
    """Cut `text` into tokens, in an order and with marks that say what its shape does.

    Offsets are into the raw text. Time is linear in its length; running text stays as it is.
    """
    folded = _BULLET.sub(r"\1-", normalise(text))
    if _SHAPED.search(folded) is None:
        return cut(folded)
    page = Page(folded, vocabulary)
    dialogue = Dialogue(page)
    pieces: list[Piece] = []
    k = 0
    while k < len(page.lines):
        if k in dialogue.turns:
            pieces += dialogue.pieces(k)
            k = dialogue.turns[k].end
            continue
        end, table = read_table(page, k)
        if end > k:
            pieces += table
            k = end
            continue
        pieces += _line(page, k)
        k += 1
    return tokens_of(pieces)


def _line(page: Page, k: int) -> list[Piece]:
    if has_boxes(page.of(page.lines[k])):
        pieces = read_boxes(page, k)
        if pieces:
            return pieces
    return read_record(page, k) or form_pieces(page, k) or list(page.line(k))
