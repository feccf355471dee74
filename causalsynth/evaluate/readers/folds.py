"""Folds for predictions that are made by who has not seen the record."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["deal"]


def deal(labels: NDArray[np.intp], folds: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Deal records out to folds, each label as evenly as it goes, however rare it is.

    Parameters
    ----------
    labels
        Codes, shape (n,).
    folds
        How many.
    rng
        Shuffles.

    Returns
    -------
    numpy.ndarray
        Fold of each record, 0 … folds - 1, shape (n,).
    """
    # One deal over all labels, not one for each: else what is left of every label would come to the first folds.
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    dealt = np.empty(len(labels), dtype=np.intp)
    dealt[order] = np.arange(len(labels)) % folds
    return dealt
