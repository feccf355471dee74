"""The law that a model gives its rows, in the cells of a binning: exact where that is a small sum, else simulated."""

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError
from causalsynth.evaluate.fidelity.correlation import Associations, associations
from causalsynth.evaluate.fidelity.values import Binning, ValueTable

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["SIMULATED_ROWS", "Law", "law_of"]

SIMULATED_ROWS = 2**18
_MOST_CONFIGURATIONS = 2**16
_STREAM = 0x1A3
"""Draws of the law must not be those of a run with the same seed: they would share its noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """A model's law as the fidelity figures take it.

    Attributes
    ----------
    binning
        Its cells.
    shares
        As `Binning.pair_shares`.
    associations
        Of each pair.
    rows
        Rows that it was simulated with; None: exact.
    """

    binning: Binning
    shares: NDArray[np.float64]
    associations: Associations
    rows: int | None


def law_of(scm: "SCM", variables: tuple[str, ...], *, rows: int = SIMULATED_ROWS) -> Law:
    """Give the law of some of a model's variables.

    Parameters
    ----------
    scm
        With its interventions.
    variables
        Whose; the others are summed out.
    rows
        To simulate with where the model has numbers, or more than 65,536 configurations.
    """
    exact = _configurations(scm, variables)
    if exact is None:
        table = draw(scm, variables, rows, seed=0)
        binning = Binning.of(table)
        shares = binning.pair_shares(table)
        return Law(binning, shares, associations(table, binning, shares), rows)
    table, probability = exact
    binning = Binning.of(table)
    shares = _weighted(binning, table, probability)
    return Law(binning, shares, associations(table, binning, shares), None)


def draw(scm: "SCM", variables: tuple[str, ...], rows: int, *, seed: int) -> ValueTable:
    """Draw fresh rows of some variables, whose noise no run shares."""
    hidden = int(np.random.SeedSequence([_STREAM, seed]).generate_state(1, np.uint64)[0])
    return ValueTable.from_skeletons(scm.sample(rows, seed=hidden), variables)


def _configurations(scm: "SCM", variables: tuple[str, ...]) -> tuple[ValueTable, NDArray[np.float64]] | None:
    """Give every configuration of all variables with its probability, as the product of the tables."""
    needed = set(variables).union(*(scm.graph.ancestors(name) for name in variables))
    order = [name for name in scm.graph.topological_order if name in needed]
    states = {name: scm.states(name) for name in order if name in _categorical(scm)}
    if len(states) < len(order) or prod(len(own) for own in states.values()) > _MOST_CONFIGURATIONS:
        return None
    try:
        tables = scm.tables()
    except GraphError:
        return None
    codes = np.indices([len(states[name]) for name in order], dtype=np.int16).reshape(len(order), -1)
    column = dict(zip(order, codes, strict=True))
    probability = np.ones(codes.shape[1])
    for name in order:
        table = tables[name]
        probability *= table.probabilities[(*(column[parent] for parent in table.parents), column[name])]
    cards = {name: len(states[name]) for name in variables}
    return ValueTable({name: column[name] for name in variables}, cards, {}, codes.shape[1]), probability


def _categorical(scm: "SCM") -> set[str]:
    from causalsynth.scm.support import Categorical

    return {name for name, support in scm.supports.items() if isinstance(support, Categorical)}


def _weighted(binning: Binning, table: ValueTable, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    indicator = np.zeros((table.n, sum(binning.sizes.values())))
    for cells, first in zip(binning.cells(table).values(), binning.starts, strict=True):
        indicator[np.arange(table.n), first + cells] = 1
    shares: NDArray[np.float64] = indicator.T @ (indicator * weight[:, None])
    return shares
