"""Structural causal models: noise, mechanisms, networks from files, skeletons."""

from causalsynth.scm.bif import parse_bif, read_bif
from causalsynth.scm.catalog import GraphEntry, bundled_graphs, find_graph, pgmpy_graphs
from causalsynth.scm.mechanisms import CategoricalTable
from causalsynth.scm.model import SCM
from causalsynth.scm.noise import NOISE_BLOCK, stream, uniform31
from causalsynth.scm.skeletons import Skeletons

__all__ = [
    "NOISE_BLOCK",
    "SCM",
    "CategoricalTable",
    "GraphEntry",
    "Skeletons",
    "bundled_graphs",
    "find_graph",
    "parse_bif",
    "pgmpy_graphs",
    "read_bif",
    "stream",
    "uniform31",
]
