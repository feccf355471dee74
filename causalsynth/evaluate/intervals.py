"""Exact binomial intervals, and how wide a normal one is."""

from dataclasses import dataclass

from scipy.special import betaincinv, ndtri

__all__ = ["Z95", "Share", "clopper_pearson"]

Z95 = float(ndtri(0.975))
"""Standard errors either side of an estimate that make a normal interval of 95 %."""


def clopper_pearson(successes: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Give the exact (Clopper–Pearson) interval of a binomial share.

    Its coverage is at least `confidence` for every true share and every n. Source: Clopper & Pearson,
    Biometrika 26 (1934) 404, in the form with beta quantiles.

    Parameters
    ----------
    successes, n
        0 ≤ successes ≤ n. With n = 0 nothing is known: (0, 1).
    confidence
        Two-sided, split evenly.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return low, high


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    n: int

    @property
    def rate(self) -> float | None:
        """Count over n; None where n is 0."""
        return self.count / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Exact 95 % interval of the rate."""
        return clopper_pearson(self.count, self.n)

    def to_json(self) -> dict[str, object]:
        """Give ``rate`` and ``interval``."""
        return {"rate": self.rate, "interval": list(self.interval)}
