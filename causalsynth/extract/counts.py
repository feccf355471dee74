"""Counts of a time window: ``three payments went through in the past hour``, ``in the hour before there was nothing``.

A count is a number without a unit of its own, of things that are named: payments, breaths, visits. Its window names it.
The number may stand some words away, if it counts the things in question, and ``no payments`` and ``nothing`` are
numbers too.
"""

from dataclasses import dataclass

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Vocabulary

__all__ = ["Count", "counts"]

_REACH = 14
"""How many tokens before or behind its window a count may stand."""
_LONGEST_UNIT = 12
_NONE = frozenset({"no", "zero", "nil", "0", "without", "nary"})
_NOT_ONE = frozenset({"single", "one", "any", "1"})
_SINGLE = frozenset({"single", "sole", "lone", "solitary"})
_DENYING = frozenset({*_NONE, "any", "further", "single"})
_TIMES = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_USED = frozenset({"used", "touched", "active", "swiped", "tapped", "charged", "spent", "moved", "shopped", "paid"})
_UNTIL_USED = frozenset({"been", "even", "otherwise", "actually", "once", "ever", "be"})
_NOT_BEFORE = frozenset({"no", "not", "n't", "without", "any", "one", "every", "each", "never"})
_FAR_NOT = frozenset({"not", "never", "hardly", "scarcely"})
_NOT_FAR = 4
"""How many tokens before ``single`` its negation may stand: ``had not been a single payment``."""
_MORE_TEXT = (
    "other further more additional extra another single card subsequent new such prior earlier previous any else "
    "whatsoever of the actual successful"
)
_MORE = frozenset(_MORE_TEXT.split())
"""Words between ``no`` and what is counted."""
_QUIET = ("quiet", "silent", "empty", "idle", "inactive", "blank", "dormant")
_NOTHING = frozenset({"nothing", "nowt", "none", "nil", "zilch", "nada", "nought", "naught", "silence", *_QUIET})
_ABOUT_NOTHING_TEXT = (
    "else other at all whatever whatsoever was were is are has had have been be happened occurred recorded registered "
    "gone put run passed processed attempted authorised authorized approved touched crossed hitting "
    "used coming passing "
    "seen logged spent moved in on the a card account this that for to her him them they he she over during within "
    "inside posted went through came come there showed shows reads stood stands sat it more further doing going by "
    "same its his their made hit against taking took place completely totally entirely"
)
_ABOUT_NOTHING = frozenset(_ABOUT_NOTHING_TEXT.split())
"""All that may stand between ``nothing`` and its window."""
_OVER_TEXT = "above over below under declined refused blocked flagged larger bigger disputed exceeding"
_OVER = frozenset(_OVER_TEXT.split())
"""``no payments above 50``: not all of them are counted."""


@dataclass(frozen=True, slots=True)
class Count:
    """A count that was found: of `variable`, by items or tokens [first, end) and the window's item."""

    variable: str
    value: float
    window: int
    item: int | None
    first: int
    end: int


def counts(sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary, taken: set[int]) -> list[Count]:
    """Give the counts of windows that nothing else was bound to; `taken` are the items that are bound already."""
    found: list[Count] = []
    for k, (_, _, entry) in enumerate(sentence.items):
        for variable in entry.anchors:
            if variable in vocabulary.counted and k not in taken:
                count = _before(k, variable, sentence, tokens, vocabulary, taken)
                if count is None:
                    count = _behind(k, variable, sentence, tokens, vocabulary, taken)
                if count is not None:
                    found.append(count)
    return found


def _before(
    k: int, variable: str, sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary, taken: set[int]
) -> Count | None:
    items, words = sentence.items, tokens.words
    start = items[k][0]
    floor, j = max(sentence.first, start - _REACH), k
    number: int | None = None
    while j > 0 and items[j - 1][0] >= floor:
        entry = items[j - 1][2]
        if entry.number is not None and number is None and j - 1 not in taken:
            number = j - 1
        denied = entry.other and words[items[j - 1][0] - 1] in _DENYING
        if (_parts(entry, variable) and not denied) or entry.number is not None or entry.sign == ",":
            floor = items[j - 1][1]
            break
        j -= 1
    if number is not None and (counted := items[number][2].number) is not None and counted.exact:
        if counted.low == 1 and words[counted.first - 1] == "not":
            return Count(variable, 0.0, k, None, counted.first - 1, items[k][1])
        if counted.units is not None and variable in counted.units and _OVER.isdisjoint(words[counted.end : start]):
            return Count(variable, counted.low, k, number, items[number][0], items[k][1])
        return None
    for at in range(start - 1, floor - 1, -1):
        value, end = _spelled(words, at, start, variable, vocabulary)
        if end and _OVER.isdisjoint(words[end:start]):
            return Count(variable, value, k, None, at, items[k][1])
    return None


