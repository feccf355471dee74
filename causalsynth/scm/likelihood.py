"""How probable rows are under a model, and one variable given all others."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.scm.skeletons import Skeletons
from causalsynth.scm.structure import Structure
from causalsynth.scm.support import Categorical, Columns, Value

__all__ = ["full_conditional", "log_probability"]


def log_probability(scm: Structure, skeletons: Skeletons) -> NDArray[np.float64]:
    """Give ln P of each row; see `SCM.log_probability`."""
    for variable, support in scm.supports.items():
        if skeletons.supports.get(variable) != support:
            raise InputError(
                f"the skeletons don't have {variable} as {scm.name} has it", hint=f"are they from {scm.name}?"
            )
    total = np.zeros(len(skeletons), dtype=np.float64)
    for variable in scm.variables:
        total += scm.mechanisms[variable].log_probability(skeletons.column(variable), skeletons.columns)
    return total


def full_conditional(scm: Structure, variable: str, skeleton: Mapping[str, Value]) -> dict[str, float]:
    """Give P(variable | all others); see `SCM.full_conditional`."""
    states = scm.states(variable)
    families = (variable, *scm.graph.children(variable))
    blanket = dict.fromkeys(name for family in families for name in (*scm.graph.parents(family), family))
    values = {
        name: np.full(len(states), _encoded(scm, name, skeleton), dtype=scm.supports[name].dtype)
        for name in blanket
        if name != variable
    }
    values[variable] = np.arange(len(states), dtype=np.int8)
    rows = Columns(values, scm.supports, len(states))
    logs = np.zeros(len(states))
    for family in families:
        logs += scm.mechanisms[family].log_probability(values[family], rows)
    if np.isneginf(logs).all():
        return dict.fromkeys(states, 1.0 / len(states))
    weights = np.exp(logs - logs.max())
    return dict(zip(states, (weights / weights.sum()).tolist(), strict=True))


def _encoded(scm: Structure, variable: str, skeleton: Mapping[str, Value]) -> float:
    if variable not in skeleton:
        raise InputError(f"the skeleton lacks {variable}", hint="give every variable's value")
    support, value = scm.supports[variable], skeleton[variable]
    if isinstance(support, Categorical) and value not in support.states:
        raise InputError(f"{variable} has no state {value!r}", hint=f"its states are {', '.join(support.states)}")
    return support.encode(value)
