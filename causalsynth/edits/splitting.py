"""Where a text's sentences begin and end. Lines of lists and forms are sentences, whatever they end with."""

import re
from collections.abc import Iterator

__all__ = ["LIST_MARK", "MARKER", "cuts"]

LIST_MARK = r"(?:[-*•–]|\d{1,3}[.)])[ \t]+"
MARKER = re.compile(rf"{LIST_MARK}(?=\S)")
"""What stands before a list item."""

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|\n")
_WORD_BEFORE = re.compile(r"\w(?:[\w.]*\w)?$")
_LOOK_BACK = 16
_ABBREVIATED = (
    "dr mr mrs ms prof st approx resp vs cf fig dept hosp temp bilat med excl incl max min susp poss prob abd"
    " e.g i.e a.m p.m nr pt"
)
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_LONG_LINE = 40
"""Characters that a line has at least which a mail program may have broken."""


def cuts(text: str) -> Iterator[int]:
    """Give the offsets at which a sentence may end: behind its last mark, or at the end of its line."""
    line = 0
    for match in _END.finditer(text):
        if match.group() == "\n":
            if not _runs_on(text, line, match.start()):
                yield match.start()
            line = match.end()
        elif not _abbreviates(text, line, match.start()):
            yield match.end()


def _abbreviates(text: str, line: int, stop: int) -> bool:
    """Tell whether the mark at `stop` belongs to a word (``Dr.``, ``J.``) or to a list's number."""
    if text[stop] != ".":
        return False
    word = _WORD_BEFORE.search(text, max(line, stop - _LOOK_BACK), stop)
    if word is None:
        return False
    if word.group().isdigit():
        return not text[line : word.start()].strip() if word.start() - line < _LOOK_BACK else False
    return word.group().lower() in _ABBREVIATIONS or (len(word.group()) == 1 and word.group().isalpha())


def _runs_on(text: str, line: int, stop: int) -> bool:
    """Tell whether a line that a program broke goes on in the next."""
    following = text[stop + 1 : stop + 2]
    if not following.islower() or stop - line < _LONG_LINE:
        return False
    return text[stop - 1].isalnum() or text[stop - 1] == ","
