"""How much each fact of a skeleton surprises, given all its other facts.

The measure is −log₂ P(fact | all others) in bits, exact by the variable's Markov blanket (Pearl, Probabilistic
Reasoning in Intelligent Systems, 1988, 4.4): 0 for a fact that follows from the others, 1 for one as likely as not,
infinite for one that an intervention imposed against its causes.

Of a number the fact is which of five ranges it lies in: below the 5th, 25th, 75th and 95th percentile of the rows, or
above. Their probabilities given all else are integrals over a grid of 61 quantiles and the number itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.scm import SCM, Skeletons
from causalsynth.scm.support import Categorical, Columns

__all__ = ["RANGES", "FactSurprise", "range_of", "surprises"]

RANGES = (0.05, 0.25, 0.75, 0.95)
"""Where a number's ranges end, as shares of the rows."""

_GRID = 61
_TIE = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FactSurprise:
    """One variable's facts, row by row.

    Attributes
    ----------
    bits
        −log₂ P(fact | all others): shape (rows,); infinite where that is impossible.
    expected
        Whether no other value is likelier given all others: bool, shape (rows,).
    """

    bits: Floats
    expected: NDArray[np.bool_]


def surprises(scm: SCM, skeletons: Skeletons) -> dict[str, FactSurprise]:
    """Give the surprise of every fact.

    Parameters
    ----------
    scm
        What is usual: as a rule the graph without the run's interventions.
    skeletons
        Rows with all its variables.

    Returns
    -------
    dict
        Variable → surprise. Variables are left out whose own or whose effects' probabilities aren't known (Python
        functions).
    """
    found: dict[str, FactSurprise] = {}
    for variable in scm.variables:
        try:
            found[variable] = _surprise(scm, skeletons, variable)
        except InputError:
            continue
    return found


def range_of(numbers: Floats) -> NDArray[np.intp]:
    """Tell which of the five ranges each number lies in: 0 to 4, shape (rows,)."""
    return np.searchsorted(np.quantile(numbers, RANGES), numbers, side="right")


def _surprise(scm: SCM, skeletons: Skeletons, variable: str) -> FactSurprise:
    own = skeletons.column(variable)
    if isinstance(support := scm.supports[variable], Categorical):
        logs = np.stack(
            [_log_joint(scm, skeletons, variable, np.full_like(own, code)) for code in range(len(support.states))]
        )
        return _of_classes(logs, own.astype(np.intp))
    return _of_classes(_log_ranges(scm, skeletons, variable), range_of(own))


def _of_classes(logs: Floats, own: NDArray[np.intp]) -> FactSurprise:
    """Take ln weights of the classes, shape (classes, rows), and the class of each row."""
    most = logs.max(axis=0)
    possible = np.isfinite(most)
    # Where the rest of the row is impossible whatever the fact, all values are alike.
    weights = np.exp(np.where(possible, logs - np.where(possible, most, 0.0), 0.0))
    shares = weights / weights.sum(axis=0)
    chosen = shares[own, np.arange(len(own))]
    with np.errstate(divide="ignore"):
        bits = np.maximum(-np.log2(chosen), 0.0)
    return FactSurprise(bits, chosen >= shares.max(axis=0) * (1 - _TIE))


def _log_joint(scm: SCM, skeletons: Skeletons, variable: str, values: NDArray[np.generic]) -> Floats:
    """Give ln P of each row up to a constant, the variable's column replaced: its own family and its children's."""
    families = (variable, *scm.graph.children(variable))
    columns: Mapping[str, NDArray[np.generic]] = {
        name: skeletons.column(name) for family in families for name in (family, *scm.graph.parents(family))
    } | {variable: values}
    rows = Columns(columns, skeletons.supports, len(skeletons))
    total = np.zeros(len(skeletons))
    for family in families:
        total += scm.mechanisms[family].log_probability(columns[family], rows)
    return total


def _log_ranges(scm: SCM, skeletons: Skeletons, variable: str) -> Floats:
    """Integrate a number's law given all others over the ranges: ln weights, shape (5, rows)."""
    own = skeletons.column(variable)
    grid = np.unique(np.quantile(own, np.linspace(0.0, 1.0, _GRID), method="nearest"))
    widths = np.gradient(grid) if len(grid) > 1 else np.ones(1)
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    ranges = np.searchsorted(np.quantile(own, RANGES), grid, side="right")
    mine = range_of(own)
    logs = np.full((len(RANGES) + 1, len(own)), -np.inf)
    for place, number in enumerate(grid):
        # The number itself stands in for the place of the grid that is nearest: its own mass must not be missed.
        replaced = nearest == place
        at = _log_joint(scm, skeletons, variable, np.where(replaced, own, number)) + np.log(widths[place])
        for kind in range(len(logs)):
            inside = np.where(replaced, mine == kind, ranges[place] == kind)
            logs[kind] = np.where(inside, np.logaddexp(logs[kind], at), logs[kind])
    return logs
