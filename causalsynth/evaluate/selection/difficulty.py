"""Strata of difficulty, for graphs whose skeletons hardly repeat.

Acceptance is predicted from the facts and from how much each surprises, by ridge regression that never saw the record
(five-fold cross-fitting; its penalty by leave-one-out error), once at the first attempt and once within K. The strata
are ranges of the two predictions. Any strata that do not look at a record's own outcome give a divergence that is at
most that of the skeletons themselves (data processing inequality): the better the prediction, the closer.
"""

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.selection.outcomes import FIRST, LATER, Outcomes
from causalsynth.evaluate.selection.partition import LEAST, Partition, by_level
from causalsynth.evaluate.surprise import range_ends, range_of, surprises
from causalsynth.scm import SCM, Skeletons
from causalsynth.scm.support import Categorical

__all__ = ["by_difficulty"]

_FOLDS = 5
_PENALTIES = np.logspace(0, 6, 13)
_CUTS = (0.05, 0.15, 0.4, 0.7)
_NAMES = ("hardest 5%", "next 10%", "next 25%", "next 30%", "easiest 30%")
_MOST_BITS = 16.0
"""What counts for an impossible fact."""

Floats = NDArray[np.float64]


def by_difficulty(outcomes: Outcomes, usual: SCM, rng: np.random.Generator) -> Partition:
    """Make strata of how hard records look.

    Parameters
    ----------
    outcomes
        The records.
    usual
        The graph without interventions: what surprises in the light of it is hard.
    rng
        Draws the folds.
    """
    features = _features(outcomes.skeletons, usual)
    folds = rng.permutation(len(outcomes)) % _FOLDS
    first = _levels(features, outcomes.stage == FIRST, folds)
    last = _levels(features, outcomes.stage <= LATER, folds)
    count = len(_NAMES)
    of = _with_enough(first * count + last, count)
    names = [f"{one} at first, {other} in the end" for one in _NAMES for other in _NAMES]
    return by_level(of, names)


def _features(skeletons: Skeletons, usual: SCM) -> Floats:
    """Give one row a record: states, ranges of numbers, bits of surprise one by one and in all; standardised."""
    columns: list[Floats] = []
    for name, support in skeletons.supports.items():
        column = skeletons.column(name)
        kinds = column.astype(np.intp) if isinstance(support, Categorical) else range_of(column, range_ends(column))
        columns += [(kinds == kind).astype(np.float64) for kind in np.unique(kinds)[1:]]
    facts = surprises(usual, skeletons).values()
    bits = [np.minimum(fact.bits, _MOST_BITS) for fact in facts]
    unexpected = [(~fact.expected).astype(np.float64) for fact in facts]
    columns += [*bits, np.sum(bits, axis=0), np.sum(unexpected, axis=0)] if bits else []
    table = np.stack([column for column in columns if column.std() > 0] or [np.zeros(len(skeletons))], axis=1)
    return np.asarray((table - table.mean(axis=0)) / np.maximum(table.std(axis=0), 1e-12))


def _levels(features: Floats, outcome: NDArray[np.bool_], folds: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give each record's level by the others' outcomes: 0 the hardest, shape (records,).

    Levels are cut within each fold: a fold that happens to do well leaves the others a lower mean, which would tell.
    """
    from sklearn.linear_model import RidgeCV

    level = np.zeros(len(outcome), dtype=np.intp)
    for fold in range(_FOLDS):
        held_out, rest = folds == fold, folds != fold
        if not held_out.any() or rest.sum() < 2:  # one record predicts nothing
            continue
        model = RidgeCV(alphas=_PENALTIES).fit(features[rest], outcome[rest].astype(np.float64))
        scores: Floats = model.predict(features[held_out])
        level[held_out] = np.searchsorted(np.quantile(scores, _CUTS), scores, side="right")
    return level


def _with_enough(of: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Give strata with fewer than `LEAST` records to the fullest one of the same level of first attempts."""
    counts = np.bincount(of, minlength=count * count)
    merged = of.copy()
    for stratum in np.flatnonzero((counts > 0) & (counts < LEAST)):
        row = stratum // count * count
        merged[of == stratum] = row + int(counts[row : row + count].argmax())
    return merged
