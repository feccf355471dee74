"""Contingency tables of X and Y within the strata of Z."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Contingency", "cell_codes", "count_cells", "tabulate"]

Codes = NDArray[np.integer]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Contingency:
    """Usable strata of one or several triples: at least two rows and two columns occur in each.

    A stratum with a single row or column is determined by its margins and can't speak for or against
    independence. Triples whose X and Y have the same numbers of states are stacked, so that a thousand of them
    cost a few array operations.

    Attributes
    ----------
    counts
        Cells, float64 of shape (strata, |X|, |Y|).
    rows, columns
        Margins R of shape (strata, |X|) and K of shape (strata, |Y|).
    totals
        N of each stratum.
    active_rows, active_columns
        How many margins are above 0: r and c of each stratum.
    owner
        Position of the triple that each stratum belongs to, ascending.
    triples
        How many triples there are; one without a usable stratum owns none.
    """

    counts: Floats
    rows: Floats
    columns: Floats
    totals: Floats
    active_rows: Counts
    active_columns: Counts
    owner: NDArray[np.intp]
    triples: int

    @classmethod
    def from_counts(cls, counts: NDArray[np.integer] | Floats) -> "Contingency":
        """Keep the usable strata of one triple's `counts`, shape (strata, |X|, |Y|)."""
        return cls.stack([counts])

    @classmethod
    def stack(cls, tables: Sequence[NDArray[np.integer] | Floats]) -> "Contingency":
        """Keep the usable strata of several triples; each of shape (strata, |X|, |Y|), |X| and |Y| all the same."""
        cells = np.concatenate(tables).astype(np.float64)
        owner = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
        rows, columns = cells.sum(2), cells.sum(1)
        active_rows, active_columns = np.count_nonzero(rows, 1), np.count_nonzero(columns, 1)
        keep = (active_rows >= 2) & (active_columns >= 2)
        if not keep.all():
            cells, rows, columns, owner = cells[keep], rows[keep], columns[keep], owner[keep]
            active_rows, active_columns = active_rows[keep], active_columns[keep]
        return cls(cells, rows, columns, rows.sum(1), active_rows, active_columns, owner, len(tables))

    def by_triple(self, of_strata: NDArray[np.floating] | Counts) -> Floats:
        """Add up what strata have, shape (strata,), to one figure a triple."""
        return np.bincount(self.owner, weights=of_strata, minlength=self.triples).astype(np.float64)

    @property
    def dof(self) -> Counts:
        """Σ (r − 1)(c − 1) of each triple."""
        return self.by_triple((self.active_rows - 1) * (self.active_columns - 1)).astype(np.int64)

    @property
    def n(self) -> Counts:
        """Rows of the data in usable strata of each triple."""
        return self.by_triple(self.totals).astype(np.int64)

    def pearson(self) -> Floats:
        """Give X² = Σ (n_ij − E_ij)² / E_ij, E_ij = R_i K_j / N, of each triple.

        Computed as Σ_s N (Σ n_ij² / (R_i K_j) − 1), which is the same and needs no expected table.
        """
        inverse_rows = np.divide(1.0, self.rows, out=np.zeros_like(self.rows), where=self.rows > 0)
        inverse_columns = np.divide(1.0, self.columns, out=np.zeros_like(self.columns), where=self.columns > 0)
        squares = self.counts * self.counts
        inner = np.einsum("sij,si,sj->s", squares, inverse_rows, inverse_columns)
        statistic: Floats = np.maximum(self.by_triple(self.totals * (inner - 1.0)), 0.0)
        return statistic

    def effect_size(self, pearson: Floats) -> Floats:
        """Give Cramér's V pooled over strata: √(X² / Σ_s N_s min(r_s − 1, c_s − 1)), in [0, 1], of each triple.

        With one stratum it is Cramér's V (Cramér, Mathematical Methods of Statistics, 1946, section 21.9).
        X² of a stratum is at most N·min(r − 1, c − 1), hence the pooled bound. nan without strata.
        """
        most = self.by_triple(self.totals * (np.minimum(self.active_rows, self.active_columns) - 1))
        share = np.divide(pearson, most, out=np.full(self.triples, math.nan), where=most > 0)
        effect: Floats = np.sqrt(np.minimum(share, 1.0))
        return effect


def cell_codes(x: Codes, y: Codes, given: Sequence[Codes], cards: Sequence[int]) -> tuple[NDArray[np.intp], int]:
    """Give the cell of every row: ``(stratum · |X| + x) · |Y| + y``, strata numbered by mixed radix.

    Parameters
    ----------
    x, y, given
        State codes of every row, from 0, without missing values.
    cards
        Number of states of x, y and each of `given`.

    Returns
    -------
    tuple
        Cell codes, and the number of strata. When the strata that could occur outnumber the rows, only
        those that do occur are numbered.
    """
    x_card, y_card, *given_cards = cards
    strata = math.prod(given_cards)
    code = np.zeros(x.shape, np.intp)
    if strata > max(64, x.size):
        occurring, code = np.unique(_mixed_radix(given, given_cards), return_inverse=True)
        strata = occurring.size
    elif given:
        code = _mixed_radix(given, given_cards)
    code = code * x_card
    code += x
    code *= y_card
    code += y
    return code, strata


def _mixed_radix(columns: Sequence[Codes], cards: Sequence[int]) -> NDArray[np.intp]:
    code = columns[0].astype(np.intp)
    for column, card in zip(columns[1:], cards[1:], strict=True):
        code *= card
        code += column
    return code


def count_cells(x: Codes, y: Codes, given: Sequence[Codes], cards: Sequence[int]) -> NDArray[np.intp]:
    """Count x against y in every stratum of `given`, by one `numpy.bincount` of `cell_codes`.

    Returns
    -------
    array of intp, shape (strata, |X|, |Y|)
        All strata, usable or not.
    """
    code, strata = cell_codes(x, y, given, cards)
    counts = np.bincount(code, minlength=strata * cards[0] * cards[1])
    return counts.reshape(strata, cards[0], cards[1])


def tabulate(x: Codes, y: Codes, given: Sequence[Codes], cards: Sequence[int]) -> Contingency:
    """Give the `Contingency` of one triple."""
    return Contingency.from_counts(count_cells(x, y, given, cards))
