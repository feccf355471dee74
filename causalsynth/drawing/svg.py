"""A causal DAG as one self-contained SVG: no scripts, no fonts or pictures from elsewhere."""

import xml.etree.ElementTree as ET
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from causalsynth.drawing.layout import Layout, layered_layout
from causalsynth.drawing.lettering import clipped, printable, text_width, wrapped
from causalsynth.drawing.routing import ArcPath, Box, Point
from causalsynth.errors import InputError
from causalsynth.graph import Dag

__all__ = ["svg"]

NAME_SIZE, NAME_LEADING, NAME_LIMIT, NAME_LINES = 13, 16, 190, 4  # a name of 60 characters fits
LABEL_SIZE, LABEL_LEADING, LABEL_LIMIT, LABEL_LINES = 10.5, 14, 124, 4
PAD_X, PAD_Y, LEAST_WIDTH = 10, 7, 46
MARGIN, INSET, ROUND = 16, 3.5, 7
HEAD_LENGTH, HEAD_HALF = 8.5, 3.4
LEGEND = "set by intervention"
LEGEND_ROOM, KEY_WIDTH, KEY_HEIGHT = 40, 34, 20

STYLE = """
.dag { color-scheme: light dark; }
.dag text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.dag .paper { fill: #ffffff; }
.dag text { fill: #1b1f24; text-anchor: middle; }
.dag .name { font-size: 13px; font-weight: 700; }
.dag .label { font-size: 10.5px; fill: #535b65; }
.dag .legend { font-size: 10.5px; fill: #535b65; text-anchor: start; }
.dag .box { fill: #f3f6fa; stroke: #5b6b7d; stroke-width: 1.1; }
.dag .held .box, .dag .key .box { fill: #fdf1e1; stroke: #b25a00; }
.dag .inner { fill: none; stroke: #b25a00; stroke-width: 1.1; }
.dag .line { fill: none; stroke: #4a5561; stroke-width: 1.2; }
.dag .head { fill: #4a5561; stroke: none; }
@media (prefers-color-scheme: dark) {
  .dag .paper { fill: #14171b; }
  .dag text { fill: #eef1f4; }
  .dag .label, .dag .legend { fill: #b0b8c2; }
  .dag .box { fill: #232a33; stroke: #8696a8; }
  .dag .held .box, .dag .key .box { fill: #3a2a14; stroke: #f0a04b; }
  .dag .inner { stroke: #f0a04b; }
  .dag .line { stroke: #9aa6b2; }
  .dag .head { fill: #9aa6b2; }
}
"""


