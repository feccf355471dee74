"""Bind state words to anchors: ``chest X-ray`` … ``normal``, ``returned from`` … ``Thailand``."""

from dataclasses import dataclass

from causalsynth.extract.kinds import LINKS, VERBS, kind_bits
from causalsynth.extract.readings import Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Item, Vocabulary

__all__ = ["Binding", "bind"]

_AFTER = 30
"""How many tokens behind its anchor a state word may stand."""
_BEFORE = 8
"""How many before it."""
_BEFORE_ARROW = 3
"""How many tokens may stand between a name and the arrow that points at its state."""
_ARROW_REACH = 2
"""How many tokens may stand between the arrow and the state."""
_BEFORE_LOOSE = 12
"""How many before it where state words stand before their anchor as a rule."""


_DEFINITE = frozenset({"the", "that", "this", "said"})
"""``normal, the lesion being hidden``: behind one of these stands what has been spoken of before."""
_SINCE = frozenset({"after", "from", "of", "into", "since", "post", "past"})
_SINCE_REACH = 3
_DATED = 6
"""How many tokens may tell in a bracket when a name was: ``(CXR 4/9/2025)``."""
_DATES = frozenset(
    {"/", ".", "-", ",", "on", "of", "today", "yesterday", "this", "last", "morning", "week", "month", "ed", "gp"}
)
_ASIDE = kind_bits("clause", "person", "relation")
"""Cues that tell an aside from a list."""


@dataclass(slots=True)
class Binding:
    """A state word that is said of an anchor; both are indices of items.

    Not frozen, as what is frozen takes three times as long to make.
    """

    variable: str
    state: str
    anchor: int
    word: int


def bind(sentence: Sentence, readings: dict[int, Reading], words: list[str], vocabulary: Vocabulary) -> list[Binding]:
    """Give the bindings of one sentence; `words` are those of the whole text."""
    items = sentence.items
    found: list[Binding] = []
    said = {entry.words[0][0] for _, _, entry in items if entry.words and not entry.shared}
    if not said:
        return found
    for k in readings:
        for variable in items[k][2].anchors:
            if variable not in said:
                continue
            side = vocabulary.bind[variable]
            if side != "before":
                found += _after(items, k, variable, readings, words)
            elif _heads(sentence, k):
                found += _answers(sentence, k, variable, readings)
            if side != "after":
                timed = variable in vocabulary.timed
                found += _before(items, k, variable, readings, words, loose=side == "before", interval=timed)
    return found


def _heads(sentence: Sentence, k: int) -> bool:
    """``Asia: …`` at the start of a sentence or after a mark."""
    items = sentence.items
    begins = items[k][0] == sentence.first or (k > 0 and items[k - 1][2].sign and items[k - 1][1] == items[k][0])
    following = items[k + 1] if k + 1 < len(items) else None
    return bool(begins) and following is not None and following[2].sign in (":", "-") and following[0] == items[k][1]


def _answers(sentence: Sentence, k: int, variable: str, readings: dict[int, Reading]) -> list[Binding]:
    """Bind a state word behind a heading that others precede: ``Asia: no recent travel``, ``Asia: visited``.

    Unless negated it must be all that is said: ``Asia: travelled to Spain only`` is no ``yes``.
    """
    items = sentence.items
    for j in range(k + 2, len(items)):
        first, end, entry = items[j]
        if entry.sign or entry.anchors or first > items[k][1] + _BEFORE:
            break
        states = _states(items[j], variable)
        if states and j in readings:
            complete = end >= sentence.end or (j + 1 < len(items) and items[j + 1][0] == end and items[j + 1][2].sign)
            if readings[j].negated or (complete and not readings[j].hedged):
                return [Binding(variable, states[0], k, j)]
            break
    return []


def _states(item: Item, variable: str) -> tuple[str, ...]:
    return () if item[2].shared else item[2].states_of.get(variable, ())  # shared: see `causalsynth.extract.levels`


