"""Total variation distance of marginals of one and two variables (k-marginal TVD, k = 1 and 2).

TV(P, Q) = ½ Σ |P − Q| over the cells of a marginal; the figure is the mean over all marginals of that size, and the
largest is named. k = 2 is kMTVD of Tugnoli et al. (Causal TabPFN, 2026), with two differences: all pairs count, not
1,000 at random, and no column is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Marginals", "distances"]


@dataclass(frozen=True, slots=True)
class Marginals:
    """Total variation distances between two tables.

    Attributes
    ----------
    single, pairs
        Means over the marginals of one and of two variables; `pairs` is None for a single variable.
    worst_single, worst_pair
        Where the distance is largest, and how large.
    """

    single: float
    pairs: float | None
    worst_single: tuple[str, float]
    worst_pair: tuple[tuple[str, str], float] | None


def distances(
    one: NDArray[np.float64], two: NDArray[np.float64], starts: NDArray[np.intp], names: Sequence[str]
) -> Marginals:
    """Compare the shares of cells of two tables, as `Binning.pair_shares` gives them."""
    by_pair = _blocks(np.abs(one - two), starts) / 2
    own = np.diag(by_pair)
    first = int(np.argmax(own))
    worst_single = (names[first], float(own[first]))
    if len(names) < 2:
        return Marginals(float(own.mean()), None, worst_single, None)
    upper = np.triu_indices(len(names), 1)
    pairs = by_pair[upper]
    at = int(np.argmax(pairs))
    worst_pair = ((names[upper[0][at]], names[upper[1][at]]), float(pairs[at]))
    return Marginals(float(own.mean()), float(pairs.mean()), worst_single, worst_pair)


def _blocks(matrix: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    summed: NDArray[np.float64] = np.add.reduceat(np.add.reduceat(matrix, starts, axis=0), starts, axis=1)
    return summed
