"""The functions of the expression language.

Everything is elementwise: the value in one row depends on that row alone, whatever rows stand beside it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONSTANTS", "FUNCTIONS", "Function", "Numbers", "power"]

Numbers: TypeAlias = NDArray[np.float64]

CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": math.pi, "e": math.e})


@dataclass(frozen=True, slots=True)
class Function:
    """A function of numbers.

    Attributes
    ----------
    name
        As messages write it.
    compute
        Arrays of shape (rows,) → array of shape (rows,).
    fewest, most
        How many arguments; `most` None: any number.
    keeps_unit
        Whether the value is in the unit of the arguments, which must be the same.
    domain
        What the first argument must satisfy, ``{}`` standing for it; empty: any number will do.
    outside
        Marks the rows where it doesn't.
    """

    name: str
    compute: Callable[..., Numbers]
    fewest: int = 1
    most: int | None = 1
    keeps_unit: bool = False
    domain: str = ""
    outside: Callable[[Numbers], NDArray[np.bool_]] | None = None


def power(base: Numbers, exponent: Numbers) -> Numbers:
    """Raise to a power; squares are products, whichever shortcut numpy takes for them at a given number of rows."""
    result: Numbers = np.where(exponent == 2.0, base * base, np.power(base, exponent))
    return result


def _logistic(x: Numbers) -> Numbers:
    """Compute 1 / (1 + exp(-x)) without overflow: exp sees no positive number."""
    small = np.exp(-np.abs(x))
    result: Numbers = np.where(x >= 0, 1.0, small) / (1.0 + small)
    return result


def _logit(p: Numbers) -> Numbers:
    """Compute log(p / (1 - p)) with full precision near 0."""
    return np.log(p) - np.log1p(-p)


def _smallest(*numbers: Numbers) -> Numbers:
    result = numbers[0]
    for other in numbers[1:]:
        result = np.minimum(result, other)
    return result


def _greatest(*numbers: Numbers) -> Numbers:
    result = numbers[0]
    for other in numbers[1:]:
        result = np.maximum(result, other)
    return result


def _clip(x: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """Keep x within low … high; NaN where there is no such number."""
    clipped: Numbers = np.where(low <= high, np.minimum(np.maximum(x, low), high), np.nan)
    return clipped


def _log_like(name: str, compute: Callable[[Any], Any]) -> Function:
    return Function(name, compute, domain="{} > 0", outside=lambda x: x <= 0)


_ALL = (
    Function("exp", np.exp),
    _log_like("log", np.log),
    _log_like("log10", np.log10),
    _log_like("log2", np.log2),
    Function("sqrt", np.sqrt, domain="{} >= 0", outside=lambda x: x < 0),
    Function("abs", np.abs, keeps_unit=True),
    Function("floor", np.floor, keeps_unit=True),
    Function("ceil", np.ceil, keeps_unit=True),
    Function("clip", _clip, 3, 3, keeps_unit=True),
    Function("min", _smallest, 2, None, keeps_unit=True),
    Function("max", _greatest, 2, None, keeps_unit=True),
    Function("logistic", _logistic),
    Function("logit", _logit, domain="{0} > 0 and {0} < 1", outside=lambda p: (p <= 0) | (p >= 1)),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {function.name: function for function in _ALL} | {"expit": next(f for f in _ALL if f.name == "logistic")}
)
"""By name; ``expit`` is another name of ``logistic``. ``if`` and ``round`` aren't here: they are syntax."""
