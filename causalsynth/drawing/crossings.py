"""The order within the layers, so that few arcs cross.

Sweeps of barycentres or medians down and up (Sugiyama, Tagawa & Toda, 1981; Eades & Wormald, Edge crossings in
drawings of bipartite graphs, Algorithmica 11, 1994), each followed by exchanges of neighbours (Gansner et al.,
1993, section 3), from several starts. The least number of crossings is NP-hard to find (Garey & Johnson,
Crossing number is NP-complete, SIAM Journal on Algebraic and Discrete Methods 4, 1983); this is a heuristic.
"""

import random
from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median

from causalsynth.drawing.layers import Layered

__all__ = ["Order", "count_crossings", "few_crossings", "initial_order"]

Order = list[list[int]]
"""The vertices of each layer, from left to right."""

SWEEPS = 24  # as many as Gansner et al. make
PATIENCE = 6  # sweeps without gain before a start is given up
WORK = 12_000  # links times starts: what keeps graphs of textbook size well under a second
MAX_STARTS = 40
MAX_EXCHANGES = 8  # rounds of exchanges after a sweep


def few_crossings(graph: Layered) -> Order:
    """Order the layers so that few links cross; the same graph always gets the same order."""
    links = sum(map(len, graph.below))
    best = initial_order(graph)
    fewest = count_crossings(graph, best)
    for start in range(min(MAX_STARTS, max(2, WORK // (links + 1)))):
        if fewest == 0:
            break
        order = _started(graph, start)
        found = _swept(graph, order, by_median=start % 2 == 1)
        if (crossings := count_crossings(graph, found)) < fewest:
            best, fewest = found, crossings
    return best


def initial_order(graph: Layered) -> Order:
    """Order each layer as declared, bends last: what a drawing would have without any effort."""
    order: Order = [[] for _ in range(graph.depth)]
    for vertex, layer in enumerate(graph.layer_of):
        order[layer].append(vertex)
    return order


def count_crossings(graph: Layered, order: Order) -> int:
    """Count the pairs of links that cross, by inversions (Barth, Jünger & Mutzel, GD 2002)."""
    crossings = 0
    for upper, lower in pairwise(order):
        position = {vertex: place for place, vertex in enumerate(lower)}
        seen: list[int] = []
        for vertex in upper:
            ends = sorted(position[neighbour] for neighbour in graph.below[vertex])
            crossings += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return crossings


def _started(graph: Layered, start: int) -> Order:
    """Order by a depth-first walk, which keeps what belongs together side by side; from start 2 on at random."""
    vertices = list(range(len(graph.layer_of)))
    shuffler = random.Random(start)
    if start >= 2:
        shuffler.shuffle(vertices)
    vertices.sort(key=lambda vertex: graph.layer_of[vertex], reverse=start % 2 == 1)
    order: Order = [[] for _ in range(graph.depth)]
    seen: set[int] = set()
    stack = vertices[::-1]
    while stack:
        vertex = stack.pop()
        if vertex in seen:
            continue
        seen.add(vertex)
        order[graph.layer_of[vertex]].append(vertex)
        neighbours = [*graph.above[vertex], *graph.below[vertex]]
        if start >= 2:
            shuffler.shuffle(neighbours)
        stack.extend(reversed(neighbours))
    return order


def _swept(graph: Layered, order: Order, *, by_median: bool) -> Order:
    best, fewest, stale = [list(layer) for layer in order], count_crossings(graph, order), 0
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        layers = range(1, graph.depth) if down else range(graph.depth - 2, -1, -1)
        for layer in layers:
            fixed = order[layer - 1 if down else layer + 1]
            order[layer] = _sorted_by_centre(order[layer], fixed, graph.above if down else graph.below, by_median)
        _exchange(graph, order)
        crossings = count_crossings(graph, order)
        stale = 0 if crossings < fewest else stale + 1
        if crossings < fewest:
            best, fewest = [list(layer) for layer in order], crossings
        if fewest == 0 or stale == PATIENCE:
            break
    return best


def _sorted_by_centre(
    layer: Sequence[int], fixed: Sequence[int], neighbours: Sequence[Sequence[int]], by_median: bool
) -> list[int]:
    """Sort a layer by the centre of each vertex's neighbours; vertices without neighbours keep their places."""
    position = {vertex: place for place, vertex in enumerate(fixed)}
    centre = median if by_median else fmean
    tied = [vertex for vertex in layer if neighbours[vertex]]
    centres = {vertex: centre([position[neighbour] for neighbour in neighbours[vertex]]) for vertex in tied}
    moved = iter(sorted(tied, key=centres.__getitem__))
    return [next(moved) if neighbours[vertex] else vertex for vertex in layer]


def _exchange(graph: Layered, order: Order) -> None:
    """Exchange neighbours within the layers while that takes crossings away."""
    position = [0] * len(graph.layer_of)
    for layer in order:
        for place, vertex in enumerate(layer):
            position[vertex] = place
    for _ in range(MAX_EXCHANGES):
        gained = False
        for layer in order:
            for place in range(len(layer) - 1):
                u, v = layer[place], layer[place + 1]
                if _gain(graph, position, u, v) > 0:
                    layer[place], layer[place + 1] = v, u
                    position[u], position[v] = place + 1, place
                    gained = True
        if not gained:
            return


def _gain(graph: Layered, position: Sequence[int], u: int, v: int) -> int:
    """Count the crossings that go if v, next to the right of u, comes to stand left of it."""
    gain = 0
    for neighbours in (graph.above, graph.below):
        for a in neighbours[u]:
            for b in neighbours[v]:
                gain += (position[a] > position[b]) - (position[a] < position[b])
    return gain
