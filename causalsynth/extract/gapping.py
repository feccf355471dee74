"""Names whose denial is left out because the one before has it: ``TB was excluded by culture, and cancer by CT``."""

from causalsynth.extract.vocabulary import Item

__all__ = ["is_gapped"]

_SHORTEST = 3
"""How many items stand before such a name at least: another name, its denial, an ``and``."""
_REACH = 6
"""How many items before it the denial may stand."""
_RULING_OUT = frozenset({"negate_either", "negate_after"})
_BY = frozenset({"by", "on", "with", "via", "through", "after"})
_MEANS = frozenset({"between", "relation", "answer_no"})
_CLOSING = frozenset({",", ";"})
_LONGEST_MEANS = 3
"""How many tokens name a means at most: ``by sputum culture``."""


def is_gapped(items: list[Item], k: int, end: int, words: list[str]) -> bool:
    """Tell whether item `k` shares the denial before it, as a means named alike tells; `end` is the sentence's.

    Only where nothing but that means follows: ``TB was excluded by CT, and cancer by CT confirmed`` is a statement.
    """
    behind = items[k][1]
    if k < _SHORTEST or behind >= end or words[behind] not in _BY or "and" not in items[k - 1][2].cues:
        return False
    denials = (item[2] for item in items[max(0, k - _REACH) : k - 1] if item[2].cues & _RULING_OUT)
    if not any(entry.phrase[-1] == words[behind] for entry in denials):
        return False
    after = k + 1
    while after < len(items) and items[after][2].cues and items[after][2].cues <= _MEANS and not items[after][2].named:
        after += 1
    closed = after < len(items) and items[after][2].sign in _CLOSING
    means_end = items[after][0] if closed else end
    return (closed or after == len(items)) and means_end - behind <= 1 + _LONGEST_MEANS
