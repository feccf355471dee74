"""A text put in another order: pieces that each stand for some characters of the raw text."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from causalsynth.extract.tokens import Tokens, cut

__all__ = ["BREAK", "Cell", "Piece", "inserted", "tokens_of"]

BREAK = "\n\n"
"""Ends a sentence whatever stands around it."""


class Piece(NamedTuple):
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
    first = begun = ended = 0
    for piece in kept:
        last = first + len(piece.text)
        begins, stops = bisect_left(starts, last, begun), bisect_right(ends, last, ended)
        if last - first != piece.end - piece.start:
            starts[begun:begins] = [piece.start] * (begins - begun)
            ends[ended:stops] = [piece.end] * (stops - ended)
        elif shift := piece.start - first:
            starts[begun:begins] = [start + shift for start in starts[begun:begins]]
            ends[ended:stops] = [end + shift for end in ends[ended:stops]]
        first, begun, ended = last, begins, stops
    return tokens
