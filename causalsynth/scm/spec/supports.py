"""What each variable of a spec can take."""

import math
from collections.abc import Mapping

from causalsynth.errors import GraphError
from causalsynth.scm.spec.entry import Entry
from causalsynth.scm.spec.schema import VariableEntry
from causalsynth.scm.support import Categorical, Numeric, Support

__all__ = ["support_of"]

_NUMERIC = frozenset({"normal", "lognormal", "additive", "poisson"})
_NAMES = "list 1 to 127 different names: states: [no, yes]"
_TWO_STATES = frozenset({"bernoulli", "logistic"})


def support_of(entry: Entry, variable: VariableEntry) -> Support:
    """Read states, or unit, decimals and range.

    Parameters
    ----------
    entry
        The variable's.
    variable
        What is written there.

    Raises
    ------
    GraphError
        States are missing, repeated or too many, the range is empty or its bounds have digits that aren't kept, or
        something is given that doesn't go with the mechanism.
    """
    mechanism = variable.mechanism
    if mechanism in _NUMERIC or (mechanism == "value" and variable.states is None):
        if variable.states is not None:
            raise (entry / "states").error(f"{mechanism} gives numbers, not states", "take out states, or change it")
        return _numeric(entry, variable)
    for key in ("unit", "decimals", "range"):
        if key in variable.model_fields_set:
            raise (entry / key).error(f"{key} is for numbers, this variable has states", f"take out {key}")
    return _categorical(entry, variable)


def _categorical(entry: Entry, variable: VariableEntry) -> Categorical:
    states = variable.states
    if states is None:
        if not (variable.mechanism == "probabilities" and isinstance(variable.probabilities, Mapping)):
            raise entry.error("its states are missing", "list them: states: [no, yes]")
        with (entry / "probabilities").placed(_NAMES):
            return _printable(tuple(variable.probabilities))
    with (entry / "states").placed(_NAMES):
        support = _printable(states)
    if variable.mechanism in _TWO_STATES and len(states) != 2:
        message = f"{variable.mechanism} is for 2 states, this variable has {len(states)}"
        raise (entry / variable.mechanism).error(message, "use cases, table or ordinal for more")
    return support


def _printable(states: tuple[str, ...]) -> Categorical:
    for state in states:
        if not state.isprintable():
            raise GraphError("a state's name has a character that can't be printed", hint="rename the state")
    return Categorical(states)


def _numeric(entry: Entry, variable: VariableEntry) -> Numeric:
    low, high = -math.inf, math.inf
    if variable.range is not None:
        low, high = (entry / "range" / 0).bound(low), (entry / "range" / 1).bound(high)
    low = _natural_low(entry, variable) if low == -math.inf else low
    decimals = 0 if variable.poisson is not None else None
    if variable.decimals is not None:
        decimals = (entry / "decimals").whole()
    with (entry / ("range" if variable.range is not None else variable.mechanism)).placed():
        return Numeric(variable.unit.strip(), decimals, low, high)


def _natural_low(entry: Entry, variable: VariableEntry) -> float:
    """Give the least value that the mechanism leads to by itself."""
    if variable.lognormal is not None:
        return 0.0
    if variable.poisson is not None:
        return float((entry / "poisson" / "offset").whole()) if "offset" in variable.poisson.model_fields_set else 0.0
    return -math.inf
