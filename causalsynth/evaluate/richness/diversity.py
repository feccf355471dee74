"""How many different words a text has: measures that do, and that don't, depend on its length."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from causalsynth.evaluate.richness.words import Corpus

__all__ = ["MATTR_WINDOW", "MTLD_FACTOR", "distinct_n", "mattr", "mtld"]

MATTR_WINDOW = 50
MTLD_FACTOR = 0.72


def distinct_n(corpus: Corpus, n: int) -> float | None:
    """Give the share of different n-grams among all: distinct-n of Li et al. (NAACL 2016, section 5).

    It falls with the number of words, so that only corpora of about the same size can be compared.

    Returns
    -------
    float or None
        None where no text has n words.
    """
    grams, _ = corpus.ngrams(n)
    return len(np.unique(grams)) / len(grams) if len(grams) else None


def mattr(words: Sequence[str], window: int = MATTR_WINDOW) -> float | None:
    """Give the mean share of different words in all windows of equal length.

    Source: Covington & McFall, Journal of Quantitative Linguistics 17 (2010) 94. It doesn't depend on the text's length.

    Returns
    -------
    float or None
        None where the text is shorter than a window.
    """
    if len(words) < window:
        return None
    counts = Counter(words[:window])
    total = different = len(counts)
    for leaving, coming in zip(words, words[window:], strict=False):
        counts[coming] += 1
        different += counts[coming] == 1
        counts[leaving] -= 1
        different -= counts[leaving] == 0
        total += different
    return total / (len(words) - window + 1) / window


def mtld(words: Sequence[str], factor: float = MTLD_FACTOR) -> float | None:
    """Give the mean length of stretches in which the share of different words stays above `factor`.

    Both directions are averaged, and the last stretch counts in part. Source: McCarthy & Jarvis, Behavior Research
    Methods 42 (2010) 381. It hardly depends on the text's length; the authors advise 100 words and more.

    Returns
    -------
    float or None
        None where no word occurs twice: the share never falls.
    """
    one, other = _one_way(words, factor), _one_way(words[::-1], factor)
    return None if one is None or other is None else (one + other) / 2


def _one_way(words: Sequence[str], factor: float) -> float | None:
    stretches, length = 0.0, 0
    seen: set[str] = set()
    for word in words:
        seen.add(word)
        length += 1
        if len(seen) < factor * length:
            stretches, length = stretches + 1, 0
            seen = set()
    if length:
        stretches += (1 - len(seen) / length) / (1 - factor)
    return len(words) / stretches if stretches else None
