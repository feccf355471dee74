"""Mechanisms: how a variable follows from its parents and its own noise."""

from causalsynth.scm.mechanisms.deterministic import Constant, Deterministic
from causalsynth.scm.mechanisms.gumbel import GumbelMax, HasStateProbabilities
from causalsynth.scm.mechanisms.location_scale import LocationScale
from causalsynth.scm.mechanisms.poisson import Poisson
from causalsynth.scm.mechanisms.protocol import Mechanism
from causalsynth.scm.mechanisms.python_function import PythonMechanism
from causalsynth.scm.mechanisms.rule import Case, Rule
from causalsynth.scm.mechanisms.shifted import Shifted
from causalsynth.scm.mechanisms.table import ROW_TOLERANCE, CategoricalTable, row_fault
from causalsynth.scm.mechanisms.threshold import Threshold

__all__ = [
    "ROW_TOLERANCE",
    "Case",
    "CategoricalTable",
    "Constant",
    "Deterministic",
    "GumbelMax",
    "HasStateProbabilities",
    "LocationScale",
    "Mechanism",
    "Poisson",
    "PythonMechanism",
    "Rule",
    "Shifted",
    "Threshold",
    "row_fault",
]
