"""Conditional probability tables of mechanisms that aren't written as tables."""

from math import prod

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError
from causalsynth.scm.mechanisms import CategoricalTable, GumbelMax, Mechanism, Rule, Threshold
from causalsynth.scm.structure import Structure
from causalsynth.scm.support import Categorical, Columns

__all__ = ["tabulate"]

_MOST_CONFIGURATIONS = 2**20


def tabulate(scm: Structure, variable: str) -> CategoricalTable:
    """Give P(variable | parents) as a table.

    Raises
    ------
    GraphError
        The variable or a parent is a number, there are more than 2**20 configurations, or the mechanism's
        probabilities aren't known.
    """
    mechanism = scm.mechanisms[variable]
    base = mechanism.base if isinstance(mechanism, GumbelMax) else mechanism
    if isinstance(base, CategoricalTable):
        return base
    support = base.support
    if not isinstance(support, Categorical):
        raise _numeric(variable)
    of_parents = []
    for parent in base.parents:
        own = scm.supports[parent]
        if not isinstance(own, Categorical):
            raise _numeric(parent)
        of_parents.append(own.states)
    cardinalities = tuple(len(states) for states in of_parents)
    if prod(cardinalities) > _MOST_CONFIGURATIONS:
        raise GraphError(f"the table of {variable} would have {prod(cardinalities)} rows", hint="give it fewer parents")
    codes = np.indices(cardinalities, dtype=np.int8).reshape(len(cardinalities), prod(cardinalities))
    rows = Columns(dict(zip(base.parents, codes, strict=True)), scm.supports, prod(cardinalities))
    rows_of = _probabilities(variable, base, support, rows).T.reshape(*cardinalities, len(support.states))
    return CategoricalTable(support.states, base.parents, rows_of, tuple(of_parents))


def _probabilities(variable: str, mechanism: Mechanism, support: Categorical, rows: Columns) -> NDArray[np.float64]:
    if isinstance(mechanism, Rule | Threshold):
        return mechanism.state_probabilities(rows)
    if not mechanism.deterministic:
        raise GraphError(
            f"the probabilities of {variable} aren't known: {type(mechanism).__name__}", hint="give it a table"
        )
    codes = np.empty(rows.rows, dtype=np.int8)
    mechanism.evaluate(mechanism.law.draw(0, variable, 0, 0, rows.rows), rows, codes)
    onehot: NDArray[np.float64] = (codes[None, :] == np.arange(len(support.states))[:, None]).astype(np.float64)
    return onehot


def _numeric(variable: str) -> GraphError:
    return GraphError(
        f"{variable} is a number, and tables are over states", hint="only models of categorical variables have tables"
    )
