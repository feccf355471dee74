"""Numbers are pointed at, not predicted: it is told which of a text's numbers is the variable's.

A linear model learns it from the words around each number: in training, a number that equals the skeleton's is one of
the variable's, every other is not. Of a new text it takes the number that it finds likeliest. So a number can be read
that no other text has, and none is read that the text doesn't hold.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.readers.features import Rows
from causalsynth.scm.support import Numeric

__all__ = ["Documents", "point"]

_NUMBER = re.compile(r"(?<![\w.])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_TOKEN = re.compile(r"[^\W\d]+|\d+(?:[.,]\d+)*|[^\w\s]")
_REACH = 6
"""Words on either side of a number that its model sees."""
_COST = 1.0
_TOLERANCE = 1e-2


class Documents:
    """All numbers of some texts, with the words around them; found when they are first asked for.

    Parameters
    ----------
    texts
        The texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._found: tuple[Rows, NDArray[np.float64], NDArray[np.intp]] | None = None

    @property
    def numbers(self) -> tuple[Rows, NDArray[np.float64], NDArray[np.intp]]:
        """Features of each number (CSR), the numbers themselves, and the position of each one's text."""
        if self._found is None:
            self._found = _find(self._texts)
        return self._found


def _find(texts: Sequence[str]) -> tuple[Rows, NDArray[np.float64], NDArray[np.intp]]:
    from sklearn.feature_extraction import FeatureHasher

    surroundings: list[list[str]] = []
    values: list[float] = []
    owners: list[int] = []
    for position, text in enumerate(texts):
        for match in _NUMBER.finditer(text):
            surroundings.append(_around(text, match))
            values.append(float(match[0].replace(",", "").replace("−", "-")))
            owners.append(position)
    hasher = FeatureHasher(n_features=2**18, input_type="string", alternate_sign=False)
    features = hasher.transform(surroundings) if surroundings else hasher.transform([["none"]])[:0]
    return features, np.array(values, dtype=float), np.array(owners, dtype=np.intp)


def _around(text: str, match: re.Match[str]) -> list[str]:
    """Name the words around a number by their side, and the nearest ones by their distance too."""
    before = _TOKEN.findall(text[max(0, match.start() - 120) : match.start()].lower())[-_REACH:]
    after = _TOKEN.findall(text[match.end() : match.end() + 120].lower())[:_REACH]
    named = [f"<{word}" for word in before] + [f">{word}" for word in after]
    named += [f"<{distance} {word}" for distance, word in enumerate(reversed(before[-3:]))]
    named += [f">{distance} {word}" for distance, word in enumerate(after[:3])]
    named += [f"< {one} {two}" for one, two in pairwise(before)]
    return [*named, f"digits {len(match[0].split('.')[0])}", f"point {'.' in match[0]}"]


def point(
    documents: Documents,
    rows: NDArray[np.intp],
    truth: NDArray[np.float64],
    support: Numeric,
    folds: int,
    rng: np.random.Generator,
) -> NDArray[Any]:
    """Read a number in each of some texts, out of fold.

    Parameters
    ----------
    documents
        All texts.
    rows
        Positions of the texts to be read.
    truth
        The skeleton's number for each of them; what training goes by.
    support
        What the variable can take: numbers out of its range are not pointed at.
    folds, rng
        A text's number is found by a model of the other folds.

    Returns
    -------
    numpy.ndarray
        Numbers as float, None where a text holds none that can be meant; dtype object, shape of `rows`.
    """
    features, values, owners = documents.numbers
    position = np.full(int(max(rows.max(initial=-1), owners.max(initial=-1))) + 1, -1, dtype=np.intp)
    position[rows] = np.arange(len(rows))
    asked = position[owners] if len(owners) else owners
    candidates = np.flatnonzero((asked >= 0) & (values >= support.low) & (values <= support.high))
    owner = asked[candidates]
    is_it = np.abs(values[candidates] - truth[owner]) <= tolerance(support, truth[owner])
    fold = rng.integers(folds, size=len(rows))
    score = np.full(len(candidates), -np.inf)
    for held_out in range(folds):
        test = fold[owner] == held_out
        score[test] = _scored(features[candidates], is_it, test)
    return _best(score, owner, values[candidates], len(rows))


def tolerance(support: Numeric, truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how far a number in a text may be from the fact: half its last digit; unrounded ones 0.5 %."""
    if support.decimals is None:
        return 0.005 * np.abs(truth) + 1e-9
    return np.full(len(truth), 0.5 * 10.0**-support.decimals * (1 - 1e-9))


def _scored(features: Rows, is_it: NDArray[np.bool_], test: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Score the numbers of one fold; where nothing can be learned, none is pointed at."""
    from sklearn.svm import LinearSVC

    if not is_it[~test].any() or is_it[~test].all() or not test.any():
        return np.full(int(test.sum()), 0.0 if is_it[~test].any() else -np.inf)
    model = LinearSVC(C=_COST, tol=_TOLERANCE, random_state=0, max_iter=2000)
    scores: NDArray[np.float64] = model.fit(features[~test], is_it[~test]).decision_function(features[test])
    return scores


def _best(score: NDArray[np.float64], owner: NDArray[np.intp], values: NDArray[np.float64], rows: int) -> NDArray[Any]:
    """Take the best number of each text, the first of equals."""
    read = np.full(rows, None, dtype=object)
    for one in np.lexsort((-np.arange(len(score)), score)):  # the last one written is the best
        if np.isfinite(score[one]):
            read[owner[one]] = float(values[one])
    return read
