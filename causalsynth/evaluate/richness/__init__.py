"""How rich the texts are: length, vocabulary, diversity, likeness to one another, and what correcting does to them."""

from causalsynth.evaluate.richness.changes import Change
from causalsynth.evaluate.richness.report import RichnessReport, richness
from causalsynth.evaluate.richness.stages import Richness

__all__ = ["Change", "Richness", "RichnessReport", "richness"]
