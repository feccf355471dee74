"""Structural causal models: noise, mechanisms, networks from files, skeletons."""

from causalsynth.scm import equations
from causalsynth.scm.bif import parse_bif, read_bif
from causalsynth.scm.catalog import GraphEntry, bundled_graphs, find_graph, pgmpy_graphs
from causalsynth.scm.exogenous import Noise
from causalsynth.scm.expressions import Expression
from causalsynth.scm.interventions import Policy, Shift
from causalsynth.scm.mechanisms import (
    Case,
    CategoricalTable,
    Constant,
    Deterministic,
    GumbelMax,
    LocationScale,
    Mechanism,
    Poisson,
    PythonMechanism,
    Rule,
    Shifted,
    Threshold,
)
from causalsynth.scm.model import SCM
from causalsynth.scm.noise import NOISE_BLOCK, stream, uniform31
from causalsynth.scm.skeletons import Skeletons
from causalsynth.scm.support import Categorical, Columns, Numeric, Support, Value

__all__ = [
    "NOISE_BLOCK",
    "SCM",
    "Case",
    "Categorical",
    "CategoricalTable",
    "Columns",
    "Constant",
    "Deterministic",
    "Expression",
    "GraphEntry",
    "GumbelMax",
    "LocationScale",
    "Mechanism",
    "Noise",
    "Numeric",
    "Poisson",
    "Policy",
    "PythonMechanism",
    "Rule",
    "Shift",
    "Shifted",
    "Skeletons",
    "Support",
    "Threshold",
    "Value",
    "bundled_graphs",
    "equations",
    "find_graph",
    "parse_bif",
    "pgmpy_graphs",
    "read_bif",
    "stream",
    "uniform31",
]
