"""Texts as sparse rows of weighted n-grams: made once, used for every variable."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

__all__ = ["Rows", "text_features"]

Rows: TypeAlias = Any
"""A SciPy CSR matrix, float64, shape (texts, features); its stubs would be imported with SciPy."""

_TOKEN = r"\w+|[^\w\s]"
_WORDS, _CHARACTERS = (1, 3), (4, 4)
_LEAST_TEXTS = 3
"""An n-gram of fewer texts says nothing about others."""


def text_features(texts: Sequence[str]) -> Rows:
    """Weigh word n-grams (1 to 3) and character n-grams within words (4) by TF-IDF.

    Term frequency is 1 + ln(count), and the rows of either kind have Euclidean length 1 (Salton & Buckley, Information
    Processing & Management 24, 1988). No label is looked at.

    Parameters
    ----------
    texts
        Any number; an empty one becomes an empty row.
    """
    import scipy.sparse

    blocks = [_weighted(counts) for counts in (_words(texts), _characters(texts)) if counts.shape[1]]
    if not blocks:
        return scipy.sparse.csr_matrix((len(texts), 1))
    return scipy.sparse.hstack(blocks, format="csr")


def _words(texts: Sequence[str]) -> Rows:
    from sklearn.feature_extraction.text import CountVectorizer

    return _frequent(CountVectorizer(token_pattern=_TOKEN, ngram_range=_WORDS), texts)


def _characters(texts: Sequence[str]) -> Rows:
    """Count each distinct word's n-grams once: (texts x words) · (words x n-grams) is all texts'."""
    from sklearn.feature_extraction.text import CountVectorizer

    words = CountVectorizer(token_pattern=r"\w+")
    in_texts = _frequent(words, texts, least=1)
    if not in_texts.shape[1]:
        return in_texts
    spelled = CountVectorizer(analyzer="char_wb", ngram_range=_CHARACTERS)
    return _of_enough_texts((in_texts @ spelled.fit_transform(list(words.get_feature_names_out()))).tocsr())


def _frequent(vectorizer: Any, texts: Sequence[str], least: int = _LEAST_TEXTS) -> Rows:
    import scipy.sparse

    try:
        return _of_enough_texts(vectorizer.fit_transform(texts), least)
    except ValueError:  # no text has a word
        return scipy.sparse.csr_matrix((len(texts), 0))


def _of_enough_texts(counts: Rows, least: int = _LEAST_TEXTS) -> Rows:
    return counts[:, np.bincount(counts.indices, minlength=counts.shape[1]) >= least]


def _weighted(counts: Rows) -> Rows:
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer(sublinear_tf=True).fit_transform(counts)
