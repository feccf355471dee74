"""A table of states as integer codes, ready to be counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.ci_tests import Contingency, tabulate
from causalsynth.graph import Independence

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["INDEFINITE", "MISSING", "CodedTable"]

MISSING = -1
"""Code of a value that is not definite."""

INDEFINITE = frozenset({"uncertain", "conflict"})
"""What the extractor writes where a text does not settle a state; a null says that it is not mentioned."""

_EMPTY = ""
"""What a null becomes in a CSV file, which has no nulls."""


@dataclass(frozen=True, slots=True, eq=False)
class CodedTable:
    """Columns of state codes.

    Attributes
    ----------
    codes
        Variable → int16 codes of shape (n,), `MISSING` where there is no definite state.
    cards
        Variable → number of states.
    indefinite
        Variable → rows without a definite state.
    n
        Rows.
    """

    codes: Mapping[str, NDArray[np.int16]]
    cards: Mapping[str, int]
    indefinite: Mapping[str, int]
    n: int

    @classmethod
    def from_frame(
        cls, frame: "pd.DataFrame", states: Mapping[str, Sequence[str]], *, name: str = "table"
    ) -> "CodedTable":
        """Encode the columns of `frame` that `states` names.

        Parameters
        ----------
        frame
            One row a record, states as text. Nulls, and the empty text, ``uncertain`` and ``conflict`` where
            these are no states, are not definite.
        states
            Variable → its states.
        name
            What error messages call the table.

        Raises
        ------
        InputError
            A column is missing, or a value is none of its variable's states.
        """
        if absent := [variable for variable in states if variable not in frame.columns]:
            raise InputError(
                f"{name}: no column {absent[0]!r}",
                hint="the table needs one column for each variable of the graph",
            )
        codes = {variable: _encode(frame[variable], own, name) for variable, own in states.items()}
        return cls(
            codes=codes,
            cards={variable: len(own) for variable, own in states.items()},
            indefinite={variable: int((column == MISSING).sum()) for variable, column in codes.items()},
            n=len(frame),
        )

    def unexcused(self, excused: Mapping[str, NDArray[np.bool_]]) -> tuple[int, dict[str, int]]:
        """Count what is not definite and ought to be.

        Parameters
        ----------
        excused
            Variable → rows, shape (n,), in which it need not be definite.

        Returns
        -------
        tuple
            Rows in which at least one variable is concerned, and variable → rows; only those above 0.
        """
        lacking = {name: self.codes[name] == MISSING for name, count in self.indefinite.items() if count}
        for name in lacking.keys() & excused.keys():
            lacking[name] &= ~excused[name]
        rows = int(np.logical_or.reduce(list(lacking.values())).sum()) if lacking else 0
        return rows, {name: int(where.sum()) for name, where in lacking.items() if where.any()}

    def columns(self, triple: Independence) -> tuple[list[NDArray[np.int16]], list[int], NDArray[np.intp] | None]:
        """Give x, y and each z of a triple where all are definite.

        Returns
        -------
        tuple
            Columns, their numbers of states, and the rows that they stand for; None for the rows if none is
            missing.
        """
        x, y, given = triple
        names = [x, y, *given]
        columns = [self.codes[variable] for variable in names]
        cards = [self.cards[variable] for variable in names]
        lacking = [column for variable, column in zip(names, columns, strict=True) if self.indefinite[variable]]
        if not lacking:
            return columns, cards, None
        rows = np.flatnonzero(np.logical_and.reduce([column != MISSING for column in lacking]))
        return [column[rows] for column in columns], cards, rows

    def contingency(self, triple: Independence) -> Contingency:
        """Count a triple; rows in which one of its variables is not definite are left out."""
        (x, y, *given), cards, _ = self.columns(triple)
        return tabulate(x, y, given, cards)


def _encode(column: "pd.Series", states: Sequence[str], name: str) -> NDArray[np.int16]:
    import pandas as pd

    values = pd.Index(column, dtype=object)
    codes = pd.Index(list(states), dtype=object).get_indexer(values).astype(np.int16)
    unknown = (codes == MISSING) & column.notna().to_numpy() & ~column.isin({*INDEFINITE, _EMPTY}).to_numpy()
    if unknown.any():
        row = int(np.argmax(unknown))
        raise InputError(
            f"{name}: row {row + 1}: {column.name} = {column.iloc[row]!r} is not one of its states",
            hint=f"states of {column.name}: {', '.join(states)}",
        )
    return codes
