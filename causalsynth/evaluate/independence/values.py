"""Sets of values, coded: one table a data set, beside the reference's rows of the same records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.independence.memo import Sheet
from causalsynth.scm.support import Support

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Values", "coded_values"]


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """One set of values in every data set.

    Attributes
    ----------
    name
        What the report calls them.
    sheets
        One a data set.
    companions
        The reference's rows of the same records; the reference itself where no record is lacking.
    records
        Positions in the reference of the first data set's records; None for all of them.
    partial
        Whether some data set lacks records of the reference.
    """

    name: str
    sheets: Sequence[Sheet]
    companions: Sequence[Sheet]
    records: NDArray[np.intp] | None
    partial: bool

    @property
    def rows(self) -> int:
        """Rows of all data sets."""
        return sum(sheet.table.n for sheet in self.sheets)


def coded_values(
    data_sets: Sequence[Mapping[str, "pd.DataFrame"]], supports: Mapping[str, Support], reference: str
) -> dict[str, Values]:
    """Encode all tables.

    Raises
    ------
    InputError
        A table doesn't fit the supports, or has records that the reference lacks.
    """
    whole = [_sheet(frames[reference], supports, reference) for frames in data_sets]
    found = {}
    for name in data_sets[0]:
        if name == reference:
            found[name] = Values(name, whole, whole, None, partial=False)
            continue
        sheets, companions, records = [], [], []
        for frames, sheet in zip(data_sets, whole, strict=True):
            positions = _positions(frames[name], frames[reference], name)
            sheets.append(_sheet(frames[name], supports, name))
            companions.append(
                sheet if positions is None else _sheet(frames[reference].iloc[positions], supports, reference)
            )
            records.append(positions)
        partial = any(positions is not None for positions in records)
        found[name] = Values(name, sheets, companions, records[0], partial=partial)
    return found


def _sheet(frame: "pd.DataFrame", supports: Mapping[str, Support], name: str) -> Sheet:
    return Sheet(CodedTable.from_frame(frame, supports, name=name))


def _positions(frame: "pd.DataFrame", reference: "pd.DataFrame", name: str) -> NDArray[np.intp] | None:
    """Find the reference's rows of a table's records; None if they are all, in their order."""
    if frame.index.equals(reference.index):
        return None
    positions = reference.index.get_indexer(frame.index)
    if (positions < 0).any():
        stray = frame.index[int(np.argmax(positions < 0))]
        raise InputError(f"{name}: record {stray} is not in the run", hint="read the run's texts again")
    return positions
