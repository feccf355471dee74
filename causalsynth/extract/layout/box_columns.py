"""Columns of boxes under a line of answers: ``Smoker  [ ]  [x]`` under ``YES  NO``."""

import re

from causalsynth.extract.layout.page import Page

__all__ = ["answers_over"]

_HEAD = re.compile(
    r"(?:^|.*[ \t|])(?P<first>yes|y|no|n)[ \t/|]+(?P<second>yes|y|no|n)(?P<rest>(?:[ \t/|]+[\w/?]+)?)[ \t|]*"
)
_FURTHEST = 40
"""How many lines above a line of boxes its headings may stand."""


def answers_over(page: Page, k: int, columns: int) -> list[str]:
    """Give the answer over each of the `columns` of boxes of line `k`; none where no line above tells.

    Columns behind yes and no, such as one for ``unknown``, have an empty answer.
    """
    for above in range(k - 1, max(-1, k - 1 - _FURTHEST), -1):
        match = _HEAD.fullmatch(page.of(page.lines[above]))
        if match is None:
            continue
        answers = ["yes" if word[0] == "y" else "no" for word in (match["first"], match["second"])]
        if len(set(answers)) < len(answers) or columns != 2 + bool(match["rest"]):
            return []
        return [*answers, *[""] * (columns - 2)]
    return []
