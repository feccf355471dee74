"""Strata of skeletons within which acceptance is taken to be alike. None of them looks at a record's own outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.selection.target import Target
from causalsynth.evaluate.strata import STRATA, stratum_of
from causalsynth.evaluate.surprise import range_ends, range_names, range_of
from causalsynth.scm import SCM, Skeletons
from causalsynth.scm.support import Categorical

__all__ = ["LEAST", "Partition", "by_level", "by_skeleton", "by_variable"]

LEAST = 5
"""Records that a stratum should have."""

Kind = Literal["skeleton", "difficulty", "variable"]


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """Which record belongs to which stratum.

    Attributes
    ----------
    kind
        What the strata are made of.
    names
        Of the strata.
    of
        Stratum of each record: shape (records,).
    weights
        Probability of each stratum under the target, shape (strata,); None where it isn't known, and the records are a
        sample of it.
    pooled
        Records in strata that hold several skeletons.
    """

    kind: Kind
    names: tuple[str, ...]
    of: NDArray[np.intp]
    weights: NDArray[np.float64] | None
    pooled: int

    def counts(self, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Count records of each stratum, all or those chosen: shape (strata,)."""
        of = self.of if chosen is None else self.of[chosen]
        return np.bincount(of, minlength=len(self.names)).astype(np.int64)


def by_skeleton(skeletons: Skeletons, scm: SCM, target: Target | None) -> Partition:
    """Make every skeleton with `LEAST` records a stratum, and pool the others by how probable they are."""
    rows = np.concatenate([skeletons.codes.astype(np.float64), skeletons.numbers]).T
    _, first, cell, counts = np.unique(rows, axis=0, return_index=True, return_inverse=True, return_counts=True)
    cell = cell.reshape(-1)
    own = np.flatnonzero(counts >= LEAST)
    number = np.full(len(counts), -1)
    number[own] = np.arange(len(own))
    of = number[cell]
    rest = np.flatnonzero(of < 0)
    classes = _classes(scm, skeletons)
    pools, pool_of = _pools(classes[rest])
    of[rest] = len(own) + pool_of[classes[rest]]
    names = [*(_named(skeletons[int(first[index])]) for index in own), *pools]
    there, of = np.unique(of, return_inverse=True)
    weights = None
    if target is not None:
        cells = target.cells_of(skeletons)[first[own]]
        mass = np.concatenate([target.probability[cells], _pool_weights(target, cells, pool_of)])
        weights = _normalised(mass[there])
    return Partition("skeleton", tuple(names[int(place)] for place in there), of.reshape(-1), weights, len(rest))


def _classes(scm: SCM, skeletons: Skeletons) -> NDArray[np.intp]:
    """Give each record's stratum of probability, as a place in `STRATA`."""
    try:
        logs = scm.log_probability(skeletons)
    except InputError:
        return np.zeros(len(skeletons), dtype=np.intp)
    return np.array([STRATA.index(stratum_of(log)) for log in logs.tolist()], dtype=np.intp)


def _pools(classes: NDArray[np.intp]) -> tuple[list[str], NDArray[np.intp]]:
    """Join neighbouring classes until each pool has `LEAST` records; give the pools' names, and each class's pool."""
    counts = np.bincount(classes, minlength=len(STRATA)).tolist()
    groups: list[list[int]] = []
    held = LEAST
    for kind, count in enumerate(counts):
        if held >= LEAST:
            groups.append([])
            held = 0
        groups[-1].append(kind)
        held += count
    if held < LEAST and len(groups) > 1:
        last = groups.pop()
        groups[-1] += last
    pool_of = np.concatenate([np.full(len(group), place) for place, group in enumerate(groups)])
    return [_pool_name([kind for kind in group if counts[kind]]) for group in groups], pool_of


def _pool_name(there: Sequence[int]) -> str:
    if not there:
        return "other skeletons"
    first, last = STRATA[there[0]], STRATA[there[-1]]
    return f"other skeletons, {first}" if first == last else f"other skeletons, {first} to {last}"


def _pool_weights(target: Target, own: NDArray[np.intp], pool_of: NDArray[np.intp]) -> NDArray[np.float64]:
    """Give the target's mass of each pool: of every skeleton that is no stratum, drawn or not."""
    left = target.probability.copy()
    left[own] = 0.0
    cells = np.flatnonzero(left)
    classes = [STRATA.index(stratum_of(log)) for log in np.log(left[cells]).tolist()]
    return np.asarray(np.bincount(pool_of[classes], left[cells], int(pool_of.max()) + 1), dtype=np.float64)


def by_level(of: NDArray[np.intp], names: Sequence[str]) -> Partition:
    """Take strata as they are given; none that is empty is kept."""
    there, of = np.unique(of, return_inverse=True)
    return Partition("difficulty", tuple(names[int(place)] for place in there), of.reshape(-1), None, len(of))


def by_variable(skeletons: Skeletons, variable: str, target: Target | None) -> Partition:
    """Make each state of a variable a stratum, or each range of a number (see `causalsynth.evaluate.surprise`)."""
    support, column = skeletons.supports[variable], skeletons.column(variable)
    if isinstance(support, Categorical):
        there, of = np.unique(column, return_inverse=True)
        weights = None if target is None else _normalised(target.marginal(variable)[there])
        names = tuple(support.states[int(code)] for code in there)
        return Partition("variable", names, of.reshape(-1), weights, len(of))
    ends = range_ends(column)
    there, of = np.unique(range_of(column, ends), return_inverse=True)
    named = range_names(ends)
    names = tuple(named[int(place)] for place in there)
    return Partition("variable", names, of.reshape(-1), None, len(of))


def _named(skeleton: dict[str, str | int | float]) -> str:
    return ", ".join(f"{name}={value}" for name, value in skeleton.items())


def _normalised(weights: NDArray[np.float64]) -> NDArray[np.float64] | None:
    total = weights.sum()
    return weights / total if total > 0 else None
