"""Independence tests: whether data keep the independencies of the graph, and still show its arcs.

Two figures that are worth something only together: the false-positive rate on triples that the graph makes
independent (near alpha where all is well), and the power on its arcs (near 1 with enough rows). Data
without any dependence have a perfect false-positive rate and no power. Both are taken on the skeletons too,
where nothing can be wrong but the sampling; the paired difference, extracted minus skeleton, is what the
text did.

Values that the loop's own extractor read from accepted notes equal the skeleton by construction. On them
the figures test whether accepting was selective, not whether the text is right; that takes an independent
reader.
"""

from causalsynth.evaluate.independence.analysis import REFERENCE, independence, replicated_independence
from causalsynth.evaluate.independence.families import FamilyFit
from causalsynth.evaluate.independence.report import (
    ArcTest,
    Band,
    IndependenceReport,
    LeftOutArc,
    PairedDifference,
    TripleOutcome,
    ValuesReport,
)
from causalsynth.evaluate.independence.structure import StructureCheck
from causalsynth.evaluate.independence.uniformity import Uniformity

__all__ = [
    "REFERENCE",
    "ArcTest",
    "Band",
    "FamilyFit",
    "IndependenceReport",
    "LeftOutArc",
    "PairedDifference",
    "StructureCheck",
    "TripleOutcome",
    "Uniformity",
    "ValuesReport",
    "independence",
    "replicated_independence",
]
