"""A table of values as codes and numbers, what is missing included, and its cells counted pair by pair."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.coded import CodedTable
from causalsynth.scm.skeletons import Skeletons
from causalsynth.scm.support import Categorical, Support

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BINS", "Binning", "ValueTable"]

BINS = 20
"""Quantile bins of a number, as Tugnoli et al. (Causal TabPFN, 2026) cut them."""
_BLOCK = 65536


@dataclass(frozen=True, slots=True, eq=False)
class ValueTable:
    """Columns of codes and numbers.

    Attributes
    ----------
    codes
        Categorical variable → int16 codes of shape (n,), -1 where no state is definite.
    cards
        Categorical variable → number of its states.
    numbers
        Numeric variable → float64 of shape (n,), NaN where no number is definite.
    n
        Rows.
    """

    codes: Mapping[str, NDArray[np.int16]]
    cards: Mapping[str, int]
    numbers: Mapping[str, NDArray[np.float64]]
    n: int

    @classmethod
    def from_frame(cls, frame: "pd.DataFrame", supports: Mapping[str, Support], *, name: str = "table") -> Self:
        """Read the columns that `supports` names.

        Raises
        ------
        InputError
            A column is missing, or a value is none of its variable's.
        """
        coded = CodedTable.from_frame(frame, supports, name=name)
        categorical = [variable for variable, own in supports.items() if isinstance(own, Categorical)]
        codes = {variable: coded.codes[variable] for variable in categorical}
        return cls(codes, {variable: coded.cards[variable] for variable in categorical}, coded.numbers, coded.n)

    @classmethod
    def from_skeletons(cls, rows: Skeletons, variables: Sequence[str]) -> Self:
        """Take some columns of rows that a model drew."""
        codes = {name: rows.column(name).astype(np.int16) for name in rows.states if name in variables}
        cards = {name: len(rows.states[name]) for name in codes}
        numbers = {name: rows.column(name) for name in rows.variables if name in variables and name not in codes}
        return cls(codes, cards, numbers, len(rows))

    @property
    def variables(self) -> tuple[str, ...]:
        """Categorical variables, then numeric ones."""
        return (*self.codes, *self.numbers)

    @property
    def indefinite(self) -> dict[str, int]:
        """Variable → rows without a definite value; only those above 0."""
        lacking = {name: int((column < 0).sum()) for name, column in self.codes.items()}
        lacking |= {name: int(np.isnan(column).sum()) for name, column in self.numbers.items()}
        return {name: count for name, count in lacking.items() if count}

    def equals(self, other: "ValueTable") -> bool:
        """Tell whether every value is the same."""
        return (
            self.variables == other.variables
            and all(np.array_equal(column, other.codes[name]) for name, column in self.codes.items())
            and all(
                np.array_equal(column, other.numbers[name], equal_nan=True) for name, column in self.numbers.items()
            )
        )

    def select(self, variables: Collection[str]) -> "ValueTable":
        """Give some variables, in the table's order."""
        codes = {name: column for name, column in self.codes.items() if name in variables}
        numbers = {name: column for name, column in self.numbers.items() if name in variables}
        return ValueTable(codes, {name: self.cards[name] for name in codes}, numbers, self.n)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "ValueTable":
        """Give some rows."""
        codes = {name: column[rows] for name, column in self.codes.items()}
        numbers = {name: column[rows] for name, column in self.numbers.items()}
        kept = int(rows.sum()) if rows.dtype == np.bool_ else len(rows)
        return ValueTable(codes, self.cards, numbers, kept)


@dataclass(frozen=True, slots=True, eq=False)
class Binning:
    """How each variable's values fall into cells: its states, or bins of its numbers, and one for what is missing.

    Attributes
    ----------
    sizes
        Variable → number of cells, the last one for missing values.
    edges
        Numeric variable → inner edges, increasing; a value that is an edge belongs below it.
    """

    sizes: Mapping[str, int]
    edges: Mapping[str, NDArray[np.float64]]

    @classmethod
    def of(cls, reference: ValueTable, *, bins: int = BINS) -> Self:
        """Cut numbers at quantiles of `reference`.

        A number with few values gets a cell for each, because quantiles that coincide are one edge: no column is
        left out.
        """
        inner = np.linspace(0, 1, bins + 1)[1:-1]
        edges = {}
        for name, column in reference.numbers.items():
            definite = column[~np.isnan(column)]
            distinct = np.unique(definite)
            edges[name] = distinct[:-1] if len(distinct) <= bins else np.unique(np.quantile(definite, inner))
        sizes = {name: card + 1 for name, card in reference.cards.items()}
        return cls(sizes | {name: len(cut) + 2 for name, cut in edges.items()}, edges)

    @property
    def starts(self) -> NDArray[np.intp]:
        """Where each variable's cells begin, all cells in a row; shape (variables,)."""
        return np.array([0, *accumulate(self.sizes.values())][:-1], np.intp)

    def cells(self, table: ValueTable) -> dict[str, NDArray[np.intp]]:
        """Give each variable's cell, row by row."""
        found = {}
        for name, size in self.sizes.items():
            if name in self.edges:
                column = table.numbers[name]
                cell = np.searchsorted(self.edges[name], column, side="left")
                found[name] = np.where(np.isnan(column), size - 1, cell)
            else:
                codes = table.codes[name].astype(np.intp)
                found[name] = np.where(codes < 0, size - 1, codes)
        return found

    def pair_shares(self, table: ValueTable) -> NDArray[np.float64]:
        """Give the share of rows in each cell of each pair of variables.

        Returns
        -------
        array of float64
            Shape (cells, cells), symmetric; each block of two variables sums to 1, and the blocks on the diagonal hold
            the marginals.
        """
        cells, total = list(self.cells(table).values()), sum(self.sizes.values())
        counts = np.zeros((total, total))
        for start in range(0, table.n, _BLOCK):
            rows = np.arange(min(_BLOCK, table.n - start))
            indicator = np.zeros((len(rows), total), np.float32)
            for column, first in zip(cells, self.starts, strict=True):
                indicator[rows, first + column[start : start + len(rows)]] = 1
            counts += indicator.T @ indicator  # whole numbers up to 65536: exact
        return counts / max(table.n, 1)
