"""What a run achieved, and whether the causal structure came through.

`realizability` counts what the LLM managed and where it failed; `independence` tests on skeletons and on
what was read from the texts that the graph's independencies hold and its arcs show.
"""

from causalsynth.evaluate.independence import IndependenceReport, independence, replicated_independence
from causalsynth.evaluate.realizability import RealizabilityReport, realizability, require

__all__ = [
    "IndependenceReport",
    "RealizabilityReport",
    "independence",
    "realizability",
    "replicated_independence",
    "require",
]
