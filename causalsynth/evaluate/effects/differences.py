"""Standard errors of differences that stay above 0 where a rare outcome hasn't occurred.

With outcomes 0 and 1 of which none differs the sample variance is 0, and any other effect would seem ruled out. So
successes and failures are counted as if there had been one more of each: of pairs a half in each cell of the 2 x 2
table (Agresti & Min, Statistics in Medicine 24, 2005, 729), of two samples one of each in either (Agresti & Caffo, The
American Statistician 54, 2000).
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["se_of_means", "se_of_pairs"]


def se_of_pairs(differences: NDArray[np.float64], *, binary: bool) -> float:
    """Give the standard error of a mean difference of pairs.

    Parameters
    ----------
    differences
        One each pair, two or more; of binary outcomes -1, 0 or 1.
    binary
        Whether outcomes are 0 and 1.
    """
    n = len(differences)
    if not binary:
        return float(differences.std(ddof=1) / np.sqrt(n))
    unlike, apart = float(np.abs(differences).sum()), float(differences.sum())
    return float(np.sqrt(unlike + 1 - apart**2 / (n + 2)) / (n + 2))


def se_of_means(one: NDArray[np.float64], two: NDArray[np.float64], *, binary: bool) -> float:
    """Give the standard error of the difference of two samples' means, of two or more values each."""
    return float(np.sqrt(sum(_variance(sample, binary=binary) for sample in (one, two))))


def _variance(sample: NDArray[np.float64], *, binary: bool) -> float:
    n = len(sample)
    if not binary:
        return float(sample.var(ddof=1)) / n
    share = (float(sample.sum()) + 1) / (n + 2)
    return share * (1 - share) / (n + 2)
