r"""Times that the entries of a log begin with.

``D2 06:00 creatinine 3.2``, ``Day 5. Lactate 1.0.``

Of the numbers that a log gives of one variable the first in time is the one in question; those of later entries are
none of it. What stands below the log, with no time before it, is of an unknown time.
"""

import re
from bisect import bisect_right

__all__ = ["Stamps", "stamps_of"]

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_STAMP = re.compile(
    r"(?:(?:icu |hospital |hosp |post-?op |postoperative )?(?:day|d|hd|pod|night)[ .#-]?\d{1,3}"
    r"(?:[,/ -]{0,3}\d{1,2}[:.h]\d{2})?"
    r"|\d{4}-\d{2}-\d{2}(?:[ t]\d{1,2}:\d{2})?"
    rf"|\d{{1,2}}(?:[/.]\d{{1,2}}[/.]\d{{2,4}}|/\d{{1,2}}| {_MONTH})(?:,? \d{{1,2}}[:.]\d{{2}})?"
    r"|\d{1,2}[:h]\d{2}(?! ?[-,] ?\w+:)"
    r"|(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"(?:,? \d{1,2}[:.]\d{2})?"
    r"|(?:the )?(?:next|following|same) (?:day|morning|evening|night)(?:,? \d{1,2}[:.]\d{2})?"
    r")(?=[\s:.,;|)>/-])(?!\.\d)",
    re.IGNORECASE,
)
_BULLETS = re.compile(r"[ \t>*|\u2022-]{0,6}")
_LINE = re.compile(r"\n[ \t>*|\u2022-]{0,6}")
_DAY = re.compile(r"[.;][ \t]{1,3}(?=[Dd][Aa][Yy] \d)")
_FEWEST = 2
_HEADS_TEXT = "icu hos pos day nig mon tue wed thu fri sat sun the nex fol sam"
_HEADS = frozenset(_HEADS_TEXT.split())
"""The first three letters of a time that begins with a word; behind shorter ones, ``D2``, digits follow at once."""
_SHORTEST = 6


class Stamps:
    """The times of one text's entries."""

    __slots__ = ("_log", "_starts", "_turns")

    def __init__(self, starts: list[int], turns: list[int], log: list[tuple[int, int]]) -> None:
        self._starts = starts
        self._turns = turns
        self._log = log

    def at(self, offset: int) -> int | None:
        """Give which entry of the log an offset is in, counted from 1; 0 before it, None below it."""
        before = bisect_right(self._starts, offset)
        if not before:
            return 0
        return self._turns[before - 1] if offset < self._log[before - 1][1] else None


def stamps_of(text: str) -> Stamps | None:
    """Find the entries of a log; None where `text` is none."""
    starts: list[int] = []
    turns: list[int] = []
    log: list[tuple[int, int]] = []
    last = ""
    for place in _places(text):
        match = _STAMP.match(text, place) if _may_be_stamp(text, place) else None
        if match is None:
            continue
        said = " ".join(match[0].lower().split())
        turns.append((turns[-1] if turns else 0) + (said != last))
        last = said
        starts.append(match.start())
        end = text.find("\n\n", match.end())
        log.append((match.start(), len(text) if end < 0 else end))
    return Stamps(starts, turns, log) if turns and turns[-1] >= _FEWEST else None


def _may_be_stamp(text: str, place: int) -> bool:
    """Tell by its first characters whether a time may stand at `place`: most lines begin otherwise."""
    head = text[place : place + _SHORTEST]
    return head[:3].lower() in _HEADS or any(character.isdecimal() for character in head)


def _places(text: str) -> list[int]:
    """Give where an entry may begin: behind the bullet of a line, or at a ``Day 5`` behind a full stop."""
    first = _BULLETS.match(text)
    places = [first.end() if first else 0]
    places += [line.end() for line in _LINE.finditer(text)]
    if ("ay " in text or "AY " in text) and (days := [day.end() for day in _DAY.finditer(text)]):
        places = sorted(places + days)
    return places
