"""Conditional independence tests for discrete variables, one file a test."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from causalsynth.errors import InputError
from causalsynth.evaluate.ci_tests.contingency import Contingency, cell_codes, tabulate
from causalsynth.evaluate.ci_tests.g2 import g2
from causalsynth.evaluate.ci_tests.result import CITestResult
from causalsynth.evaluate.ci_tests.x2 import moments, x2

__all__ = [
    "TESTS",
    "CITest",
    "CITestResult",
    "Contingency",
    "cell_codes",
    "g2",
    "moments",
    "select_test",
    "tabulate",
    "x2",
]

CITest = Callable[[Contingency], CITestResult]
"""A test of independence within strata."""

TESTS: Mapping[str, CITest] = MappingProxyType({"x2": x2, "g2": g2})
"""By the name that ``--test`` takes."""

_ANNOUNCED = frozenset({"mc", "cmh", "auto"})


def select_test(name: str) -> CITest:
    """Give the test called `name`.

    Raises
    ------
    InputError
        There is none of that name, or not in this version.
    """
    if name in TESTS:
        return TESTS[name]
    reason = "is not in this version" if name in _ANNOUNCED else "is not known"
    raise InputError(f"test {name!r} {reason}", hint=f"choose one of: {', '.join(TESTS)}")
