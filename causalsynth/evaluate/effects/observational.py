"""Effects by adjustment: what an analyst would find in the texts' values, without intervening on anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from causalsynth.evaluate.effects.adjustment import AdjustmentKind, adjustment_set
from causalsynth.evaluate.effects.question import Effect
from causalsynth.evaluate.effects.standardization import Estimate, standardized_effect
from causalsynth.evaluate.effects.truth import Truth, effect_in
from causalsynth.evaluate.effects.values import RunValues

__all__ = ["AdjustedEffect", "TableEffect", "adjusted_effects"]

REFERENCE = "skeleton"


@dataclass(frozen=True, slots=True)
class TableEffect:
    """An effect by one table.

    Attributes
    ----------
    estimate
        By adjustment.
    from_skeletons, se_from_skeletons
        Difference from the estimate on the skeletons, and its standard error: what the text did, without the noise that
        both share; None for the skeletons.
    """

    estimate: Estimate
    from_skeletons: float | None
    se_from_skeletons: float | None

    def to_json(self, truth: Truth) -> dict[str, object]:
        """Give one value of ``estimates``."""
        return {
            "value": self.estimate.value,
            "se": self.estimate.se,
            "interval": list(self.estimate.interval),
            "rows": self.estimate.rows,
            "no_overlap": self.estimate.no_overlap,
            "error": self.estimate.value - truth.value,
            "from_skeletons": self.from_skeletons,
            "se_from_skeletons": self.se_from_skeletons,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedEffect:
    """One effect, by the model and by each table.

    Attributes
    ----------
    effect, truth
        What is asked, and what the model says.
    adjustment
        The variables adjusted for; None where no set of what the texts state is valid, or the treatment is a number.
    coarsened
        Numbers among them, adjusted for in five groups: what varies within a group still confounds.
    estimates
        Table → estimate; without the tables in which no stratum has both treatments.
    """

    effect: Effect
    truth: Truth
    adjustment: tuple[str, ...] | None
    coarsened: tuple[str, ...]
    estimates: Mapping[str, TableEffect]

    def to_json(self) -> dict[str, object]:
        """Give one item of ``effects``."""
        return {
            **self.effect.to_json(),
            "truth": self.truth.to_json(),
            "adjustment": None if self.adjustment is None else list(self.adjustment),
            "coarsened": list(self.coarsened),
            "estimates": {name: each.to_json(self.truth) for name, each in self.estimates.items()},
        }


def adjusted_effects(
    values: RunValues, effects: Sequence[Effect], *, kind: AdjustmentKind = AdjustmentKind.MINIMAL
) -> tuple[AdjustedEffect, ...]:
    """Estimate effects on every table of a run.

    Parameters
    ----------
    values
        The run's.
    effects
        What is asked.
    kind
        Which valid adjustment set is wanted.
    """
    return tuple(_adjusted(values, effect, kind) for effect in effects)


def _adjusted(values: RunValues, effect: Effect, kind: AdjustmentKind) -> AdjustedEffect:
    scm = values.scm
    stated = [name for name in scm.variables if name not in values.silent]
    chosen = None
    if values.is_categorical(effect.treatment) and {effect.treatment, effect.outcome.variable} <= set(stated):
        chosen = adjustment_set(scm.graph, effect.treatment, effect.outcome.variable, kind=kind, observed=stated)
    return AdjustedEffect(
        effect=effect,
        truth=effect_in(scm, effect),
        adjustment=chosen,
        coarsened=values.numbers(chosen or ()),
        estimates={} if chosen is None else _estimates(values, effect, chosen),
    )


def _estimates(values: RunValues, effect: Effect, adjustment: tuple[str, ...]) -> dict[str, TableEffect]:
    every = {name: standardized_effect(values.sample(name, effect, adjustment)) for name in values.tables}
    reference = every[REFERENCE]
    found = {}
    for name, estimate in every.items():
        if estimate is None:
            continue
        apart = error = None
        if name != REFERENCE and reference is not None:
            apart, error = estimate.value - reference.value, estimate.se_of_difference(reference)
        found[name] = TableEffect(estimate, apart, error)
    return found