@dataclass(frozen=True, slots=True)
class _Text:
    """What stands in a box, line by line, and what a pointer over it shows."""

    name: tuple[str, ...]
    labels: tuple[str, ...]
    tooltip: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a box around it."""
        widths = [text_width(line, NAME_SIZE, bold=True) for line in self.name]
        widths += [text_width(line, LABEL_SIZE) for line in self.labels]
        height = len(self.name) * NAME_LEADING + len(self.labels) * LABEL_LEADING
        return max(LEAST_WIDTH, max(widths) + 2 * PAD_X), height + 2 * PAD_Y


def svg(
    dag: Dag,
    *,
    title: str,
    labels: Mapping[str, Sequence[str]] | None = None,
    held: Collection[str] = (),
) -> str:
    """Draw a DAG.

    Parameters
    ----------
    dag
        What to draw. Under an intervention, give the mutilated graph to see the arcs cut.
    title
        What the drawing is of; read out by screen readers and shown by a browser, not part of the picture.
    labels
        By variable, small lines below its name, such as its states; cut where they are too long or too many,
        whole in the tooltip.
    held
        The variables under intervention: a double border, and a legend that says so.

    Returns
    -------
    str
        An ``<svg>`` element with its final newline, to be written as UTF-8 or put into an HTML page. The same for
        the same input, on every machine.

    Raises
    ------
    InputError
        `labels` or `held` name what isn't a variable of the graph.
    """
    texts = _texts(dag, labels or {}, held)
    layout = layered_layout(dag, {name: text.size for name, text in texts.items()})
    root = _root(dag, layout, title, held)
    for path in layout.arcs:
        _draw_arc(root, path)
    for name, box in layout.boxes.items():
        _draw_box(root, box, texts[name], held=name in held)
    if held:
        _draw_legend(root, layout)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _texts(dag: Dag, labels: Mapping[str, Sequence[str]], held: Collection[str]) -> dict[str, _Text]:
    for name in (*labels, *held):
        if name not in dag.parents_of:
            raise InputError(
                f"the graph has no variable {name!r} to draw", hint=f"its variables are {', '.join(dag.nodes)}"
            )
    return {name: _text(name, labels.get(name, ()), held=name in held) for name in dag.nodes}


def _text(name: str, labels: Sequence[str], *, held: bool) -> _Text:
    whole = [printable(label) for label in labels]
    lines = wrapped(printable(name), NAME_LIMIT, NAME_SIZE, lines=NAME_LINES, bold=True)
    limit = max(LABEL_LIMIT, *(text_width(line, NAME_SIZE, bold=True) for line in lines))
    shown = [clipped(label, limit, LABEL_SIZE) for label in whole]
    if len(shown) > LABEL_LINES:
        shown = [*shown[: LABEL_LINES - 1], "…"]
    return _Text(lines, tuple(shown), "\n".join([printable(name), *whole, *([LEGEND] if held else [])]))


def _root(dag: Dag, layout: Layout, title: str, held: Collection[str]) -> ET.Element:
    legend_width = MARGIN + KEY_WIDTH + text_width(LEGEND, LABEL_SIZE) if held else 0
    width = max(layout.width, legend_width) + 2 * MARGIN
    height = layout.height + 2 * MARGIN + (LEGEND_ROOM if held else 0)
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "dag",
            "role": "img",
            "width": _number(width),
            "height": _number(height),
            "viewBox": f"{-MARGIN} {-MARGIN} {_number(width)} {_number(height)}",
        },
    )
    ET.SubElement(root, "title").text = printable(title)
    ET.SubElement(root, "desc").text = _description(dag, held)
    ET.SubElement(root, "style").text = STYLE
    corner = {"x": str(-MARGIN), "y": str(-MARGIN)}
    ET.SubElement(root, "rect", {"class": "paper", **corner, "width": _number(width), "height": _number(height)})
    return root


def _description(dag: Dag, held: Collection[str]) -> str:
    """Say in words what the picture shows."""
    sentences = [f"Causal graph, {_count(len(dag.nodes), 'variable')}, {_count(len(dag.edges), 'arc')}."]
    if held:
        sentences.append(f"Set by intervention: {', '.join(printable(name) for name in dag.nodes if name in held)}.")
    for name in dag.nodes:
        if parents := dag.parents(name):
            sentences.append(f"{', '.join(map(printable, parents))} → {printable(name)}.")
    return " ".join(sentences)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _draw_arc(root: ET.Element, path: ArcPath) -> None:
    group = ET.SubElement(root, "g", {"class": "arc"})
    ET.SubElement(group, "title").text = f"{printable(path.parent)} → {printable(path.child)}"
    tip, before = path.points[-1], path.points[-2]
    length = ((tip[0] - before[0]) ** 2 + (tip[1] - before[1]) ** 2) ** 0.5
    ahead = (tip[0] - before[0]) / length, (tip[1] - before[1]) / length
    base = tip[0] - HEAD_LENGTH * ahead[0], tip[1] - HEAD_LENGTH * ahead[1]
    across = -ahead[1] * HEAD_HALF, ahead[0] * HEAD_HALF
    ET.SubElement(group, "path", {"class": "line", "d": _curve(path.points, base)})
    corners = (tip, (base[0] + across[0], base[1] + across[1]), (base[0] - across[0], base[1] - across[1]))
    ET.SubElement(group, "path", {"class": "head", "d": f"M{' L'.join(map(_pair, corners))} Z"})


def _curve(points: Sequence[Point], end: Point) -> str:
    """Write a path down, with straight stretches as such; it stops at `end`, where the arrowhead begins."""
    steps = [f"M{_pair(points[0])}"]
    for place in range(0, len(points) - 1, 3):
        start, first, second, stop = points[place : place + 4]
        target = end if place + 4 == len(points) else stop
        if _straight(start, first, second, stop):
            steps.append(f"L{_pair(target)}")
        else:
            steps.append(f"C{_pair(first)} {_pair(second)} {_pair(target)}")
    return " ".join(steps)


def _straight(start: Point, first: Point, second: Point, stop: Point) -> bool:
    """Tell whether the inner control points lie on the line, to a twentieth of a pixel or so."""
    x, y = stop[0] - start[0], stop[1] - start[1]
    off = [abs(x * (point[1] - start[1]) - y * (point[0] - start[0])) for point in (first, second)]
    return max(off) < 0.05 * (abs(x) + abs(y))


def _draw_box(root: ET.Element, box: Box, text: _Text, *, held: bool) -> None:
    group = ET.SubElement(root, "g", {"class": "variable held" if held else "variable"})
    ET.SubElement(group, "title").text = text.tooltip
    _rounded(group, box, double=held)
    centre = _number(box.x + box.width / 2)
    y = box.y + PAD_Y
    for line in text.name:
        _line(group, "name", centre, y + 0.78 * NAME_LEADING, line)
        y += NAME_LEADING
    for line in text.labels:
        _line(group, "label", centre, y + 0.76 * LABEL_LEADING, line)
        y += LABEL_LEADING


def _rounded(group: ET.Element, box: Box, *, double: bool) -> None:
    ET.SubElement(group, "rect", {"class": "box", **_sides(box, 0)})
    if double:
        ET.SubElement(group, "rect", {"class": "inner", **_sides(box, INSET)})


def _sides(box: Box, inset: float) -> dict[str, str]:
    sides = {"x": box.x + inset, "y": box.y + inset, "width": box.width - 2 * inset, "height": box.height - 2 * inset}
    return {**{side: _number(length) for side, length in sides.items()}, "rx": _number(ROUND - inset)}


def _line(group: ET.Element, kind: str, x: str, y: float, text: str) -> None:
    ET.SubElement(group, "text", {"class": kind, "x": x, "y": _number(y)}).text = text


def _draw_legend(root: ET.Element, layout: Layout) -> None:
    group = ET.SubElement(root, "g", {"class": "key"})
    top = layout.height + LEGEND_ROOM - KEY_HEIGHT
    _rounded(group, Box(0, top, KEY_WIDTH, KEY_HEIGHT), double=True)
    _line(group, "legend", _number(KEY_WIDTH + 8), top + KEY_HEIGHT / 2 + 3.5, LEGEND)


def _pair(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    """Write a length with at most one decimal: a tenth of a pixel is finer than anyone can see."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
