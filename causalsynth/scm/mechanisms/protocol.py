"""What every mechanism can do."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from causalsynth.scm.laws import Law
from causalsynth.scm.support import Columns, Support

__all__ = ["Mechanism"]


@runtime_checkable
class Mechanism(Protocol):
    """A structural equation x = f(parents, u): how a variable follows from its parents and its own noise.

    Every method works row by row: what comes out for one row doesn't depend on the others.
    """

    @property
    def parents(self) -> tuple[str, ...]:
        """The variables that it reads, in its own order."""
        ...

    @property
    def support(self) -> Support:
        """What the variable can take."""
        ...

    @property
    def law(self) -> Law:
        """The law of its noise u."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether the parents alone decide the value, whatever the noise."""
        ...

    def check(self, supports: Mapping[str, Support]) -> None:
        """Make sure that it fits its parents.

        Raises
        ------
        GraphError
            It doesn't: unknown states, a number where states are wanted, other states than the table's.
        """
        ...

    def evaluate(self, noise: NDArray[Any], parents: Columns, out: NDArray[Any]) -> None:
        """Write f(parents, noise) into `out`, of the support's dtype, shape (rows,).

        Raises
        ------
        GraphError
            It has no value for some row (division by zero, a probability out of range); names the parents' values.
        """
        ...

    def abduct(self, values: NDArray[Any], parents: Columns, fresh: NDArray[Any]) -> NDArray[Any]:
        """Draw the noise given what it led to: u from P(U | X = values, parents).

        Parameters
        ----------
        values
            What was observed, possible given the parents; of the support's dtype, shape (rows,).
        parents
            Over the same rows.
        fresh
            Independent noise of the same law and shape that the draw is made from.

        Returns
        -------
        array of the law's shape and dtype
            `evaluate` gives `values` again.

        Raises
        ------
        InputError
            It can't be inverted.
        """
        ...

    def log_probability(self, values: NDArray[Any], parents: Columns) -> NDArray[np.float64]:
        """Give ln P(values | parents), shape (rows,); of unrounded numbers the density's; -inf where impossible.

        Raises
        ------
        InputError
            It isn't known (a Python function).
        """
        ...

    def canonical(self) -> object:
        """Give all that decides its values, as JSON can hold it: what a model's digest is made of."""
        ...
