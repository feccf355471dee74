"""Exact conditional Monte Carlo test: the table against tables drawn with the same margins in every stratum.

Given the margins of every stratum, the law of the cells under independence is known and free of parameters: whatever
the sparsity, a p-value by rank among drawn tables is exact. The χ² approximation isn't needed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from causalsynth.evaluate.ci_tests.contingency import Contingency
from causalsynth.evaluate.ci_tests.g2 import likelihood_ratio
from causalsynth.evaluate.ci_tests.margins import Margins
from causalsynth.evaluate.ci_tests.result import CITestResult
from causalsynth.evaluate.ci_tests.results import results_of
from causalsynth.evaluate.ci_tests.x2 import moments

__all__ = ["Drawn", "mc", "mc_sequential"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

_TIE = 1e-9
"""Σ n ln n of equal tables differs by rounding only; tables that differ do so by much more."""

_BLOCK = 50
"""So many tables the sequential test draws first, then as many again as it has."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where the data stand among drawn tables.

    Attributes
    ----------
    above, tied
        Drawn tables with a G² above the data's, and the same.
    draws
        Tables drawn.
    """

    above: int
    tied: int
    draws: int

    @property
    def p_value(self) -> float:
        """(1 + above + tied)/(draws + 1): never too small (Barnard, JRSS B 25, 1963, 294)."""
        return (1 + self.above + self.tied) / (self.draws + 1)

    @property
    def mid_p(self) -> float:
        """Ties counted by half: (above + (tied + 1)/2)/(draws + 1) (Lancaster, JASA 56, 1961, 223)."""
        return (self.above + (self.tied + 1) / 2) / (self.draws + 1)

    def randomised_p(self, lot: float) -> float:
        """Break ties by `lot`, uniform on [0, 1): (above + lot (tied + 1))/(draws + 1), exactly uniform."""
        return (self.above + lot * (self.tied + 1)) / (self.draws + 1)


@dataclass(frozen=True, slots=True)
class _Triple:
    """What ranking needs of one triple.

    Given the margins, Σ n ln n orders tables as G² does; `observed` is the data's.
    """

    margins: Margins
    strata: slice
    observed: float
    of_count: Floats
    """n ln n of n = 0, 1, …"""

    def rank(self, draws: int, rng: np.random.Generator) -> tuple[Flags, Flags]:
        """Say of each drawn table whether its G² is above the data's, and whether it is the same."""
        drawn = self.margins.draw(self.strata, draws, rng)
        values = np.take(self.of_count, drawn).reshape(-1, draws).sum(0)
        tolerance = _TIE * max(1.0, abs(self.observed))
        return values > self.observed + tolerance, np.abs(values - self.observed) <= tolerance


@dataclass(frozen=True, slots=True)
class _Answer:
    p_value: float
    randomised: float
    draws: int


def mc(table: Contingency, rngs: Sequence[np.random.Generator], *, draws: int = 199) -> list[CITestResult]:
    """Test independence within strata by G² against `draws` tables with the same margins.

    Parameters
    ----------
    table
        One or several triples.
    rngs
        For each triple, what draws its tables.
    draws
        How many; the standard error of a p-value of .05 is √(.05·.95/draws).

    Returns
    -------
    list of CITestResult
        One a triple. Its `p_value` is the mid-p value, its `randomised_p` exactly uniform under independence.
    """

    def decide(triple: _Triple, rng: np.random.Generator) -> _Answer:
        above, tied = triple.rank(draws, rng)
        rank = Drawn(int(above.sum()), int(tied.sum()), draws)
        return _Answer(rank.mid_p, rank.randomised_p(rng.random()), draws)

    return _each("mc", table, rngs, decide)


def mc_sequential(
    table: Contingency, rngs: Sequence[np.random.Generator], *, draws: int = 999, exceedances: int = 10
) -> list[CITestResult]:
    """Test as `mc` does, and stop as soon as so many drawn tables reach the data's G² that p can't be small.

    With h exceedances at the w-th table p = h/w; where `draws` are used up before, (1 + exceedances so far)/(draws + 1)
    (Besag & Clifford, Biometrika 78, 1991, 301). Ties are exceedances, so that p errs on the large side; in
    `randomised_p` each tie is one by lot.
    """

    def decide(triple: _Triple, rng: np.random.Generator) -> _Answer:
        lot = rng.random()
        reached, by_lot = np.empty(0, bool), np.empty(0, bool)
        while np.count_nonzero(by_lot) < exceedances and len(reached) < draws:
            above, tied = triple.rank(min(max(_BLOCK, len(reached)), draws - len(reached)), rng)
            reached = np.append(reached, above | tied)
            by_lot = np.append(by_lot, above | (tied & (rng.random(len(tied)) < lot)))
        p_value, _ = _stopped(reached, exceedances, draws)
        randomised, used = _stopped(by_lot, exceedances, draws)
        return _Answer(p_value, randomised, used)

    return _each("mc_sequential", table, rngs, decide)


def _stopped(reached: Flags, exceedances: int, draws: int) -> tuple[float, int]:
    """Give p and the number of draws that it took."""
    where = np.flatnonzero(reached)
    if len(where) >= exceedances:
        used = int(where[exceedances - 1]) + 1
        return exceedances / used, used
    return (1 + len(where)) / (draws + 1), draws


def _each(
    test: str,
    table: Contingency,
    rngs: Sequence[np.random.Generator],
    decide: Callable[[_Triple, np.random.Generator], _Answer],
) -> list[CITestResult]:
    """Draw for each triple on its own; all else is done for all of them at once."""
    mean, variance = (table.by_triple(part) for part in moments(table))
    plain = results_of(test, table, likelihood_ratio(table), np.ones(table.triples), variance > 1e-12 * mean * mean)
    counts = np.arange(1.0 + max(table.rows.max(initial=0.0), table.columns.max(initial=0.0)))
    of_count = xlogy(counts, counts).astype(np.float64)
    observed = table.by_triple(of_count[table.counts.astype(np.intp)].sum((1, 2)))
    margins = Margins.of(_descending(table.rows), _descending(table.columns))
    ends = np.searchsorted(table.owner, np.arange(table.triples + 1))
    results = []
    for position, (result, rng) in enumerate(zip(plain, rngs, strict=True)):
        if result.testable:
            own = slice(ends[position], ends[position + 1])
            answer = decide(_Triple(margins, own, float(observed[position]), of_count), rng)
            result = replace(result, p_value=answer.p_value, randomised_p=answer.randomised, draws=answer.draws)
        results.append(result)
    return results


def _descending(margin: Floats) -> Counts:
    """Sort each stratum's: the order of states doesn't matter to G², but to the time that drawing takes."""
    return np.sort(margin.astype(np.int64), axis=1)[:, ::-1]
