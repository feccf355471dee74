"""Arrays over triples become results."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.ci_tests.contingency import Contingency
from causalsynth.evaluate.ci_tests.result import CITestResult

__all__ = ["results_of"]

Floats = NDArray[np.float64]


def results_of(
    test: str,
    table: Contingency,
    statistic: Floats,
    p_value: Floats,
    testable: NDArray[np.bool_],
    dof: Sequence[int] | NDArray[np.int64] | None = None,
) -> list[CITestResult]:
    """Give one result a triple of `table`; all arrays have shape (triples,).

    Parameters
    ----------
    dof
        Those of the statistic, if they aren't the table's.
    """
    effect = table.effect_size(table.pearson())
    rows = zip(
        statistic.tolist(),
        (table.dof if dof is None else np.asarray(dof)).tolist(),
        p_value.tolist(),
        effect.tolist(),
        testable.tolist(),
        table.n.tolist(),
        strict=True,
    )
    return [
        CITestResult(test=test, statistic=value, dof=freedom, p_value=p, effect_size=size, testable=True, n=n)
        if can
        else CITestResult.untestable(test, freedom, n)
        for value, freedom, p, size, can, n in rows
    ]
