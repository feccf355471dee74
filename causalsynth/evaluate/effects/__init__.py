"""Effects: what the texts' values say of causes, against what the model says exactly."""

from causalsynth.evaluate.effects.adjustment import AdjustmentKind, adjustment_set, is_valid_adjustment
from causalsynth.evaluate.effects.effects import effects
from causalsynth.evaluate.effects.question import Effect, Outcome, read_effects
from causalsynth.evaluate.effects.report import EffectsReport
from causalsynth.evaluate.effects.standardization import Estimate, Sample, standardized_effect
from causalsynth.evaluate.effects.truth import Truth, effect_in
from causalsynth.evaluate.effects.worlds import twin_directories

__all__ = [
    "AdjustmentKind",
    "Effect",
    "EffectsReport",
    "Estimate",
    "Outcome",
    "Sample",
    "Truth",
    "adjustment_set",
    "effect_in",
    "effects",
    "is_valid_adjustment",
    "read_effects",
    "standardized_effect",
    "twin_directories",
]
