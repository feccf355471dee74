"""Whether a number is said of the subject and of the time in question: no goal, baseline, peak or later value."""

from enum import Enum

from causalsynth.extract.kinds import NEGATES, kind_bits
from causalsynth.extract.readings import Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.surroundings import NUMBER_LINKS
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Item

__all__ = ["Standing", "standing_of"]

_LEFT = 6
"""How many tokens before a name a cue may stand that speaks of it."""
_RIGHT = 6
"""How many tokens behind a number."""
_FURTHEST = 60
"""How many items before a name a time or a heading may stand: keeps the time linear."""
_AGAINST = kind_bits("reference", "suppose", "past")
_HEDGED = kind_bits("hedge", "hedge_after")
_HEDGE_AFTER = kind_bits("hedge_after")
_PAST = kind_bits("past")
_PAST_AFTER = kind_bits("past_after")
_ASIDE = kind_bits("aside")
_LATER = kind_bits("later")
_INDEX = kind_bits("index")
_BE = kind_bits("be")
_STOP = kind_bits("stop")
_SAYS_NOTHING = kind_bits("nothing", "affirm")
_DENIES_NOTHING = kind_bits("nothing", "affirm", "answer_yes")
_LEADS_UP = kind_bits("hedge", "suppose")
"""What an entry that may look back leads up to all the same."""
_PARTS = kind_bits("and", "or", "stop", "clause")
_GOES_ON = kind_bits("later", "reference", "index")
_SAID_BEHIND = kind_bits("reference", "later", "index", "past_after", "hedge_after")
_OF_BOTH = kind_bits("index", "past_after")
"""What stands between two numbers may speak of the first as well."""
_HEADS = kind_bits("reference", "past", "suppose")
_NOTHING = kind_bits("nothing")
_BOUNDS = frozenset({",", ";", ":", ">", "(", ")", "[", "]", "-", "?"})


class Standing(Enum):
    """How a number stands in its sentence."""

    SAID = "said"
    INDEX = "index"
    """Said of the very time in question: ``on admission``."""
    HEDGED = "hedged"
    FOREIGN = "foreign"
    """Of somebody else, of another time, or no value at all."""


def standing_of(
    name: int,
    k: int,
    sentence: Sentence,
    readings: dict[int, Reading],
    tokens: Tokens,
    *,
    form: bool,
    current: bool = False,
    timeless: bool = False,
    anyone: bool = False,
) -> Standing:
    """Judge the number at item `k` and its name by the cues around them.

    Parameters
    ----------
    form
        It is a phrase that holds its number: time and references say little of it.
    current
        The latest value counts as well as the first: ``MAP fell to 52``.
    timeless
        It is of no time: ``58-year-old former miner``.
    anyone
        It doesn't matter of whom it is said: ``somebody took $40``.
    """
    items = sentence.items
    if not anyone and (_is_of_person(name, readings) or (k != name and _is_of_person(k, readings))):
        return Standing.FOREIGN
    if sentence.question and k in readings and (readings[k].supposed or readings[k].negated):
        return Standing.FOREIGN
    lo, hi = min(name, k), max(name, k)
    kinds = _before(lo, items) | _between(lo, hi, items)
    kinds = kinds & ~_PAST if timeless else kinds | _behind(hi, items)
    time = _time(lo, items)
    if kinds & _ASIDE and time != _INDEX:
        kinds |= _LATER
    if _negated(lo, hi, items, tokens):
        return Standing.FOREIGN
    if kinds & _AGAINST or _under_heading(lo, items, tokens.words):
        return Standing.FOREIGN
    if not (form or current or timeless) and (kinds | time) & _LATER and not kinds & _INDEX:
        return Standing.FOREIGN
    if kinds & _HEDGED:
        return Standing.HEDGED
    return Standing.INDEX if (kinds | time) & _INDEX else Standing.SAID


def _is_of_person(k: int, readings: dict[int, Reading]) -> bool:
    reading = readings.get(k)
    return reading is not None and reading.person


def _before(lo: int, items: list[Item]) -> int:
    """Give the kinds of the cues in the same clause before the name."""
    kinds = 0
    limit = items[lo][0] - _LEFT
    for j in range(lo - 1, -1, -1):
        _, end, entry = items[j]
        if end < limit or entry.sign in _BOUNDS or entry.named or entry.number is not None or entry.other:
            break
        if entry.numbers or entry.kinds & _STOP:
            break
        if entry.looks_back and not entry.kinds & _LEADS_UP:
            continue
        if not entry.kinds & _SAYS_NOTHING:
            kinds |= entry.kinds
    return kinds & ~_LATER if kinds & _INDEX else kinds


def _between(lo: int, hi: int, items: list[Item]) -> int:
    kinds = depth = 0
    for j in range(_behind_aside(lo, hi, items), hi):
        entry = items[j][2]
        if entry.sign in ("(", "["):
            depth += 1
        elif entry.sign in (")", "]"):
            depth -= 1
        if depth > 0 and hi - j > 1:
            continue  # "temperature (baseline 18) 21"
        if not entry.kinds & _SAYS_NOTHING and entry.number is None:
            kinds |= entry.kinds
    return kinds


