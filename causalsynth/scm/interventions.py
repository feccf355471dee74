"""Interventions: what do() can do to a variable, in Python and as ``--do`` writes it.

=====================  ==========================  ====================================================
on the command line    in Python                   the variable
=====================  ==========================  ====================================================
``X=a``, ``age=70``    ``do(X="a", age=70)``       is held at a value
``X~a:.2,b:.8``        ``do(X={"a": .2, "b": .8})``  is drawn from a law of its own, by noise of its own
``age~normal(70, 5)``  ``do(age="~normal(70, 5)")``  likewise
``age+=5``             ``do(age=Shift(5))``        follows as before, plus 5
``X:=EXPRESSION``      ``do(X=Policy("…"))``       follows from an expression over other variables
(API only)             ``do(X=mechanism)``         follows by any mechanism, by the noise that it has anyway
=====================  ==========================  ====================================================
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TypeAlias, TypeVar

import numpy as np

from causalsynth.errors import GraphError, InputError
from causalsynth.graph import Dag
from causalsynth.scm.couplings import coupled
from causalsynth.scm.expressions import Expression
from causalsynth.scm.laws import NORMAL, UNIFORM
from causalsynth.scm.mechanisms import (
    CategoricalTable,
    Constant,
    Deterministic,
    GumbelMax,
    LocationScale,
    Mechanism,
    Poisson,
    Shifted,
)
from causalsynth.scm.structure import Structure
from causalsynth.scm.support import Categorical, Numeric, Support, Value

__all__ = [
    "Change",
    "Intervention",
    "Policy",
    "Shift",
    "intervene",
    "read",
]

_USAGE = 'a value is X=x (X="<5"), a law X~a:.2,b:.8, a shift X+=5, a policy X:=EXPRESSION'


@dataclass(frozen=True, slots=True)
class Shift:
    """Add an amount to what a numeric variable would have been; the range of the variable still clips it."""

    by: float


@dataclass(frozen=True, slots=True)
class Policy:
    """Let a variable follow from others by an expression (Pearl, Causality, 2009, section 4.2, conditional actions).

    A numeric variable takes the expression's value, rounded and clipped as ever. A categorical one of two states takes
    the second where the expression, a condition such as ``[map < 65]``, holds; one of more states takes the state whose
    number, from 0, the expression gives.
    """

    expression: str


Model = TypeVar("Model", bound=Structure)

Intervention: TypeAlias = Value | Mapping[str, float] | Shift | Policy | Mechanism


@dataclass(frozen=True, slots=True)
class Change:
    """What an intervention makes of a variable.

    Attributes
    ----------
    mechanism
        How it follows now.
    told
        The intervention, as it stands behind the variable's name in ``--do``, without the ``=`` of a value.
    held
        Whether it stays at one value.
    anew
        Whether chance enters by an exogenous variable of its own.
    """

    mechanism: Mechanism
    told: str
    held: bool = False
    anew: bool = False


def change(variable: str, intervention: Intervention, before: Mechanism, variables: Collection[str]) -> Change:
    """Work out what an intervention makes of a variable; a policy may read `variables`.

    Raises
    ------
    InputError
        The intervention doesn't suit the variable: an unknown state, a shift of a categorical one, a mechanism with
        other values.
    """
    try:
        return _change(variable, intervention, before, variables)
    except InputError as error:
        place = "" if error.message.startswith("do(") else f"do({variable}): "
        raise InputError(f"{place}{error.message}", hint=error.hint) from None


def intervene(scm: Model, given: Mapping[str, Intervention]) -> Model:
    """Give the model under interventions; see `SCM.do`."""
    changes = {}
    for variable, intervention in given.items():
        scm.support(variable)
        changes[variable] = change(variable, intervention, scm.mechanisms[variable], scm.variables)
    mechanisms = {**scm.mechanisms, **{variable: each.mechanism for variable, each in changes.items()}}
    # A shift leaves a variable's noise as it is, whatever noise that is.
    reset = {variable for variable, each in changes.items() if not isinstance(each.mechanism, Shifted)}
    return replace(
        scm,
        graph=Dag({variable: mechanisms[variable].parents for variable in scm.variables}),
        mechanisms=mechanisms,
        interventions={**scm.interventions, **_told(scm, changes)},
        held=scm.held.difference(changes) | {variable for variable, each in changes.items() if each.held},
        anew=scm.anew.difference(reset) | {variable for variable, each in changes.items() if each.anew},
        before=scm.observational,
    )


def _told(scm: Structure, changes: Mapping[str, Change]) -> dict[str, str]:
    """Name the interventions; a shift upon another one doesn't stand for both."""
    return {
        variable: f"{scm.interventions[variable]}; {each.told}"
        if isinstance(each.mechanism, Shifted) and variable in scm.interventions
        else each.told
        for variable, each in changes.items()
    }


