"""Selection bias: how the law of the accepted skeletons differs from the graph's, and whether iterating helped.

`exact` holds the mathematics in fractions; the other modules estimate from a run's ledger.
"""

from causalsynth.evaluate.selection.analysis import selection, selection_of, selection_weights
from causalsynth.evaluate.selection.outcomes import Outcomes
from causalsynth.evaluate.selection.report import MethodSelection, SelectionReport
from causalsynth.evaluate.selection.verdict import verdict

__all__ = [
    "MethodSelection",
    "Outcomes",
    "SelectionReport",
    "selection",
    "selection_of",
    "selection_weights",
    "verdict",
]
