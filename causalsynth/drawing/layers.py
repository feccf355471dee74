"""Layers of a drawing: a layer for every variable, and a bend for every layer that an arc passes through."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from causalsynth.drawing.tension import place
from causalsynth.graph import Dag

__all__ = ["Layered", "layered"]


@dataclass(frozen=True, slots=True)
class Layered:
    """A connected part of a DAG on layers; every link joins neighbouring layers.

    Vertices are numbers: first the variables, as declared, then the bends of the long arcs.
    """

    names: tuple[str, ...]
    """The variables: vertex i is `names[i]`."""
    layer_of: tuple[int, ...]
    """The layer of each vertex; 0 is on top."""
    above: tuple[tuple[int, ...], ...]
    """The neighbours of each vertex in the layer above."""
    below: tuple[tuple[int, ...], ...]
    """The neighbours of each vertex in the layer below."""
    chains: tuple[tuple[int, ...], ...]
    """For each arc, by child as declared: parent, bends from top to bottom, child."""

    @property
    def depth(self) -> int:
        """Number of layers."""
        return 1 + max(self.layer_of)

    def is_bend(self, vertex: int) -> bool:
        """Tell whether a vertex is only a place that an arc passes through."""
        return vertex >= len(self.names)


def layered(dag: Dag, part: Collection[str]) -> Layered:
    """Put a connected part of a DAG on layers, parents above children, so that the arcs are short in total.

    The layering of Sugiyama, Tagawa & Toda, Methods for visual understanding of hierarchical system structures,
    IEEE Transactions on Systems, Man, and Cybernetics 11, 1981, with the least total length (Gansner et al.,
    1993, section 2). A variable that could as well stand elsewhere goes to the layer with the fewest.
    """
    names = tuple(name for name in dag.nodes if name in part)
    number = {name: vertex for vertex, name in enumerate(names)}
    arcs = [(number[parent], vertex) for vertex, name in enumerate(names) for parent in dag.parents(name)]
    layer_of, _ = place(len(names), [(u, v, 1) for u, v in arcs], [(u, v, 1) for u, v in arcs])
    _balance(layer_of, arcs)
    chains: list[tuple[int, ...]] = []
    for u, v in arcs:
        bends = range(len(layer_of), len(layer_of) + layer_of[v] - layer_of[u] - 1)
        layer_of.extend(range(layer_of[u] + 1, layer_of[v]))
        chains.append((u, *bends, v))
    above, below = _neighbours(len(layer_of), chains)
    return Layered(names=names, layer_of=tuple(layer_of), above=above, below=below, chains=tuple(chains))


def _balance(layer_of: list[int], arcs: Sequence[tuple[int, int]]) -> None:
    """Move vertices with as many parents as children, which costs no length, to the emptiest layer in reach."""
    crowd = [layer_of.count(layer) for layer in range(1 + max(layer_of))]
    for vertex, layer in enumerate(layer_of):
        parents = [u for u, v in arcs if v == vertex]
        children = [v for u, v in arcs if u == vertex]
        if not parents or len(parents) != len(children):
            continue
        reach = range(1 + max(layer_of[u] for u in parents), min(layer_of[v] for v in children))
        best = min(reach, key=lambda candidate: (crowd[candidate] - (candidate == layer), candidate))
        crowd[layer] -= 1
        crowd[best] += 1
        layer_of[vertex] = best


def _neighbours(
    count: int, chains: Sequence[Sequence[int]]
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for course in chains:
        for u, v in pairwise(course):
            below[u].append(v)
            above[v].append(u)
    return tuple(map(tuple, above)), tuple(map(tuple, below))
