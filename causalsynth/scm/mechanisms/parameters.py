"""Expressions as parameters of mechanisms: what they mention, and bounds that their values must keep."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.scm.expressions import Expression
from causalsynth.scm.support import Categorical, Columns, Numeric, Support

__all__ = ["canonical_support", "check_unit", "mentioned", "positive", "restricted", "when"]

Floats: TypeAlias = NDArray[np.float64]

_SHOWN = 8


def mentioned(expressions: Iterable[Expression]) -> tuple[str, ...]:
    """List the variables of several expressions, in order of first mention."""
    return tuple(dict.fromkeys(name for expression in expressions for name in expression.names))


def when(names: Iterable[str], parents: Columns, row: int) -> str:
    """Write the parents' values in a row as the end of a message; empty if there are none."""
    shown = [parents.describe(name, row) for name in names]
    rest = ["…"] if len(shown) > _SHOWN else []
    return f" when {', '.join(shown[:_SHOWN] + rest)}" if shown else ""


def positive(expression: Expression, what: str, parents: Columns) -> Floats:
    """Evaluate a parameter that must be above 0, shape (rows,).

    Raises
    ------
    GraphError
        It isn't, in some row; `what` names it.
    """
    values = expression.evaluate(parents)
    if (bad := ~(values > 0.0)).any():
        row = int(np.argmax(bad))
        given = when(expression.names, parents, row)
        hint = (
            "keep it above 0 for every value of the parents, e.g. max(…, 0.1); without noise, use an expression alone"
        )
        raise expression.error(f"{what} is {values[row]:g}, not above 0{given}", hint)
    return values


def check_unit(expression: Expression, supports: Mapping[str, Support], own: Numeric) -> None:
    """Check an expression whose value is in the variable's own unit.

    Raises
    ------
    GraphError
        It doesn't fit its variables, or is in another unit.
    """
    unit = expression.check(supports)
    if unit is not None and own.unit and unit != own.unit:
        raise expression.error(
            f"unit mismatch: this is in {unit}, the variable in {own.unit}",
            "a factor converts one to the other: a product is in any unit",
        )


def restricted(parents: Columns, names: Iterable[str], rows: NDArray[np.intp]) -> Columns:
    """Take some rows of some parents."""
    if len(rows) == parents.rows:
        return parents
    return Columns({name: parents[name][rows] for name in names}, parents.supports, len(rows))


def canonical_support(support: Support) -> list[Any]:
    """Write a support as JSON can hold it."""
    if isinstance(support, Categorical):
        return list(support.states)
    return [support.unit, support.decimals, repr(float(support.low)), repr(float(support.high))]
