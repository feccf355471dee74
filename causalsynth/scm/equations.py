"""Structural equations in a line each, named as the keys of a YAML spec are.

>>> from causalsynth.scm import SCM, equations as eq
>>> scm = SCM.from_mechanisms("ward", {
...     "age": eq.normal(64, 15, decimals=0, low=18, high=95, unit="years"),
...     "sepsis": eq.logistic(("no", "yes"), "-0.6 + 0.01 * (age - 60)"),
...     "lactate": eq.lognormal("0.35 + 0.75 * [sepsis = yes]", 0.4, decimals=1, unit="mmol/L"),
... })
>>> scm.graph.parents("lactate")
('sepsis',)

A formula is a number, or an expression over other variables (docs/specs.md has the language). `low` and `high` clip a
number; `decimals` are the digits that it keeps, None for all.

Faults of a formula raise GraphError, its message beginning with the parameter's name, line and column: ``mean:1:7:``.
Arguments of the wrong kind raise InputError, such as numbers that aren't finite, or states as one text.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.laws import LAWS, NORMAL, Standard
from causalsynth.scm.mechanisms import (
    Case,
    CategoricalTable,
    Deterministic,
    LocationScale,
    Poisson,
    PythonMechanism,
    Rule,
    Threshold,
)
from causalsynth.scm.support import Categorical, Numeric, Support

__all__ = [
    "Formula",
    "additive",
    "bernoulli",
    "cases",
    "function",
    "logistic",
    "lognormal",
    "normal",
    "ordinal",
    "poisson",
    "probabilities",
    "table",
    "value",
]

Formula: TypeAlias = str | float | Expression

_NUMERIC = ("unit", "decimals", "low", "high")
_MORE = ("inverse", "log_density", "deterministic")


def probabilities(law: Mapping[str, float]) -> CategoricalTable:
    """Draw a state from a law; the order of the mapping is the order of the states."""
    _check_mapping(law, "the probabilities", 'states to probabilities: {"no": 0.6, "yes": 0.4}')
    return CategoricalTable(tuple(law), (), np.array([_probability(state, law[state]) for state in law]))


def table(
    states: Sequence[str],
    parents: Mapping[str, Sequence[str]],
    rows: Mapping[str | tuple[str, ...], Sequence[float]],
) -> CategoricalTable:
    """Draw a state from a conditional probability table.

    Parameters
    ----------
    states
        The variable's own.
    parents
        Parent → its states, in the order of the rows' labels.
    rows
        (state of each parent) → probabilities by own state; with one parent the state alone will do.
    """
    _check_mapping(parents, "the parents", "each to its states, in the order of the rows' labels")
    _check_mapping(rows, "the rows", "the parents' states to probabilities")
    of_parents = {parent: _listed(theirs, f"the states of {parent}") for parent, theirs in parents.items()}
    labelled = {
        (label,) if isinstance(label, str) else _listed(label, "a row's states"): _listed(row, "a row's probabilities")
        for label, row in rows.items()
    }
    return CategoricalTable.from_rows(_listed(states), tuple(parents), labelled, of_parents)


def bernoulli(states: Sequence[str], probability: Formula) -> Rule:
    """Draw one of two states; `probability` is that of the second."""
    names = _two(states, "bernoulli")
    chance = _formula(probability, "probability")
    complement = Expression.parse(f"1 - ({chance.text})", place="1 - probability")
    return Rule(names, (Case(None, (complement, chance)),))


def logistic(states: Sequence[str], logit: Formula) -> Threshold:
    """Draw one of two states; P(second) = 1 / (1 + exp(-logit))."""
    return Threshold(_two(states, "logistic"), _formula(logit, "logit"), (0.0,))


def ordinal(
    states: Sequence[str], latent: Formula, cutpoints: Sequence[float], *, noise: str = "logistic", scale: Formula = 1
) -> Threshold:
    """Cut a latent number, `latent` plus noise times `scale`, into states."""
    cuts = _listed(cutpoints, "the cutpoints")
    return Threshold(_listed(states), _formula(latent, "latent"), cuts, _law(noise), _formula(scale, "scale"))


def cases(states: Sequence[str], *rows: tuple[Formula | None, Sequence[Formula] | str]) -> Rule:
    """Draw a state by the first row whose condition holds.

    Parameters
    ----------
    states
        The variable's own.
    rows
        (condition, probabilities by state), or (condition, the one state); the condition of the last row may be None:
        it holds always.
    """
    names = _listed(states)
    return Rule(names, tuple(_case(names, number, row) for number, row in enumerate(rows, start=1)))


def value(formula: Formula, support: Support | Sequence[str] | None = None, **numeric: Any) -> Deterministic:
    """Follow from the parents without noise.

    Parameters
    ----------
    formula
        The value; for two states a condition, the second where it holds.
    support
        What the variable can take, or its states.
    numeric
        Instead of `support`, unit, decimals, low and high of a number.
    """
    _check_keywords(numeric, _NUMERIC)
    if support is not None and numeric:
        raise InputError(f"a support and {', '.join(numeric)} are given", hint="give the one or the other")
    return Deterministic(_formula(formula, "formula"), Numeric(**numeric) if support is None else _support(support))


def normal(
    mean: Formula,
    sd: Formula,
    *,
    unit: str = "",
    decimals: int | None = None,
    low: float = -math.inf,
    high: float = math.inf,
) -> LocationScale:
    """Draw a number: `mean` plus normal noise of standard deviation `sd`."""
    return LocationScale(_formula(mean, "mean"), _formula(sd, "sd"), Numeric(unit, decimals, low, high), NORMAL)


def additive(
    mean: Formula,
    scale: Formula,
    *,
    noise: str,
    unit: str = "",
    decimals: int | None = None,
    low: float = -math.inf,
    high: float = math.inf,
) -> LocationScale:
    """Draw a number: `mean` plus `scale` times standard noise: normal, logistic, laplace or uniform (0 to 1)."""
    law, support = _law(noise), Numeric(unit, decimals, low, high)
    return LocationScale(_formula(mean, "mean"), _formula(scale, "scale"), support, law)


def lognormal(
    mu: Formula, sigma: Formula, *, unit: str = "", decimals: int | None = None, low: float = 0, high: float = math.inf
) -> LocationScale:
    """Draw a number whose logarithm is normal with mean `mu` and standard deviation `sigma`."""
    support = Numeric(unit, decimals, low, high)
    return LocationScale(_formula(mu, "mu"), _formula(sigma, "sigma"), support, NORMAL, log=True)


def poisson(rate: Formula, *, offset: int = 0, unit: str = "", high: float = math.inf) -> Poisson:
    """Draw a count: `offset` plus a Poisson number of mean `rate`."""
    return Poisson(_formula(rate, "rate"), Numeric(unit, 0, offset, high), offset)


def function(
    call: Callable[[dict[str, NDArray[Any]], NDArray[Any]], Any],
    parents: Sequence[str],
    support: Support | Sequence[str],
    *,
    noise: str = "normal",
    **more: Any,
) -> PythonMechanism:
    """Follow from ``call(parents, u)``, a Python function of arrays.

    Parameters
    ----------
    call
        As `PythonMechanism` takes it.
    parents
        The variables that it reads.
    support
        What the variable can take, or its states.
    noise
        The law of `u`.
    more
        `PythonMechanism`'s inverse, log_density and deterministic.
    """
    _check_keywords(more, _MORE)
    return PythonMechanism(call, _listed(parents, "the parents"), _support(support), _law(noise), **more)


def _formula(formula: Formula, name: str) -> Expression:
    """Read a parameter, whose errors will begin with its name."""
    given: Any = formula
    if isinstance(given, Expression):
        return given
    if isinstance(given, str):
        return Expression.parse(given, place=name)
    if isinstance(given, bool) or not isinstance(given, Real) or not math.isfinite(given):
        raise InputError(f"{name} = {given!r} is no formula", hint='give a finite number, or a text such as "2 * age"')
    return Expression.parse(repr(float(given)), place=name)


def _listed(given: Iterable[Any], what: str = "the states") -> tuple[Any, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InputError(f"{what}, {given!r}, are no list", hint='list them: ("no", "yes")')
    return tuple(given)


def _check_mapping(given: Any, what: str, wanted: str) -> None:
    if not isinstance(given, Mapping):
        raise InputError(f"{what}, {given!r}, are no mapping", hint=f"map {wanted}")


def _two(states: Sequence[str], mechanism: str) -> tuple[str, ...]:
    names = _listed(states)
    if len(names) != 2:
        raise GraphError(f"{mechanism} is for 2 states, not {len(names)}", hint="use cases, table or ordinal for more")
    return names


def _support(given: Support | Sequence[str]) -> Support:
    return given if isinstance(given, Support) else Categorical(_listed(given, "the support"))


def _probability(state: str, share: Any) -> float:
    if isinstance(share, bool) or not isinstance(share, Real):
        raise InputError(f"the probability of {state!r}, {share!r}, is no number", hint="give numbers from 0 to 1")
    return float(share)


def _law(name: str) -> Standard:
    if not isinstance(name, str) or name not in LAWS:
        raise InputError(f"there is no noise {name!r}", hint=f"there are {', '.join(LAWS)}")
    return LAWS[name]


def _check_keywords(given: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            raise InputError(f"there is no parameter {name!r}", hint=f"there are {', '.join(known)}")


def _case(states: tuple[str, ...], number: int, row: tuple[Formula | None, Sequence[Formula] | str]) -> Case:
    if isinstance(row, str) or not isinstance(row, Sequence) or len(row) != 2:
        raise InputError(f"row {number}, {row!r}, is no pair", hint="write (condition, state) or (condition, shares)")
    condition, outcome = row
    when = None if condition is None else _formula(condition, f"condition {number}")
    if not isinstance(outcome, str):
        shares = enumerate(_listed(outcome, f"the probabilities of row {number}"), start=1)
        return Case(when, tuple(_formula(share, f"probability {number}.{place}") for place, share in shares))
    if outcome not in states:
        raise InputError(f"there is no state {outcome!r}", hint=f"the states are {', '.join(states)}")
    return Case(when, tuple(_formula(float(state == outcome), f"probability {number}") for state in states))
