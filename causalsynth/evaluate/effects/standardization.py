"""Standardization: the mean outcome under each treatment within strata, averaged over the strata of all records.

ATE = Σ_z P(z) · (E[Y | x₁, z] − E[Y | x₀, z]), the adjustment formula (Pearl, Causality, 2009, eq. 3.19) with shares
and means in place of probabilities: the g-formula of one time point. Its influence function is that of the efficient
estimator (Hahn, Econometrica 66, 1998); weighting by the inverse propensity and doubly robust estimation give the same
number where strata are saturated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.intervals import Z95

__all__ = ["Estimate", "Sample", "standardized_effect"]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What an effect is estimated from, one place a record.

    Attributes
    ----------
    arm
        1 treated, 0 control, 2 another value, -1 not definite.
    outcome
        float64, NaN where not definite.
    strata
        Codes of the variables adjusted for, -1 where one isn't definite.
    binary
        Whether outcomes are 0 and 1.
    """

    arm: NDArray[np.int8]
    outcome: NDArray[np.float64]
    strata: Sequence[NDArray[np.int16]]
    binary: bool

    @property
    def definite(self) -> NDArray[np.bool_]:
        """Which records can be used."""
        every = (self.arm >= 0) & ~np.isnan(self.outcome)
        for column in self.strata:
            every &= column >= 0
        return every


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """An estimated effect.

    Attributes
    ----------
    value, se
        The effect and its standard error.
    interval
        95 % interval.
    rows
        Records it rests on.
    no_overlap
        Share of the records with a definite value that are in strata where one of the treatments doesn't occur: of
        those nothing can be said, and `value` is the effect on the others.
    influence
        What each record of the run contributes, mean 0: differences between estimates of the same records have the
        standard error of the differences of these. Shape (records,).
    """

    value: float
    se: float
    interval: tuple[float, float]
    rows: int
    no_overlap: float
    influence: NDArray[np.float64]

    def se_of_difference(self, other: "Estimate") -> float:
        """Give the standard error of the difference from an estimate of the same run's records."""
        apart = self.influence - other.influence
        return float(np.sqrt((apart**2).sum()) / len(apart))


def standardized_effect(sample: Sample) -> Estimate | None:
    """Estimate an average treatment effect.

    Returns
    -------
    Estimate or None
        None where no stratum has both treatments.

    Notes
    -----
    The standard error is the delta method's, from the spread of effects between strata and of outcomes within each
    stratum and treatment. Of outcomes 0 and 1 the latter counts one success and one failure more than there were
    (Agresti & Caffo, The American Statistician 54, 2000): without them a rare outcome that hasn't occurred would seem
    certain.

    For the same reason the interval of outcomes 0 and 1 is no ± of that: each share's Wilson limits are recovered as
    variances and added up (Newcombe, Statistics in Medicine 17, 1998, method 10; Zou & Donner, 27, 2008), which keeps
    its level when one treatment is rare. With a single stratum it is Newcombe's. Means have ± 1.96 standard errors.
    """
    definite = sample.definite
    arm, outcome = sample.arm[definite], sample.outcome[definite]
    if not len(arm):
        return None
    stratum, strata = _strata([column[definite] for column in sample.strata], len(arm))
    counts, means, spreads = _arms(arm, outcome, stratum, strata, binary=sample.binary)
    overlap: NDArray[np.bool_] = counts.min(axis=0) > 0
    size = np.bincount(stratum, minlength=strata)
    rows = int(size[overlap].sum())
    if not rows:
        return None
    weight = np.where(overlap, size, 0) / rows
    effect = np.where(overlap, means[1] - means[0], 0)
    value = float(weight @ effect)
    between = float(weight @ (effect - value) ** 2) / rows
    within = float((weight[overlap] ** 2 * spreads[:, overlap].sum(axis=0)).sum())
    influence = np.zeros(len(sample.arm))
    own = _influence(arm, outcome, stratum, counts, means, effect - value, size) * overlap[stratum]
    influence[definite] = own * (len(sample.arm) / rows)
    se = float(np.sqrt(between + within))
    low = high = (Z95 * se) ** 2
    if sample.binary:
        reach = _recovered(counts[:, overlap], means[:, overlap], weight[overlap])
        low, high = (side + Z95**2 * between for side in reach)
    interval = (value - float(np.sqrt(low)), value + float(np.sqrt(high)))
    return Estimate(value, se, interval, rows, 1 - rows / len(arm), influence)


def _recovered(
    counts: NDArray[np.intp], means: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[float, float]:
    """Give the squared reach of an interval for a weighted sum of differences of shares, downwards and upwards."""
    spread = Z95**2 / counts
    centre = (means + spread / 2) / (1 + spread)
    half = np.sqrt(spread * (means * (1 - means) + spread / 4)) / (1 + spread)
    below, above = means - (centre - half), centre + half - means
    down = float((weight**2 * (below[1] ** 2 + above[0] ** 2)).sum())
    up = float((weight**2 * (above[1] ** 2 + below[0] ** 2)).sum())
    return down, up


def _strata(columns: Sequence[NDArray[np.int16]], rows: int) -> tuple[NDArray[np.intp], int]:
    if not columns:
        return np.zeros(rows, np.intp), 1
    sizes = [int(column.max()) + 1 for column in columns]
    combined = np.ravel_multi_index([column.astype(np.intp) for column in columns], sizes)
    found, stratum = np.unique(combined, return_inverse=True)
    return stratum.reshape(-1), len(found)


def _arms(
    arm: NDArray[np.int8], outcome: NDArray[np.float64], stratum: NDArray[np.intp], strata: int, *, binary: bool
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Give number, mean outcome and variance of that mean for each treatment and stratum; shape (2, strata)."""
    counts = np.empty((2, strata), np.intp)
    means, spreads = np.zeros((2, strata)), np.zeros((2, strata))
    for which in (0, 1):
        mine = arm == which
        n = counts[which] = np.bincount(stratum[mine], minlength=strata)
        total = np.bincount(stratum[mine], weights=outcome[mine], minlength=strata)
        means[which] = total / np.maximum(n, 1)
        if binary:
            share = (total + 1) / (n + 2)
            spreads[which] = share * (1 - share) / (n + 2)
            continue
        square = np.bincount(
            stratum[mine], weights=(outcome[mine] - means[which][stratum[mine]]) ** 2, minlength=strata
        )
        pooled = square.sum() / max(int((n - 1)[n > 1].sum()), 1)  # for strata with a single record
        own = np.where(n > 1, square / np.maximum(n - 1, 1), pooled)
        spreads[which] = own / np.maximum(n, 1)
    return counts, means, spreads


def _influence(
    arm: NDArray[np.int8],
    outcome: NDArray[np.float64],
    stratum: NDArray[np.intp],
    counts: NDArray[np.intp],
    means: NDArray[np.float64],
    centred: NDArray[np.float64],
    size: NDArray[np.intp],
) -> NDArray[np.float64]:
    influence = centred[stratum]
    for which, sign in ((1, 1.0), (0, -1.0)):
        mine = arm == which
        of = stratum[mine]
        influence[mine] += sign * size[of] / counts[which, of] * (outcome[mine] - means[which, of])
    return influence
