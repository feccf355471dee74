"""Names whose denial is left out because the one before has it: ``TB was excluded by culture, and cancer by CT``."""

from causalsynth.extract.vocabulary import Item

__all__ = ["is_gapped"]

_SHORTEST = 3
"""How many items stand before such a name at least: another name, its denial, an ``and``."""
_REACH = 6
"""How many items before it the denial may stand, and behind it a verb of its own."""
_RULING_OUT = frozenset({"negate_either", "negate_after"})
_VERBS = frozenset({"be", "verb"})


def is_gapped(items: list[Item], k: int, end: int, words: list[str]) -> bool:
    """Tell whether item `k` shares the denial before it, as a means named alike tells; `end` is the sentence's.

    A verb of its own makes it a statement: ``cancer was excluded by CT, and TB by culture is confirmed``.
    """
    behind = items[k][1]
    if k < _SHORTEST or behind >= end or "and" not in items[k - 1][2].cues:
        return False
    denials = (item[2] for item in items[max(0, k - _REACH) : k - 1] if item[2].cues & _RULING_OUT)
    if not any(entry.phrase[-1] == words[behind] for entry in denials):
        return False
    return not any(item[2].cues & _VERBS for item in items[k + 1 : k + _REACH])
