"""Fitting text into boxes without a font at hand: which characters XML takes, how wide they are, where to cut.

The widths are for sans-serif faces as browsers pick them, nearer the wide ones (DejaVu Sans, Verdana) than the
narrow ones (Helvetica, Arial): a box that is a little too wide does less harm than a name that sticks out.
"""

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["clipped", "printable", "text_width", "wrapped"]

ELLIPSIS = "…"
SPACE = re.compile(r"\s+")
# Char in https://www.w3.org/TR/xml/#charsets, less the two U+FFFE and U+FFFF, which it leaves out as well
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Right-to-left overrides and the like would turn round what follows them in the drawing
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
BREAKS = re.compile(r"(?<=[\s_\-.:/,;])(?=\S)|(?<=[a-z])(?=[A-Z])")

WIDTHS = (  # in em
    ("ijl|'.,:;!", 0.30),
    ('ftrI()[]{}/\\-"` ', 0.41),
    ("sczJ", 0.54),
    ("mMW@%…—", 0.98),
    ("w+=<>~^#&ABCDGHNOQRUVKXY", 0.76),
)
WIDTH = {character: width for characters, width in WIDTHS for character in characters}
USUAL = 0.63
WIDE = 1.05  # East Asian wide and full width
BOLD = 1.11


def printable(text: str) -> str:
    """Put what XML 1.0 can't hold as U+FFFD, direction overrides too, and any white space as one space."""
    return SPACE.sub(" ", BIDI.sub("\ufffd", NOT_XML.sub("\ufffd", text))).strip() or "\u00a0"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate how wide a line of text comes out, in the unit of `size` (the font's size)."""
    return sum(map(_width, text)) * size * (BOLD if bold else 1)


def clipped(text: str, limit: float, size: float, *, bold: bool = False) -> str:
    """Cut a line down to `limit`, behind a word if that wastes less than half, and end it with an ellipsis."""
    if text_width(text, size, bold=bold) <= limit:
        return text
    room = limit - text_width(ELLIPSIS, size, bold=bold)
    end = _fitting(text, room, size, bold=bold)
    blank = text.rfind(" ", 0, end + 1)
    end = blank + 1 if blank >= end / 2 else end
    return text[:end] + ELLIPSIS


def wrapped(text: str, limit: float, size: float, *, lines: int, bold: bool = False) -> tuple[str, ...]:
    """Break a name into at most `lines` lines: behind blanks and marks, in front of capitals, else anywhere."""
    rows: list[str] = []
    rest = text
    while len(rows) < lines - 1 and text_width(rest, size, bold=bold) > limit:
        end = _fitting(rest, limit, size, bold=bold)
        breaks = [found.start() for found in BREAKS.finditer(rest) if end / 3 <= found.start() <= end]
        end = max(breaks, default=end)
        rows.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return (*rows, clipped(rest, limit, size, bold=bold))


def _fitting(text: str, limit: float, size: float, *, bold: bool) -> int:
    """Find how many characters fit, at least one; marks and joiners aren't torn from what they belong to."""
    end = 1
    while end < len(text) and text_width(text[: end + 1], size, bold=bold) <= limit:
        end += 1
    while end < len(text) and _clings(text, end):
        end += 1
    return end


def _clings(text: Sequence[str], place: int) -> bool:
    return _width(text[place]) == 0 or text[place - 1] == "\u200d"


def _width(character: str) -> float:
    if character in WIDTH:
        return WIDTH[character]
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    return WIDE if unicodedata.east_asian_width(character) in "WF" else USUAL
