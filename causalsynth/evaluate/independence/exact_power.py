"""What power a test of an arc has in theory: the model's own dependence, computed exactly, and the number of rows.

An arc that no test sees may have been lost, or be too weak for so many rows, or be no dependence at all: some
parameters make a pair independent although an arc joins them (the distribution is then unfaithful to its graph). The
model knows which.
"""

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, chndtr

from causalsynth.errors import GraphError
from causalsynth.graph import Independence

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["dependence", "expected_power", "joint_law"]

_MOST_VARIABLES = 52
"""That `numpy.einsum` can name."""

_MOST_CELLS = 2**22
"""Of any table on the way."""

Floats = NDArray[np.float64]


def dependence(scm: "SCM", triple: Independence) -> float | None:
    """Give φ² of X and Y within the strata of Z, as the model has it.

    φ² = Σ_z P(z) Σ_xy (P(xy|z) − P(x|z) P(y|z))² / (P(x|z) P(y|z)), so that n·φ² is the noncentrality of X² with n
    rows (Cramér, Mathematical Methods of Statistics, 1946, section 30.2; Cohen, Statistical Power Analysis, 1988,
    section 7.2, where its root is called w). It is 0 if and only if X ⟂ Y | Z.

    Returns
    -------
    float or None
        None where it isn't known: the law of a number or of a Python function takes part, or tables get too large.
    """
    x, y, given = triple
    law = joint_law(scm, (x, y, *given))
    if law is None:
        return None
    cells = law.reshape(law.shape[0], law.shape[1], -1)
    rows, columns = cells.sum(1), cells.sum(0)
    strata = rows.sum(0)
    independent = np.divide(rows[:, None] * columns[None], strata, out=np.zeros(cells.shape), where=strata > 0)
    squares = (cells - independent) ** 2
    return float(np.divide(squares, independent, out=np.zeros(cells.shape), where=independent > 0).sum())


def expected_power(noncentrality: float, dof: int, alpha: float) -> float:
    """Give the probability that χ² with a noncentrality exceeds the critical value of χ².

    With sparse strata the test's own distribution differs from χ²; the figure is then a guide.
    """
    if dof == 0:
        return 0.0
    return 1.0 - float(chndtr(chdtri(dof, alpha), dof, noncentrality))


def joint_law(scm: "SCM", names: Sequence[str]) -> Floats | None:
    """Give P(names), one axis a variable, by summing the product of all tables of their ancestors.

    The same as `SCM.joint`, which imports pgmpy; None where that isn't possible or would get too large.
    """
    relevant = {*names}.union(*(scm.graph.ancestors(name) for name in names))
    if len(relevant) > _MOST_VARIABLES:
        return None
    number = {name: position for position, name in enumerate(sorted(relevant))}
    operands: list[Any] = []
    for name in number:
        table = _table(scm, name)
        if table is None:
            return None
        operands += [table, [number[parent] for parent in (*scm.graph.parents(name), name)]]
    wanted = [number[name] for name in names]
    path = np.einsum_path(*operands, wanted, optimize="greedy")[0]
    size = {number[name]: len(scm.states(name)) for name in number}
    if _largest([set(axes) for axes in operands[1::2]], set(wanted), path[1:], size) > _MOST_CELLS:
        return None
    law: Floats = np.einsum(*operands, wanted, optimize=path)
    return law


def _table(scm: "SCM", name: str) -> Floats | None:
    from causalsynth.scm.tabulate import tabulate

    try:
        return tabulate(scm, name).probabilities
    except GraphError:
        return None


def _largest(terms: list[set[int]], wanted: set[int], path: Sequence[Sequence[int]], size: dict[int, int]) -> int:
    """Give the cells of the largest product that the path of `numpy.einsum_path` goes through."""
    largest = 1
    for step in path:
        joined = set[int]().union(*(terms.pop(position) for position in sorted(step, reverse=True)))
        largest = max(largest, prod(size[axis] for axis in joined))
        terms.append(joined & wanted.union(*terms))
    return largest
