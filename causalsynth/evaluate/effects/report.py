"""What the figures on effects are gathered in."""

from collections.abc import Mapping
from dataclasses import dataclass

from causalsynth.evaluate.effects.interventional import InterventionalMean
from causalsynth.evaluate.effects.observational import AdjustedEffect
from causalsynth.evaluate.effects.question import Effect
from causalsynth.evaluate.effects.truth import Truth
from causalsynth.evaluate.effects.twins import TwinOutcome

__all__ = ["EffectsReport", "World", "WorldEffect", "WorldEstimate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A run under an intervention.

    Attributes
    ----------
    name, do, n
        Its directory's name, its interventions, its finished records.
    twins
        Whether its records are the counterfactual twins of the run's.
    means
        Means of what the intervention can change.
    outcomes
        What became of the facts; empty for other runs than twins.
    """

    name: str
    do: Mapping[str, str]
    n: int
    twins: bool
    means: tuple[InterventionalMean, ...]
    outcomes: tuple[TwinOutcome, ...]

    def to_json(self) -> dict[str, object]:
        """Give one item of ``worlds``."""
        return {
            "name": self.name,
            "do": dict(self.do),
            "n": self.n,
            "twins": self.twins,
            "means": [each.to_json() for each in self.means],
            "outcomes": [each.to_json() for each in self.outcomes],
        }


@dataclass(frozen=True, slots=True)
class WorldEstimate:
    """A difference between two worlds by one table; `rows` are pairs of twins, or the records of the smaller world."""

    value: float
    se: float
    rows: int

    def to_json(self) -> dict[str, object]:
        """Give one value of ``estimates``."""
        return {"value": self.value, "se": self.se, "rows": self.rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldEffect:
    """An effect as the difference of two worlds under its two interventions: no adjustment is needed.

    Attributes
    ----------
    effect, truth
        What is asked, and what the model says.
    paired
        Whether the worlds are twins of each other: then the difference is taken record by record.
    estimates
        Table → estimate.
    """

    effect: Effect
    truth: Truth
    paired: bool
    estimates: Mapping[str, WorldEstimate]

    def to_json(self) -> dict[str, object]:
        """Give one item of ``by_intervention``."""
        return {
            **self.effect.to_json(),
            "truth": self.truth.to_json(),
            "paired": self.paired,
            "estimates": {name: each.to_json() for name, each in self.estimates.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectsReport:
    """Whether the texts give the effects that the model has.

    Attributes
    ----------
    n
        Finished records.
    effects
        By adjustment, on the run itself.
    left_out
        Effects that were not asked for by name, and are smaller than the ones shown.
    worlds
        The run itself if it is under an intervention, and the runs to set against it.
    by_intervention
        Effects for which there is a world for either value of the treatment.
    """

    n: int
    effects: tuple[AdjustedEffect, ...]
    left_out: int
    worlds: tuple[World, ...]
    by_intervention: tuple[WorldEffect, ...]

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate effects --json``."""
        return {
            "n": self.n,
            "effects": [each.to_json() for each in self.effects],
            "left_out": self.left_out,
            "worlds": [each.to_json() for each in self.worlds],
            "by_intervention": [each.to_json() for each in self.by_intervention],
        }