def read(text: str) -> tuple[str, str]:
    """Split one ``--do`` into the variable and what `SCM.do` takes as text: ``X~a:.2,b:.8`` → ``X``, ``~a:.2,b:.8``.

    Raises
    ------
    InputError
        It is none of the four forms.
    """
    places = {sign: text.find(sign) for sign in ("+=", ":=", "~", "=") if sign in text}
    if not places:
        raise InputError(f"--do {text!r} is not VARIABLE=STATE", hint=_USAGE)
    sign = min(places, key=places.__getitem__)
    variable, value = text[: places[sign]].strip(), text[places[sign] + len(sign) :].strip()
    if not (variable and value):
        raise InputError(f"--do {text!r} is not VARIABLE=STATE", hint=_USAGE)
    return variable, value if sign == "=" else sign + value


def _change(variable: str, intervention: Intervention, before: Mechanism, variables: Collection[str]) -> Change:
    support = before.support
    if isinstance(intervention, str) and not _is_value(intervention, support):
        parsed = _parsed(intervention, support)
        if isinstance(parsed, Mapping | Shift | Policy):
            return replace(_change(variable, parsed, before, variables), told=intervention)
        return Change(parsed, intervention, anew=True)
    if isinstance(intervention, str | int | float | np.number) and not isinstance(intervention, bool | np.bool_):
        return Change(_held(intervention, support), str(intervention), held=True)
    if isinstance(intervention, Mapping):
        law = {state: _probability(share) for state, share in intervention.items()}
        told = "~" + ",".join(f"{state}:{share!r}" for state, share in law.items())
        return Change(_law(law, support), told, anew=True)
    if isinstance(intervention, Shift):
        return Change(_shifted(intervention, before), f"+={float(intervention.by)!r}")
    if isinstance(intervention, Policy):
        return Change(_policy(variable, intervention, support, variables), f":={intervention.expression}")
    if not isinstance(intervention, Mechanism):
        raise InputError(
            f"{intervention!r} is no intervention",
            hint="give a value, a mapping from states to probabilities, a Shift, a Policy or a mechanism",
        )
    # Not readable again, and not to be mistaken for what is.
    return Change(_replaced(intervention, before), f"<{type(intervention).__name__}>")


def _policy(variable: str, policy: Policy, support: Support, variables: Collection[str]) -> Mechanism:
    place = f"do({variable})"
    if not isinstance(policy.expression, str):
        raise InputError(f"a policy is a text, not {policy.expression!r}", hint='Policy("[age > 60]")')
    expression = Expression.parse(policy.expression, place=place, variables=variables)
    for name in expression.names:
        if name not in variables:
            close = get_close_matches(name, variables, n=3)
            meant = (
                f"did you mean {' or '.join(close)}?" if close else f"to hold it at a value, write {variable}={name}"
            )
            raise InputError(f"a policy of {variable} reads {name}, which is no variable", hint=meant)
    if variable in expression.names:
        raise InputError(
            f"a policy of {variable} can't read {variable} itself", hint="to add to it, write Shift, or +="
        )
    return Deterministic(expression, support)


def _replaced(mechanism: Mechanism, before: Mechanism) -> Mechanism:
    if mechanism.support != before.support:
        raise InputError(
            f"the mechanism gives {mechanism.support.describe()}; the variable takes {before.support.describe()}",
            hint="give the new mechanism the same states, unit, decimals and range",
        )
    # Under Gumbel-max the variable's noise is a vector, and is to lead to states by the new mechanism too.
    return coupled(mechanism, "gumbel_max") if isinstance(before, GumbelMax) else mechanism


