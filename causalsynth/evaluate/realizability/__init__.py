"""Realizability: how many skeletons the LLM put into words, how fast, and which facts it would not write.

Every skeleton counts in the denominator. A record that the deterministic fallback repaired is not dropped
from the data, but it is not realized either: the figure is the LLM's own.
"""

from causalsynth.evaluate.realizability.counts import (
    KindViolations,
    RejectionSampling,
    RoundShare,
    StateOverride,
    VariableViolations,
)
from causalsynth.evaluate.realizability.report import RealizabilityReport
from causalsynth.evaluate.realizability.tally import realizability
from causalsynth.evaluate.realizability.thresholds import require

__all__ = [
    "KindViolations",
    "RealizabilityReport",
    "RejectionSampling",
    "RoundShare",
    "StateOverride",
    "VariableViolations",
    "realizability",
    "require",
]