def _behind_aside(lo: int, hi: int, items: list[Item]) -> int:
    """Give the first item behind name `lo` that speaks of it: ``the score, which nobody doubts, was 12``."""
    if hi - lo < 2:
        return lo + 1
    commas = [j for j in range(lo + 1, hi) if items[j][2].sign == ","]
    if commas and commas[0] == lo + 1 and items[lo + 1][0] == items[lo][1]:
        return commas[-1] + 1
    closing = hi - 2  # "the creatinine on admission, against a usual 0.8, was 2.0"
    closed = len(commas) > 1 and commas[-1] == closing and items[closing][1] == items[hi - 1][0]
    return closing + 1 if closed and items[hi - 1][2].kinds & _BE else lo + 1


def _behind(hi: int, items: list[Item]) -> int:
    """Give the kinds of the cues behind the number, unless they lead up to another number."""
    kinds = 0
    edge = items[hi][1]
    bracket = False
    for j in range(hi + 1, len(items)):
        first, end, entry = items[j]
        if entry.number is not None or entry.numbers:
            return 0 if first - edge <= 1 or bracket else kinds & _OF_BOTH
        if entry.sign in ("(", "[") and first == items[hi][1]:
            bracket = True
        elif bracket and entry.sign in (":", ","):
            continue  # "1.4 (usual value: 1.1)"
        elif entry.sign == "," and _ends_in_doubt(j, items):
            kinds |= _HEDGE_AFTER  # "two, I think"
            break
        elif (
            entry.sign in _BOUNDS
            or entry.named
            or entry.other
            or first > items[hi][1] + _RIGHT
            or (entry.kinds & _PARTS and not entry.kinds & _GOES_ON)
        ):
            break
        elif not entry.kinds & _SAYS_NOTHING:
            said = entry.kinds & _SAID_BEHIND
            if said & _HEDGE_AFTER and entry.phrase[0] in ("vs", "versus", "v"):
                said &= ~_HEDGE_AFTER
            if bracket and said & _LATER:
                said = (said & ~_LATER) | _ASIDE
            kinds |= said
            edge = end
    return kinds | _PAST if kinds & _PAST_AFTER else kinds


def _ends_in_doubt(comma: int, items: list[Item]) -> bool:
    """``two payments in the past hour, I think``."""
    last = items[comma + 1] if comma + 2 == len(items) else None
    return last is not None and last[0] == items[comma][1] and bool(last[2].kinds & _HEDGE_AFTER)


def _negated(lo: int, hi: int, items: list[Item], tokens: Tokens) -> bool:
    """``not 58 years old``, ``never MAP < 65``: the negation is of the number itself."""
    for j in range(_behind_aside(lo, hi, items), hi):
        if items[j][2].kinds & NEGATES and not items[j][2].kinds & _DENIES_NOTHING:
            return True
    if lo == 0:
        return False
    before = items[lo - 1]
    return bool(before[2].kinds & NEGATES) and NUMBER_LINKS.issuperset(tokens.words[before[1] : items[lo][0]])


def _under_heading(lo: int, items: list[Item], words: list[str]) -> bool:
    """``Targets: MAP 65, lactate 2``."""
    for j in range(lo - 1, max(0, lo - _FURTHEST), -1):
        if items[j][2].sign == ":":
            before = items[j - 1]
            if before[1] == items[j][0]:
                kinds = before[2].kinds
                return bool(kinds & _HEADS) and not before[2].named and not kinds & _NOTHING
            if words[items[j][0] - 1].isalpha():
                return False  # another heading: "Seen: …"
        if items[j][2].sign == ";" or ":" in items[j][2].phrase:
            return False
    return False


def _time(lo: int, items: list[Item]) -> int:
    """Give the kind of the time that the sentence speaks of before name `lo`, 0 if it speaks of none.

    ``By day 3 the lactate was 1.1, the creatinine 0.8``.
    """
    depth = 0
    for j in range(lo - 1, max(-1, lo - _FURTHEST), -1):
        _, end, entry = items[j]
        if entry.sign in (")", "]") and not (items[j + 1][2].sign == ":" and items[j + 1][0] == end):
            depth += 1  # but "O (today): …"
        elif entry.sign in ("(", "["):
            depth = max(0, depth - 1)
        if depth:
            continue
        if entry.sign == ";":
            return 0
        if entry.kinds & _INDEX:
            return _INDEX
        if entry.kinds & _LATER:
            behind = items[j + 1] if j + 1 < len(items) else None
            if behind is not None and behind[2].number is not None and behind[0] - end <= 1:
                return 0  # it spoke of that number
            return _LATER if not j or items[j - 1][2].number is None else 0
    return 0
