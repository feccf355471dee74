"""Measures of one set of texts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.richness.diversity import distinct_n, mattr, mtld
from causalsynth.evaluate.richness.similarity import SHINGLE, jaccard, mean_pairwise, near_duplicates
from causalsynth.evaluate.richness.words import Corpus, words_of

__all__ = ["MTLD_LEAST_WORDS", "Mean", "PerText", "Richness", "measured"]

MTLD_LEAST_WORDS = 50
"""Shorter texts have no MTLD here: their figure is hardly more than one unfinished stretch."""
_NGRAMS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over texts, and how many had a value."""

    mean: float | None
    sd: float | None
    n: int

    @classmethod
    def of(cls, values: Sequence[float | None]) -> "Mean":
        """Average what is there."""
        there = np.array([value for value in values if value is not None], dtype=float)
        sd = float(there.std(ddof=1)) if len(there) > 1 else None
        return cls(mean=float(there.mean()) if len(there) else None, sd=sd, n=len(there))

    def to_json(self) -> dict[str, object]:
        """Give ``mean``, ``sd`` and ``n``."""
        return {"mean": self.mean, "sd": self.sd, "n": self.n}


@dataclass(frozen=True, slots=True)
class PerText:
    """Measures of one text; None where it is too short for one."""

    tokens: tuple[str, ...]
    mattr: float | None
    mtld: float | None

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.tokens)

    @staticmethod
    def cached() -> "Callable[[str], PerText]":
        """Give a function that measures each text once."""

        @cache
        def measure(text: str) -> PerText:
            words = words_of(text)
            long = len(words) >= MTLD_LEAST_WORDS
            return PerText(tokens=tuple(words), mattr=mattr(words), mtld=mtld(words) if long else None)

        return measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Richness:
    """How rich a set of texts is.

    Attributes
    ----------
    texts
        How many.
    words
        A text's words.
    vocabulary
        Different words of all texts.
    distinct
        n → distinct-n over all texts. Like `vocabulary` it depends on how many words there are.
    mattr, mtld
        Of each text, averaged: these don't.
    self_similarity
        Mean Jaccard similarity of two texts' word trigrams, of a sample.
    near_duplicates
        Texts that another one is nearly the same as.
    exact_duplicates
        Texts that another one is, word by word.
    """

    texts: int
    words: Mean
    vocabulary: int
    distinct: Mapping[int, float | None]
    mattr: Mean
    mtld: Mean
    self_similarity: float | None
    near_duplicates: Share
    exact_duplicates: Share

    def to_json(self) -> dict[str, object]:
        """Give one value of ``stages`` or ``by_round``."""
        return {
            "texts": self.texts,
            "words": self.words.to_json(),
            "vocabulary": self.vocabulary,
            **{f"distinct_{n}": value for n, value in self.distinct.items()},
            "mattr": self.mattr.to_json(),
            "mtld": self.mtld.to_json(),
            "self_similarity": self.self_similarity,
            "near_duplicates": {"count": self.near_duplicates.count, "rate": self.near_duplicates.rate},
            "exact_duplicates": {"count": self.exact_duplicates.count, "rate": self.exact_duplicates.rate},
        }


def measured(
    texts: Sequence[str],
    per_text: Callable[[str], PerText],
    *,
    threshold: float,
    sample: int,
    rng: np.random.Generator,
) -> Richness:
    """Measure a set of texts.

    Parameters
    ----------
    texts
        The texts.
    per_text
        By `PerText.cached`.
    threshold
        Least Jaccard similarity of near-duplicates.
    sample
        Most texts that `Richness.self_similarity` compares pair by pair.
    rng
        Draws them.
    """
    each = [per_text(text) for text in texts]
    corpus = Corpus.of([one.tokens for one in each])
    some = np.sort(rng.permutation(len(texts))[:sample]).astype(np.intp)
    near, exact = _duplicates([one.tokens for one in each], corpus, threshold)
    return Richness(
        texts=len(texts),
        words=Mean.of([one.words for one in each]),
        vocabulary=len(np.unique(corpus.codes)),
        distinct={n: distinct_n(corpus, n) for n in _NGRAMS},
        mattr=Mean.of([one.mattr for one in each]),
        mtld=Mean.of([one.mtld for one in each]),
        self_similarity=mean_pairwise(jaccard(corpus.chosen(some).sets(SHINGLE))),
        near_duplicates=Share(near, len(texts)),
        exact_duplicates=Share(exact, len(texts)),
    )


def _duplicates(texts: Sequence[tuple[str, ...]], corpus: Corpus, threshold: float) -> tuple[int, int]:
    """Count texts that another is nearly, and exactly, the same as; of the same words one stands for all."""
    places: dict[tuple[str, ...], list[int]] = {}
    for place, words in enumerate(texts):
        places.setdefault(words, []).append(place)
    many = np.array([len(same) for same in places.values()], dtype=np.intp)
    distinct = np.array([same[0] for same in places.values()], dtype=np.intp)
    pairs = near_duplicates(corpus.chosen(distinct).sets(SHINGLE), threshold)
    near = many > 1
    near[np.concatenate(pairs)] = True
    return int(many[near].sum()), int(many[many > 1].sum())
