"""A table of states as integer codes, and of numbers, ready to be tested."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.ci_tests import Contingency, tabulate
from causalsynth.evaluate.quantiles import quantile_cuts
from causalsynth.graph import Independence
from causalsynth.scm.support import Categorical, Numeric

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GROUPS", "INDEFINITE", "MISSING", "CodedTable"]

GROUPS = 5
"""Into so many groups of about equal size a number is cut where a test needs states."""

MISSING = -1
"""Code of a value that is not definite."""

INDEFINITE = frozenset({"uncertain", "conflict"})
"""What the extractor writes where a text does not settle a state; a null says that it is not mentioned."""

_EMPTY = ""
"""What a null becomes in a CSV file, which has no nulls."""


@dataclass(frozen=True, slots=True, eq=False)
class CodedTable:
    """Columns of state codes, and of numbers.

    Attributes
    ----------
    codes
        Variable → int16 codes of shape (n,), `MISSING` where there is no definite state. Of a number the group by
        quantiles, `GROUPS` at most: a function of the number alone, so that X ⟂ Y | Z is kept by cutting X or Y, but
        not by cutting Z.
    cards
        Variable → number of states, or of groups.
    indefinite
        Variable → rows without a definite value.
    n
        Rows.
    numbers
        Variable that is a number → float64 of shape (n,), nan where there is none.
    """

    codes: Mapping[str, NDArray[np.int16]]
    cards: Mapping[str, int]
    indefinite: Mapping[str, int]
    n: int
    numbers: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @classmethod
    def from_frame(
        cls,
        frame: "pd.DataFrame",
        variables: Mapping[str, Sequence[str] | Categorical | Numeric],
        *,
        name: str = "table",
    ) -> "CodedTable":
        """Encode the columns of `frame` that `variables` names.

        Parameters
        ----------
        frame
            One row a record, states as text, numbers as such or as text. Nulls, and the empty text, ``uncertain`` and
            ``conflict`` where these are no states, are not definite.
        variables
            Variable → its states, or its support (`causalsynth.scm.SCM.supports` will do). A number may be out of
            range or have more digits than the graph gives it: a text can say so.
        name
            What error messages call the table.

        Raises
        ------
        InputError
            A column is missing, or a value is none of its variable's states, or no number.
        """
        if absent := [variable for variable in variables if variable not in frame.columns]:
            raise InputError(
                f"{name}: no column {absent[0]!r}",
                hint="the table needs one column for each variable of the graph",
            )
        numbers = {
            variable: _parse(frame[variable], support, name)
            for variable, support in variables.items()
            if isinstance(support, Numeric)
        }
        codes, cards = {}, {}
        for variable, support in variables.items():
            if isinstance(support, Numeric):
                codes[variable], cards[variable] = _grouped(numbers[variable])
            else:
                states = support.states if isinstance(support, Categorical) else support
                codes[variable], cards[variable] = _encode(frame[variable], states, name), len(states)
        indefinite = {variable: int((column == MISSING).sum()) for variable, column in codes.items()}
        return cls(codes=codes, cards=cards, indefinite=indefinite, n=len(frame), numbers=numbers)

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
        rows = self.definite_rows(triple)
        return (columns if rows is None else [column[rows] for column in columns]), cards, rows

    def definite_rows(self, triple: Independence) -> NDArray[np.intp] | None:
        """Give the rows in which all variables of a triple are definite; None for all rows."""
        x, y, given = triple
        lacking = [self.codes[variable] for variable in (x, y, *given) if self.indefinite[variable]]
        if not lacking:
            return None
        return np.flatnonzero(np.logical_and.reduce([column != MISSING for column in lacking]))

    def numeric_columns(
        self, triple: Independence
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Give x, y, and all z as one array of shape (n, k), of a triple of numbers, where all are definite.

        Raises
        ------
        InputError
            One of them is no number.
        """
        x, y, given = triple
        if states := [name for name in (x, y, *given) if name not in self.numbers]:
            raise InputError(
                f"this test is for numbers, and {states[0]} has states", hint="take the test auto, mixed or x2"
            )
        columns = np.column_stack([self.numbers[name] for name in (x, y, *given)])
        definite = columns[~np.isnan(columns).any(1)]
        return definite[:, 0], definite[:, 1], definite[:, 2:]

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


def _parse(column: "pd.Series", support: Numeric, name: str) -> NDArray[np.float64]:
    import pandas as pd

    positions, values = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    read = np.append(np.empty(len(values)), np.nan)  # the last one is where a null, position -1, looks
    for position, value in enumerate(values):
        try:
            read[position] = math.nan if value in INDEFINITE or value == _EMPTY else _number(value, support)
        except InputError as error:
            row = int(np.argmax(positions == position))
            raise InputError(
                f"{name}: row {row + 1}: {column.name} = {value!r} is no number in {support.unit or 'digits'}",
                hint=error.hint,
            ) from None
    return read[positions]


def _number(value: object, support: Numeric) -> float:
    return Numeric(unit=support.unit).encode(value)


def _grouped(numbers: NDArray[np.float64]) -> tuple[NDArray[np.int16], int]:
    """Cut numbers at their quantiles; equal numbers stay together."""
    definite = ~np.isnan(numbers)
    if not definite.any():
        return np.full(numbers.shape, MISSING, np.int16), 1
    cuts = quantile_cuts(numbers[definite], GROUPS)
    groups = np.searchsorted(cuts, numbers, side="left").astype(np.int16)
    return np.where(definite, groups, np.int16(MISSING)), len(cuts) + 1
