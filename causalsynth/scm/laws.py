"""Standard laws of exogenous noise, and how they come out of a variable's stream.

Location and scale belong to the mechanism; the noise itself is always standard, so that it can be compared, kept and
put back whatever the parents are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.scm.noise import block_words, halves

__all__ = ["BITS31", "LAWS", "LOGISTIC", "NORMAL", "UNIFORM", "Bits31", "GumbelVector", "Law", "Standard"]

Floats: TypeAlias = NDArray[np.float64]

_LEAST = 1e-300  # Quantiles of 0 are infinite.


class Law(Protocol):
    """A law of noise that can be drawn for any rows of any variable."""

    @property
    def name(self) -> str:
        """What tables and digests call it."""
        ...

    @property
    def width(self) -> int:
        """Numbers a row takes: draws have shape (rows,) for 1, and (width, rows) for more."""
        ...

    def draw(self, seed: int, variable: str, block: int, first: int, last: int) -> NDArray[Any]:
        """Draw the rows [first, last) of a block (`causalsynth.scm.noise.blocks`)."""
        ...


@dataclass(frozen=True, slots=True)
class Bits31:
    """Whole numbers, uniform on 0 … 2**31 - 1, as uint32: what a table inverts its CDF with."""

    name: str = "uniform31"
    width: int = 1

    def draw(self, seed: int, variable: str, block: int, first: int, last: int) -> NDArray[np.uint32]:
        """Draw the rows [first, last) of a block."""
        return halves(seed, variable, block, first, last)


@dataclass(frozen=True, slots=True)
class Standard:
    """A continuous law on the line, drawn by its quantile function at 52-bit uniforms in (0, 1).

    Attributes
    ----------
    name
        ``uniform`` (0 to 1), ``normal`` (mean 0, variance 1), ``logistic`` and ``laplace`` (location 0, scale 1).
    """

    name: str
    width: int = 1

    def draw(self, seed: int, variable: str, block: int, first: int, last: int) -> Floats:
        """Draw the rows [first, last) of a block, float64."""
        return self.quantile(_uniform52(block_words(seed, variable, block, last, b"word")[first:]))

    def quantile(self, u: Floats) -> Floats:
        """Invert the CDF at `u`, 0 < u < 1."""
        return _QUANTILES[self.name](u)

    def convert(self, noise: Floats, law: "Standard") -> Floats:
        """Give the noise of another law at the same quantiles."""
        if law == self:
            return noise
        # Each side by its own tail, so that neither is lost to rounding; laws but the uniform are symmetric about 0.
        low, high = (tail(noise).clip(_LEAST, 0.5) for tail in (self.cdf, self.survival))
        upper = 1.0 - law.quantile(high) if law.name == "uniform" else -law.quantile(high)
        return np.where(low < 0.5, law.quantile(low), upper)

    def cdf(self, x: Floats) -> Floats:
        """Give P(noise ≤ x); `x` may be infinite."""
        return _CDFS[self.name](x)

    def survival(self, x: Floats) -> Floats:
        """Give P(noise > x), exact far to the right, where 1 - CDF isn't."""
        return 1.0 - x.clip(0.0, 1.0) if self.name == "uniform" else self.cdf(-x)

    def log_density(self, x: Floats) -> Floats:
        """Give the natural logarithm of the density."""
        return _LOG_DENSITIES[self.name](x)


@dataclass(frozen=True, slots=True)
class GumbelVector:
    """`width` independent standard Gumbel numbers a row, shape (width, rows), even where width is 1."""

    width: int
    name: str = "gumbel"

    def draw(self, seed: int, variable: str, block: int, first: int, last: int) -> Floats:
        """Draw the rows [first, last) of a block, float64, shape (width, last - first)."""
        words = block_words(seed, variable, block, last * self.width, b"row")
        uniform = _uniform52(words[first * self.width :]).reshape(-1, self.width)
        return np.ascontiguousarray(-np.log(-np.log(uniform)).T)


def _uniform52(words: NDArray[np.uint64]) -> Floats:
    # With 53 bits the largest would round to 1, whose quantile is infinite.
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def _normal_quantile(u: Floats) -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri(u), dtype=np.float64)


def _normal_cdf(x: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(x), dtype=np.float64)


def _logistic_quantile(u: Floats) -> Floats:
    return np.log(u) - np.log1p(-u)


def _logistic_cdf(x: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(x), dtype=np.float64)


def _laplace_quantile(u: Floats) -> Floats:
    low = u < 0.5
    return np.where(low, np.log(2.0 * np.where(low, u, 0.25)), -np.log(2.0 * np.where(low, 0.25, 1.0 - u)))


def _laplace_cdf(x: Floats) -> Floats:
    tail = 0.5 * np.exp(-np.abs(x))
    return np.where(x < 0, tail, 1.0 - tail)


def _identity(u: Floats) -> Floats:
    return u


def _uniform_cdf(x: Floats) -> Floats:
    return x.clip(0.0, 1.0)


_QUANTILES: dict[str, Callable[[Floats], Floats]] = {
    "uniform": _identity,
    "normal": _normal_quantile,
    "logistic": _logistic_quantile,
    "laplace": _laplace_quantile,
}
_CDFS: dict[str, Callable[[Floats], Floats]] = {
    "uniform": _uniform_cdf,
    "normal": _normal_cdf,
    "logistic": _logistic_cdf,
    "laplace": _laplace_cdf,
}
_LOG_DENSITIES: dict[str, Callable[[Floats], Floats]] = {
    "uniform": lambda x: np.where((x >= 0.0) & (x <= 1.0), 0.0, -np.inf),
    "normal": lambda x: -0.5 * x * x - 0.5 * np.log(2.0 * np.pi),
    "logistic": lambda x: -np.abs(x) - 2.0 * np.log1p(np.exp(-np.abs(x))),
    "laplace": lambda x: -np.abs(x) - np.log(2.0),
}

BITS31 = Bits31()
UNIFORM = Standard("uniform")
NORMAL = Standard("normal")
LOGISTIC = Standard("logistic")
LAWS = {law.name: law for law in (UNIFORM, NORMAL, LOGISTIC, Standard("laplace"))}
"""The continuous laws by name."""
