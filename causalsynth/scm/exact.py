"""Exact answers of discrete models, by pgmpy's variable elimination, to check samples and estimates against."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.scm.structure import Structure
from causalsynth.scm.tabulate import tabulate

if TYPE_CHECKING:
    from causalsynth.scm.mechanisms import CategoricalTable

__all__ = ["joint"]


def joint(scm: Structure, query: Sequence[str], given: Mapping[str, str]) -> NDArray[np.float64]:
    """Give P(query | given), one axis a variable of `query`; see `SCM.joint`."""
    _check(scm, query, given)
    relevant = {*query, *given}.union(*(scm.graph.ancestors(name) for name in (*query, *given)))
    tables = {name: tabulate(scm, name) for name in scm.variables if name in relevant}
    if given and not _eliminate(tables, tuple(given), {})[tuple(_code(scm, *fact) for fact in given.items())] > 0:
        facts = ", ".join(f"{name} = {state}" for name, state in given.items())
        raise InputError(f"{facts} has probability 0", hint="condition on what can happen")
    return _eliminate(tables, tuple(query), given)


def _eliminate(
    tables: "Mapping[str, CategoricalTable]", query: tuple[str, ...], given: Mapping[str, str]
) -> NDArray[np.float64]:
    from causalsynth.scm.pgmpy_exchange import quiet_pgmpy, to_pgmpy

    with quiet_pgmpy():
        from pgmpy.inference import VariableElimination

        engine = VariableElimination(to_pgmpy(tables))
        factor = engine.query(list(query), evidence=dict(given), show_progress=False)
    axes = [factor.variables.index(name) for name in query]
    values = np.transpose(np.asarray(factor.values, dtype=np.float64), axes)
    # pgmpy may list states in an order of its own.
    for axis, name in enumerate(query):
        theirs = [str(state) for state in factor.state_names[name]]
        values = np.take(values, [theirs.index(state) for state in tables[name].states], axis=axis)
    return values


def _check(scm: Structure, query: Sequence[str], given: Mapping[str, str]) -> None:
    if not query:
        raise InputError("nothing is asked for", hint="name one variable or more")
    for position, name in enumerate(query):
        scm.states(name)
        if name in given or name in query[:position]:
            raise InputError(f"{name} occurs twice in the question", hint="ask for it, or condition on it")
    for name, state in given.items():
        _code(scm, name, state)


def _code(scm: Structure, name: str, state: str) -> int:
    if state not in (states := scm.states(name)):
        raise InputError(f"{name} has no state {state!r}", hint=f"its states are {', '.join(states)}")
    return states.index(state)
