"""Variables without noise of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.laws import BITS31, Law
from causalsynth.scm.mechanisms.parameters import canonical_support, check_unit, when
from causalsynth.scm.mechanisms.rounding import agree, finish
from causalsynth.scm.support import Categorical, Columns, Numeric, Support

__all__ = ["Constant", "Deterministic"]

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Deterministic:
    """A value that follows from the parents alone.

    Parameters
    ----------
    expression
        Of a number: its value before rounding and clipping. Of a variable with two states: a condition, the second
        where it holds; with any number of them: the state's number, from 0.
    support
        What the variable can take.
    """

    expression: Expression
    support: Support

    @property
    def parents(self) -> tuple[str, ...]:
        """The variables of the expression."""
        return self.expression.names

    @property
    def law(self) -> Law:
        """31-bit noise, which nothing depends on."""
        return BITS31

    @property
    def deterministic(self) -> bool:
        """Always."""
        return True

    def check(self, supports: Mapping[str, Support]) -> None:
        """Check the expression: a number for numbers, a condition or a state's number for states."""
        if isinstance(self.support, Numeric):
            check_unit(self.expression, supports, self.support)
            return
        self.expression.check(supports, condition=self.expression.is_condition)
        if self.expression.is_condition and len(self.support.states) != 2:
            raise self.expression.error(
                f"a condition decides between 2 states, not {len(self.support.states)}",
                "give the state's number, from 0: if(CONDITION, 2, 0)",
            )

    def evaluate(self, noise: NDArray[Any], parents: Columns, out: NDArray[Any]) -> None:
        """Write the values or codes into `out`.

        Raises
        ------
        GraphError
            A state's number is none.
        """
        out[:] = self._values(parents)

    def abduct(self, values: NDArray[Any], parents: Columns, fresh: NDArray[Any]) -> NDArray[Any]:
        """Give the fresh noise: the value tells nothing about it.

        Unrounded numbers must agree to 9 digits.

        Raises
        ------
        InputError
            The parents lead to another value.
        """
        return self.abduct_between(values, values, parents, fresh)

    def abduct_between(
        self, lowest: NDArray[Any], highest: NDArray[Any], parents: Columns, fresh: NDArray[Any]
    ) -> NDArray[Any]:
        """Give the fresh noise, given that the value lies from `lowest` to `highest`."""
        own = self._values(parents)
        if (off := ~agree(own, lowest, highest, self.support)).any():
            row = int(np.argmax(off))
            values = lowest if lowest[row] > own[row] else highest
            decoded = self.support.decode(values[row].item()), self.support.decode(own[row].item())
            given = when(self.parents, parents, row)
            raise InputError(f"the value is {decoded[0]}, but the expression gives {decoded[1]}{given}")
        return fresh.copy()

    def log_probability(self, values: NDArray[Any], parents: Columns) -> Floats:
        """Give 0 where the parents lead to the value, unrounded to 9 digits, and -inf elsewhere."""
        return self.log_between(values, values, parents)

    def log_between(self, lowest: NDArray[Any], highest: NDArray[Any], parents: Columns) -> Floats:
        """Give 0 where the value lies from `lowest` to `highest`, and -inf elsewhere."""
        own = self._values(parents)
        return np.where(agree(own, lowest, highest, self.support), 0.0, -np.inf)

    def canonical(self) -> object:
        """Expression and support."""
        return ["deterministic", self.expression.text, canonical_support(self.support)]

    def _values(self, parents: Columns) -> NDArray[Any]:
        values = self.expression.evaluate(parents)
        if isinstance(self.support, Numeric):
            return finish(values, self.support)
        return self._codes(values, self.support, parents)

    def _codes(self, values: Floats, support: Categorical, parents: Columns) -> NDArray[np.int8]:
        known = (values >= 0.0) & (values < len(support.states)) & (values == np.floor(values))
        if not known.all():
            row = int(np.argmin(known))
            message = f"{values[row]:g} is the number of no state{when(self.parents, parents, row)}"
            states = ", ".join(f"{code} {state}" for code, state in enumerate(support.states[:8]))
            raise self.expression.error(message, f"they are {states}")
        return values.astype(np.int8)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that is the same on every row, as do() makes it.

    Parameters
    ----------
    value
        As the support keeps it.
    support
        What the variable can take.

    Raises
    ------
    InputError
        The support doesn't have the value.
    """

    value: float
    support: Numeric

    def __post_init__(self) -> None:
        if not isinstance(self.support, Numeric):
            raise GraphError("a Constant is a number", hint="CategoricalTable.constant holds a state")
        object.__setattr__(self, "value", self.support.encode(self.value))

    @property
    def parents(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def law(self) -> Law:
        """31-bit noise, which nothing depends on."""
        return BITS31

    @property
    def deterministic(self) -> bool:
        """Always."""
        return True

    def check(self, supports: Mapping[str, Support]) -> None:
        """Do nothing: it fits all."""

    def evaluate(self, noise: NDArray[Any], parents: Columns, out: Floats) -> None:
        """Write the value into every row of `out`."""
        out.fill(self.value)

    def abduct(self, values: Floats, parents: Columns, fresh: NDArray[Any]) -> NDArray[Any]:
        """Give the fresh noise; raises InputError where the value is another."""
        return self.abduct_between(values, values, parents, fresh)

    def abduct_between(self, lowest: Floats, highest: Floats, parents: Columns, fresh: NDArray[Any]) -> NDArray[Any]:
        """Give the fresh noise; raises InputError where the value doesn't lie from `lowest` to `highest`."""
        if (off := ~self._within(lowest, highest)).any():
            raise InputError(f"the value is {lowest[np.argmax(off)]:.12g}, but it is held at {self.value:.12g}")
        return fresh.copy()

    def log_probability(self, values: Floats, parents: Columns) -> Floats:
        """Give 0 where the value is this, and -inf elsewhere."""
        return self.log_between(values, values, parents)

    def log_between(self, lowest: Floats, highest: Floats, parents: Columns) -> Floats:
        """Give 0 where the value lies from `lowest` to `highest`, and -inf elsewhere."""
        return np.where(self._within(lowest, highest), 0.0, -np.inf)

    def canonical(self) -> object:
        """Value and support."""
        return ["constant", repr(self.value), canonical_support(self.support)]

    def _within(self, lowest: Floats, highest: Floats) -> NDArray[np.bool_]:
        return agree(np.full(len(lowest), self.value), lowest, highest, self.support)
