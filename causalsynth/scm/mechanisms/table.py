"""Conditional probability tables."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.laws import BITS31, Law
from causalsynth.scm.mechanisms.parameters import when
from causalsynth.scm.noise import NOISE_BITS
from causalsynth.scm.support import Categorical, Columns, Support, check_names

__all__ = ["ROW_TOLERANCE", "CategoricalTable", "row_fault", "thresholds"]

ROW_TOLERANCE = 1e-3
"""How far a row's sum may be from 1 and still be rescaled.

Published networks are off by up to 3e-7 (thirds written with seven digits), hand-written ones by up to 1e-3
(thirds written as 0.333). A mistyped digit is off by 0.01 or more, and must not be scaled away.
"""

_MOST_COMPARED = 8  # States up to which comparing with each threshold beats bisection.

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
    """Shape (parent configurations, slots), in [0, 2**31]; slots beyond the last state's hold 2**31, never reached."""

    def __post_init__(self) -> None:
        support, parents = Categorical(self.states), tuple(self.parents)
        check_names("parent", parents)
        table = _floats(self.probabilities)
        if table.ndim != len(parents) + 1 or table.shape[-1] != len(support.states):
            raise GraphError(
                f"a table of shape {table.shape} doesn't fit {len(parents)} parents and {len(support.states)} states",
                hint="one axis a parent, in order, and the states last",
            )
        table = _normalised(table)
        table.flags.writeable = False
        object.__setattr__(self, "states", support.states)
        object.__setattr__(self, "parents", parents)
        object.__setattr__(self, "probabilities", table)
        object.__setattr__(self, "thresholds", _searchable(thresholds(table.reshape(-1, len(support.states)))))

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
        table = _floats([rows[label] for label in expected]).reshape(shape)
        return cls(tuple(states), tuple(parents), table, of_parents)

    @classmethod
    def constant(cls, states: Sequence[str], value: str) -> "CategoricalTable":
        """Build the mechanism of a variable that do() holds at `value`: no parents, all mass on one state."""
        return cls(tuple(states), (), np.array([float(state == value) for state in states]))

    @property
    def support(self) -> Categorical:
        """The states."""
        return Categorical(self.states)

    @property
    def law(self) -> Law:
        """31-bit uniform noise."""
        return BITS31

    @property
    def deterministic(self) -> bool:
        """Whether each row puts all mass on one state."""
        return bool((self.probabilities.max(axis=-1) == 1.0).all())

    def check(self, supports: Mapping[str, Support]) -> None:
        """Make sure that the parents have the states that the table takes them to have."""
        supposed = self.parent_states or (None,) * len(self.parents)
        for parent, taken, cardinality in zip(self.parents, supposed, self.probabilities.shape, strict=False):
            own = supports[parent]
            if not isinstance(own, Categorical):
                raise GraphError(
                    f"a table can't have the parent {parent}, which is a number",
                    hint="use a mechanism with an expression, e.g. cut into ranges by [x < 65]",
                )
            if len(own.states) != cardinality:
                raise GraphError(
                    f"the table has {cardinality} rows for {parent}, which has the states {', '.join(own.states)}",
                    hint="one axis a parent, in order, and the states last",
                )
            if taken is not None and taken != own.states:
                raise GraphError(
                    f"the table takes {parent} to have the states ({', '.join(taken)}), "
                    f"{parent} itself has ({', '.join(own.states)})"
                )

    def evaluate(self, noise: NDArray[np.uint32], parents: Columns, out: NDArray[np.int8]) -> None:
        """Write the states' codes into `out`."""
        reached = out.view(np.bool_)  # the first comparison is written as codes 0 and 1, with no copy
        if len(self.states) > _MOST_COMPARED:
            self._search(noise, parents, out)
        elif len(self.states) == 1:
            out.fill(0)
        elif not self.parents:
            np.greater_equal(noise, self.thresholds[0, 0], out=reached)
            for threshold in self.thresholds[0, 1:]:
                out += (noise >= threshold).view(np.int8)
        else:
            where = self.configuration(parents)  # in range by construction: "wrap" spares take() its check
            np.greater_equal(noise, self.thresholds[:, 0].take(where, mode="wrap"), out=reached)
            for column in self.thresholds.T[1:]:
                out += (noise >= column.take(where, mode="wrap")).view(np.int8)

    def configuration(self, parents: Columns) -> NDArray[np.intp]:
        """Compute each row's parent configuration, shape (rows,): mixed radix, last parent fastest."""
        if not self.parents:
            return np.zeros(parents.rows, dtype=np.intp)
        size = len(self.thresholds)
        radix = np.uint8 if size <= 2**8 else np.uint16 if size <= 2**16 else np.uint32  # memory is what costs
        number = parents[self.parents[0]].view(np.uint8)
        if radix is not np.uint8:
            number = number.astype(radix)
        for parent, cardinality in zip(self.parents[1:], self.probabilities.shape[1:], strict=False):
            number = number * radix(cardinality) + parents[parent].view(np.uint8)
        return number.astype(np.intp)

    def abduct(self, values: NDArray[np.int8], parents: Columns, fresh: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Draw noise uniform between the thresholds of the observed state (inverse-CDF truncation).

        Raises
        ------
        InputError
            The state is impossible there, or less probable than the noise can tell; names the parents' values.
        """
        where, codes = self.configuration(parents), values.astype(np.intp)
        edges = np.empty((len(self.thresholds), len(self.states) + 1), dtype=np.uint64)
        edges[:, 0], edges[:, -1] = 0, 2**NOISE_BITS
        edges[:, 1:-1] = self.thresholds[:, : len(self.states) - 1]
        low, high = edges[where, codes], edges[where, codes + 1]
        if (low == high).any():
            row = int(np.argmax(low == high))
            state, given = self.states[int(values[row])], when(self.parents, parents, row)
            raise InputError(f"the state {state!r} is less probable than 2**-32{given}: the noise never leads to it")
        return (low + ((high - low) * fresh >> np.uint64(NOISE_BITS))).astype(np.uint32)

    def log_probability(self, values: NDArray[np.int8], parents: Columns) -> NDArray[np.float64]:
        """Give ln P(own state | parents' states) of each row, shape (rows,); -inf where impossible."""
        with np.errstate(divide="ignore"):
            logs = np.log(self.probabilities.reshape(-1, len(self.states)))
        chosen: NDArray[np.float64] = logs[self.configuration(parents), values]
        return chosen

    def state_probabilities(self, parents: Columns) -> NDArray[np.float64]:
        """Give P(state | parents) of each row, shape (states, rows)."""
        return np.ascontiguousarray(self.probabilities.reshape(-1, len(self.states))[self.configuration(parents)].T)

    def canonical(self) -> object:
        """States, parents and a digest of the table."""
        digest = hashlib.sha256(self.probabilities.astype("<f8").tobytes()).hexdigest()
        return ["table", self.states, self.parents, digest]

    def _search(self, noise: NDArray[np.uint32], parents: Columns, out: NDArray[np.int8]) -> None:
        """Count the thresholds reached by bisection: cardinality k costs log2 k looks, not k."""
        slots = self.thresholds.shape[1]  # a power of two, less one
        flat = self.thresholds.ravel()
        base = self.configuration(parents) * slots
        count = np.zeros(len(noise), dtype=np.intp)
        step = (slots + 1) // 2
        while step:
            passed = noise >= flat.take(base + (count + (step - 1)))
            count += passed * step
            step //= 2
        out[:] = count


def _check_rows(
    rows: Mapping[tuple[str, ...], Sequence[float]],
    expected: Sequence[tuple[str, ...]],
    parents: Sequence[str],
    length: int,
) -> None:
    known = frozenset(expected)
    for label in (label for label in rows if label not in known):
        of = ", ".join(parents) or "a root"
        raise GraphError(f"row ({', '.join(map(str, label))}) names no configuration of {of}")
    for label in expected:
        if label not in rows:
            raise GraphError(f"row ({', '.join(label)}) is missing")
        if len(rows[label]) != length:
            raise GraphError(f"row ({', '.join(label)}) has {len(rows[label])} probabilities for {length} states")


def _floats(given: Any) -> NDArray[np.float64]:
    """Copy probabilities into an array of one's own."""
    try:
        return np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise GraphError(f"the probabilities aren't numbers: {error}", hint="give numbers from 0 to 1") from None


def _normalised(table: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = table.reshape(-1, table.shape[-1])
    if not (rows.min() >= 0.0 and rows.max() <= 1.0):  # NaN fails too
        _refuse(rows, table.shape[:-1])
    sums = rows.sum(axis=1)
    off = np.abs(sums - 1.0)
    if off.max() <= _ROUNDING:
        return table
    if off.max() > ROW_TOLERANCE:
        _refuse(rows, table.shape[:-1])
    scale = np.where(off > _ROUNDING, sums, 1.0)
    return (rows / scale[:, None]).reshape(table.shape)


def _refuse(rows: NDArray[np.float64], shape: tuple[int, ...]) -> None:
    """Name the first row that is no distribution; sums in another order can differ at the edge of the tolerance."""
    for at, row in enumerate(rows.tolist()):
        if (fault := row_fault(row)) is not None:
            label = ", ".join(str(int(part)) for part in np.unravel_index(at, shape))
            raise GraphError(f"{f'row [{label}]' if label else 'the table'}: {fault}")


def thresholds(rows: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Turn distributions into thresholds ``round(2**31 · CDF)``.

    Parameters
    ----------
    rows
        Shape (rows, states); each sums to 1.

    Returns
    -------
    array of uint32, shape (rows, states - 1)
        In [0, 2**31]. The last possible state's CDF is exactly 1.
    """
    cdf = rows.cumsum(axis=1)
    np.minimum(cdf, 1.0, out=cdf)
    # Not left to rounding: whatever the sum, no noise may reach beyond the last possible state.
    if rows[:, -1].all():
        cdf[:, -1] = 1.0
    else:
        states = rows.shape[1]
        last = states - 1 - np.argmax(rows[:, ::-1] > 0, axis=1)
        cdf[np.arange(states)[None, :] >= last[:, None]] = 1.0
    np.rint(cdf * float(2**NOISE_BITS), out=cdf)
    return cdf[:, :-1].astype(np.uint32)


def _searchable(own: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Lay thresholds out as `CategoricalTable.evaluate` reads them."""
    if own.shape[1] < _MOST_COMPARED:
        return np.asfortranarray(own)  # read a column at a time
    slots = 2 ** int(own.shape[1]).bit_length() - 1
    padded = np.full((len(own), slots), 2**NOISE_BITS, dtype=np.uint32)
    padded[:, : own.shape[1]] = own
    return padded
