"""Values as texts: how prompts and verdicts write a fact's value, how it is read back, when two are the same."""

import math
from typing import TYPE_CHECKING

from causalsynth.domain.lexicon import VariableWording

if TYPE_CHECKING:
    from causalsynth.scm.support import Value

__all__ = ["quantity", "read_value", "same_value"]

_SLACK = 1e-9
"""What floating point may add to a distance that is just the tolerance."""


def quantity(variable: VariableWording, value: "Value") -> str:
    """Write a value as facts are listed: a number with its unit, ``2.4 mmol/L``; a state as it is."""
    written = variable.written(value)
    unit = variable.number.unit if variable.numeric and variable.number is not None else ""
    return f"{written} {unit}" if unit else written


def read_value(variable: VariableWording, value: object) -> "Value":
    """Read a value that was written down; the inverse of `quantity`.

    Parameters
    ----------
    variable
        Whose value.
    value
        A state; or a number, as such or as text, with or without the variable's own unit.

    Raises
    ------
    ValueError
        It is none of the states, or no finite number in that unit; says what would be.
    """
    if not variable.numeric:
        if isinstance(value, str) and value in variable.states:
            return value
        raise ValueError(f"states: {', '.join(variable.states)}")
    assert variable.number is not None
    unit = variable.number.unit
    wanted = f"give a number in {unit}" if unit else "give a number"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(wanted)
    digits = value.strip().removesuffix(unit).rstrip() if isinstance(value, str) else value
    try:
        number = float(digits)
    except (ValueError, OverflowError):
        raise ValueError(wanted) from None
    if not math.isfinite(number) or (isinstance(digits, str) and "_" in digits):
        raise ValueError(wanted)
    return int(number) if variable.number.decimals <= 0 and number.is_integer() else number


def same_value(variable: VariableWording | None, one: "Value | None", other: "Value | None") -> bool:
    """Tell whether two values say the same: equal states, or numbers within the variable's tolerance.

    Without a `variable` numbers must be equal.
    """
    if isinstance(one, str | None) or isinstance(other, str | None):
        return one == other
    tolerance = variable.number.tolerance if variable is not None and variable.number is not None else 0.0
    return abs(one - other) <= tolerance + _SLACK * max(1.0, abs(one), abs(other))
