"""What the other facts give away of one: a guess without any text.

A reader that sees ``either`` in a text can say something of ``tub`` without a word on it. A probe does so whenever that
helps. So each reader is also counted on those records alone whose fact the others do not give away.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.readers.folds import deal
from causalsynth.scm.noise import stream
from causalsynth.scm.support import Categorical, Support

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["guess_from_others"]

_LEAST_LEAF = 3


def guess_from_others(
    skeleton: "pd.DataFrame", supports: Mapping[str, Support], *, seed: int = 0, folds: int = 5
) -> "pd.DataFrame":
    """Guess each state from the record's other facts, out of fold, by a decision tree that weighs all states alike.

    Parameters
    ----------
    skeleton
        One row a record; states as text, numbers as numbers.
    supports
        Variable → what it can take.
    seed, folds
        Deal out the records.

    Returns
    -------
    pandas.DataFrame
        States; of numbers nothing is guessed, and their columns are null.
    """
    import pandas as pd

    coded = {name: _coded(skeleton[name], support) for name, support in supports.items()}
    guessed = {}
    for name, support in supports.items():
        guessed[name] = np.full(len(skeleton), None, dtype=object)
        if isinstance(support, Categorical) and len(skeleton) >= folds:
            rng = np.random.default_rng(stream(seed, f"others {name}").getrandbits(64))
            rest = [column for other, column in coded.items() if other != name]
            features = np.stack(rest, axis=1) if rest else np.zeros((len(skeleton), 1))
            codes = _guess(features, coded[name].astype(np.intp), folds, rng)
            guessed[name] = np.array(support.states, dtype=object)[codes]
    return pd.DataFrame(guessed, index=skeleton.index, dtype=object)


def _coded(column: "pd.Series[Any]", support: Support) -> NDArray[np.float64]:
    if not isinstance(support, Categorical):
        return column.to_numpy(dtype=float)
    return np.array([support.encode(value) for value in column], dtype=float)


def _guess(
    features: NDArray[np.float64], labels: NDArray[np.intp], folds: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    from sklearn.tree import DecisionTreeClassifier

    fold, guessed = deal(labels, folds, rng), np.empty_like(labels)
    for held_out in range(folds):
        train, test = fold != held_out, fold == held_out
        tree = DecisionTreeClassifier(min_samples_leaf=_LEAST_LEAF, class_weight="balanced", random_state=0)
        guessed[test] = tree.fit(features[train], labels[train]).predict(features[test])
    return guessed
