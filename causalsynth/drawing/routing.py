"""The paths of the arcs: from box to box, through the lanes that the layout has kept free for them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from causalsynth.drawing.layers import Layered

__all__ = ["ArcPath", "Box", "Point", "arc_paths"]

Point = tuple[float, float]

CORNER = 0.14  # the part of a box's side at either end that no arc uses
TAIL_GAP, HEAD_GAP = 5, 9  # between the ends of arcs at a box, if there is room


@dataclass(frozen=True, slots=True)
class Box:
    """Where a variable stands: upper left corner and size, y downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ArcPath:
    """The path of an arc, from the lower side of the parent's box to the upper side of the child's.

    `points` are the control points of cubic Bézier curves, end to end: 1 + 3k points for k curves. Their y
    never decreases, so neither does that of the curve.
    """

    parent: str
    child: str
    points: tuple[Point, ...]


def arc_paths(
    graph: Layered, centres: Sequence[float], bands: Sequence[tuple[float, float]], boxes: Sequence[Box]
) -> tuple[ArcPath, ...]:
    """Draw every arc of a connected part.

    Parameters
    ----------
    graph
        Its layers and bends.
    centres
        x of the middle of each vertex.
    bands
        Top and bottom of each layer; between them an arc only goes straight down.
    boxes
        The box of each variable, within its band.

    Returns
    -------
    tuple of ArcPath
        In the order of `graph.chains`.
    """
    ports = _ports(graph, centres, bands, boxes)
    return tuple(_path(graph, chain, centres, bands, ends) for chain, ends in zip(graph.chains, ports, strict=True))


def _path(
    graph: Layered,
    chain: Sequence[int],
    centres: Sequence[float],
    bands: Sequence[tuple[float, float]],
    ends: tuple[Point, Point],
) -> ArcPath:
    """Lead an arc through its bends: upright within the layers, across between them."""
    points = [ends[0]]
    for vertex, following in pairwise(chain):
        stem = _upright(points[-1], (points[-1][0], bands[graph.layer_of[vertex]][1]))
        points += stem
        top = bands[graph.layer_of[following]][0]
        goal = (centres[following] if graph.is_bend(following) else ends[1][0]), top
        upright_after = graph.is_bend(following) or ends[1][1] > top
        points += _across(points[-1], goal, graph.is_bend(vertex) or bool(stem), upright_after)
    points += _upright(points[-1], ends[1])
    return ArcPath(graph.names[chain[0]], graph.names[chain[-1]], tuple(points))


def _ports(
    graph: Layered, centres: Sequence[float], bands: Sequence[tuple[float, float]], boxes: Sequence[Box]
) -> list[tuple[Point, Point]]:
    """Find for each arc where it leaves its parent's box and where it meets its child's."""
    leaving: list[dict[int, float]] = [{} for _ in boxes]
    meeting: list[dict[int, float]] = [{} for _ in boxes]
    for arc, chain in enumerate(graph.chains):
        parent, first, last, child = chain[0], chain[1], chain[-2], chain[-1]
        below, above = bands[graph.layer_of[first]][0], bands[graph.layer_of[last]][1]
        box = boxes[parent]
        leaving[parent][arc] = _aim(box, (centres[first], below), box.y + box.height)
        box = boxes[child]
        meeting[child][arc] = _aim(box, (centres[last], above), box.y)
    starts = {
        arc: (x, box.y + box.height)
        for box, wanted in zip(boxes, leaving, strict=True)
        for arc, x in _spread(box, wanted, TAIL_GAP)
    }
    stops = {
        arc: (x, box.y) for box, wanted in zip(boxes, meeting, strict=True) for arc, x in _spread(box, wanted, HEAD_GAP)
    }
    return [(starts[arc], stops[arc]) for arc in range(len(graph.chains))]


def _aim(box: Box, target: Point, side: float) -> float:
    """Find where the line from the middle of a box to a point beyond its lower or upper side cuts that side."""
    half = box.height / 2
    centre = box.x + box.width / 2
    return centre + (target[0] - centre) * half / (abs(target[1] - side) + half)


def _spread(box: Box, wanted: Mapping[int, float], apart: float) -> Iterator[tuple[int, float]]:
    """Keep the ends of arcs off each other and off the rounded corners, in the order that they ask for."""
    low, high = box.x + CORNER * box.width, box.x + (1 - CORNER) * box.width
    apart = min(apart, (high - low) / max(1, len(wanted) - 1))
    arcs = sorted(wanted, key=wanted.__getitem__)
    x = -math.inf
    forward = []
    for arc in arcs:
        x = max(x + apart, min(high, max(low, wanted[arc])))
        forward.append(x)
    limit = math.inf
    for arc, x in zip(reversed(arcs), reversed(forward), strict=True):
        limit = min(limit - apart, min(high, x))
        yield arc, limit


def _upright(start: Point, end: Point) -> list[Point]:
    """Go straight down, or nowhere if that is where one is."""
    return [] if start == end else [*_thirds(start, end), end]


def _across(start: Point, end: Point, upright_before: bool, upright_after: bool) -> list[Point]:
    """Go from layer to layer: straight, but upright where the path is so before or after."""
    first, second = _thirds(start, end)
    half = (end[1] - start[1]) / 2
    if upright_before:
        first = (start[0], start[1] + half)
    if upright_after:
        second = (end[0], end[1] - half)
    return [first, second, end]


def _thirds(start: Point, end: Point) -> tuple[Point, Point]:
    step_x, step_y = (end[0] - start[0]) / 3, (end[1] - start[1]) / 3
    return (start[0] + step_x, start[1] + step_y), (end[0] - step_x, end[1] - step_y)
