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
    edges = _Edges(kept)
    starts = [edges.start(at) for at in tokens.starts]
    edges = _Edges(kept)
    ends = [edges.end(at) for at in tokens.ends]
    return Tokens(tokens.words, starts, ends)


class _Edges:
    """Finds the raw offsets of ascending offsets into the joined pieces."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._k = 0
        self._first = 0

    def _piece(self, at: int) -> Piece:
        while at >= self._first + len(self._pieces[self._k].text):
            self._first += len(self._pieces[self._k].text)
            self._k += 1
        return self._pieces[self._k]

    def start(self, at: int) -> int:
        piece = self._piece(at)
        if len(piece.text) != piece.end - piece.start:
            return piece.start
        return piece.start + at - self._first

    def end(self, at: int) -> int:
        piece = self._piece(at - 1)
        if len(piece.text) != piece.end - piece.start:
            return piece.end
        return piece.start + at - self._first
