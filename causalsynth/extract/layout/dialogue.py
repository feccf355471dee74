"""Dialogues: who speaks is taken off, and a name that one speaker asks for is answered by the next one's words."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from causalsynth.extract.layout.page import Page, remember
from causalsynth.extract.layout.pieces import BREAK, Piece, inserted
from causalsynth.extract.layout.questions import asked_pieces

__all__ = ["Dialogue"]

_TIME = r"[\[(<]?(?:[a-z]{3,9},? )?\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?[\])>]?"
_NAME = r"@?[a-z][\w.'\x80-\U0010ffff-]*+(?:[ /]++[\w.'\x80-\U0010ffff-]++){0,3}(?: ?\([^()\n]{1,24}\))?"
_SPEAKER = re.compile(
    rf"[ >*_-]*+(?:{_TIME}[ ,-]*)?"
    rf"(?:(?P<who>{_NAME})(?:[ ,]+{_TIME})?[*_]* ?:[*_]*(?= |$)|[<\[](?P<in>{_NAME})[>\]]:?(?= ))"
)
_TIMED = re.compile(rf" *[\[(]{_TIME}[\])] +(?=\S)")
_ASKS_BACK = re.compile(r"[^.,;!?\n]*\?")
_FEWEST_TURNS = 4
_FEWEST_QUESTIONS = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """What somebody says: lines [first, end), the first of them from offset `start` on."""

    who: str
    first: int
    end: int
    start: int


def turns_of(page: Page) -> dict[int, Turn]:
    """Give the turns of a dialogue by their first line; none if the text is no dialogue."""
    if len(page.lines) < _FEWEST_TURNS:
        return {}
    starts: list[tuple[int, str, int]] = []
    marked = page.lines_with(":<[")  # which part a speaker from what is said
    if len(marked) < _FEWEST_TURNS:
        return _unsigned(page)
    for k in marked:
        who, at = _speaker(page, page.of(page.lines[k]))
        if who:
            starts.append((k, who, page.lines[k][0] + at))
    if len({who for _, who, _ in starts}) < len(starts):  # otherwise nobody speaks twice
        starts = [entry for entry in starts if not page.names(entry[1])]
    else:
        starts = []
    if not starts:
        return _unsigned(page)
    counts = Counter(who for _, who, _ in starts)
    speakers = {who for who, n in counts.items() if n > 1}
    kept = [entry for entry in starts if entry[1] in speakers or (len(speakers) == 1 and len(starts) >= _FEWEST_TURNS)]
    if len(kept) < _FEWEST_TURNS or len({who for _, who, _ in kept}) < 2 or not speakers:
        return _unsigned(page)
    ends = [*(k for k, _, _ in kept[1:]), len(page.lines)]
    return {k: Turn(who, k, ends[n], at) for n, (k, who, at) in enumerate(kept)}


def _speaker(page: Page, line: str) -> tuple[str, int]:
    """Give who a line says is speaking, and where in it the words begin; empty if it has no speaker."""
    known = page.speakers.get(line)
    if known is not None:
        return known
    match = _SPEAKER.match(line)
    speaker = ("", 0)
    if match is not None and (match["who"] or len(match["in"]) > 1):
        speaker = ((match["who"] or match["in"]).split("(")[0].strip(" @"), match.end())
    remember(page.speakers, line, speaker)
    return speaker


def _unsigned(page: Page) -> dict[int, Turn]:
    """Give the turns of a chat that has only times: ``[14:03] pressors?``."""
    starts: list[tuple[int, int]] = []
    if page.text.count("?") < _FEWEST_QUESTIONS:
        return {}
    for k, (start, end) in enumerate(page.lines):
        match = _TIMED.match(page.text, start, end)
        if match:
            starts.append((k, match.end()))
    asked = sum(page.of(page.lines[k]).rstrip().endswith("?") for k, _ in starts)
    if len(starts) < _FEWEST_TURNS or asked < _FEWEST_QUESTIONS:
        return {}
    ends = [*(k for k, _ in starts[1:]), len(page.lines)]
    return {k: Turn(str(n), k, min(ends[n], k + 1), at) for n, (k, at) in enumerate(starts)}


class Dialogue:
    """The turns of one text; empty if it is no dialogue."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._joined = -1
        self.turns = turns_of(page)

    def pieces(self, k: int) -> Iterator[Piece]:
        """Give the turn that begins in line `k`, with its last question joined to the next turn's answer."""
        page, turn = self._page, self.turns[k]
        following = self.turns.get(turn.end)
        last = self._last_line(turn)
        if self._joined != k:
            yield inserted(BREAK, turn.start)
        start, end = max(turn.start, page.lines[last][0]), page.lines[last][1]
        yield page.raw(turn.start, start)
        if following is None or following.who == turn.who:
            yield page.raw(start, end)
            yield inserted(BREAK, end)
            return
        answer = page.trim(following.start, page.lines[following.first][1])
        asks_back = self._joined == k or _ASKS_BACK.match(page.text, *answer) is not None
        if asks_back and "?" not in page.of((start, end)):
            yield page.raw(start, end)  # "device?", "known device", "and the IP?": what answers asks for nothing
            yield inserted(BREAK, end)
            return
        pieces, joins = asked_pieces(page, (start, end), answer)
        yield from pieces
        if joins:
            self._joined = turn.end

    def _last_line(self, turn: Turn) -> int:
        """Give the last line of a turn that isn't empty."""
        last = turn.end - 1
        while last > turn.first and not self._page.of(self._page.lines[last]).strip():
            last -= 1
        return last
