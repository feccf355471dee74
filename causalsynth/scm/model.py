"""Structural causal models: a graph, a mechanism a variable, and independent noise."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.graph import Dag
from causalsynth.scm.bif import read_bif
from causalsynth.scm.catalog import find_graph, graph_name
from causalsynth.scm.mechanisms import CategoricalTable
from causalsynth.scm.noise import NOISE_BLOCK, block_noise, blocks, check_rows
from causalsynth.scm.skeletons import Skeletons

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["SCM"]


@dataclass(frozen=True, slots=True, eq=False)
class SCM:
    """A structural causal model over categorical variables.

    Each variable is a function of its parents and of noise of its own; the noise of (seed, variable, row) is
    fixed (`noise.uniform31`), so that two models that share a mechanism draw the same values from it.

    Parameters
    ----------
    name
        What messages and manifests call it.
    graph
        The DAG; under `do` the mutilated one.
    mechanisms
        Variable → its table; a variable under `do` has a constant one.
    interventions
        What `do` holds fixed.

    Raises
    ------
    GraphError
        Mechanisms and graph don't fit: one is missing, parents or their states differ, a table's shape is
        wrong.
    """

    name: str
    graph: Dag
    mechanisms: Mapping[str, CategoricalTable] = field(repr=False)
    interventions: Mapping[str, str] = field(default_factory=dict)
    _before: "SCM | None" = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if "_index" in self.graph.parents_of:
            raise GraphError("a variable is called _index, which tables use for the row's number", hint="rename it")
        for extra in (name for name in self.mechanisms if name not in self.graph.parents_of):
            raise GraphError(f"there is a mechanism for {extra!r}, which is not in the graph", hint=self._close(extra))
        for variable in self.graph.nodes:
            if variable not in self.mechanisms:
                raise GraphError(f"{variable} has no mechanism", hint="give a CategoricalTable for each variable")
        for variable in self.graph.nodes:
            self._check_mechanism(variable)

    @classmethod
    def from_bif(cls, source: str | Path) -> "SCM":
        """Read a network.

        Parameters
        ----------
        source
            A bundled name (``"asia"``), the name of a network inside the installed pgmpy (``"alarm"``), a
            path to ``.bif`` or ``.bif.gz``, or a folder with one such file.

        Raises
        ------
        GraphError
            There is no such graph (suggests names), or the file is wrong (names the line).
        """
        path = find_graph(source)
        tables = read_bif(path)
        graph = Dag({variable: table.parents for variable, table in tables.items()})
        return cls(graph_name(path), graph, tables)

    @classmethod
    def from_networkx(
        cls, graph: "nx.DiGraph[str]", mechanisms: Mapping[str, CategoricalTable], *, name: str = "custom"
    ) -> "SCM":
        """Build a model from a `networkx.DiGraph` over texts and one table for each node.

        Raises
        ------
        GraphError
            The graph has a cycle, or mechanisms and graph don't fit.
        """
        declared = Dag.from_networkx(graph)
        for variable, table in mechanisms.items():
            given = declared.parents_of.get(variable)
            if given is not None and set(given) != set(table.parents):
                raise GraphError(
                    f"{variable} has the parents ({', '.join(given)}) in the graph and "
                    f"({', '.join(table.parents)}) in its mechanism",
                    hint="the two must name the same parents",
                )
        # The table's order of parents counts: it is the order of its axes.
        parents_of = {
            variable: mechanisms[variable].parents if variable in mechanisms else parents
            for variable, parents in declared.parents_of.items()
        }
        return cls(name, Dag(parents_of), dict(mechanisms))

    @property
    def variables(self) -> tuple[str, ...]:
        """All variables, in the order of the file."""
        return self.graph.nodes

    def states(self, variable: str) -> tuple[str, ...]:
        """Give a variable's states, in the order of their codes.

        Raises
        ------
        InputError
            An unknown variable; suggests names.
        """
        if variable not in self.mechanisms:
            raise InputError(f"{self.name} has no variable {variable!r}", hint=self._close(variable))
        return self.mechanisms[variable].states

    def do(self, assignments: Mapping[str, str] | None = None, /, **kw: str) -> "SCM":
        """Hold variables at values, all arcs into them cut (Pearl, Causality, 2009, section 3.2).

        Parameters
        ----------
        assignments, kw
            Variable → state; names that are no Python identifiers go into `assignments`.

        Returns
        -------
        SCM
            The mutilated model. Under the same seed whatever is no descendant of a target keeps its value.

        Raises
        ------
        InputError
            An unknown variable or state (suggests names), or one variable given twice.
        """
        given = dict(assignments or {})
        for variable in kw.keys() & given.keys():
            raise InputError(f"do() is given {variable} twice", hint="give each variable once")
        given |= kw
        for variable, state in given.items():
            if state not in (states := self.states(variable)):
                raise InputError(f"{variable} has no state {state!r}", hint=f"its states are {', '.join(states)}")
        held = {variable: CategoricalTable.constant(self.states(variable), given[variable]) for variable in given}
        return SCM(
            self.name,
            self.graph.mutilate(given),
            {**self.mechanisms, **held},
            {**self.interventions, **given},
            self.observational,
        )

    @property
    def observational(self) -> "SCM":
        """The model before any `do`: itself, where there was none."""
        return self._before or self

    def sample(self, n: int, *, seed: int, start: int = 0) -> Skeletons:
        """Draw the rows [start, start + n).

        Parameters
        ----------
        n
            How many rows.
        seed
            Any integer from 0. Row i depends on (seed, i) alone, not on n, start or the number of workers.
        start
            The first row.

        Raises
        ------
        InputError
            A negative n or start, or a seed that is no integer from 0.
        """
        check_rows(seed, start, start + n)
        position = {variable: row for row, variable in enumerate(self.variables)}
        codes = np.empty((len(position), n), dtype=np.int8)
        for block, first, last in blocks(start, start + n):
            at = block * NOISE_BLOCK - start
            part = codes[:, at + first : at + last]
            for variable in self.graph.topological_order:
                table = self.mechanisms[variable]
                noise = block_noise(seed, variable, block, first, last)
                table.draw(noise, [part[position[parent]] for parent in table.parents], part[position[variable]])
        states = {variable: self.states(variable) for variable in self.variables}
        index = np.arange(start, start + n, dtype=np.int64)
        return Skeletons(self.variables, states, codes, index, int(seed), dict(self.interventions))

    def log_probability(self, skeletons: Skeletons) -> NDArray[np.float64]:
        """Give ln P(row) under this model, shape (rows,).

        Under `do` the truncated factorisation (Pearl, Causality, 2009, eq. 3.10): a held variable adds 0 at
        its value; any other value has -inf.

        Raises
        ------
        InputError
            The skeletons lack a variable, or its states differ.
        """
        total = np.zeros(len(skeletons), dtype=np.float64)
        for variable in self.variables:
            if skeletons.states.get(variable) != self.states(variable):
                raise InputError(
                    f"the skeletons don't have {variable} with the states {', '.join(self.states(variable))}",
                    hint=f"are they from {self.name}?",
                )
        for variable, table in self.mechanisms.items():
            parents = [skeletons.column(parent) for parent in table.parents]
            total += table.log_probability(skeletons.column(variable), parents)
        return total

    def full_conditional(self, variable: str, skeleton: Mapping[str, str]) -> dict[str, float]:
        """Give P(variable | all others), by its Markov blanket (Pearl, Probabilistic Reasoning, 1988, 4.4).

        Parameters
        ----------
        variable
            Whose distribution; its own value in `skeleton` isn't looked at.
        skeleton
            The other variables' states; only parents, children and their parents are needed.

        Returns
        -------
        dict
            State → probability; uniform if the rest of the row is impossible whatever the state.

        Raises
        ------
        InputError
            An unknown variable or state, or one of the blanket is missing.
        """
        states = self.states(variable)
        weights = self._factor(variable, variable, skeleton)
        for child in self.graph.children(variable):
            weights = weights * self._factor(child, variable, skeleton)
            weights = weights / (weights.max() or 1.0)  # many children would underflow
        total = float(weights.sum())
        if total == 0.0:
            return dict.fromkeys(states, 1.0 / len(states))
        return dict(zip(states, (weights / total).tolist(), strict=True))

    def digest(self) -> str:
        """Give the SHA-256 of all that decides a sample: names, states, parents, tables, interventions."""
        content = hashlib.sha256()
        for variable in self.variables:
            table = self.mechanisms[variable]
            names = [variable, table.states, table.parents, self.interventions.get(variable)]
            content.update(json.dumps(names).encode() + table.probabilities.astype("<f8").tobytes())
        return content.hexdigest()

    def _factor(self, family: str, free: str, skeleton: Mapping[str, str]) -> NDArray[np.float64]:
        """Slice the table of `family` along the axis of `free`, everything else as in `skeleton`."""
        axes = (*self.mechanisms[family].parents, family)
        at = tuple(slice(None) if name == free else self._code(name, skeleton) for name in axes)
        factor: NDArray[np.float64] = self.mechanisms[family].probabilities[at]
        return factor

    def _code(self, variable: str, skeleton: Mapping[str, str]) -> int:
        if variable not in skeleton:
            raise InputError(f"the skeleton lacks {variable}", hint="give every variable's state")
        states = self.states(variable)
        if skeleton[variable] not in states:
            raise InputError(
                f"{variable} has no state {skeleton[variable]!r}", hint=f"its states are {', '.join(states)}"
            )
        return states.index(skeleton[variable])

    def _check_mechanism(self, variable: str) -> None:
        table = self.mechanisms[variable]
        if table.parents != self.graph.parents(variable):
            raise GraphError(
                f"{variable} has the parents ({', '.join(self.graph.parents(variable))}) in the graph and "
                f"({', '.join(table.parents)}) in its mechanism",
                hint="the two must name the same parents in the same order",
            )
        of_parents = tuple(self.mechanisms[parent].states for parent in table.parents)
        wanted = (*(len(states) for states in of_parents), len(table.states))
        if table.probabilities.shape != wanted:
            raise GraphError(f"the table of {variable} has shape {table.probabilities.shape}, the states need {wanted}")
        for parent, states, taken in zip(table.parents, of_parents, table.parent_states or of_parents, strict=True):
            if states != taken:
                raise GraphError(
                    f"the table of {variable} takes {parent} to have the states ({', '.join(taken)}), "
                    f"{parent} itself has ({', '.join(states)})"
                )

    def _close(self, name: str) -> str:
        close = get_close_matches(name, self.graph.nodes, n=3)
        return f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(self.graph.nodes)}"
