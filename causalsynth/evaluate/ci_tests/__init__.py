"""Conditional independence tests, one file a test; `run_tests` runs any of them on many triples."""

from causalsynth.evaluate.ci_tests.cmh import cmh
from causalsynth.evaluate.ci_tests.contingency import Contingency, cell_codes, count_cells, tabulate
from causalsynth.evaluate.ci_tests.exact import mc, mc_sequential
from causalsynth.evaluate.ci_tests.g2 import g2
from causalsynth.evaluate.ci_tests.result import CITestResult
from causalsynth.evaluate.ci_tests.running import TESTS, TripleTest, run_tests, select_test
from causalsynth.evaluate.ci_tests.x2 import moments, x2
from causalsynth.evaluate.ci_tests.x2_adjusted import x2_adjusted

__all__ = [
    "TESTS",
    "CITestResult",
    "Contingency",
    "TripleTest",
    "cell_codes",
    "cmh",
    "count_cells",
    "g2",
    "mc",
    "mc_sequential",
    "moments",
    "run_tests",
    "select_test",
    "tabulate",
    "x2",
    "x2_adjusted",
]
