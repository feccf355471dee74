"""What a variable is replaced with before it is regressed: indicators of states, scores of ranks."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

__all__ = ["indicators", "normal_scores", "score_columns"]

Floats = NDArray[np.float64]


def normal_scores(numbers: Floats) -> Floats:
    """Give the normal quantile of (rank − ½)/n, ties sharing their mean rank; nan where there is no number.

    Any margin becomes about normal: skew and far outliers go, and with them most of what bends a regression
    (van der Waerden's scores but for the offset: Conover, Practical Nonparametric Statistics, 1999, section 5.10).
    """
    from scipy.stats import rankdata  # takes half a second to import

    scores = np.full(numbers.shape, np.nan)
    definite = ~np.isnan(numbers)
    if definite.any():
        scores[definite] = ndtri((rankdata(numbers[definite]) - 0.5) / definite.sum())
    return scores


def score_columns(scores: Floats) -> Floats:
    """Give normal scores, and beside them the second Legendre polynomial of the rank's share, shape (n, 2).

    The second one sees what has no direction: both ends against the middle, more spread without another mean.
    """
    centred = 2.0 * ndtr(scores) - 1.0
    return np.column_stack([scores, 1.5 * centred * centred - 0.5])


def indicators(codes: NDArray[np.integer]) -> Floats:
    """Give one column of 0 and 1 for each state that occurs, shape (n, states)."""
    occurring, position = np.unique(codes, return_inverse=True)
    return np.eye(len(occurring))[position]
