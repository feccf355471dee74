"""Texts as words and as sets of n-grams, in numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Corpus", "Sets", "words_of"]

_WORD = re.compile(r"\w+(?:['’-]\w+)*")

Sets: TypeAlias = Any
"""A SciPy CSR matrix of 0 and 1, shape (texts, n-grams)."""


def words_of(text: str) -> list[str]:
    """Give a text's words in lower case, punctuation left out; what a hyphen or apostrophe joins is one."""
    return _WORD.findall(text.lower())


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Some texts, word by word.

    Attributes
    ----------
    codes
        All words of all texts as numbers, int64, shape (words,).
    owner
        Position of each word's text, intp, shape (words,); ascending.
    texts
        How many texts.
    """

    codes: NDArray[np.int64]
    owner: NDArray[np.intp]
    texts: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Take texts apart."""
        known: dict[str, int] = {}
        codes: list[int] = []
        lengths = []
        for text in texts:
            words = words_of(text)
            lengths.append(len(words))
            codes.extend(known.setdefault(word, len(known)) for word in words)
        owner = np.repeat(np.arange(len(texts), dtype=np.intp), lengths)
        return cls(codes=np.array(codes, dtype=np.int64), owner=owner, texts=len(texts))

    def chosen(self, positions: NDArray[np.intp]) -> "Corpus":
        """Give the corpus of some of its texts, in the order given; none may be named twice."""
        place = np.full(self.texts, -1, dtype=np.intp)
        place[positions] = np.arange(len(positions))
        kept = np.flatnonzero(place[self.owner] >= 0)
        kept = kept[np.argsort(place[self.owner[kept]], kind="stable")]
        return Corpus(codes=self.codes[kept], owner=place[self.owner[kept]], texts=len(positions))

    def lengths(self) -> NDArray[np.intp]:
        """Give the words of each text, shape (texts,)."""
        return np.bincount(self.owner, minlength=self.texts)

    def ngrams(self, n: int) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Give all n-grams that lie within a text as numbers, and the position of each one's text."""
        codes, owner = self.codes, self.owner
        grams = codes
        for length in range(2, n + 1):
            last = len(codes) - length + 1
            if last <= 0:
                return codes[:0], owner[:0]
            pairs = grams[:last] * (int(codes.max(initial=0)) + 1) + codes[length - 1 :]
            grams = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
        inside = owner[: len(grams)] == owner[n - 1 :] if n > 1 else np.ones(len(grams), dtype=bool)
        return grams[inside], owner[: len(grams)][inside]

    def sets(self, n: int) -> Sets:
        """Give each text's set of n-grams."""
        import scipy.sparse

        grams, owner = self.ngrams(n)
        columns = int(grams.max(initial=-1)) + 1
        counts = scipy.sparse.csr_matrix((np.ones(len(grams)), (owner, grams)), shape=(self.texts, max(columns, 1)))
        counts.data[:] = 1.0
        return counts