def _spelled(words: list[str], at: int, limit: int, variable: str, vocabulary: Vocabulary) -> tuple[float, int]:
    """Give the count that begins at token `at` without a number, and its end: ``a single payment``, ``nothing``."""
    if words[at] in _TIMES and words[at - 1] not in ("at", "all"):
        return _TIMES[words[at]], at + 1
    if words[at] in _NONE and _begins_with_unit(words, at + 1, limit, variable, vocabulary):
        return 0.0, limit
    if words[at] in _SINGLE and words[at - 2 : at] != ["not", "a"] and words[at - 1] not in _NOT_BEFORE:
        end, factors = vocabulary.units.find_at(words[at + 1 : min(limit, at + 1 + _LONGEST_UNIT)], 0)
        if factors is not None and variable in factors:
            return 0.0 if _is_denied(words, at) else 1.0, at + 1 + end
    end = _no_things(words, at, limit, variable, vocabulary) or _nothing(words, at, limit)
    return 0.0, end or _unused(words, at, limit)


def _is_denied(words: list[str], at: int) -> bool:
    """``there had not been a single payment``."""
    before = words[max(0, at - _NOT_FAR) : at]
    return not _FAR_NOT.isdisjoint(before) or any(word.endswith("n't") for word in before)


def _begins_with_unit(words: list[str], at: int, limit: int, variable: str, vocabulary: Vocabulary) -> bool:
    """``no other payments in the past hour``, where all but the ``no`` is the window's own name."""
    if any(word not in _MORE for word in words[at:limit]):
        return False
    factors = vocabulary.units.find_at(words[limit : limit + _LONGEST_UNIT], 0)[1]
    return factors is not None and variable in factors


def _unused(words: list[str], at: int, limit: int) -> int:
    """Give the end of ``had not been used``, ``wasn't touched``; 0 if that doesn't begin at token `at`."""
    if words[at] not in ("not", "never") and not words[at].endswith("n't"):
        return 0
    k = at + 1
    while k < limit and k - at < 4 and words[k] in _UNTIL_USED:
        k += 1
    if k >= limit or words[k] not in _USED or any(word not in _ABOUT_NOTHING for word in words[k + 1 : limit]):
        return 0
    return k + 1


def _behind(
    k: int, variable: str, sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary, taken: set[int]
) -> Count | None:
    items, words = sentence.items, tokens.words
    start = items[k][1]
    ceiling = min(sentence.end, start + _REACH)
    for j in range(k + 1, len(items)):
        first, end, entry = items[j]
        if first >= ceiling:
            break
        number = entry.number
        if number is not None and j not in taken and number.exact and number.units and variable in number.units:
            return Count(variable, number.low, k, j, items[k][0], end)
        denied = entry.other and words[first - 1] in _DENYING
        if (_parts(entry, variable) and not denied) or number is not None or (entry.sign == "," and first > start):
            ceiling = first
            break
    for at in range(start, ceiling):
        value, end_of = _spelled(words, at, ceiling, variable, vocabulary)
        end_of = end_of or _nothing_behind(words, start, at, ceiling)
        if end_of and _OVER.isdisjoint(words[start:ceiling]):
            return Count(variable, value, k, None, items[k][0], end_of)
    return None


def _parts(entry: Entry, variable: str) -> bool:
    """Tell what a count doesn't reach across."""
    if entry.sign in (";", ">", "?") or "stop" in entry.cues or entry.other or entry.excluded or entry.asserts:
        return True
    return bool(entry.anchors) or bool(entry.numbers) or "reference" in entry.cues


def _no_things(words: list[str], at: int, limit: int, variable: str, vocabulary: Vocabulary) -> int:
    """Give the end of ``no other payments`` or ``not a single payment`` that begins at token `at`; 0 if none does."""
    k = at
    if words[k] in _NONE:
        k += 1
    elif words[k] == "not" and k + 2 < limit and (words[k + 1] in _NOT_ONE or words[k + 2] in _NOT_ONE):
        k += 2 if words[k + 1] in _NOT_ONE else 3
    elif words[k] == "not" and k + 2 < limit and words[k + 1 : k + 2] == ["one"]:
        k += 2
    elif (words[k] == "not" or words[k].endswith("n't")) and (any_at := _any_of(words, k + 1, limit)):
        k = any_at
    else:
        return 0
    at = max(at, k - 1)
    while k < limit and k - at < 6 and words[k] in _MORE:
        k += 1
    if k >= limit:
        return 0
    end, factors = vocabulary.units.find_at(words[k : min(limit, k + _LONGEST_UNIT)], 0)
    return k + end if factors is not None and variable in factors else 0


def _any_of(words: list[str], at: int, limit: int) -> int:
    """``hadn't made any other payment``: give where behind ``any`` the things stand; 0 if there is none."""
    for k in range(at, min(limit, at + 4)):
        if words[k] in ("any", "another", "a"):
            return k + 1
        if not words[k].isalpha():
            return 0
    return 0


def _nothing(words: list[str], at: int, limit: int) -> int:
    """Give the end of ``nothing``, where only words that say no more of it stand before its window."""
    if words[at] not in _NOTHING or any(word not in _ABOUT_NOTHING for word in words[at + 1 : limit]):
        return 0
    return at + 1


def _nothing_behind(words: list[str], start: int, at: int, limit: int) -> int:
    """``in the hour before: nothing``, ``hourly count stood at nil``."""
    between = [word for word in words[start:at] if word not in (":", "=", "-", ",", "(")]
    if words[at] not in _NOTHING or any(word not in _ABOUT_NOTHING for word in between):
        return 0
    following = words[at + 1] if at + 1 < limit else ""
    return at + 1 if not following or not following[0].isalnum() or following in _ABOUT_NOTHING else 0
