"""The exogenous noise of a model over rows, drawn or inferred, to keep, look at and put back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.scm.laws import Law
from causalsynth.scm.noise import NOISE_BITS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Noise"]


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """One value of every exogenous variable for each row.

    Attributes
    ----------
    values
        Variable → its noise, shape (rows,), or (width, rows) where the law has several numbers a row: uint32 from 0 to
        2**31 - 1 for tables, float64 otherwise; read-only.
    laws
        Variable → the law of its noise.
    streams
        Variable → the key of its stream (`SCM.stream`): which exogenous variable it is.
    index
        int64, shape (rows,): the rows' numbers.
    seed
        What it was drawn with; of inferred noise, what the rows left open.
    inferred
        Whether it was inferred from observed rows.
    """

    values: Mapping[str, NDArray[Any]]
    laws: Mapping[str, Law]
    streams: Mapping[str, str]
    index: NDArray[np.int64]
    seed: int
    inferred: bool = False

    def __post_init__(self) -> None:
        for name, values in self.values.items():
            if values.shape[-1] != len(self.index):
                raise InputError(f"the noise of {name} has {values.shape[-1]} rows, the index {len(self.index)}")
            values.flags.writeable = False

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, variable: str) -> NDArray[Any]:
        if variable not in self.values:
            raise InputError(f"there is no noise of {variable!r}", hint=f"there is that of {', '.join(self.values)}")
        return self.values[variable]

    def to_frame(self) -> "pd.DataFrame":
        """Give a `pandas.DataFrame` of float64, its index named ``_index``.

        Noise of tables is divided by 2**31, which is exact: a number from 0 to just below 1 that is compared with the
        table's CDF. A law of several numbers a row has the columns ``VARIABLE[0]``, ``VARIABLE[1]``, …
        """
        import pandas as pd

        columns = {}
        for name, values in self.values.items():
            scaled = values / float(2**NOISE_BITS) if values.dtype == np.uint32 else values
            if scaled.ndim == 1:
                columns[name] = scaled
            else:
                columns |= {f"{name}[{position}]": row for position, row in enumerate(scaled)}
        return pd.DataFrame(columns, index=pd.Index(self.index, name="_index"))
