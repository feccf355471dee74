"""Skeletons: the facts drawn from a structural causal model, before anybody puts them into words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Skeletons"]


@dataclass(frozen=True, slots=True, eq=False)
class Skeletons:
    """Rows of facts, as codes.

    Attributes
    ----------
    variables
        In the model's order.
    states
        Variable → its states; a code is a position in it.
    codes
        int8, shape (number of variables, number of rows), one variable contiguous; read-only.
    index
        int64, shape (number of rows,): which row of the infinite sequence of (seed) each is; read-only.
    seed
        What they were drawn with; None if they weren't drawn but read.
    interventions
        What do() held fixed.
    """

    variables: tuple[str, ...]
    states: Mapping[str, tuple[str, ...]]
    codes: NDArray[np.int8]
    index: NDArray[np.int64]
    seed: int | None = None
    interventions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.codes.shape != (len(self.variables), len(self.index)):
            raise InputError(f"codes have shape {self.codes.shape}, not ({len(self.variables)}, {len(self.index)})")
        self.codes.flags.writeable = False
        self.index.flags.writeable = False

    @classmethod
    def from_records(
        cls,
        records: Sequence[Mapping[str, str]],
        states: Mapping[str, Sequence[str]],
        *,
        index: Sequence[int] | None = None,
    ) -> "Skeletons":
        """Encode rows that were written down as texts, e.g. in a ledger or a table.

        Parameters
        ----------
        records
            Each maps every variable of `states` to one of its states; other keys are passed over.
        states
            Variable → its states, in the model's order.
        index
            The rows' numbers; 0, 1, … if not given.

        Raises
        ------
        InputError
            A variable is missing from a row, or has a state that isn't its own.
        """
        of = {name: tuple(own) for name, own in states.items()}
        codes = np.empty((len(of), len(records)), dtype=np.int8)
        for position, (name, own) in enumerate(of.items()):
            code_of = {state: code for code, state in enumerate(own)}
            for row, record in enumerate(records):
                code = code_of.get(record.get(name, ""))
                if code is None:
                    raise InputError(
                        f"row {row}: {name} = {record.get(name)!r}", hint=f"{name} is one of {', '.join(own)}"
                    )
                codes[position, row] = code
        numbers = np.arange(len(records)) if index is None else np.array(index)
        return cls(tuple(of), of, codes, numbers.astype(np.int64))

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, row: int) -> dict[str, str]:
        column = self.codes[:, row]
        return {name: self.states[name][code] for name, code in zip(self.variables, column.tolist(), strict=True)}

    def __iter__(self) -> Iterator[dict[str, str]]:
        return (self[row] for row in range(len(self)))

    def column(self, variable: str) -> NDArray[np.int8]:
        """Give one variable's codes, shape (number of rows,)."""
        if variable not in self.variables:
            raise InputError(
                f"the skeletons have no variable {variable!r}", hint=f"they have {', '.join(self.variables)}"
            )
        codes: NDArray[np.int8] = self.codes[self.variables.index(variable)]
        return codes

    def to_frame(self) -> "pd.DataFrame":
        """Give a `pandas.DataFrame` of state names as texts, its index named ``_index``."""
        import pandas as pd

        columns = {name: np.array(self.states[name], dtype=object)[self.column(name)] for name in self.variables}
        return pd.DataFrame(columns, index=pd.Index(self.index, name="_index"), dtype="str")
