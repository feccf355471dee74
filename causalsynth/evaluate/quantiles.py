"""Numbers cut into groups of about equal size."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["quantile_cuts"]


def quantile_cuts(numbers: NDArray[np.float64], groups: int) -> NDArray[np.float64]:
    """Give the values that end the groups, each but the last one's: increasing, `groups` - 1 at most.

    A cut is one of the numbers and belongs to the group that it ends (``searchsorted(cuts, numbers, side="left")``), so
    that equal numbers stay together; where many are equal there are fewer groups.

    Parameters
    ----------
    numbers
        At least one, none of them NaN.
    groups
        How many are wanted.
    """
    cuts = np.quantile(numbers, np.arange(1, groups) / groups, method="inverted_cdf")
    return np.unique(cuts[cuts < numbers.max()])
