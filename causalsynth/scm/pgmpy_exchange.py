"""Take tables from a pgmpy model, and give them to one."""

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError
from causalsynth.graph import find_cycle
from causalsynth.scm.bif_writer import check_tables
from causalsynth.scm.mechanisms import CategoricalTable

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork

__all__ = ["quiet_pgmpy", "tables_from_pgmpy", "to_pgmpy"]


def tables_from_pgmpy(model: Any) -> dict[str, CategoricalTable]:
    """Take the tables of a ``DiscreteBayesianNetwork`` (``BayesianNetwork`` in older versions).

    States must be texts, whole numbers or booleans; the latter two become the text that Python prints (``"0"``,
    ``"True"``), unless two states would then be the same. pgmpy numbers the states where none are named: a parent
    that is numbered so in its child's table is taken by position. A table may have a parent's states in another order
    than the parent; its axis is then put in the parent's order.

    Parameters
    ----------
    model
        A pgmpy model with a ``TabularCPD`` for each node.

    Returns
    -------
    dict
        Variable → its table, in the model's order of nodes; parents in the order of each CPD. Rows whose sum isn't
        quite 1 are rescaled, as `CategoricalTable` does.

    Raises
    ------
    GraphError
        A node or state that is no text, a node without a CPD or with one that is no table, a CPD whose parents aren't
        those of the graph, states that differ, a row that is no distribution, or a cycle.
    """
    cpds = _cpds(model)
    parents_of = {variable: tuple(cpd.variables[1:]) for variable, cpd in cpds.items()}
    for variable, parents in parents_of.items():
        of_graph = tuple(model.predecessors(variable))
        if set(parents) != set(of_graph):
            raise GraphError(
                f"{variable} has the parents ({', '.join(of_graph)}) in the graph and "
                f"({', '.join(map(str, parents))}) in its CPD",
                hint="the two must name the same parents",
            )
    if (cycle := find_cycle(parents_of)) is not None:
        raise GraphError(f"the graph has a cycle: {' → '.join(cycle)}", hint="take out or turn round one of its arcs")
    states = {variable: _states(cpd, variable) for variable, cpd in cpds.items()}
    return {variable: _table(cpd, states) for variable, cpd in cpds.items()}


def to_pgmpy(tables: Mapping[str, CategoricalTable]) -> "DiscreteBayesianNetwork":
    """Build a pgmpy model with the same nodes, states, parents and probabilities, all in the same order.

    Raises
    ------
    GraphError
        The tables don't make a network.
    """
    check_tables(tables)
    with quiet_pgmpy():
        from pgmpy.factors.discrete import TabularCPD
        from pgmpy.models import DiscreteBayesianNetwork

        model = DiscreteBayesianNetwork()
        model.add_nodes_from(tables)
        model.add_edges_from((parent, child) for child, table in tables.items() for parent in table.parents)
        for variable, table in tables.items():
            names = {name: list(tables[name].states) for name in (variable, *table.parents)}
            cpd = TabularCPD(
                variable,
                len(table.states),
                table.probabilities.reshape(-1, len(table.states)).T,
                evidence=list(table.parents) or None,
                evidence_card=[len(tables[parent].states) for parent in table.parents] or None,
                state_names=names,
            )
            model.add_cpds(cpd)
    return model


@contextmanager
def quiet_pgmpy() -> Iterator[None]:
    """Keep pgmpy's notes (deprecations, guessed types) from the user."""
    logger = logging.getLogger("pgmpy")
    level = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            logger.setLevel(logging.ERROR)
            yield
        finally:
            logger.setLevel(level)


def _nodes(model: Any) -> list[str]:
    if not (hasattr(model, "get_cpds") and hasattr(model, "predecessors")):
        raise GraphError(
            f"a {type(model).__name__} is no model of pgmpy with tables", hint="give a DiscreteBayesianNetwork"
        )
    nodes = list(model.nodes())
    for node in nodes:
        if not isinstance(node, str) or not node:
            raise GraphError(f"the node {node!r} is no name", hint="networkx.relabel_nodes gives nodes other names")
    if not nodes:
        raise GraphError("the model has no nodes", hint="a network needs at least one variable")
    return nodes


def _cpds(model: Any) -> dict[str, Any]:
    """Give the CPD of each node, in the model's order of nodes."""
    nodes = _nodes(model)
    found = {cpd.variable: cpd for cpd in model.get_cpds()}
    for variable in nodes:
        if variable not in found:
            raise GraphError(f"{variable} has no CPD", hint="add one: model.add_cpds(TabularCPD(…))")
        cpd = found[variable]
        if not all(hasattr(cpd, part) for part in ("variables", "values", "state_names")):
            raise GraphError(f"the CPD of {variable} is a {type(cpd).__name__}", hint="give a TabularCPD")
    return {variable: found[variable] for variable in nodes}


def _states(cpd: Any, variable: str) -> tuple[str, ...]:
    """Read the states that the CPD gives `variable`, which is its own or a parent."""
    place = f"the CPD of {cpd.variable}"
    if variable not in cpd.state_names:
        raise GraphError(f"{place} doesn't name the states of {variable}", hint="give state_names for all, or none")
    given = cpd.state_names[variable]
    states = tuple(_state(state, variable, place) for state in given)
    if len(set(states)) < len(states):
        raise GraphError(
            f"{place}: states of {variable} are the same when written: {', '.join(map(repr, given))}",
            hint="give it states that are texts",
        )
    return states


def _state(state: object, variable: str, place: str) -> str:
    if isinstance(state, str | bool | int | np.bool_ | np.integer):
        return str(state)
    raise GraphError(
        f"{place}: {variable} has the state {state!r}, a {type(state).__name__}",
        hint="states are texts, whole numbers or booleans",
    )


def _table(cpd: Any, states: Mapping[str, tuple[str, ...]]) -> CategoricalTable:
    own, parents = states[cpd.variable], tuple(cpd.variables[1:])
    values: NDArray[np.float64] = np.moveaxis(np.asarray(cpd.values, dtype=np.float64), 0, -1)
    for axis, parent in enumerate(parents):
        order = _order(cpd, parent, states[parent])
        if order is not None:
            values = values.take(order, axis=axis)
    try:
        return CategoricalTable(own, parents, values, tuple(states[parent] for parent in parents))
    except GraphError as error:
        raise GraphError(f"the CPD of {cpd.variable}: {error.message}", hint=error.hint) from None


def _order(cpd: Any, parent: str, states: tuple[str, ...]) -> Sequence[int] | None:
    """Say where the parent's states lie on its axis in the CPD; None if they are in order."""
    given = _states(cpd, parent)
    if given == states:
        return None
    same = set(given) == set(states)
    if _is_numbered(cpd.state_names[parent]) and len(given) == len(states) and not same:
        return None
    if not same or _is_numbered(cpd.state_names[parent]):  # numbers as names in another order: either could be meant
        raise GraphError(
            f"the CPD of {cpd.variable} takes {parent} to have the states ({', '.join(given)}), "
            f"its own CPD has ({', '.join(states)})",
            hint="name the same states in both",
        )
    return [given.index(state) for state in states]


def _is_numbered(names: Sequence[object]) -> bool:
    return all(type(name) is int and name == i for i, name in enumerate(names))
