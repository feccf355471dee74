"""Counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.laws import LOGISTIC, Standard
from causalsynth.scm.mechanisms.counts import MAX_RATE, log_count_mass, quantile
from causalsynth.scm.mechanisms.monotone import settle
from causalsynth.scm.mechanisms.parameters import canonical_support, mentioned, when
from causalsynth.scm.mechanisms.rounding import outside
from causalsynth.scm.mechanisms.truncated import draw_between, inverse
from causalsynth.scm.support import Columns, Numeric, Support

__all__ = ["Poisson"]

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Poisson:
    """A count x = clip(offset + k), k the least with P(Poisson(rate) ≤ k) ≥ CDF(u).

    Parameters
    ----------
    rate
        Expression over the parents, 0 to 10**15; where it is 0, x is the offset.
    support
        Whole numbers; the range clips.
    offset
        Added to the count.
    law
        The noise's. It decides which noise is put back in counterfactuals only by how finely it is told apart: uniform
        noise in floating point leads to no count that is exceeded less often than once in 2**53.

    Raises
    ------
    GraphError
        The support keeps no whole numbers apart, or the offset isn't whole.
    """

    rate: Expression
    support: Numeric
    offset: int = 0
    law: Standard = LOGISTIC

    def __post_init__(self) -> None:
        if self.support.decimals is not None and self.support.decimals < 0:
            raise GraphError("counts aren't rounded to tens", hint="give decimals: 0")
        if self.offset != int(self.offset):
            raise GraphError(f"the offset {self.offset} isn't whole", hint="a count is offset by a whole number")

    @property
    def parents(self) -> tuple[str, ...]:
        """The variables of the rate."""
        return mentioned((self.rate,))

    @property
    def deterministic(self) -> bool:
        """Never: a rate is seldom 0."""
        return False

    def check(self, supports: Mapping[str, Support]) -> None:
        """Check the rate; if it is constant, its range as well."""
        self.rate.check(supports)
        if not self.rate.names:
            self._rates(Columns({}, {}, 1))

    def evaluate(self, noise: Floats, parents: Columns, out: Floats) -> None:
        """Write the counts into `out`.

        Raises
        ------
        GraphError
            A rate is below 0 or above 10**15.
        """
        out[:] = self._values(self._rates(parents), noise)

    def abduct(self, values: Floats, parents: Columns, fresh: Floats) -> Floats:
        """Draw noise from its law between the CDF just below the count and at it.

        Raises
        ------
        InputError
            No noise leads to a count: it is below the offset, not whole, out of range, or too improbable.
        """
        return self.abduct_between(values, values, parents, fresh)

    def abduct_between(self, lowest: Floats, highest: Floats, parents: Columns, fresh: Floats) -> Floats:
        """Draw noise given that the value lies from `lowest` to `highest`, row by row."""
        from scipy.special import pdtr, pdtrc

        rates = self._rates(parents)
        first, last = self._counts(lowest, highest)
        with np.errstate(all="ignore"):
            low = np.where(first <= 0, -np.inf, inverse(self.law, pdtr(first - 1, rates), pdtrc(first - 1, rates)))
            high = np.where(last == np.inf, np.inf, inverse(self.law, pdtr(last, rates), pdtrc(last, rates)))
            noise = draw_between(self.law, low, np.maximum(low, high), fresh)

        def equation(drawn: Floats, rows: NDArray[np.intp]) -> Floats:
            return self._values(rates[rows], drawn)

        if len(lost := settle(noise, self.law, equation, lowest, highest)):
            row = int(lost[0])
            raise self._unreachable(float(lowest[row]), float(highest[row]), when(self.parents, parents, row))
        return noise

    def log_probability(self, values: Floats, parents: Columns) -> Floats:
        """Give ln P(value | parents), shape (rows,); a bound has the probability of all beyond it."""
        return self.log_between(values, values, parents)

    def log_between(self, lowest: Floats, highest: Floats, parents: Columns) -> Floats:
        """Give ln P(lowest ≤ value ≤ highest | parents), shape (rows,)."""
        first, last = self._counts(lowest, highest)
        logs = log_count_mass(first, last, self._rates(parents))
        possible = (highest >= self.support.low) & (lowest <= self.support.high)
        return np.where(possible, logs, -np.inf)

    def canonical(self) -> object:
        """Rate, offset, law and support."""
        return ["poisson", self.rate.text, int(self.offset), self.law.name, canonical_support(self.support)]

    def _rates(self, parents: Columns) -> Floats:
        rates = self.rate.evaluate(parents)
        if (bad := ~((rates >= 0.0) & (rates <= MAX_RATE))).any():
            row = int(np.argmax(bad))
            raise self.rate.error(
                f"the rate is {rates[row]:g}, not from 0 to {MAX_RATE:g}{when(self.parents, parents, row)}",
                "bound it: max(…, 0), or exp(…) of a sum",
            )
        return rates

    def _values(self, rates: Floats, noise: Floats) -> Floats:
        counts = quantile(self.law.cdf(noise), self.law.survival(noise), rates)
        return np.clip(self.offset + counts, self.support.low, self.support.high)

    def _counts(self, lowest: Floats, highest: Floats) -> tuple[Floats, Floats]:
        """Give the least and the greatest count before offset and clipping that lead from `lowest` to `highest`."""
        first = np.where(lowest <= self.support.low, 0.0, np.maximum(np.ceil(lowest - self.offset), 0.0))
        last = np.where(highest >= self.support.high, np.inf, np.floor(highest - self.offset))
        return first, last

    def _unreachable(self, lowest: float, highest: float, given: str) -> InputError:
        if lowest < highest:
            return InputError(f"no noise leads from {lowest:.10g} to {highest:.10g}{given}")
        if reason := outside(lowest, self.support):
            return InputError(f"{lowest:.12g} {reason}")
        if lowest != int(lowest):
            return InputError(f"{lowest:.12g} is no whole number")
        if lowest < self.offset:
            return InputError(f"{lowest:.12g} is below {self.offset}, where the counts begin")
        return InputError(
            f"{lowest:.12g} is so improbable that no noise leads to it{given}",
            hint="give the count a `high` that stands for all beyond, or logistic noise, which reaches farther",
        )
