"""Skeletons: the facts drawn from a structural causal model, before anybody puts them into words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.scm.noise import LAST_ROW
from causalsynth.scm.support import Categorical, Columns, Numeric, Support, Value

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Skeletons"]

_LONGEST = 200  # Characters of a value in a message.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Skeletons:
    """Rows of facts: states as codes, numbers as such.

    Attributes
    ----------
    supports
        Variable → what it can take, in the model's order.
    codes
        int8, shape (number of categorical variables, number of rows), one variable contiguous, in the model's order;
        read-only. A code is a position in the variable's states.
    numbers
        float64, shape (number of numeric variables, number of rows), likewise; read-only.
    index
        int64, shape (number of rows,): which row of the infinite sequence of (seed) each is; read-only.
    seed
        What they were drawn with; None if they weren't drawn but read.
    interventions
        Variable → what `SCM.do` did to it, as ``--do`` writes it.
    model
        `SCM.digest` of the model that drew them; None if they weren't drawn but read.
    """

    supports: Mapping[str, Support]
    codes: NDArray[np.int8]
    numbers: NDArray[np.float64]
    index: NDArray[np.int64]
    seed: int | None = None
    interventions: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    _columns: Mapping[str, NDArray[Any]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_columns", lay_out(self.supports, self.codes, self.numbers))
        for name, column in self._columns.items():
            if column.shape != self.index.shape:
                raise InputError(f"the column of {name} has shape {column.shape}, the index {self.index.shape}")
        arrays: list[NDArray[Any]] = [self.codes, self.numbers, self.index, *self._columns.values()]
        for array in arrays:
            array.flags.writeable = False

    @classmethod
    def from_records(
        cls,
        records: Sequence[Mapping[str, object]],
        states: Mapping[str, Sequence[str] | Support],
        *,
        index: Sequence[int] | None = None,
    ) -> "Skeletons":
        """Encode rows that were written down, e.g. in a ledger or a table.

        Parameters
        ----------
        records
            Each maps every variable of `states` to one of its states, or to a number (as such or as text); other keys
            are passed over.
        states
            Variable → its states, or its support, in the model's order (`SCM.supports` will do).
        index
            The rows' numbers; 0, 1, … if not given.

        Raises
        ------
        InputError
            A variable is missing from a row, or has a value that it can't take; names the row, the first being 1.
        """
        supports = {
            name: given if isinstance(given, Support) else Categorical(tuple(given)) for name, given in states.items()
        }
        codes, numbers = empty(supports, len(records))
        columns = lay_out(supports, codes, numbers)
        for name, support in supports.items():
            _encode_column(name, support, records, columns[name])
        return cls(supports, codes, numbers, _row_numbers(range(len(records)) if index is None else index))

    @classmethod
    def from_frame(cls, frame: "pd.DataFrame", supports: Mapping[str, Support]) -> "Skeletons":
        """Encode a table; the inverse of `to_frame`.

        Parameters
        ----------
        frame
            One column a variable, states as texts and numbers as such or as texts; a column or an index ``_index`` of
            row numbers, 0, 1, … if there is none; other columns are passed over.
        supports
            Variable → what it can take (`SCM.supports`).

        Raises
        ------
        InputError
            A column is missing, or a value isn't one of the variable's; names the row, the first being 1.
        """
        codes, numbers = empty(supports, len(frame))
        columns = lay_out(supports, codes, numbers)
        if not frame.columns.is_unique:
            twice = frame.columns[frame.columns.duplicated()][0]
            raise InputError(f"the column {twice} occurs twice", hint="keep one of them")
        nothing = not len(frame) and not [name for name in frame.columns if name != "_index"]  # an empty JSONL file
        for name, support in () if nothing else supports.items():
            if name not in frame.columns:
                raise InputError(f"there is no column {name}", hint=f"it needs all of {', '.join(supports)}")
            _encode_series(name, support, frame[name], columns[name])
        if "_index" in frame.columns:
            return cls(supports, codes, numbers, _row_numbers(frame["_index"].tolist()))
        own = frame.index if frame.index.name == "_index" else range(len(frame))
        return cls(supports, codes, numbers, _row_numbers(list(own)))

    @property
    def variables(self) -> tuple[str, ...]:
        """All variables, in the model's order."""
        return tuple(self.supports)

    @property
    def states(self) -> dict[str, tuple[str, ...]]:
        """Categorical variable → its states."""
        return {name: own.states for name, own in self.supports.items() if isinstance(own, Categorical)}

    @property
    def columns(self) -> Columns:
        """All columns, as mechanisms read them."""
        return Columns(self._columns, self.supports, len(self))

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"<Skeletons: {len(self)} rows of {len(self.supports)} variables>"

    @overload
    def __getitem__(self, row: int) -> dict[str, Value]: ...
    @overload
    def __getitem__(self, row: slice) -> "Skeletons": ...
    def __getitem__(self, row: int | slice) -> "dict[str, Value] | Skeletons":
        if isinstance(row, slice):
            return replace(self, codes=self.codes[:, row], numbers=self.numbers[:, row], index=self.index[row])
        return {name: own.decode(self._columns[name][row].item()) for name, own in self.supports.items()}

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return (self[row] for row in range(len(self)))

    def __reduce__(self) -> tuple[type["Skeletons"], tuple[Any, ...]]:
        # Arrays come writable out of a pickle. __getstate__ fails: up to 3.11.2 dataclasses with slots overwrite it.
        state = (self.supports, self.codes, self.numbers, self.index, self.seed, self.interventions, self.model)
        return Skeletons, state

    def column(self, variable: str) -> NDArray[Any]:
        """Give one variable's int8 codes or float64 numbers, shape (number of rows,).

        Raises
        ------
        InputError
            There is no such variable.
        """
        if variable not in self._columns:
            raise InputError(
                f"the skeletons have no variable {variable!r}", hint=f"they have {', '.join(self.variables)}"
            )
        return self._columns[variable]

    def to_frame(self) -> "pd.DataFrame":
        """Give a `pandas.DataFrame`, its index named ``_index``.

        States are texts, whole numbers int64 and other numbers float64.
        """
        import pandas as pd

        columns: dict[str, Any] = {}
        try:
            for name, own in self.supports.items():
                values = self._columns[name]
                if isinstance(own, Categorical):
                    columns[name] = pd.array(np.array(own.states, dtype=object)[values], dtype="str")
                else:
                    columns[name] = values.astype(np.int64) if _fits_int64(own, values) else values
            return pd.DataFrame(columns, index=pd.Index(self.index, name="_index"))
        except MemoryError:
            raise InputError(
                f"a table of {len(self)} rows doesn't fit into memory", hint="draw shards: `start`, or --start"
            ) from None


