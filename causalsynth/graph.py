"""Causal DAGs: order, ancestry, mutilation, d-separation and the independencies that a graph implies.

Immutable. It keeps what networkx doesn't promise: the order in which nodes and parents were declared, a topological
order that depends on nothing else, and errors that name the cycle. D-separation is `causalsynth.separation`, which
takes functions of their parents into account where they are named.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import combinations

import networkx as nx

from causalsynth.errors import GraphError, InputError
from causalsynth.separation import Arcs, Functions, d_connected, members, minimal_separator, separators

__all__ = ["Dag", "Independence", "find_cycle"]

Independence = tuple[str, str, tuple[str, ...]]
"""(x, y, z): x is independent of y given the variables of z; x < y, and z is sorted."""


def find_cycle(parents: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Find one directed cycle in linear time, or None if the graph has none.

    Returns
    -------
    tuple of str
        Causes before effects; closed (first name = last name), from that of its nodes which was declared first.
    """
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as error:
        nodes: list[str] = error.args[1][:-1]
        rank = {name: position for position, name in enumerate(parents)}
        first = min(range(len(nodes)), key=lambda position: rank[nodes[position]])
        return (*nodes[first:], *nodes[: first + 1])
    return None


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
    nodes: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """All variables, as declared."""
    digraph: "nx.DiGraph[str]" = field(init=False, repr=False, compare=False)
    topological_order: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Parents before children; among the ready ones the first declared goes first."""
    _number: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _arcs: Arcs = field(init=False, repr=False, compare=False)

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
        object.__setattr__(self, "nodes", tuple(parents_of))
        object.__setattr__(self, "digraph", nx.freeze(graph))
        object.__setattr__(self, "topological_order", order)
        object.__setattr__(self, "_number", rank)
        numbered = [[rank[parent] for parent in parents] for parents in parents_of.values()]
        object.__setattr__(self, "_arcs", Arcs.from_parents(numbered, [rank[name] for name in order]))

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
    def edges(self) -> tuple[tuple[str, str], ...]:
        """All arcs (parent, child), by child as declared."""
        return tuple((parent, child) for child, parents in self.parents_of.items() for parent in parents)

    def parents(self, variable: str) -> tuple[str, ...]:
        """Give the direct causes, in the order of the mechanism."""
        return self.parents_of[self._known(variable)]

    def children(self, variable: str) -> tuple[str, ...]:
        """Give the direct effects, as declared."""
        return self._names(self._arcs.children[self._number[self._known(variable)]])

    def ancestors(self, variable: str) -> frozenset[str]:
        """Give all causes, direct or not, without the variable itself."""
        return frozenset(self._names(self._arcs.ancestors[self._number[self._known(variable)]])) - {variable}

    def descendants(self, variable: str) -> frozenset[str]:
        """Give all effects, direct or not, without the variable itself."""
        return frozenset(self._names(self._arcs.descendants[self._number[self._known(variable)]])) - {variable}

    def mutilate(self, targets: Collection[str]) -> "Dag":
        """Cut all arcs into `targets`: the graph under do(targets) (Pearl, Causality, 2009, section 3.2)."""
        cut = {self._known(target) for target in targets}
        return Dag({name: () if name in cut else parents for name, parents in self.parents_of.items()})

    def is_d_separated(
        self,
        x: str | Collection[str],
        y: str | Collection[str],
        z: str | Collection[str] = (),
        *,
        deterministic: Collection[str] = (),
    ) -> bool:
        """Tell whether `z` blocks every path between `x` and `y`.

        Parameters
        ----------
        x, y, z
            A variable or several.
        deterministic
            Variables that are functions of their parents, or constant if they have none. A path is blocked too at a
            non-collider that `z` determines, and variables that `z` determines are separated from everything
            (D-separation: Geiger, Verma & Pearl, Networks 20, 1990).

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
        first, second, given = (self._bits(side) for side in sides)
        closed = self._functions(deterministic).determined(given)
        return not d_connected(self._arcs, first, closed) & second

    def determined_by(self, z: str | Collection[str], deterministic: Collection[str]) -> frozenset[str]:
        """Give what is constant given `z`: `z` itself, and functions all of whose parents are constant given `z`.

        Raises
        ------
        InputError
            An unknown variable.
        """
        return frozenset(self._names(self._functions(deterministic).determined(self._bits(z))))

    def minimal_separator(self, x: str, y: str) -> frozenset[str] | None:
        """Find a set that d-separates two variables and of which no member can be spared; None if adjacent.

        The set of van der Zander & Liskiewicz, Finding minimal d-separators in linear time, UAI 2020. Of several it
        can depend on the order of `x` and `y` which one is found.

        Raises
        ------
        InputError
            An unknown variable, or the same one twice.
        """
        found = minimal_separator(self._arcs, *self._pair(x, y))
        return None if found is None else frozenset(self._names(found))

    def implied_independencies(
        self, *, max_given: int = 3, max_parents: int = 4, deterministic: Collection[str] = ()
    ) -> list[Independence]:
        """List conditional independencies that every distribution of this graph has.

        For each non-adjacent pair one minimal d-separator, and the local Markov property: each variable is
        independent of its non-descendants given its parents.

        With `deterministic` variables, members of a separator that the others determine are left out of it, and
        independencies that only the functions imply are added: separators in which a function is replaced by its
        parents, without the members that can then be spared. Triples in which z determines x or y are left out:
        they hold of any data. So the list is not that of all D-separated triples, but all of it are.

        Parameters
        ----------
        max_given
            Largest separator kept for a pair.
        max_parents
            Largest parent set for which the local Markov property is listed.
        deterministic
            Variables that are functions of their parents, or constant if they have none.

        Returns
        -------
        list of (x, y, z)
            Without duplicates, sorted; x < y, z sorted.

        Raises
        ------
        InputError
            An unknown variable in `deterministic`.
        """
        return sorted(
            self.iter_independencies(max_given=max_given, max_parents=max_parents, deterministic=deterministic)
        )

    def iter_independencies(
        self,
        pairs: Iterable[tuple[str, str]] | None = None,
        *,
        max_given: int = 3,
        max_parents: int = 4,
        deterministic: Collection[str] = (),
    ) -> Iterator[Independence]:
        """Find the triples of `implied_independencies` one by one, pair of variables by pair.

        The work is done as far as the iterator is read. All triples of a pair come together, so that a random order
        of `pairs` gives a random sample of pairs.

        Parameters
        ----------
        pairs
            Which pairs, in which order; all of them as declared if None. The minimal separator of a pair can depend
            on its direction: that of `implied_independencies` is found for the pair in the order of `nodes`.
        max_given, max_parents, deterministic
            As of `implied_independencies`.

        Yields
        ------
        (x, y, z)
            x < y, z sorted. Without duplicates, unless a pair occurs twice.

        Raises
        ------
        InputError
            An unknown variable, or a pair of the same one twice.
        """
        functions = self._functions(deterministic)
        for one, other in combinations(self.nodes, 2) if pairs is None else pairs:
            x, y = self._pair(one, other)
            for given in separators(functions, x, y, max_given=max_given, max_parents=max_parents):
                yield min(one, other), max(one, other), tuple(sorted(self._names(given)))

    def local_markov_basis(self) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """Give each variable, its non-descendants that aren't its parents, and its parents, as declared.

        x is independent of all the second ones together given the third. All conditional independencies that the
        graph implies follow from these (Lauritzen et al., Independence properties of directed Markov fields,
        Networks 20, 1990).

        Yields
        ------
        (x, apart, parents)
            `apart` and `parents` without overlap; variables for which `apart` is empty are left out.
        """
        everything = (1 << len(self.parents_of)) - 1
        for number, (variable, parents) in enumerate(self.parents_of.items()):
            apart = everything & ~self._arcs.descendants[number] & ~self._arcs.parents[number]
            if apart:
                yield variable, self._names(apart), parents

    def _pair(self, x: str, y: str) -> tuple[int, int]:
        if x == y:
            raise InputError(f"{x} can't be separated from itself", hint="name two different variables")
        return self._number[self._known(x)], self._number[self._known(y)]

    def _functions(self, deterministic: Collection[str]) -> Functions:
        return Functions(self._arcs, self._bits(deterministic))

    def _names(self, bits: int) -> tuple[str, ...]:
        return tuple([self.nodes[number] for number in members(bits)])

    def _bits(self, names: str | Collection[str]) -> int:
        return sum(1 << self._number[name] for name in self._known_set(names))

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
