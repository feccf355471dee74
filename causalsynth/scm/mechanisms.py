"""Mechanisms: how a variable follows from its parents and its own noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError
from causalsynth.scm.noise import NOISE_BITS

__all__ = ["MAX_STATES", "ROW_TOLERANCE", "CategoricalTable", "row_fault"]

MAX_STATES = 127
"""Codes are int8."""

ROW_TOLERANCE = 1e-3
"""How far a row's sum may be from 1 and still be rescaled.

Published networks are off by up to 3e-7 (thirds written with seven digits), hand-written ones by up to 1e-3
(thirds written as 0.333). A mistyped digit is off by 0.01 or more, and must not be scaled away.
"""

_ROUNDING = 1e-12  # A sum this close to 1 is 1: leave such rows as they were written, bit for bit.


def row_fault(row: Sequence[float]) -> str | None:
    """Say what is wrong with one row of probabilities, or None.

    Parameters
    ----------
    row
        P(state | one parent configuration), by state.
    """
    for value in row:
        if not 0.0 <= value <= 1.0:  # NaN fails too
            return f"{value:g} is not a probability (0 to 1)"
    total = float(sum(row))
    if abs(total - 1.0) > ROW_TOLERANCE + 1e-9:
        return f"the probabilities sum to {total:.10g}, not 1"
    return None


@dataclass(frozen=True, slots=True, eq=False)
class CategoricalTable:
    """A conditional probability table, sampled by inverting its cumulative distribution.

    The state is the number of thresholds ``round(2**31 · CDF)`` that the noise reaches. A state of
    probability 0 has no room between thresholds and is never drawn. As counterfactuals go, this coupling is
    monotone in the order of the states: the interventional law doesn't depend on that order, a counterfactual
    may.

    Parameters
    ----------
    states
        The variable's states, in the order of their codes 0, 1, …; at most 127.
    parents
        The parents, in the order of the table's axes.
    probabilities
        One axis a parent (its states), and the variable's own states last. Rows whose sum is off 1 by at most
        `ROW_TOLERANCE` are rescaled.
    parent_states
        The states of each parent in the order of its axis, if known; `SCM` then checks them.

    Raises
    ------
    GraphError
        Wrong shape, repeated names, or a row that isn't a distribution.
    """

    states: tuple[str, ...]
    parents: tuple[str, ...]
    probabilities: NDArray[np.float64]
    parent_states: tuple[tuple[str, ...], ...] | None = None
    thresholds: NDArray[np.uint32] = field(init=False, repr=False)
    """Shape (number of states - 1, number of parent configurations), in [0, 2**31]."""

    def __post_init__(self) -> None:
        states, parents = tuple(self.states), tuple(self.parents)
        _check_names("state", states)
        _check_names("parent", parents)
        if not 1 <= len(states) <= MAX_STATES:
            raise GraphError(f"a variable needs 1 to {MAX_STATES} states, not {len(states)}")
        table = np.array(self.probabilities, dtype=np.float64)
        if table.ndim != len(parents) + 1 or table.shape[-1] != len(states):
            raise GraphError(
                f"a table of shape {table.shape} doesn't fit {len(parents)} parents and {len(states)} states",
                hint="one axis a parent, in order, and the states last",
            )
        table = _normalised(table)
        table.flags.writeable = False
        object.__setattr__(self, "states", states)
        object.__setattr__(self, "parents", parents)
        object.__setattr__(self, "probabilities", table)
        object.__setattr__(self, "thresholds", _thresholds(table.reshape(-1, len(states))))

    @classmethod
    def from_rows(
        cls,
        states: Sequence[str],
        parents: Sequence[str],
        rows: Mapping[tuple[str, ...], Sequence[float]],
        parent_states: Mapping[str, Sequence[str]],
    ) -> "CategoricalTable":
        """Build a table from rows labelled by the parents' states.

        Parameters
        ----------
        states
            The variable's own states.
        parents
            The parents, in the order of the labels.
        rows
            (state of each parent) → probabilities by own state; the key of a root is ``()``.
        parent_states
            Parent → its states in the order of its codes; may hold other variables too.

        Raises
        ------
        GraphError
            A row is missing, unknown, of the wrong length or no distribution.
        """
        for parent in parents:
            if parent not in parent_states:
                raise GraphError(f"the states of the parent {parent} aren't given")
        of_parents = tuple(tuple(parent_states[parent]) for parent in parents)
        expected = list(product(*of_parents))
        _check_rows(rows, expected, parents, len(states))
        shape = (*(len(own) for own in of_parents), len(states))
        table = np.array([rows[label] for label in expected], dtype=np.float64).reshape(shape)
        return cls(tuple(states), tuple(parents), table, of_parents)

    @classmethod
    def constant(cls, states: Sequence[str], value: str) -> "CategoricalTable":
        """Build the mechanism of a variable that do() holds at `value`: no parents, all mass on one state."""
        return cls(tuple(states), (), np.array([float(state == value) for state in states]))

    def configuration(self, parent_codes: Sequence[NDArray[np.int8]], n: int) -> NDArray[np.intp]:
        """Compute each row's parent configuration, shape (n,): mixed radix, last parent fastest."""
        radix = np.uint16 if self._configurations <= 2**16 else np.uint32  # narrow: memory is what costs
        number: NDArray[np.unsignedinteger] = np.zeros(n, dtype=radix)
        for codes, cardinality in zip(parent_codes, self.probabilities.shape, strict=False):
            number = number * radix(cardinality) + codes.view(np.uint8)
        return number.astype(np.intp)

    def draw(self, noise: NDArray[np.uint32], parent_codes: Sequence[NDArray[np.int8]], out: NDArray[np.int8]) -> None:
        """Write the states' codes for `noise` (31-bit, shape (n,)) and the parents' codes into `out`."""
        out.fill(0)
        reached = np.empty(len(noise), dtype=np.bool_)
        where = self.configuration(parent_codes, len(noise)) if self.parents else None
        for threshold in self.thresholds:
            np.greater_equal(noise, threshold[0] if where is None else threshold.take(where), out=reached)
            out += reached.view(np.int8)

    def log_probability(self, codes: NDArray[np.int8], parent_codes: Sequence[NDArray[np.int8]]) -> NDArray[np.float64]:
        """Give ln P(own state | parents' states) of each row, shape (n,); -inf where impossible."""
        with np.errstate(divide="ignore"):
            logs = np.log(self.probabilities.reshape(-1, len(self.states)))
        chosen: NDArray[np.float64] = logs[self.configuration(parent_codes, len(codes)), codes]
        return chosen

    @property
    def _configurations(self) -> int:
        return self.probabilities.size // len(self.states)


