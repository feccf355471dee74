"""Comparing methods over seeds: Friedman, paired Wilcoxon signed-rank tests with Holm's correction, Hodges–Lehmann.

Each method is scored once a seed, on the same seeds, so that differences are paired. The Friedman test asks whether any
method differs. The signed-rank test (Wilcoxon 1945) compares each with a baseline; Holm's step-down (1979) keeps the
probability of any false claim below alpha. The Hodges–Lehmann pseudo-median, the median of all Walsh averages
(dᵢ + dⱼ)/2, i ≤ j, says how large the difference is, with the interval of all values that the signed-rank test would
not reject (Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, 2014, sections 3.1 to 3.3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.holm import holm

__all__ = [
    "MethodComparison",
    "PairedComparison",
    "PseudoMedian",
    "SignedRank",
    "compare_methods",
    "hodges_lehmann",
    "signed_rank",
]

_EXACT = 50
"""Differences up to which the null distribution is counted out; above it is as good as normal."""


@dataclass(frozen=True, slots=True)
class SignedRank:
    """A Wilcoxon signed-rank test.

    Attributes
    ----------
    v
        Sum of the ranks of positive differences.
    p
        Two-sided.
    n
        Differences that are not 0; those that are tell nothing, and are left out (Wilcoxon's way).
    """

    v: float
    p: float
    n: int


@dataclass(frozen=True, slots=True)
class PseudoMedian:
    """A Hodges–Lehmann estimate.

    Attributes
    ----------
    value
        Pseudo-median of the differences.
    interval
        All values that the test doesn't reject; None where there are too few differences for the level.
    confidence
        The level that the interval has: the least one that the test's steps allow, at or above what was asked for.
    """

    value: float
    interval: tuple[float, float] | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedComparison:
    """One method against the baseline.

    Attributes
    ----------
    method
        Whose scores are compared.
    test
        Signed-rank test of method − baseline.
    p_holm
        Its p-value after Holm's correction for all methods.
    difference
        Pseudo-median of method − baseline, with an interval at the level of the method's step in Holm's procedure.
    """

    method: str
    test: SignedRank
    p_holm: float
    difference: PseudoMedian

    def to_json(self) -> dict[str, object]:
        """Give one item of ``pairs``."""
        interval = self.difference.interval
        return {
            "method": self.method,
            "v": self.test.v,
            "n": self.test.n,
            "p": self.test.p,
            "p_holm": self.p_holm,
            "difference": self.difference.value,
            "interval": None if interval is None else list(interval),
            "confidence": self.difference.confidence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodComparison:
    """All methods against a baseline, over the same seeds.

    Attributes
    ----------
    baseline, seeds
        What they are compared with, and how often each was scored.
    friedman
        Statistic and p-value; None for fewer than three methods, or where all scores are alike.
    pairs
        One for each other method.
    """

    baseline: str
    seeds: int
    friedman: tuple[float, float] | None
    pairs: tuple[PairedComparison, ...]

    def to_json(self) -> dict[str, object]:
        """Give a document."""
        friedman = self.friedman
        return {
            "baseline": self.baseline,
            "seeds": self.seeds,
            "friedman": None if friedman is None else {"statistic": friedman[0], "p": friedman[1]},
            "pairs": [pair.to_json() for pair in self.pairs],
        }


def compare_methods(scores: Mapping[str, Sequence[float]], *, baseline: str, alpha: float = 0.05) -> MethodComparison:
    """Compare methods that were scored on the same seeds.

    Parameters
    ----------
    scores
        Method → its score for each seed, in the same order; two methods or more.
    baseline
        The method that the others are compared with.
    alpha
        Probability of any false claim.

    Raises
    ------
    InputError
        Fewer than two methods, no such baseline, scores of different numbers, none, or one that isn't finite.
    """
    columns = {name: np.asarray(values, dtype=np.float64) for name, values in scores.items()}
    _check(columns, baseline)
    others = [name for name in columns if name != baseline]
    differences = {name: columns[name] - columns[baseline] for name in others}
    tests = {name: signed_rank(differences[name]) for name in others}
    adjusted = holm([tests[name].p for name in others])
    level, rejected = {}, 0
    for name in sorted(others, key=lambda name: tests[name].p):
        step = alpha / (len(others) - rejected)
        level[name] = 1 - step
        rejected += tests[name].p <= step  # else the procedure stops here, and no later interval may exclude 0
    pairs = tuple(
        PairedComparison(
            method=name,
            test=tests[name],
            p_holm=corrected,
            difference=hodges_lehmann(differences[name], confidence=level[name]),
        )
        for name, corrected in zip(others, adjusted, strict=True)
    )
    seeds = len(columns[baseline])
    return MethodComparison(baseline=baseline, seeds=seeds, friedman=_friedman(list(columns.values())), pairs=pairs)


def _check(columns: Mapping[str, NDArray[np.float64]], baseline: str) -> None:
    if baseline not in columns or len(columns) < 2:
        raise InputError(
            f"nothing to compare {baseline} with, among: {', '.join(columns)}", hint="give its scores, and another's"
        )
    sizes = {name: len(values) for name, values in columns.items()}
    if len(set(sizes.values())) > 1 or not sizes[baseline]:
        told = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise InputError(f"the methods have different numbers of scores: {told}", hint="one score a seed for each")
    for name, values in columns.items():
        if not np.isfinite(values).all():
            raise InputError(f"{name} has a score that is no finite number", hint="leave that seed out for all methods")


def _friedman(columns: Sequence[NDArray[np.float64]]) -> tuple[float, float] | None:
    from scipy.stats import friedmanchisquare

    if len(columns) < 3 or all((column == columns[0]).all() for column in columns):
        return None
    found = friedmanchisquare(*columns)
    return float(found.statistic), float(found.pvalue)


def signed_rank(differences: Sequence[float] | NDArray[np.float64]) -> SignedRank:
    """Test whether differences are symmetric about 0.

    With 50 differences or fewer the p-value is exact, given their ties; above, by the normal approximation with
    corrections for continuity and ties.
    """
    from scipy.stats import norm, rankdata

    given = np.asarray(differences, dtype=np.float64)
    given = given[given != 0]
    n = len(given)
    if not n:
        return SignedRank(0.0, 1.0, 0)
    ranks = rankdata(np.abs(given))
    v = float(ranks[given > 0].sum())
    if n <= _EXACT:
        null = _sign_sums(np.rint(2 * ranks).astype(np.intp))
        at = round(2 * v)
        p = min(1.0, 2 * float(min(null[: at + 1].sum(), null[at:].sum())))
        return SignedRank(v, p, n)
    mean, deviation = ranks.sum() / 2, float(np.sqrt((ranks**2).sum())) / 2
    p = 2 * float(norm.sf(max(abs(v - mean) - 0.5, 0) / deviation))
    return SignedRank(v, min(1.0, p), n)


def _sign_sums(weights: NDArray[np.intp]) -> NDArray[np.float64]:
    """Give the law of Σ weight · coin over fair coins: one place for each sum from 0."""
    law = np.zeros(int(weights.sum()) + 1)
    law[0] = 1
    for weight in weights:
        shifted = np.zeros_like(law)
        shifted[weight:] = law[: len(law) - weight]
        law = (law + shifted) / 2
    return law


def hodges_lehmann(differences: Sequence[float] | NDArray[np.float64], *, confidence: float = 0.95) -> PseudoMedian:
    """Estimate how large differences are, robustly.

    The interval is [W₍ₖ₎, W₍M+1−k₎] of the M sorted Walsh averages, with the largest k for which the signed-rank
    statistic is below k with probability (1 - confidence)/2 at most. Ties and zeros make it wider, not wrong.

    Raises
    ------
    InputError
        There are no differences.
    """
    from scipy.stats import norm

    given = np.asarray(differences, dtype=np.float64)
    n = len(given)
    if not n:
        raise InputError("no differences to take a pseudo-median of", hint="give one a seed")
    first, second = np.triu_indices(n)
    walsh = np.sort((given[first] + given[second]) / 2)
    tail = (1 - confidence) / 2
    if n <= _EXACT:
        below = np.cumsum(_sign_sums(np.arange(1, n + 1)))  # below[k - 1] = P(V < k)
        k = int(np.searchsorted(below, tail, side="right"))
        reached = 1 - 2 * float(below[k - 1]) if k else 1.0
    else:
        mean, deviation = n * (n + 1) / 4, float(np.sqrt(n * (n + 1) * (2 * n + 1) / 24))
        k = int(np.floor(mean + deviation * norm.ppf(tail) + 0.5))
        reached = 1 - 2 * float(norm.cdf((k - 0.5 - mean) / deviation))
    interval = (float(walsh[k - 1]), float(walsh[-k])) if k > 0 else None
    return PseudoMedian(float(np.median(walsh)), interval, reached)
