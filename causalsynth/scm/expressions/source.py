"""The text of an expression, and errors that point into it."""

from dataclasses import dataclass

from causalsynth.errors import GraphError

__all__ = ["Source", "listing"]

_MESSAGE = 400
_SNIPPET = 60
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Source:
    """Text that knows where it came from.

    Attributes
    ----------
    text
        The expression; any number of lines.
    place
        A file or a name, the beginning of every message.
    line
        Line number of the first line of `text`, from 1.
    column
        Column at which each line of `text` begins, from 1: the indentation of a YAML block plus one.
    """

    text: str
    place: str
    line: int
    column: int

    def error(self, offset: int, message: str, hint: str = "") -> GraphError:
        """Make an error that begins with ``place:line:column:`` of a character."""
        line = self.line + self.text.count("\n", 0, offset)
        column = self.column + offset - (self.text.rfind("\n", 0, offset) + 1)
        shown = _clipped(message, _MESSAGE)
        return GraphError(f"{_clipped(self.place, _MESSAGE)}:{line}:{column}: {shown}", hint=_clipped(hint, _MESSAGE))

    def snippet(self, start: int, stop: int) -> str:
        """Give a part of the text on one line, shortened if it is long."""
        return _clipped(self.text[start:stop], _SNIPPET)


def listing(words: tuple[str, ...]) -> str:
    """Join words by commas; of many, the first few."""
    return ", ".join(words[:_LISTED]) + (", …" if len(words) > _LISTED else "")


def _clipped(text: str, length: int) -> str:
    line = " ".join(text[: 4 * length].split())
    clean = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
    return clean if len(clean) <= length else clean[: length - 1] + "…"
