"""Causal DAGs: order, ancestry, mutilation, d-separation and the independencies that a graph implies.

A thin immutable layer over `networkx.DiGraph`. It keeps what networkx doesn't promise: the order in which
nodes and parents were declared, a topological order that depends on nothing else, and errors that name the
cycle.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import networkx as nx

from causalsynth.errors import GraphError, InputError

__all__ = ["Dag", "Independence", "find_cycle"]

Independence = tuple[str, str, tuple[str, ...]]
"""(x, y, z): x is independent of y given the variables of z; x < y, and z is sorted."""


def find_cycle(parents: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Find one directed cycle, closed (first name = last name), or None if the graph has none."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(parents)
    graph.add_edges_from((parent, child) for child, of_child in parents.items() for parent in of_child)
    try:
        arcs = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return None
    return (*(arc[0] for arc in arcs), arcs[-1][1])


@dataclass(frozen=True, slots=True)
class Dag:
    """A directed acyclic graph over named variables.

    Parameters
    ----------
    parents_of
        For each variable, in the order that is to be kept, its parents in the order of its mechanism.

    Raises
    ------
    GraphError
        A parent isn't a variable, occurs twice, or there is a cycle (which the message spells out).
    """

    parents_of: Mapping[str, tuple[str, ...]]
    digraph: "nx.DiGraph[str]" = field(init=False, repr=False, compare=False)
    topological_order: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Parents before children; among the ready ones the first declared goes first."""

    def __post_init__(self) -> None:
        parents_of = {name: tuple(parents) for name, parents in self.parents_of.items()}
        for name, parents in parents_of.items():
            _check_parents(name, parents, parents_of)
        if (cycle := find_cycle(parents_of)) is not None:
            raise GraphError(
                f"the graph has a cycle: {' → '.join(cycle)}", hint="take out or turn round one of its arcs"
            )
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(parents_of)
        graph.add_edges_from((parent, child) for child in parents_of for parent in parents_of[child])
        rank = {name: position for position, name in enumerate(parents_of)}
        order = tuple(nx.lexicographical_topological_sort(graph, key=rank.__getitem__))
        object.__setattr__(self, "parents_of", parents_of)
        object.__setattr__(self, "digraph", nx.freeze(graph))
        object.__setattr__(self, "topological_order", order)

    @classmethod
    def from_networkx(cls, graph: "nx.DiGraph[str]") -> "Dag":
        """Take over nodes, arcs and their order from a `networkx.DiGraph` whose nodes are texts.

        Raises
        ------
        GraphError
            The graph is undirected, has parallel arcs, nodes that aren't texts, or a cycle.
        """
        if not graph.is_directed() or graph.is_multigraph():
            raise GraphError(f"a causal graph must be a networkx.DiGraph, not {type(graph).__name__}")
        for node in graph.nodes:
            if not isinstance(node, str):
                raise GraphError(f"node {node!r} is not a text", hint="name variables by str")
        return cls({node: tuple(graph.predecessors(node)) for node in graph.nodes})

    @property
    def nodes(self) -> tuple[str, ...]:
        """All variables, as declared."""
        return tuple(self.parents_of)

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """All arcs (parent, child), by child as declared."""
        return tuple((parent, child) for child, parents in self.parents_of.items() for parent in parents)

    def parents(self, variable: str) -> tuple[str, ...]:
        """Give the direct causes, in the order of the mechanism."""
        return self.parents_of[self._known(variable)]

    def children(self, variable: str) -> tuple[str, ...]:
        """Give the direct effects, as declared."""
        effects = set(self.digraph.successors(self._known(variable)))
        return tuple(name for name in self.parents_of if name in effects)

    def ancestors(self, variable: str) -> frozenset[str]:
        """Give all causes, direct or not, without the variable itself."""
        return frozenset(nx.ancestors(self.digraph, self._known(variable)))

    def descendants(self, variable: str) -> frozenset[str]:
        """Give all effects, direct or not, without the variable itself."""
        return frozenset(nx.descendants(self.digraph, self._known(variable)))

    def mutilate(self, targets: Collection[str]) -> "Dag":
        """Cut all arcs into `targets`: the graph under do(targets) (Pearl, Causality, 2009, section 3.2)."""
        cut = {self._known(target) for target in targets}
        return Dag({name: () if name in cut else parents for name, parents in self.parents_of.items()})

    def is_d_separated(self, x: str | Collection[str], y: str | Collection[str], z: str | Collection[str] = ()) -> bool:
        """Tell whether `z` blocks every path between `x` and `y`.

        Raises
        ------
        InputError
            An unknown variable, or one that occurs on two sides.
        """
        sides = [self._known_set(side) for side in (x, y, z)]
        for left, right in combinations(sides, 2):
            if left & right:
                shared = ", ".join(sorted(left & right))
                raise InputError(f"{shared} occurs twice in a d-separation query", hint="keep x, y and z disjoint")
        return bool(nx.is_d_separator(self.digraph, *sides))

    def minimal_separator(self, x: str, y: str) -> frozenset[str] | None:
        """Find a set that d-separates two variables and of which no member can be spared; None if adjacent.

        van der Zander & Liskiewicz, Finding minimal d-separators in linear time, UAI 2020, as networkx has
        it.
        """
        found = nx.find_minimal_d_separator(self.digraph, self._known(x), self._known(y))
        return None if found is None else frozenset(found)

    def implied_independencies(self, *, max_given: int = 3, max_parents: int = 4) -> list[Independence]:
        """List conditional independencies that every distribution of this graph has.

        For each non-adjacent pair one minimal d-separator, and the local Markov property: each variable is
        independent of its non-descendants given its parents. Each triple is checked again by d-separation.

        Parameters
        ----------
        max_given
            Largest separator kept for a pair.
        max_parents
            Largest parent set for which the local Markov property is listed.

        Returns
        -------
        list of (x, y, z)
            Without duplicates, sorted; x < y, z sorted.
        """
        candidates = {*self._pairwise(max_given), *self._local_markov(max_parents)}
        return sorted(triple for triple in candidates if self.is_d_separated(*triple))

    def _pairwise(self, max_given: int) -> Iterator[Independence]:
        # A pair can have several minimal separators, and which one is found depends on its direction: as
        # declared.
        for x, y in combinations(self.parents_of, 2):
            if self.digraph.has_edge(x, y) or self.digraph.has_edge(y, x):
                continue
            separator = self.minimal_separator(x, y)
            if separator is not None and len(separator) <= max_given:
                yield min(x, y), max(x, y), tuple(sorted(separator))

    def _local_markov(self, max_parents: int) -> Iterator[Independence]:
        for x, parents in self.parents_of.items():
            if len(parents) > max_parents:
                continue
            apart = {x, *parents, *self.descendants(x)}
            for y in self.parents_of:
                if y not in apart:
                    yield min(x, y), max(x, y), tuple(sorted(parents))

    def _known(self, variable: str) -> str:
        if variable not in self.parents_of:
            raise InputError(
                f"the graph has no variable {variable!r}",
                hint=f"its variables are {', '.join(self.parents_of)}",
            )
        return variable

    def _known_set(self, names: str | Collection[str]) -> set[str]:
        return {self._known(name) for name in ([names] if isinstance(names, str) else names)}


def _check_parents(name: str, parents: tuple[str, ...], variables: Collection[str]) -> None:
    for position, parent in enumerate(parents):
        if parent not in variables:
            raise GraphError(f"{name} has the parent {parent!r}, which is not a variable of the graph")
        if parent in parents[:position]:
            raise GraphError(f"{name} has the parent {parent} twice")
