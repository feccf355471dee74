"""The ``neither`` of ``he has neither``: which two names it denies, though no list may join them."""

from collections.abc import Container

from causalsynth.extract.reach import FURTHEST
from causalsynth.extract.touching import entry_before
from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["can_be_had", "has_neither", "other_of_two", "variables_of"]

_HAVING = frozenset({"has", "have", "had"})


def has_neither(items: list[Item], k: int, end: int) -> bool:
    """Tell whether item `k` is a ``neither`` that is had and ends the sentence, at token `end`."""
    if items[k][1] < end or not {"pair", "negate"} <= items[k][2].cues:
        return False
    before = entry_before(items, k)
    return before is not None and before.phrase[0] in _HAVING


def other_of_two(items: list[Item], j: int, readings: Container[int]) -> list[int]:
    """``Her uncle had TB and her father lung cancer, but she has neither``: the other than name `j`."""
    of = variables_of(items[j])
    for i in range(j - 1, max(-1, j - FURTHEST), -1):
        if i in readings and can_be_had(items[i][2]) and of.isdisjoint(variables_of(items[i])):
            return [i]
    return []


def can_be_had(entry: Entry) -> bool:
    """``TB``, ``TB or lung cancer``: what ``he doesn't have it`` may speak of."""
    return bool(entry.asserts or entry.heading or (entry.anchors and "or" in entry.phrase))


def variables_of(item: Item) -> frozenset[str]:
    """Give the variables that a name states or denies."""
    return frozenset(name for name, _ in item[2].asserts) | frozenset(item[2].denied)
