"""The law that a model gives its rows, in the cells of a binning: exact where that is a small sum, else simulated."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.enumeration import configurations
from causalsynth.evaluate.fidelity.correlation import Associations, associations
from causalsynth.evaluate.fidelity.values import Binning, ValueTable

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["SIMULATED_ROWS", "Law", "law_of"]

SIMULATED_ROWS = 2**18
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
    exact = configurations(scm, variables)
    if exact is None:
        table = draw(scm, variables, rows, seed=0, number=0)
        binning = Binning.of(table)
        shares = binning.pair_shares(table)
        return Law(binning, shares, associations(table, binning, shares), rows)
    cards = {name: len(scm.states(name)) for name in variables}
    table = ValueTable({name: exact.codes[name] for name in variables}, cards, {}, len(exact.probability))
    binning = Binning.of(table)
    shares = _weighted(binning, table, exact.probability)
    return Law(binning, shares, associations(table, binning, shares), None)


def draw(scm: "SCM", variables: tuple[str, ...], rows: int, *, seed: int, number: int) -> ValueTable:
    """Draw the `number`-th fresh table of some variables, whose noise no run shares."""
    hidden = int(np.random.SeedSequence([_STREAM, seed, number]).generate_state(1, np.uint64)[0])
    return ValueTable.from_skeletons(scm.sample(rows, seed=hidden), variables)


def _weighted(binning: Binning, table: ValueTable, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    indicator = np.zeros((table.n, sum(binning.sizes.values())))
    for cells, first in zip(binning.cells(table).values(), binning.starts, strict=True):
        indicator[np.arange(table.n), first + cells] = 1
    shares: NDArray[np.float64] = indicator.T @ (indicator * weight[:, None])
    return shares