def _check_names(kind: str, names: tuple[str, ...]) -> None:
    for position, name in enumerate(names):
        if not isinstance(name, str) or not name:
            raise GraphError(f"{name!r} is no name for a {kind}", hint="names are texts of at least one character")
        if name in names[:position]:
            raise GraphError(f"the {kind} {name!r} occurs twice")


def _check_rows(
    rows: Mapping[tuple[str, ...], Sequence[float]],
    expected: Sequence[tuple[str, ...]],
    parents: Sequence[str],
    length: int,
) -> None:
    known = frozenset(expected)
    for label in (label for label in rows if label not in known):
        of = ", ".join(parents) or "a root"
        raise GraphError(f"row ({', '.join(label)}) names no configuration of {of}")
    for label in expected:
        if label not in rows:
            raise GraphError(f"row ({', '.join(label)}) is missing")
        if len(rows[label]) != length:
            raise GraphError(f"row ({', '.join(label)}) has {len(rows[label])} probabilities for {length} states")


def _normalised(table: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = table.reshape(-1, table.shape[-1])
    with np.errstate(invalid="ignore"):
        sums = rows.sum(axis=1)
    fine = np.array([row_fault(row) is None for row in rows.tolist()], dtype=bool)
    if not fine.all():
        at = int(np.argmin(fine))
        label = ", ".join(str(int(part)) for part in np.unravel_index(at, table.shape[:-1]))
        raise GraphError(f"{f'row [{label}]' if label else 'the table'}: {row_fault(rows[at].tolist())}")
    scale = np.where(np.abs(sums - 1.0) > _ROUNDING, sums, 1.0)
    return (rows / scale[:, None]).reshape(table.shape)


def _thresholds(rows: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Turn rows (configurations, states) into thresholds; the last possible state's CDF is exactly 1."""
    states = rows.shape[1]
    cdf = np.minimum(np.cumsum(rows, axis=1), 1.0)
    last = states - 1 - np.argmax(rows[:, ::-1] > 0, axis=1)
    # Not left to rounding: whatever the sum, no noise may reach beyond the last possible state.
    cdf[np.arange(states)[None, :] >= last[:, None]] = 1.0
    scaled = np.rint(cdf * float(2**NOISE_BITS)).astype(np.uint32)
    return np.ascontiguousarray(scaled[:, :-1].T)
