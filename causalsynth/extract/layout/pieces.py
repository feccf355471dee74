"""A text put in another order: pieces that each stand for some characters of the raw text."""

from collections.abc import Iterable
from dataclasses import dataclass

from causalsynth.extract.tokens import Tokens, cut

__all__ = ["BREAK", "Cell", "Piece", "inserted", "tokens_of"]

BREAK = "\n\n"
"""Ends a sentence whatever stands around it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters to be read, and the raw characters [start, end) that they stand for.

    Attributes
    ----------
    text
        Normalised. Of the length ``end - start`` it stands for them one by one, else each of it for all of them.
    """

    text: str
    start: int
    end: int


Cell = tuple[int, int]
"""A half-open range of the normalised text: a cell, a key, a value."""


def inserted(text: str, at: int) -> Piece:
    """Say `text` at offset `at`, where nothing is written; it stands on the character before."""
    return Piece(text, max(at - 1, 0), max(at, 1))


def tokens_of(pieces: Iterable[Piece]) -> Tokens:
    """Cut the text that `pieces` make up into tokens with offsets into the raw text."""
    kept = [piece for piece in pieces if piece.text]
    tokens = cut("".join(piece.text for piece in kept))
    if not kept or (len(kept) == 1 and kept[0].start == 0):
        return tokens
    starts, ends = tokens.starts, tokens.ends
    k, first = 0, 0
    last = len(kept[0].text)
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        while start >= last:
            k, first = k + 1, last
            last += len(kept[k].text)
        piece = kept[k]
        whole = last - first != piece.end - piece.start
        starts[at] = piece.start if whole else piece.start + start - first
        while end > last:
            k, first = k + 1, last
            last += len(kept[k].text)
        piece = kept[k]
        whole = last - first != piece.end - piece.start
        ends[at] = piece.end if whole else piece.start + end - first
    return tokens
