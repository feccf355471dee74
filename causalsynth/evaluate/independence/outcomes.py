"""Answers of all tests, as arrays: one row a data set, one column a triple."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.ci_tests import CITestResult
from causalsynth.graph import Independence

__all__ = ["Outcomes", "clustered_error"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What tests of the same triples answered on one data set or several.

    Attributes
    ----------
    triples
        One a column.
    alpha
        Level.
    p_value, uniform
        p-values, and those with ties broken by lot where the test has them; shape (data sets, triples).
    effect_size
        nan where not testable.
    testable
        Whether the test could speak.
    dof, n
        Degrees of freedom and rows of the test.
    """

    triples: tuple[Independence, ...]
    alpha: float
    p_value: Floats
    uniform: Floats
    effect_size: Floats
    testable: Flags
    dof: NDArray[np.intp]
    n: NDArray[np.intp]

    @classmethod
    def of(cls, triples: Sequence[Independence], results: Sequence[Sequence[CITestResult]], alpha: float) -> "Outcomes":
        """Take the results of each data set, in the order of the triples."""
        shape = (len(results), len(triples))
        flat = [result for of_set in results for result in of_set]
        uniform = [result.p_value if result.randomised_p is None else result.randomised_p for result in flat]
        return cls(
            triples=tuple(triples),
            alpha=alpha,
            p_value=np.array([result.p_value for result in flat], float).reshape(shape),
            uniform=np.array(uniform, float).reshape(shape),
            effect_size=np.array([result.effect_size for result in flat], float).reshape(shape),
            testable=np.array([result.testable for result in flat], bool).reshape(shape),
            dof=np.array([result.dof for result in flat], np.intp).reshape(shape),
            n=np.array([result.n for result in flat], np.intp).reshape(shape),
        )

    @property
    def rejected(self) -> Flags:
        """Which tests reject; one that can't speak doesn't."""
        return self.testable & (self.p_value <= self.alpha)


def clustered_error(hits: Floats, counted: Flags) -> float | None:
    """Give the standard error of Σ hits / Σ counted, data sets being the clusters.

    The linearised variance of a ratio: R/(R − 1) Σ_r (h_r − rate·m_r)² / m² (Cochran, Sampling Techniques, 1977,
    section 3.12). What holds within a data set, whose tests depend on one another, needs no assumption.

    Parameters
    ----------
    hits, counted
        Shape (data sets, tests).

    Returns
    -------
    float or None
        None for fewer than two data sets, or if nothing is counted.
    """
    sets, total = len(hits), int(counted.sum())
    if sets < 2 or not total:
        return None
    rate = float((hits * counted).sum()) / total
    left = (hits * counted).sum(1) - rate * counted.sum(1)
    return float(np.sqrt(sets / (sets - 1) * (left @ left)) / total)
