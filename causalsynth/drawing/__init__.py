"""Drawings of causal DAGs: a layered layout, and the SVG made of it."""

from causalsynth.drawing.layout import Layout, layered_layout
from causalsynth.drawing.routing import ArcPath, Box
from causalsynth.drawing.svg import svg

__all__ = ["ArcPath", "Box", "Layout", "layered_layout", "svg"]
