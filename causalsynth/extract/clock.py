"""What follows from two clock times: ``triaged 09:20 … ceftriaxone 09:58`` is an interval of 38 minutes.

A time belongs to the nearest word before it that says what happened then; one that begins its line or has none before
it, to the nearest behind. Of the start and of the event the first time counts, weakly: what is said outright is better.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import partial

from causalsynth.domain import Lexicon
from causalsynth.domain.lexicon import Cut
from causalsynth.extract.claim import Claim
from causalsynth.extract.findings import Span
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens

__all__ = ["ClockReader", "clock_readers"]

_TIMES = re.compile(
    r"(?<![\d.,:/-])(?:"
    r"(1[0-2]|0?\d)(?:[:.]([0-5]\d))?\s?([ap])\.?m\b"
    r"|([01]?\d|2[0-3]):([0-5]\d)(?![\d:/])"
    r"|(?<=\bh\. )([01]?\d|2[0-3])\.([0-5]\d)(?!\d)"
    r"|(?<=^)([01]\d|2[0-3])([0-5]\d)(?=[ \t])"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_MAY_BE_TIME = re.compile(
    r"\d(?<!\d\d)(?:(?=\d?(?:[:.]\d\d|\s?[apAP]))|(?<=^\d)(?=\d{3}[ \t]))",  # a digit first: few characters are
    re.MULTILINE,
)
"""Digits that may be a time by what stands right behind them: few are."""
_REACH = 90
"""How many characters from its word a time may stand."""
_DAY = 24 * 60
_LONGEST = 14 * 60
"""Of longer intervals clock times alone don't tell the day."""
_Time = tuple[int, int, int, bool]
"""(first character, end, minute of the day, whether it begins its line)"""


class ClockReader:
    """Finds the two times of one variable in one text."""

    __slots__ = ("_cuts", "_done", "_first", "_seen", "_since", "_times", "_variable")

    def __init__(self, variable: str, since: tuple[str, ...], cuts: tuple[Cut, ...]) -> None:
        self._variable = variable
        self._since = frozenset(since)
        self._cuts = cuts
        self._times: list[_Time] | None = None
        self._done = self._seen = 0
        self._first: dict[bool, tuple[int, Span]] = {}

    def read(self, sentence: Sentence, tokens: Tokens, text: str) -> None:
        """Take in the times of one sentence and of what lies before it."""
        if self._times is None:
            self._times = list(_times(text))
        if len(self._times) < 2 or self._done >= len(self._times):
            return
        end = tokens.starts[sentence.end] if sentence.end < len(tokens) else len(text)
        if self._times[self._done][0] >= end:
            return
        until = bisect_left(self._times, (end, 0, 0, False))
        words = self._words(sentence, tokens)
        for k in range(self._done, until):
            event = self._owner(k, words)
            if event is not None:
                first, last, minute, _ = self._times[k]
                self._first.setdefault(event, (minute, (first, last)))
        self._done = until

    def claims(self) -> Iterator[Claim]:
        """Give the states that the interval allows."""
        if len(self._first) < 2:
            return
        minutes = (self._first[True][0] - self._first[False][0]) % _DAY
        hours = minutes / 60
        allowed = frozenset(
            cut.state
            for cut in self._cuts
            if (cut.high is None or hours < cut.high) and (cut.low is None or hours >= cut.low)
        )
        if allowed and minutes <= _LONGEST:
            yield Claim(self._variable, allowed, True, self._first[True][1], weak=True)

    def _words(self, sentence: Sentence, tokens: Tokens) -> list[tuple[int, bool]]:
        """Give the words of a sentence that times may belong to: where, and whether it is of the event."""
        found = [(tokens.starts[first], True) for first, _, entry in sentence.items if self._variable in entry.anchors]
        start, self._seen = self._seen, sentence.end
        for at in range(start, sentence.end):
            if tokens.words[at] in self._since:
                found.append((tokens.starts[at], False))
        return sorted(found)

    def _owner(self, k: int, words: list[tuple[int, bool]]) -> bool | None:
        times = self._times or []
        first, end, _, begins = times[k]
        low = max(first - _REACH, times[k - 1][1] if k else 0)
        high = min(end + _REACH, times[k + 1][0] if k + 1 < len(times) else end + _REACH)
        before = [event for at, event in words if low <= at < first]
        behind = [event for at, event in words if end <= at < high]
        if begins and behind:
            return behind[0]
        return before[-1] if before else behind[0] if behind else None


def _times(text: str) -> Iterator[_Time]:
    done = 0
    for digits in _MAY_BE_TIME.finditer(text):
        match = _TIMES.match(text, digits.start()) if digits.start() >= done else None
        if match is None:
            continue
        done = match.end()
        hour = int(match[1] or match[4] or match[6] or match[8])
        minute = int(match[2] or match[5] or match[7] or match[9] or 0)
        if match[3]:
            hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
        first = match.start()
        yield first, match.end(), hour * 60 + minute, first == 0 or text[first - 1] == "\n"


def clock_readers(lexicon: Lexicon) -> tuple[Callable[[], ClockReader], ...]:
    """Give what makes those for a text, one for every variable of `lexicon` that is an interval since something."""
    return tuple(
        partial(ClockReader, name, variable.number.since, variable.number.cuts)
        for name, variable in lexicon.variables.items()
        if variable.number is not None and variable.number.since
    )
