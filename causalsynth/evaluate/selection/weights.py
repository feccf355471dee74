"""Inverse-φ weights: what a user can undo of the selection."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["effective_sample_size", "stratum_weights"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def stratum_weights(accepted: Ints, total: Ints, probability: Floats | None) -> Floats:
    """Give the weight of an accepted record of each stratum, its mean over accepted records 1: shape (strata,).

    The weight is proportional to the stratum's share of the target over its accepted records, which is 1/φ̂ where the
    share is that of the records. Weighted so, the strata have exactly the target's shares. 0 where none was accepted.
    """
    share = total / total.sum() if probability is None else probability
    weight = np.where(accepted > 0, share / np.maximum(accepted, 1), 0.0)
    mean = (weight * accepted).sum() / max(int(accepted.sum()), 1)
    return weight / mean if mean > 0 else weight


def effective_sample_size(weights: Floats, accepted: Ints) -> float:
    """Give (Σ w)² / Σ w² over the accepted records (Kish, Survey Sampling, 1965)."""
    square = float((weights**2 * accepted).sum())
    return float((weights * accepted).sum()) ** 2 / square if square > 0 else 0.0
