"""Divergences between accepted and target, estimated from how many records of each stratum were accepted.

Estimates φ̂ scatter even where φ is constant, so that CV² of the estimates is too large by about (S − 1)(1 − m)/(m·n)
for S strata and n records. Here the moments are unbiased instead: of stratum s with a of n accepted,
a(a − 1) / (n(n − 1)) is an unbiased estimate of φ²; from the square of the mean its own variance is taken off.

TV and KL have no unbiased estimates. They are computed from φ̂ shrunk towards their mean, all by the factor that leaves
them with the unbiased variance (constrained empirical Bayes: Louis, Statistics in Medicine 3, 1984).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Divergences", "divergences", "homogeneity", "plugin"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Divergences:
    """Of accepted from target; each of shape (…), one entry for each resample.

    Attributes
    ----------
    mean
        m = E_P φ.
    chi2
        Unbiased up to the division by m², which makes it negative at times.
    tv
        Total variation, 0 to 1.
    kl
        Kullback–Leibler divergence, nats.
    """

    mean: Floats
    chi2: Floats
    tv: Floats
    kl: Floats


def divergences(accepted: Ints, total: Ints, weights: Floats | None) -> Divergences:
    """Estimate them.

    Parameters
    ----------
    accepted, total
        Records of each stratum that were accepted, and all: shape (…, strata).
    weights
        Probability of each stratum under the target, where it is known: shape (strata,). None: the records are a
        sample of the target.
    """
    n = total.astype(np.float64)
    seen = np.maximum(n, 1.0)
    rate = accepted / seen
    share = n / n.sum(axis=-1, keepdims=True) if weights is None else np.broadcast_to(weights, n.shape)
    mean = (share * rate).sum(axis=-1)
    pairs = np.maximum(n - 1.0, 1.0)
    square = (share * np.where(n > 1, rate * (accepted - 1.0) / pairs, rate**2)).sum(axis=-1)
    if weights is None:
        noise = mean * (1.0 - mean) / np.maximum(n.sum(axis=-1) - 1.0, 1.0)
    else:
        noise = (share**2 * rate * (1.0 - rate) / pairs).sum(axis=-1)
    mean_square = mean**2 - noise
    variance = square - mean_square
    spread = (share * (rate - mean[..., None]) ** 2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink = np.where(spread > 0, np.sqrt(np.clip(variance / spread, 0.0, 1.0)), 0.0)
        chi2 = np.where(mean_square > 0, variance / mean_square, np.nan)
    tv, kl = _distances(share, rate, mean, shrink)
    return Divergences(mean, chi2, tv, kl)


def plugin(accepted: Ints, total: Ints, weights: Floats | None) -> Divergences:
    """Give the divergences that hold exactly if each φ is what was observed; biased upwards as estimates."""
    rate = accepted / np.maximum(total, 1)
    share = total / total.sum() if weights is None else weights
    mean = (share * rate).sum()
    variance = (share * (rate - mean) ** 2).sum()
    tv, kl = _distances(share, rate, mean, np.ones(()))
    chi2 = np.asarray(variance / mean**2 if mean > 0 else np.nan)
    return Divergences(mean, chi2, tv, kl)


def _distances(share: Floats, rate: Floats, mean: Floats, shrink: Floats) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = 1.0 + shrink[..., None] * (rate / mean[..., None] - 1.0)
        logs = np.where(ratio > 0, ratio * np.log(ratio), 0.0)
    return 0.5 * (share * np.abs(ratio - 1.0)).sum(axis=-1), np.maximum((share * logs).sum(axis=-1), 0.0)


def homogeneity(accepted: Ints, total: Ints, rng: np.random.Generator, *, draws: int = 1999) -> float:
    """Give the p-value of "φ is the same in all strata", exact whatever the counts.

    Given how many are accepted in all, which records they are is equally likely under that hypothesis: a multivariate
    hypergeometric law. The statistic is Pearson's X²; the p-value (1 + #{as large}) / (1 + draws) is valid for any
    number of draws (Davison & Hinkley, Bootstrap Methods and their Application, 1997, 4.2).
    """
    n, a = int(total.sum()), int(accepted.sum())
    if a in (0, n) or len(total) < 2:
        return 1.0
    drawn = rng.multivariate_hypergeometric(total, a, size=draws, method="marginals")
    expected = total * (a / n)
    observed = ((accepted - expected) ** 2 / total).sum()
    chance = ((drawn - expected) ** 2 / total).sum(axis=1)
    return float((1 + (chance >= observed * (1 - 1e-12)).sum()) / (1 + draws))
