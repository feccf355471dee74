"""Whether a number is said of the subject and of the time in question: no goal, baseline, peak or later value."""

from enum import Enum

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
_AGAINST = frozenset({"reference", "suppose", "past"})
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
    if not anyone and any(readings[j].person for j in (name, k) if j in readings):
        return Standing.FOREIGN
    if sentence.question and k in readings and (readings[k].supposed or readings[k].negated):
        return Standing.FOREIGN
    lo, hi = min(name, k), max(name, k)
    kinds = _before(lo, items, tokens) | _between(lo, hi, items)
    kinds = kinds - {"past"} if timeless else kinds | _behind(hi, items)
    time = _time(lo, items)
    if "aside" in kinds and time != "index":
        kinds.add("later")
    if _negated(lo, hi, items, tokens):
        return Standing.FOREIGN
    if kinds & _AGAINST or _under_heading(lo, items, tokens.words):
        return Standing.FOREIGN
    if not (form or current or timeless) and ("later" in kinds or time == "later") and "index" not in kinds:
        return Standing.FOREIGN
    if "hedge" in kinds or "hedge_after" in kinds:
        return Standing.HEDGED
    return Standing.INDEX if "index" in kinds or time == "index" else Standing.SAID


def _before(lo: int, items: list[Item], tokens: Tokens) -> set[str]:
    """Give the kinds of the cues in the same clause before the name."""
    kinds: set[str] = set()
    limit = items[lo][0] - _LEFT
    for j in range(lo - 1, -1, -1):
        _, end, entry = items[j]
        if end < limit or entry.sign in _BOUNDS or entry.named or entry.number is not None or entry.other:
            break
        if entry.numbers or "stop" in entry.cues:
            break
        if entry.looks_back and not entry.cues & {"hedge", "suppose"}:
            continue
        if not entry.cues & {"nothing", "affirm"}:
            kinds |= entry.cues
    return kinds - {"later"} if "index" in kinds else kinds


def _between(lo: int, hi: int, items: list[Item]) -> set[str]:
    kinds: set[str] = set()
    depth = 0
    for j in range(_behind_aside(lo, hi, items), hi):
        depth += (items[j][2].sign in ("(", "[")) - (items[j][2].sign in (")", "]"))
        if depth > 0 and hi - j > 1:
            continue  # "temperature (baseline 18) 21"
        if not items[j][2].cues & {"nothing", "affirm"} and items[j][2].number is None:
            kinds |= items[j][2].cues
    return kinds


def _behind_aside(lo: int, hi: int, items: list[Item]) -> int:
    """Give the first item behind name `lo` that speaks of it: ``the score, which nobody doubts, was 12``."""
    commas = [j for j in range(lo + 1, hi) if items[j][2].sign == ","]
    if commas and commas[0] == lo + 1 and items[lo + 1][0] == items[lo][1]:
        return commas[-1] + 1
    closing = hi - 2  # "the creatinine on admission, against a usual 0.8, was 2.0"
    closed = len(commas) > 1 and commas[-1] == closing and items[closing][1] == items[hi - 1][0]
    return closing + 1 if closed and "be" in items[hi - 1][2].cues else lo + 1


def _behind(hi: int, items: list[Item]) -> set[str]:
    """Give the kinds of the cues behind the number, unless they lead up to another number."""
    kinds: set[str] = set()
    edge = items[hi][1]
    bracket = False
    for j in range(hi + 1, len(items)):
        first, end, entry = items[j]
        if entry.number is not None or entry.numbers:
            return set() if first - edge <= 1 or bracket else kinds & {"index", "past_after"}
        if entry.sign in ("(", "[") and first == items[hi][1]:
            bracket = True
        elif bracket and entry.sign in (":", ","):
            continue  # "1.4 (usual value: 1.1)"
        elif entry.sign == "," and _ends_in_doubt(j, items):
            kinds.add("hedge_after")  # "two, I think"
            break
        elif (
            entry.sign in _BOUNDS
            or entry.named
            or entry.other
            or first > items[hi][1] + _RIGHT
            or (entry.cues & {"and", "or", "stop", "clause"} and not entry.cues & {"later", "reference", "index"})
        ):
            break
        elif not entry.cues & {"nothing", "affirm"}:
            said = entry.cues & {"reference", "later", "index", "past_after", "hedge_after"}
            if entry.phrase[0] in ("vs", "versus", "v"):
                said -= {"hedge_after"}
            kinds |= {"aside" if bracket and kind == "later" else kind for kind in said}
            edge = end
    if "past_after" in kinds:
        kinds.add("past")
    return kinds


def _ends_in_doubt(comma: int, items: list[Item]) -> bool:
    """``two payments in the past hour, I think``."""
    last = items[comma + 1] if comma + 2 == len(items) else None
    return last is not None and last[0] == items[comma][1] and "hedge_after" in last[2].cues


def _negated(lo: int, hi: int, items: list[Item], tokens: Tokens) -> bool:
    """``not 58 years old``, ``never MAP < 65``: the negation is of the number itself."""
    for j in range(_behind_aside(lo, hi, items), hi):
        if items[j][2].cues & {"negate", "negate_list"} and not items[j][2].cues & {"nothing", "affirm", "answer_yes"}:
            return True
    if lo == 0:
        return False
    first = items[lo][0]
    before = items[lo - 1]
    gap = tokens.words[before[1] : first]
    return bool(before[2].cues & {"negate", "negate_list"}) and all(word in NUMBER_LINKS for word in gap)


def _under_heading(lo: int, items: list[Item], words: list[str]) -> bool:
    """``Targets: MAP 65, lactate 2``."""
    for j in range(lo - 1, max(0, lo - _FURTHEST), -1):
        if items[j][2].sign == ":":
            before = items[j - 1]
            if before[1] == items[j][0]:
                said = before[2].cues & {"reference", "past", "suppose"}
                return bool(said) and not before[2].named and "nothing" not in before[2].cues
            if words[items[j][0] - 1].isalpha():
                return False  # another heading: "Seen: …"
        if items[j][2].sign == ";" or ":" in items[j][2].phrase:
            return False
    return False


def _time(lo: int, items: list[Item]) -> str:
    """Tell what time the sentence speaks of before name `lo`: ``By day 3 the lactate was 1.1, the creatinine 0.8``."""
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
            return ""
        if "index" in entry.cues:
            return "index"
        if "later" in entry.cues:
            behind = items[j + 1] if j + 1 < len(items) else None
            if behind is not None and behind[2].number is not None and behind[0] - end <= 1:
                return ""  # it spoke of that number
            ahead = items[j - 1] if j else None
            return "later" if ahead is None or ahead[2].number is None else ""
    return ""
