"""How much each fact of a skeleton surprises, given all its other facts.

The measure is −log₂ P(fact | all others) in bits, exact by the variable's Markov blanket (Pearl, Probabilistic
Reasoning in Intelligent Systems, 1988, 4.4): 0 for a fact that follows from the others, 1 for one as likely as not,
infinite for one that an intervention imposed against its causes.

Of a number the fact is which of five ranges it lies in, cut at the 5th, 25th, 75th and 95th percentile of rows of the
graph. Their probabilities given all else are integrals over a grid of 61 quantiles and the number itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.scm import SCM, Skeletons
from causalsynth.scm.support import Categorical, Columns

__all__ = ["RANGES", "FactSurprise", "range_ends", "range_names", "range_of", "surprises"]

RANGES = (0.05, 0.25, 0.75, 0.95)
"""Where a number's ranges end, as shares of what is usual."""

_GRID = 61
_ROWS = 2048
_SEED = 0
_TIE = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FactSurprise:
    """One variable's facts, row by row.

    Attributes
    ----------
    classes
        What the values are told apart by: states, or the five ranges of a number.
    own
        Class of each row's value: shape (rows,).
    shares
        P(class | all others): shape (classes, rows).
    ends
        Where a number's ranges end; None for states.
    """

    classes: tuple[str, ...]
    own: NDArray[np.intp]
    shares: Floats
    ends: Floats | None = None

    @property
    def bits(self) -> Floats:
        """−log₂ P(fact | all others): shape (rows,); infinite where that is impossible."""
        with np.errstate(divide="ignore"):
            return np.maximum(-np.log2(self._chosen), 0.0)

    @property
    def expected(self) -> NDArray[np.bool_]:
        """Whether no other class is likelier given all others: bool, shape (rows,)."""
        return np.asarray(self._chosen >= self.shares.max(axis=0) * (1 - _TIE))

    @property
    def _chosen(self) -> Floats:
        return self.shares[self.own, np.arange(len(self.own))]


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
    numeric = any(not isinstance(support, Categorical) for support in scm.supports.values())
    reference = scm.sample(_ROWS if numeric else 0, seed=_SEED)
    for variable in scm.variables:
        try:
            found[variable] = _surprise(scm, skeletons, variable, reference)
        except InputError:
            continue
    return found


def range_ends(numbers: Floats) -> Floats:
    """Give the ends of five ranges of usual numbers: shape (4,)."""
    return np.asarray(np.quantile(numbers, RANGES))


def range_of(numbers: Floats, ends: Floats) -> NDArray[np.intp]:
    """Tell which of the five ranges each number lies in: 0 to 4, shape (rows,)."""
    return np.searchsorted(ends, numbers, side="right")


def range_names(ends: Floats) -> tuple[str, ...]:
    """Name the five ranges."""
    told = [f"{end:.4g}" for end in ends.tolist()]
    inner = (f"{low} to {high}" for low, high in pairwise(told))
    return (f"below {told[0]}", *inner, f"{told[-1]} and above")


def _surprise(scm: SCM, skeletons: Skeletons, variable: str, reference: Skeletons) -> FactSurprise:
    own = skeletons.column(variable)
    if isinstance(support := scm.supports[variable], Categorical):
        logs = np.stack(
            [_log_joint(scm, skeletons, variable, np.full_like(own, code)) for code in range(len(support.states))]
        )
        return FactSurprise(support.states, own.astype(np.intp), _normalised(logs))
    ends = range_ends(reference.column(variable))
    shares = _normalised(_log_ranges(scm, skeletons, variable, reference, ends))
    return FactSurprise(range_names(ends), range_of(own, ends), shares, ends)


def _normalised(logs: Floats) -> Floats:
    """Give the probabilities of ln weights: shape (classes, rows)."""
    most = logs.max(axis=0)
    possible = np.isfinite(most)
    # Where the rest of the row is impossible whatever the fact, all values are alike.
    weights = np.exp(np.where(possible, logs - np.where(possible, most, 0.0), 0.0))
    return np.asarray(weights / weights.sum(axis=0))


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


def _log_ranges(scm: SCM, skeletons: Skeletons, variable: str, reference: Skeletons, ends: Floats) -> Floats:
    """Integrate a number's law given all others over the ranges: ln weights, shape (5, rows).

    The grid's numbers are quantiles of the reference, so that each stands for as much of the marginal law q; as
    ∫ p(x | others) dx = ∫ p/q dq, each is weighted by 1/q, the mean of p(x | parents) over the reference's rows; not
    over the skeletons': how much a fact surprises is no matter of the records beside it.
    """
    own = skeletons.column(variable)
    grid = np.quantile(reference.column(variable), (np.arange(_GRID) + 0.5) / _GRID, method="nearest")
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    ranges, mine = range_of(grid, ends), range_of(own, ends)
    logs = np.full((len(RANGES) + 1, len(own)), -np.inf)
    for place, number in enumerate(grid):
        # The number itself stands in for the nearest one of the grid: its own mass must not be missed.
        replaced = nearest == place
        at = _log_joint(scm, skeletons, variable, np.where(replaced, own, number))
        at -= _log_marginal(scm, reference, variable, float(number))
        for kind in range(len(logs)):
            inside = np.where(replaced, mine == kind, ranges[place] == kind)
            logs[kind] = np.where(inside, np.logaddexp(logs[kind], at), logs[kind])
    return logs


def _log_marginal(scm: SCM, reference: Skeletons, variable: str, number: float) -> float:
    """Give ln q(number), the mean over the rows' parents; 0 where none of them makes it possible."""
    logs = scm.mechanisms[variable].log_probability(np.full(len(reference), number), reference.columns)
    mean = float(np.logaddexp.reduce(logs)) - np.log(len(logs))
    return mean if np.isfinite(mean) else 0.0
