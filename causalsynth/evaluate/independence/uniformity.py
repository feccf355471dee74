"""Whether p-values of true independencies are uniform: a rate near alpha is one point of that line only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Uniformity", "clustered_ks", "ks_distance", "uniformity"]

_MOST_POINTS = 200
"""Of a QQ plot."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniformity:
    """Distance of p-values from uniform ones.

    Attributes
    ----------
    ks
        Kolmogorov's distance: the largest difference between their distribution and the uniform one.
    p_value
        Chance of a distance at least so large if all independencies hold, the dependence between the tests counted;
        None where it isn't known.
    quantiles
        Pairs of expected and observed p-value, for a QQ plot.
    band
        For each pair, what 95 of 100 data sets would show at most and at least, point by point; empty if not known.
    """

    ks: float
    p_value: float | None
    quantiles: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float], ...]

    def to_json(self) -> dict[str, object]:
        """Give ``uniformity``."""
        return {
            "ks": self.ks,
            "ks_p_value": self.p_value,
            "qq": [list(pair) for pair in self.quantiles],
            "qq_band": [list(pair) for pair in self.band],
        }


def uniformity(p_values: Floats, drawn: Floats | None, by_replicate: list[Floats] | None = None) -> Uniformity | None:
    """Measure how far p-values are from uniform.

    Parameters
    ----------
    p_values
        Of independencies that hold, randomised where the test has ties; shape (tests,).
    drawn
        The same tests' p-values drawn jointly under independence, shape (tests, draws).
    by_replicate
        The p-values apart by data set, for the error where there is no `drawn`.

    Returns
    -------
    Uniformity or None
        None without p-values.
    """
    if not p_values.size:
        return None
    ranks = _ranks(p_values.size)
    ordered = np.sort(p_values)
    expected = (ranks + 0.5) / p_values.size
    ks = ks_distance(p_values)
    p_value: float | None = None
    band: tuple[tuple[float, float], ...] = ()
    if drawn is not None:
        columns = np.sort(drawn, axis=0)
        reached = sum(ks_distance(column) >= ks - 1e-12 for column in columns.T)
        p_value = (1 + reached) / (1 + drawn.shape[1])
        low, high = np.quantile(columns[ranks], (0.025, 0.975), axis=1)
        band = tuple(zip(low.tolist(), high.tolist(), strict=True))
    elif by_replicate is not None and len(by_replicate) > 1:
        p_value = clustered_ks(by_replicate)
    quantiles = tuple(zip(expected.tolist(), ordered[ranks].tolist(), strict=True))
    return Uniformity(ks=ks, p_value=p_value, quantiles=quantiles, band=band)


def ks_distance(p_values: Floats) -> float:
    """Give sup |F_n(t) − t| (Kolmogorov 1933), ties counted as they are."""
    values, counts = np.unique(p_values, return_counts=True)
    upper = np.cumsum(counts) / p_values.size
    lower = upper - counts / p_values.size
    return float(max((upper - values).max(), (values - lower).max()))


def clustered_ks(by_replicate: list[Floats], *, draws: int = 999, seed: int = 0) -> float:
    """Give the chance of Kolmogorov's distance when p-values of one data set depend on one another.

    Each data set's deviation from the uniform distribution gets a random sign, all its tests together (the wild
    bootstrap, clustered: Cameron, Gelbach & Miller, Review of Economics and Statistics 90, 2008, 414).
    """
    grid = np.linspace(0.0, 1.0, 201)[1:-1]
    total = sum(each.size for each in by_replicate)
    deviations = np.stack([(each[:, None] <= grid).sum(0) - each.size * grid for each in by_replicate]) / total
    observed = np.abs(deviations.sum(0)).max()
    signs = 1.0 - 2.0 * np.random.default_rng(seed).integers(0, 2, (draws, len(by_replicate)))
    reached = (np.abs(signs @ deviations).max(1) >= observed - 1e-12).sum()
    return float((1 + reached) / (1 + draws))


def _ranks(size: int) -> NDArray[np.intp]:
    if size <= _MOST_POINTS:
        return np.arange(size)
    return np.unique(np.linspace(0, size - 1, _MOST_POINTS).round().astype(np.intp))
