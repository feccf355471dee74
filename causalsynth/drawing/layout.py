"""A layered drawing of a DAG: a box for every variable, a path for every arc, all arcs downwards.

Layers, order and coordinates follow Sugiyama, Tagawa & Toda (1981) and Gansner, Koutsofios, North & Vo (1993);
the modules beside this one say which part is whose. No arc can pass through a foreign box, by construction:
between two layers there are no boxes, and within a layer an arc keeps to a lane of its own.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import networkx as nx

from causalsynth.drawing.crossings import count_crossings, few_crossings
from causalsynth.drawing.layers import Layered, layered
from causalsynth.drawing.routing import ArcPath, Box, arc_paths
from causalsynth.drawing.tension import Gap, Link, place
from causalsynth.graph import Dag

__all__ = ["Layout", "layered_layout"]

DEFAULT_SIZE = (80, 32)
BOX_GAP = 22  # between boxes of one layer, in user units (pixels at natural size)
LANE_GAP = 14  # between an arc that passes and whatever stands beside it
LAYER_GAP = 46
STEEPNESS = 0.16  # the gap between two layers is at least this part of the widest step across it …
MAX_LAYER_GAP = 150  # … up to this
PART_GAP = 40  # between parts that no arc joins
LANDSCAPE = 1.6  # width to height of what several parts are packed into
WEIGHTS = (1, 2, 8)  # how much a link wants to be upright: by its number of bends (Gansner et al., section 4.2)


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing without its looks."""

    boxes: Mapping[str, Box]
    """By variable, as declared."""
    arcs: tuple[ArcPath, ...]
    """In the order of `Dag.edges`."""
    width: float
    height: float
    crossings: int
    """Number of pairs of arcs that cross between two layers."""


def layered_layout(dag: Dag, sizes: Mapping[str, tuple[float, float]] | None = None) -> Layout:
    """Lay a DAG out in layers, parents above children.

    Parameters
    ----------
    dag
        Any number of variables, connected or not.
    sizes
        Width and height of each variable's box; those left out get 80 by 32.

    Returns
    -------
    Layout
        The same for the same graph and sizes, on every machine.
    """
    given = sizes or {}
    whole = {name: given.get(name, DEFAULT_SIZE) for name in dag.nodes}
    parts = [_part(dag, names, whole) for names in nx.weakly_connected_components(dag.digraph)]
    placed, width, height = _packed(parts)
    boxes = {name: box for part in placed for name, box in part.boxes.items()}
    paths = {(path.parent, path.child): path for part in placed for path in part.arcs}
    return Layout(
        boxes={name: boxes[name] for name in dag.nodes},
        arcs=tuple(paths[arc] for arc in dag.edges),
        width=width,
        height=height,
        crossings=sum(part.crossings for part in parts),
    )


def _part(dag: Dag, names: set[str], sizes: Mapping[str, tuple[float, float]]) -> Layout:
    """Lay out one connected part, its upper left corner at the origin."""
    graph = layered(dag, names)
    order = few_crossings(graph)
    extents = [math.ceil(sizes[name][0]) for name in graph.names] + [0] * (len(graph.layer_of) - len(graph.names))
    centres = _centres(graph, order, extents)
    heights = [
        max((sizes[graph.names[vertex]][1] for vertex in layer if not graph.is_bend(vertex)), default=0.0)
        for layer in order
    ]
    tops = _tops(graph, centres, heights)
    boxes: dict[str, Box] = {}
    for vertex, name in enumerate(graph.names):
        width, height = sizes[name]
        layer = graph.layer_of[vertex]
        boxes[name] = Box(centres[vertex] - width / 2, tops[layer] + (heights[layer] - height) / 2, width, height)
    bands = [(top, top + height) for top, height in zip(tops, heights, strict=True)]
    arcs = arc_paths(graph, centres, bands, [boxes[name] for name in graph.names])
    width = max(centre + extent / 2 for centre, extent in zip(centres, extents, strict=True))
    return Layout(boxes, arcs, width, bands[-1][1], count_crossings(graph, order))


def _centres(graph: Layered, order: Sequence[Sequence[int]], extents: Sequence[int]) -> list[float]:
    """Give every vertex its x: boxes and lanes apart, links as upright as that allows, long arcs straightest."""
    gaps: list[Gap] = []
    for layer in order:
        for u, v in pairwise(layer):
            apart = LANE_GAP if graph.is_bend(u) or graph.is_bend(v) else BOX_GAP
            gaps.append((u, v, math.ceil((extents[u] + extents[v]) / 2) + apart))
    links: list[Link] = [
        (u, v, WEIGHTS[graph.is_bend(u) + graph.is_bend(v)]) for chain in graph.chains for u, v in pairwise(chain)
    ]
    left, right = place(len(extents), gaps, links)
    middle = [(a + b) / 2 for a, b in zip(left, right, strict=True)]
    origin = min(centre - extent / 2 for centre, extent in zip(middle, extents, strict=True))
    return [centre - origin for centre in middle]


def _tops(graph: Layered, centres: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Give every layer its y, with more room above it where links run across far."""
    steps = [0.0] * graph.depth
    for vertex, layer in enumerate(graph.layer_of):
        for neighbour in graph.above[vertex]:
            steps[layer] = max(steps[layer], abs(centres[vertex] - centres[neighbour]))
    tops = [0.0]
    for step, height in zip(steps[1:], heights, strict=False):
        tops.append(tops[-1] + height + min(MAX_LAYER_GAP, max(LAYER_GAP, STEEPNESS * step)))
    return tops


def _packed(parts: Iterable[Layout]) -> tuple[list[Layout], float, float]:
    """Set the parts in rows of columns, the highest first, so that the whole is about as wide as a page is."""
    ordered = sorted(parts, key=lambda part: -part.height)
    area = sum((part.width + PART_GAP) * (part.height + PART_GAP) for part in ordered)
    limit = max([math.sqrt(LANDSCAPE * area), *(part.width for part in ordered)])
    placed: list[Layout] = []
    top = bottom = 0.0  # of the row
    x = y = right = 0.0  # left side of the column, top of its next part, left side of the next column
    width = 0.0
    for part in ordered:
        if y + part.height > bottom or x + part.width > limit:
            x, y = right, top
        if x + part.width > limit:
            top = bottom + PART_GAP
            x, y, right = 0.0, top, 0.0
        placed.append(_moved(part, x, y))
        bottom = max(bottom, y + part.height)
        right = max(right, x + part.width + PART_GAP)
        width = max(width, x + part.width)
        y += part.height + PART_GAP
    return placed, width, bottom


def _moved(part: Layout, x: float, y: float) -> Layout:
    if x == y == 0:
        return part
    boxes = {name: replace(box, x=box.x + x, y=box.y + y) for name, box in part.boxes.items()}
    arcs = tuple(replace(path, points=tuple((a + x, b + y) for a, b in path.points)) for path in part.arcs)
    return replace(part, boxes=boxes, arcs=arcs)
