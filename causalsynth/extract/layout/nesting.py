"""What stands over a line by indentation, or by a section's heading in brackets."""

import re

from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import Cell

__all__ = ["Nesting"]

_OPENS = re.compile(r"(?P<indent> *)(?:- )?\"?(?P<key>[a-z][\w .-]{0,40}?)\"?:[ {\[]*$")
_SECTION = re.compile(r" *\[(?P<key>[a-z][\w .-]{0,40})\]")
_MAY_OPEN = re.compile(r":[ {]*(?![^\n])")
"""No line opens a group without one."""
_TELLING = frozenset({"past", "person", "reference", "later", "suppose"})
_DEEPEST = 12


class Nesting:
    """For each line of a text what it belongs to."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._found: dict[int, Cell] | None = None

    def _over(self) -> dict[int, Cell]:
        """Give the nearest line that opens a group, for each line inside one."""
        page = self._page
        over: dict[int, Cell] = {}
        if "[" not in page.text and not _MAY_OPEN.search(page.text):
            return over
        stack: list[tuple[int, Cell]] = []
        section: Cell | None = None
        for k, (start, end) in enumerate(page.lines):
            line = page.of((start, end))
            if not line.strip():
                stack.clear()
                continue
            indent = len(line) - len(line.lstrip())
            while stack and stack[-1][0] >= indent:
                stack.pop()
            head = _SECTION.match(page.text, start, end) if "[" in line else None
            if head:
                section = head.span("key")
                continue
            if stack:
                over[k] = next((cell for _, cell in reversed(stack) if self.tells(cell)), stack[-1][1])
            elif section is not None:
                over[k] = section
            opens = _OPENS.match(page.text, start, end) if line.rstrip(" {[").endswith(":") else None
            if opens and len(stack) < _DEEPEST:
                stack.append((indent, opens.span("key")))
        return over

    def of(self, k: int) -> Cell | None:
        """Give what line `k` belongs to."""
        if self._found is None:
            self._found = self._over()
        return self._found.get(k)

    def tells(self, cell: Cell) -> bool:
        """Tell whether what it says of its lines is another person's, another time's, a plan."""
        text = self._page.of(cell).replace("_", " ")
        words = text.split()
        return words[:1] != ["index"] and not self._page.names(text) and bool(self._page.cues(text) & _TELLING)
