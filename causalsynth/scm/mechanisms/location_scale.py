"""Additive and log-additive noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.laws import NORMAL, Standard
from causalsynth.scm.mechanisms.monotone import settle
from causalsynth.scm.mechanisms.parameters import canonical_support, check_unit, mentioned, positive, when
from causalsynth.scm.mechanisms.rounding import finish, first_kept, half_step, last_kept, outside
from causalsynth.scm.mechanisms.truncated import draw_between, log_mass
from causalsynth.scm.support import Columns, Numeric, Support

__all__ = ["LocationScale"]

Floats: TypeAlias = NDArray[np.float64]

_NARROW = 1e-6  # Width of a rounding step, over the law's own scale, below which it is density times width.


@dataclass(frozen=True, slots=True)
class LocationScale:
    """A number x = clip(round(g(location + scale · u))), g the identity or exp.

    With normal noise this is the additive noise model, and under exp the log-normal law. It is rounded to the support's
    decimals, halves to even, and clipped to its range; a bound then has the probability of all that lies beyond.

    Parameters
    ----------
    location, scale
        Expressions over the parents; the scale is above 0 on every row.
    support
        Unit, decimals and range.
    law
        The noise's, centred on 0 except for ``uniform``, which runs from 0 to 1.
    log
        Whether the sum is the value's logarithm.

    Raises
    ------
    GraphError
        With `log`, a range that ends at 0 or below.
    """

    location: Expression
    scale: Expression
    support: Numeric
    law: Standard = NORMAL
    log: bool = False

    def __post_init__(self) -> None:
        if self.log and self.support.high <= 0.0:
            raise GraphError("a log-additive variable can't end at 0 or below", hint="exp() is above 0: raise `high`")

    @property
    def parents(self) -> tuple[str, ...]:
        """The variables of location and scale, in order of first mention."""
        return mentioned((self.location, self.scale))

    @property
    def deterministic(self) -> bool:
        """Never: the scale is above 0."""
        return False

    def check(self, supports: Mapping[str, Support]) -> None:
        """Check both expressions; a constant scale is above 0, and a location in the variable's own unit or none."""
        if self.log:
            self.location.check(supports)
        else:
            check_unit(self.location, supports, self.support)
        self.scale.check(supports)
        if not self.scale.names:
            positive(self.scale, "the scale", Columns({}, {}, 1))

    def evaluate(self, noise: Floats, parents: Columns, out: Floats) -> None:
        """Write the values into `out`.

        Raises
        ------
        GraphError
            A scale isn't above 0, or a value isn't finite.
        """
        location, scale = self._parameters(parents)
        values = self._values(location, scale, noise)
        if not (fine := np.isfinite(values)).all():
            row = int(np.argmin(fine))
            raise self.location.error(
                f"the value is {values[row]:g}{when(self.parents, parents, row)}",
                "give the variable a range (low, high), or bound the location by clip(x, low, high)",
            )
        out[:] = values

    def abduct(self, values: Floats, parents: Columns, fresh: Floats) -> Floats:
        """Draw noise given what it led to.

        Unrounded values within the range have one noise, (g⁻¹(x) - location) / scale, which leads back to them but for
        rounding in the last digit. All others have an interval, from which the law truncated to it is drawn: this noise
        leads back exactly.

        Raises
        ------
        InputError
            No noise leads to a value: it is out of range, isn't rounded, or isn't above 0 as exp is.
        """
        return self.abduct_between(values, values, parents, fresh)

    def abduct_between(self, lowest: Floats, highest: Floats, parents: Columns, fresh: Floats) -> Floats:
        """Draw noise given that the value lies from `lowest` to `highest`, row by row."""
        location, scale = self._parameters(parents)
        low, high = self._noise_bounds(lowest, highest, location, scale)
        exact = (low == high) & (self.support.decimals is None)
        noise, drawn = low.copy(), np.flatnonzero(~exact)
        fresh = fresh[drawn]
        noise[drawn] = draw_between(self.law, low[drawn], np.maximum(low[drawn], high[drawn]), fresh)

        def equation(drawn: Floats, rows: NDArray[np.intp]) -> Floats:
            return self._values(location[rows], scale[rows], drawn)

        lost = settle(noise, self.law, equation, np.where(exact, -np.inf, lowest), np.where(exact, np.inf, highest))
        with np.errstate(over="ignore", invalid="ignore"):
            possible = np.isfinite(self.law.log_density(noise)) & (self.support.low <= lowest)
        unlike = np.flatnonzero(exact & ~(possible & (highest <= self.support.high)))
        if len(rows := np.concatenate([lost, unlike])):
            row = int(rows[0])
            raise self._unreachable(float(lowest[row]), float(highest[row]), when(self.parents, parents, row))
        return noise

    def log_probability(self, values: Floats, parents: Columns) -> Floats:
        """Give ln P(value | parents), of unrounded values within the range the density's; -inf where impossible."""
        return self.log_between(values, values, parents)

    def log_between(self, lowest: Floats, highest: Floats, parents: Columns) -> Floats:
        """Give ln P(lowest ≤ value ≤ highest | parents); the density's where these are one unrounded value."""
        location, scale = self._parameters(parents)
        low, high = self._noise_bounds(lowest, highest, location, scale)
        first, last = first_kept(lowest, self.support), last_kept(highest, self.support)
        logs, bounded = log_mass(self.law, low, high), np.isfinite(low) & np.isfinite(high)
        with np.errstate(all="ignore"):
            noise = self._within_law(self._noise(last, location, scale), location, scale, last)
            shrink = np.log(scale) + (np.log(last) if self.log else 0.0)
            density = self.law.log_density(noise) - shrink
            if self.support.decimals is None:
                logs = np.where(low == high, np.where(bounded, density, -np.inf), logs)
            else:
                step = np.log(2.0 * half_step(self.support))
                narrow = np.exp(step - shrink) * (1.0 + np.abs(noise)) < _NARROW
                logs = np.where(narrow & bounded & (first == last), density + step, logs)
        possible = (first <= last) & (highest >= self.support.low) & (lowest <= self.support.high)
        return np.where(possible, logs, -np.inf)

    def canonical(self) -> object:
        """Both expressions, law, link and support."""
        form = "log" if self.log else "identity"
        support = canonical_support(self.support)
        return ["location-scale", self.location.text, self.scale.text, self.law.name, form, support]

    def _parameters(self, parents: Columns) -> tuple[Floats, Floats]:
        return self.location.evaluate(parents), positive(self.scale, "the scale", parents)

    def _values(self, location: Floats, scale: Floats, noise: Floats) -> Floats:
        with np.errstate(over="ignore"):
            latent = location + scale * noise
            return finish(np.exp(latent) if self.log else latent, self.support)

    def _noise_bounds(self, lowest: Floats, highest: Floats, location: Floats, scale: Floats) -> tuple[Floats, Floats]:
        """Find the noise that leads from `lowest` to `highest`; the ends are off by rounding errors."""
        half = half_step(self.support)
        low = self._noise(first_kept(lowest, self.support) - half, location, scale)
        high = self._noise(last_kept(highest, self.support) + half, location, scale)
        if self.support.decimals is None:
            low = self._within_law(low, location, scale, lowest)
            high = self._within_law(high, location, scale, highest)
        return (
            np.where(lowest <= self.support.low, -np.inf, low),
            np.where(highest >= self.support.high, np.inf, high),
        )

    def _noise(self, values: Floats, location: Floats, scale: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return ((np.log(np.maximum(values, 0.0)) if self.log else values) - location) / scale

    def _within_law(self, noise: Floats, location: Floats, scale: Floats, values: Floats) -> Floats:
        """Put uniform noise back that rounding has carried over 0 or 1."""
        if self.law.name != "uniform":
            return noise
        ends = np.clip(noise, 0.0, 1.0)
        return np.where(np.isclose(self._values(location, scale, ends), values, rtol=1e-12, atol=0.0), ends, noise)

    def _unreachable(self, lowest: float, highest: float, given: str) -> InputError:
        if lowest < highest:
            return InputError(f"no noise leads from {lowest:.10g} to {highest:.10g}{given}")
        if reason := outside(lowest, self.support):
            return InputError(f"{lowest:.12g} {reason}", hint="round and clip it as the variable is")
        if self.log and lowest <= 0.0:
            return InputError(f"{lowest:.12g} isn't above 0, as every value of a log-additive variable is")
        return InputError(f"no noise leads to {lowest:.12g}{given}")