def _after(items: list[Item], k: int, variable: str, readings: dict[int, Reading], words: list[str]) -> list[Binding]:
    found: list[Binding] = []
    limit = items[k][1] + _AFTER
    coordinated = True
    aside = _aside_end(items, k)
    summed_up = False
    for j in range(k + 1, len(items)):
        first, _, entry = items[j]
        if first > limit or (entry.sign == ">" and not _points(items, k, j, variable)):
            break
        if j < aside:
            continue
        if variable in entry.anchors and not (items[j - 1][2].anchors or items[j - 1][2].sign == "("):
            break  # what follows is said of that one
        for state in _states(items[j], variable):
            known = summed_up and variable in entry.one_way and words[first - 1] in _DEFINITE
            if j in readings and not known:
                found.append(Binding(variable, state, k, j))
                summed_up = summed_up or variable not in entry.one_way
        if entry.other or (entry.anchors and variable not in entry.anchors) or _asserts_another(items[j], variable):
            if not coordinated:
                break
        elif not _glue(items, j):
            coordinated = False
    return found


def _points(items: list[Item], k: int, j: int, variable: str) -> bool:
    """``CXR back -> normal``: the first arrow behind a name gives its state."""
    if j + 1 >= len(items) or items[j][0] - items[k][1] > _BEFORE_ARROW or items[j + 1][0] - items[j][1] > _ARROW_REACH:
        return False
    return bool(_states(items[j + 1], variable)) and all(item[2].sign == "-" for item in items[k + 1 : j])


def _aside_end(items: list[Item], k: int) -> int:
    """Give where the aside ends in ``CXR, done because her sister had TB: normal``; item `k` if there is none."""
    if k + 1 >= len(items) or items[k + 1][2].sign != "," or items[k + 1][0] != items[k][1]:
        return k
    for j in range(k + 2, len(items)):
        entry = items[j][2]
        if entry.sign == ":":
            return j if any(item[2].kinds & _ASIDE for item in items[k + 2 : j]) else k
        if entry.sign in (";", ">") or items[j][0] > items[k][1] + _AFTER:
            break
    return k


def _glue(items: list[Item], j: int) -> bool:
    first, _, entry = items[j]
    return bool(entry.kinds & LINKS or entry.sign == ",") and items[j - 1][1] == first


def _asserts_another(item: Item, variable: str) -> bool:
    return any(name != variable for name, _ in item[2].asserts)


def _before(
    items: list[Item],
    k: int,
    variable: str,
    readings: dict[int, Reading],
    words: list[str],
    *,
    loose: bool,
    interval: bool,
) -> list[Binding]:
    """Bind the nearest state word on the left; `loose` lets commas, colons and a few more words stand between.

    Of an `interval` a word such as ``an hour after`` right before the name is the time of something else.
    """
    limit = items[k][0] - (_BEFORE_LOOSE if loose else _BEFORE)
    new_clause = k + 1 < len(items) and items[k + 1][0] == items[k][1] and _is_verb(items[k + 1])
    for j in range(k - 1, -1, -1):
        _, end, entry = items[j]
        if new_clause and "and" in entry.cues:
            break  # "it's a nipple shadow and the radiograph is normal"
        if not loose and j == k - 1 and entry.sign == "(" and _only_dates(items, k, words):
            continue  # "a mass at the left apex (CXR 4/9)"
        if end < limit or entry.other or entry.sign in (";", ">", ")", "(") or "stop" in entry.cues:
            break
        if (not loose and variable in entry.anchors) or _asserts_another(items[j], variable):
            break
        states = _states(items[j], variable)
        if states and interval and items[j][2].phrase[-1] in _SINCE and items[k][0] - end <= _SINCE_REACH:
            break  # "an hour after the antibiotics"
        if states and j in readings:
            if readings[j].person and not readings[k].person:
                break  # "his daughter visits, he has not been to Asia"
            return [Binding(variable, states[0], k, j)]
        if not loose and entry.sign in (",", ":", "-"):
            break
    return []


def _only_dates(items: list[Item], k: int, words: list[str]) -> bool:
    """Tell whether name `k` is all that its bracket holds, save when it was."""
    at = items[k][1]
    for word in words[at : at + _DATED]:
        if word == ")":
            return True
        if not (word[0].isdecimal() or word in _DATES):
            return False
    return False


def _is_verb(item: Item) -> bool:
    return bool(item[2].kinds & VERBS)
