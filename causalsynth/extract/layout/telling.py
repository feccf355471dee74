"""Which lines of a text have any of the signs that the readers of lines look for."""

from collections.abc import Container

from causalsynth.extract.layout.boxes import BOX_SIGNS
from causalsynth.extract.layout.page import Page

__all__ = ["telling_lines"]

_SIGNS = f':=?"|\u2026{BOX_SIGNS}'
"""Labels, pairs, questions, quoted keys, tables, leaders, boxes."""
_MARKS = ("   ", "..", " .", "__", "**")
"""Columns, leaders, bold labels."""


def telling_lines(page: Page) -> Container[int]:
    """Give the lines that `page`'s shape may say something by; all of them where it has signs of other kinds.

    What `causalsynth.extract.layout.records` and `causalsynth.extract.layout.labels` look for must be among the signs.
    """
    text = page.text
    if page.has_letters or page.sums_up or any(mark in text for mark in _MARKS):
        return range(len(page.lines))
    return frozenset(page.lines_with(_SIGNS))
