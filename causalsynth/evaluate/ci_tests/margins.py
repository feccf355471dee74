"""Tables drawn with given margins, under independence within every stratum."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

__all__ = ["Margins"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_REACH = 16.0
"""Standard deviations either side of the mean beyond which probabilities are lost in rounding; numpy's sampler, too,
ends there."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Strata with given margins, ready to have tables drawn.

    Cell by cell, row by row: each is hypergeometric among what is left of its column and of the columns after it, with
    what is left of its row to place (Patefield, Applied Statistics 30, 1981, 91, by other random numbers). The first
    cell has the same law in every draw of a stratum; it is drawn by inverting that, the others by numpy's sampler,
    whose set-up for each number costs more than the number.

    Attributes
    ----------
    rows, columns
        Of shape (strata, |X|) and (strata, |Y|). Drawing is fastest with the large ones first.
    first
        Law of the first cell of every stratum.
    """

    rows: Counts
    columns: Counts
    first: "_Hypergeometric"

    @classmethod
    def of(cls, rows: Counts, columns: Counts) -> "Margins":
        """Prepare strata; their rows and columns have the same sums."""
        return cls(rows, columns, _Hypergeometric.of(columns[:, 0], columns[:, 1:].sum(1), rows[:, 0]))

    def draw(self, strata: slice, draws: int, rng: np.random.Generator) -> Counts:
        """Draw so many tables for each of these strata.

        Returns
        -------
        array of int64, shape (|X|, |Y|, strata, draws)
        """
        rows, columns = self.rows[strata], self.columns[strata]
        drawn = np.empty((rows.shape[1], columns.shape[1], len(rows), draws), np.int64)
        left = columns.T[:, :, None]
        remaining = rows.sum(1)[:, None]
        for i, own in enumerate(drawn[:-1]):
            to_place = own[-1]
            to_place[...] = rows[:, i, None]
            others = remaining
            for j, cell in enumerate(own[:-1]):
                others = others - left[j]
                if i == j == 0:
                    cell[...] = self.first.draw(strata, draws, rng)
                else:
                    cell[...] = rng.hypergeometric(left[j], others, to_place)
                to_place -= cell
            left = np.subtract(left, own, out=drawn[-1])
            remaining = remaining - rows[:, i, None]
        return drawn


@dataclass(frozen=True, slots=True)
class _Hypergeometric:
    """Distribution functions of hypergeometric numbers, one after the other.

    Attributes
    ----------
    support
        What each can be.
    ends
        Its number (0, 1, …) plus the probability of that or less; rising throughout, so that one search finds any.
    start, last
        Where each has its first and last item in these.
    """

    support: Counts
    ends: Floats
    start: Counts
    last: Counts

    @classmethod
    def of(cls, good: Counts, bad: Counts, sample: Counts) -> "_Hypergeometric":
        """Tabulate how many of a sample are good; all of shape (numbers,)."""
        total = np.maximum(good + bad, 1)
        mean = sample * (good / total)
        variance = mean * (bad / total) * ((total - sample) / np.maximum(total - 1, 1))
        reach = _REACH * np.sqrt(variance + 0.5)
        low = np.maximum(np.maximum(sample - bad, 0), np.floor(mean - reach).astype(np.int64))
        high = np.minimum(np.minimum(good, sample), np.ceil(mean + reach).astype(np.int64))
        size = high - low + 1
        last = np.cumsum(size) - 1
        start = last + 1 - size
        number = np.repeat(np.arange(len(size)), size)
        support = np.arange(len(number)) + (low - start)[number]
        log_factorial = gammaln(np.arange(1.0, total.max(initial=0) + 2.0))
        surprise = log_factorial[support] + log_factorial[good[number] - support]
        surprise += log_factorial[sample[number] - support] + log_factorial[(bad - sample)[number] + support]
        weight = np.exp(np.minimum.reduceat(surprise, start)[number] - surprise) if len(size) else surprise
        ends = np.cumsum(weight / np.add.reduceat(weight, start)[number]) if len(size) else weight
        ends[last] = np.arange(1.0, len(size) + 1.0)  # but for rounding they are
        return cls(support, np.minimum(ends, number + 1.0), start, last)

    def draw(self, numbers: slice, draws: int, rng: np.random.Generator) -> Counts:
        """Draw so many of each of these, shape (numbers, draws)."""
        last = self.last[numbers]
        lot = rng.random((len(last), draws))
        lot += np.arange(len(self.last))[numbers, None]
        own = slice(self.start[numbers][0], last[-1] + 1)
        place = self.ends[own].searchsorted(lot, side="right")
        np.minimum(place, (last - own.start)[:, None], out=place)  # a lot just below 1 may round up to the next one's
        return self.support[own][place]
