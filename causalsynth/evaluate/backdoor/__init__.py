"""The semantic backdoor: imposed facts that a language model's prior overrides, by how much they surprise."""

from causalsynth.evaluate.backdoor.analysis import backdoor
from causalsynth.evaluate.backdoor.report import BackdoorReport, ImposedFact, ReaderOverrides, SurpriseBand, Trend

__all__ = ["BackdoorReport", "ImposedFact", "ReaderOverrides", "SurpriseBand", "Trend", "backdoor"]
