"""Holm's step-down adjustment."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["holm"]


def holm(p_values: Sequence[float] | NDArray[np.float64]) -> list[float]:
    """Adjust p-values so that the chance of one false rejection or more is at most the level.

    Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979) 65:
    the i-th smallest of m is multiplied by m − i + 1, and no adjusted value is below one before it. Valid whatever the
    dependence between the tests.
    """
    values = np.asarray(p_values, dtype=float)
    order = np.argsort(values, kind="stable")
    factors = np.arange(values.size, 0, -1)
    adjusted = np.empty(values.size)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * factors)) if values.size else []
    return [float(value) for value in adjusted]
