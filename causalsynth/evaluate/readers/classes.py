"""Values of one variable as classes that can be counted: its states, or ranges of its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.quantiles import quantile_cuts
from causalsynth.evaluate.readers.pointer import tolerance
from causalsynth.scm.support import Categorical, Numeric, Support

__all__ = ["NOT_READ", "Classes"]

NOT_READ = -1
"""Code of a value that is not definite."""

_RANGES = 5


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one variable.

    Attributes
    ----------
    names
        In order.
    edges
        Of numbers: where ranges end, each but the last; empty for states.
    support
        What the variable can take.
    """

    names: tuple[str, ...]
    edges: tuple[float, ...]
    support: Support

    @classmethod
    def of(cls, support: Support, truth: Sequence[object]) -> "Classes":
        """Take the states, or the fifths of the true numbers.

        Parameters
        ----------
        support
            What the variable can take.
        truth
            Values of the skeletons.
        """
        if isinstance(support, Categorical):
            return cls(names=support.states, edges=(), support=support)
        numbers = np.array([value for value in truth if isinstance(value, int | float)], dtype=float)
        if not len(numbers):
            return cls(names=("any",), edges=(), support=support)
        edges = tuple(quantile_cuts(numbers, _RANGES).tolist())
        starts = ("", *(f"over {edge:g}" for edge in edges))
        ends = (*(f"to {edge:g}" for edge in edges), "")
        names = tuple(f"{start} {end}".strip() or "any" for start, end in zip(starts, ends, strict=True))
        return cls(names=names, edges=edges, support=support)

    def code(self, values: Sequence[object]) -> NDArray[np.intp]:
        """Give each value's class; `NOT_READ` for a null and for what is no value of the variable."""
        if isinstance(self.support, Categorical):
            position: dict[object, int] = {state: code for code, state in enumerate(self.names)}
            return np.array([position.get(value, NOT_READ) for value in values], dtype=np.intp)
        numbers = _numbers(values)
        return np.where(np.isnan(numbers), NOT_READ, np.searchsorted(self.edges, numbers, side="left"))

    def same(self, truth: Sequence[object], read: Sequence[object]) -> NDArray[np.bool_]:
        """Tell where two readings say the same: equal states, or numbers that differ by less than is written.

        Where either is not definite they don't.
        """
        if isinstance(self.support, Numeric):
            one, other = _numbers(truth), _numbers(read)
            near: NDArray[np.bool_] = np.abs(one - other) <= tolerance(self.support, one)  # False with NaN
            return near
        one_code = self.code(truth)
        same: NDArray[np.bool_] = (one_code == self.code(read)) & (one_code != NOT_READ)
        return same


def _numbers(values: Sequence[object]) -> NDArray[np.float64]:
    numbers = [float(value) if isinstance(value, int | float) else np.nan for value in values]
    return np.array(numbers, dtype=float)
