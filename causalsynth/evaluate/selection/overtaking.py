"""Is the condition met under which more attempts cannot raise χ²? Tested on strata, pair by pair.

Stratum s overtakes t if φ_K(s) > φ_K(t) and φ_K(s)/φ_K(t) > φ₁(s)/φ₁(t): it ends ahead by more than it was ahead at
first (`causalsynth.evaluate.selection.exact`). As φ₁/φ_K is the share of accepted records that were accepted at once,
both parts compare two binomial shares, and each has Fisher's exact test. That both hold is shown at level α where both
tests reject at α (intersection–union test: Berger, Technometrics 24, 1982). Over all ordered pairs the level is Holm's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.holm import holm

__all__ = ["NoOvertaking", "Overtaking", "no_overtaking"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaking:
    """A stratum that ends ahead of another by more than it was ahead at first.

    Attributes
    ----------
    ahead, behind
        Names of the strata.
    first, last
        φ̂₁ and φ̂_K of the two, in this order.
    p_value
        Adjusted for all pairs.
    """

    ahead: str
    behind: str
    first: tuple[float, float]
    last: tuple[float, float]
    p_value: float

    def to_json(self) -> dict[str, object]:
        """Give one entry of ``overtaking.pairs``."""
        return {
            "ahead": self.ahead,
            "behind": self.behind,
            "first": list(self.first),
            "last": list(self.last),
            "p_value": self.p_value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOvertaking:
    """Whether no stratum overtakes another.

    Attributes
    ----------
    met
        False where some pair overtakes significantly; True where none does even in the estimates; else None: the
        records can't tell.
    pairs
        Pairs of strata that were looked at.
    in_estimates
        Of these, those that overtake in the estimates.
    significant
        Of these, those that do so significantly, surest first.
    """

    met: bool | None
    pairs: int
    in_estimates: int
    significant: Sequence[Overtaking]

    def to_json(self) -> dict[str, object]:
        """Give ``overtaking``."""
        return {
            "pairs_of_strata": self.pairs,
            "in_estimates": self.in_estimates,
            "significant": len(self.significant),
            "pairs": [pair.to_json() for pair in self.significant],
        }


def no_overtaking(first: Ints, last: Ints, total: Ints, names: Sequence[str], *, alpha: float = 0.05) -> NoOvertaking:
    """Test it.

    Parameters
    ----------
    first, last, total
        Records of each stratum that were accepted at the first attempt, within K, and all: shape (strata,).
    names
        Of the strata.
    alpha
        Chance of finding any overtaking where there is none.
    """
    one, other = (each.ravel() for each in np.indices((len(total), len(total))))
    one, other = one[one != other], other[one != other]
    ahead = last[one] * total[other] > last[other] * total[one]
    gained = first[one] * last[other] < first[other] * last[one]
    overtakes = ahead & gained
    adjusted = holm(_p_values(first, last, total, one, other))
    found = [
        Overtaking(
            ahead=names[one[pair]],
            behind=names[other[pair]],
            first=_rates(first, total, one[pair], other[pair]),
            last=_rates(last, total, one[pair], other[pair]),
            p_value=adjusted[pair],
        )
        for pair in np.argsort(adjusted, kind="stable")
        if adjusted[pair] <= alpha
    ]
    met = False if found else None if overtakes.any() else True
    pairs = len(total) * (len(total) - 1) // 2
    return NoOvertaking(met=met, pairs=pairs, in_estimates=int(overtakes.sum()), significant=found)


def _p_values(
    first: Ints, last: Ints, total: Ints, one: NDArray[np.intp], other: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Give, for each ordered pair, the larger of the two one-sided p-values of Fisher's test."""
    from scipy.stats import hypergeom  # takes half a second to import

    ends_ahead = hypergeom.sf(last[one] - 1, total[one] + total[other], last[one] + last[other], total[one])
    # With nothing accepted in either there is nothing to compare: sf(−1, …) = 1.
    owes_less = hypergeom.sf(first[other] - 1, last[one] + last[other], first[one] + first[other], last[other])
    return np.asarray(np.fmax(ends_ahead, owes_less), dtype=np.float64)


def _rates(counts: Ints, total: Ints, one: int, other: int) -> tuple[float, float]:
    return float(counts[one] / total[one]), float(counts[other] / total[other])
