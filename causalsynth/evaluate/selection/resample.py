"""Intervals by resampling records."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.selection.estimate import Divergences, divergences, plugin

__all__ = ["MethodEstimate", "Resampled", "estimate_methods"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_STAGES = 4
_LEVELS = (0.025, 0.975)


@dataclass(frozen=True, slots=True, eq=False)
class MethodEstimate:
    """The divergences of one method.

    Attributes
    ----------
    estimate
        Bias-corrected, from the records.
    raw
        With every φ taken to be what was observed.
    errors
        What resampling says of estimate − truth.
    """

    estimate: Divergences
    raw: Divergences
    errors: Divergences

    def interval(self, name: str) -> tuple[float, float] | None:
        """Give the 95 % interval of one divergence; None where it isn't known."""
        return _interval(float(getattr(self.estimate, name)), getattr(self.errors, name), low=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """All methods, from the same resamples."""

    methods: dict[str, MethodEstimate]

    def change(self, old: str, new: str) -> tuple[float, float] | None:
        """Give the 95 % interval of χ² of `new` minus χ² of `old`."""
        after, before = self.methods[new], self.methods[old]
        return _interval(float(after.estimate.chi2 - before.estimate.chi2), after.errors.chi2 - before.errors.chi2)


def estimate_methods(
    stages: Ints, methods: dict[str, int], weights: Floats | None, rng: np.random.Generator, *, resamples: int
) -> Resampled:
    """Estimate every method's divergences.

    The intervals are basic bootstrap intervals (Davison & Hinkley, 1997, 5.2): in the resampled world the truth is the
    observed φ, from which the errors of the bias-corrected estimate are taken. Where the target is known, records are
    resampled within strata; else all together.

    Parameters
    ----------
    stages
        Records of each stratum and stage of `causalsynth.evaluate.selection.outcomes`: shape (strata, 4).
    methods
        Name → the last stage that counts as accepted.
    weights
        Probability of each stratum under the target, or None.
    rng
        Draws the resamples.
    resamples
        How many.
    """
    drawn = _resample(stages, weights, rng, resamples)
    total, drawn_total = stages.sum(axis=-1), drawn.sum(axis=-1)
    found: dict[str, MethodEstimate] = {}
    for name, last in methods.items():
        accepted = stages[:, : last + 1].sum(axis=-1)
        raw = plugin(accepted, total, weights)
        again = divergences(drawn[..., : last + 1].sum(axis=-1), drawn_total, weights)
        errors = Divergences(again.mean - raw.mean, again.chi2 - raw.chi2, again.tv - raw.tv, again.kl - raw.kl)
        found[name] = MethodEstimate(divergences(accepted, total, weights), raw, errors)
    return Resampled(found)


def _resample(stages: Ints, weights: Floats | None, rng: np.random.Generator, resamples: int) -> Ints:
    if weights is None:
        n = int(stages.sum())
        drawn = rng.multinomial(n, (stages / n).ravel(), size=resamples)
        return drawn.reshape(resamples, *stages.shape).astype(np.int64)
    total = stages.sum(axis=-1)
    return rng.multinomial(total, stages / total[:, None], size=(resamples, len(total))).astype(np.int64)


def _interval(value: float, errors: Floats, low: float | None = None) -> tuple[float, float] | None:
    errors = errors[np.isfinite(errors)]
    if not np.isfinite(value) or not len(errors):
        return None
    lower, upper = np.quantile(errors, _LEVELS)
    ends = (value - float(upper), value - float(lower))
    return ends if low is None else (max(ends[0], low), max(ends[1], low))