def _probability(share: object) -> float:
    if isinstance(share, int | float | np.number) and not isinstance(share, bool):
        return float(share)
    raise InputError(f"{share!r} is no probability", hint="give a number from 0 to 1")


def _held(value: Value, support: Support) -> Mechanism:
    if isinstance(support, Categorical):
        if value not in support.states:
            raise InputError(f"no state {value!r}", hint=f"its states are {', '.join(support.states)}")
        return CategoricalTable.constant(support.states, str(value))
    return Constant(support.encode(value), support)


def _law(law: Mapping[str, float], support: Support) -> Mechanism:
    if not isinstance(support, Categorical):
        raise InputError("a number has no law over states", hint="write X~normal(70, 5), or give a mechanism")
    if unknown := [state for state in law if state not in support.states]:
        raise InputError(f"no state {unknown[0]!r}", hint=f"its states are {', '.join(support.states)}")
    try:
        return CategoricalTable(support.states, (), np.array([law.get(state, 0.0) for state in support.states]))
    except GraphError as error:
        raise InputError(error.message, hint="the probabilities of a law sum to 1") from None


def _shifted(shift: Shift, before: Mechanism) -> Mechanism:
    if isinstance(before.support, Categorical):
        raise InputError("states can't be shifted", hint="hold it at a state, or give it a law: X~a:.2,b:.8")
    by = shift.by
    if isinstance(by, bool) or not isinstance(by, int | float | np.number) or not math.isfinite(by):
        raise InputError(f"a shift by {by!r} is no shift", hint="give a finite number")
    return Shifted(before, float(by))


def _is_value(text: str, support: Support) -> bool:
    sign = text.startswith(("~", "+=", ":="))
    return not sign or (isinstance(support, Categorical) and text in support.states)


def _parsed(text: str, support: Support) -> Mapping[str, float] | Shift | Policy | Mechanism:
    if text.startswith("~"):
        return _parsed_law(text[1:]) if isinstance(support, Categorical) else _law_of_number(text[1:], support)
    if text.startswith("+="):
        try:
            return Shift(float(text[2:]))
        except ValueError:
            raise InputError(f"{text[2:]!r} is no number to shift by", hint="write X+=5 or X+=-5") from None
    return Policy(text[2:])


def _law_of_number(text: str, support: Numeric) -> Mechanism:
    """Read ``normal(70, 5)`` and the like; the variable's range and decimals clip and round as ever."""
    name, _, inner = text.strip().removesuffix(")").partition("(")
    inner = inner if text.strip().endswith(")") else ""
    numbers = [part.strip() for part in inner.split(",")]
    try:
        parameters = [float(number) for number in numbers]
        first, second = (parameters * 2)[:2]
        laws: dict[tuple[str, int], Callable[[], Mechanism]] = {
            ("normal", 2): lambda: LocationScale(_constant(first), _constant(second), support),
            ("uniform", 2): lambda: LocationScale(_constant(first), _constant(second - first), support, UNIFORM),
            ("lognormal", 2): lambda: LocationScale(_constant(first), _constant(second), support, NORMAL, log=True),
            ("poisson", 1): lambda: Poisson(_constant(first), support),
        }
        make = laws[name.strip(), len(parameters)]
    except (ValueError, KeyError):
        raise InputError(
            f"{text!r} is no law of a number",
            hint="write X~normal(70, 5), X~lognormal(.3, .4), X~uniform(0, 10) or X~poisson(3)",
        ) from None
    mechanism = make()
    mechanism.check({})
    return mechanism


def _constant(number: float) -> Expression:
    return Expression.parse(repr(number))


def _parsed_law(text: str) -> dict[str, float]:
    law: dict[str, float] = {}
    for part in text.split(","):
        state, _, share = part.rpartition(":")
        try:
            probability = float(share)
        except ValueError:
            probability = math.nan
        if not state.strip() or math.isnan(probability):
            raise InputError(f"{part.strip()!r} is not STATE:PROBABILITY", hint="write X~a:.2,b:.8")
        if state.strip() in law:
            raise InputError(f"the state {state.strip()!r} occurs twice in the law", hint="add the two up")
        law[state.strip()] = probability
    return law
