"""Conditional independence tests, one file a test."""

from causalsynth.evaluate.ci_tests.contingency import Contingency, cell_codes, count_cells, tabulate
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
    "count_cells",
    "g2",
    "moments",
    "run_tests",
    "select_test",
    "tabulate",
    "x2",
    "x2_adjusted",
]