def empty(supports: Mapping[str, Support], rows: int) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Make room for rows: codes and numbers (InputError if there is none)."""
    categorical = sum(isinstance(own, Categorical) for own in supports.values())
    try:
        codes = np.empty((categorical, rows), dtype=np.int8)
        return codes, np.empty((len(supports) - categorical, rows), dtype=np.float64)
    except (MemoryError, ValueError):  # ValueError: more than numpy can count
        raise InputError(
            f"{rows} rows don't fit into memory", hint="draw them in shards: `start`, or --start"
        ) from None


def lay_out(
    supports: Mapping[str, Support], codes: NDArray[np.int8], numbers: NDArray[np.float64]
) -> dict[str, NDArray[Any]]:
    """Give each variable its row of `codes` or `numbers`, as a view.

    Raises
    ------
    InputError
        There are more or fewer rows than variables.
    """
    of_codes, of_numbers = iter(codes), iter(numbers)
    categorical = sum(isinstance(own, Categorical) for own in supports.values())
    if (len(codes), len(numbers)) != (categorical, len(supports) - categorical):
        raise InputError(
            f"{len(codes)} columns of codes and {len(numbers)} of numbers don't fit {len(supports)} variables"
        )
    return {name: next(of_codes if isinstance(own, Categorical) else of_numbers) for name, own in supports.items()}


def _fits_int64(support: Numeric, numbers: NDArray[np.float64]) -> bool:
    return support.whole and (not len(numbers) or float(np.abs(numbers).max()) < 2.0**63)


def _encode_column(name: str, support: Support, records: Sequence[Mapping[str, object]], column: NDArray[Any]) -> None:
    codes: dict[object, float] = {}  # each distinct value is read once
    for row, record in enumerate(records):
        value = record.get(name)
        key = (type(value), value if isinstance(value, str | int | float) else repr(value))
        if key not in codes:
            codes[key] = _encoded(name, support, value, f"row {row + 1}")
        column[row] = codes[key]


def _encode_series(name: str, support: Support, series: "pd.Series[Any]", column: NDArray[Any]) -> None:
    import pandas as pd

    numbers, values = pd.factorize(series, use_na_sentinel=True)
    if (missing := np.flatnonzero(numbers < 0)).size:
        raise InputError(f"row {missing[0] + 1}: {name} has no value", hint="every variable needs one in every row")
    _, first = np.unique(numbers, return_index=True)
    codes = [_encoded(name, support, value, f"row {row + 1}") for value, row in zip(values, first, strict=True)]
    column[:] = np.array(codes, dtype=support.dtype)[numbers]


def _encoded(name: str, support: Support, value: object, place: str) -> float:
    if value is None:
        raise InputError(f"{place}: {name} has no value", hint="every variable needs one in every row")
    try:
        return support.encode(value)
    except InputError as error:
        hint = f"{name} is one of {', '.join(support.states)}" if isinstance(support, Categorical) else error.hint
        raise InputError(f"{place}: {name} = {_clipped(repr(value))}: {_clipped(error.message)}", hint=hint) from None


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _row_numbers(given: Sequence[object]) -> NDArray[np.int64]:
    """Read row numbers; whole floats and texts of digits count as such."""
    numbers = np.empty(len(given), dtype=np.int64)
    for row, value in enumerate(given):
        number = value
        if (isinstance(value, str) and value.isascii() and value.isdecimal()) or (
            isinstance(value, float) and value.is_integer()
        ):
            number = int(value)
        if not isinstance(number, int | np.integer) or isinstance(number, bool) or not 0 <= number <= LAST_ROW:
            raise InputError(
                f"row {row + 1}: _index = {value!r} is no row number", hint="number the rows from 0, or leave it away"
            )
        numbers[row] = number
    return numbers
