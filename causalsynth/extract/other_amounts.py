"""Amounts of other things than the purchase in question: ``her usual limit of $500``, ``an earlier order, for $18``."""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["is_of_another"]

_LONGEST = 10
"""How many words may stand between the other thing and its amount, what is between two commas left out."""
_FURTHEST = 16
"""How many items: keeps the time linear."""
_TURNS = frozenset(
    {"and", "but", "so", "then", "while", "whereas", "this", "it", "now", "the", "she", "he", "they", "we", "i"}
)
"""Words behind which something else may be spoken of."""


def is_of_another(k: int, sentence: Sentence, words: list[str]) -> bool:
    """Tell whether the amount at item `k` is said of something else that takes amounts and is no variable."""
    return _foreign_near(k, sentence) or _is_of_other_subject(k, sentence, words)


def _foreign_near(k: int, sentence: Sentence) -> bool:
    """Tell whether something else that numbers are said of stands in the clause before or right behind."""
    items = sentence.items
    j, edge = k - 1, items[k][0]
    while j >= 0 and items[j][1] >= edge - 1 and (items[j][2].number is not None or _is_link(items[j][2])):
        edge = items[j][0]  # "his previous order, $51.77", "two on the day before, of $96.00 and $41.50"
        j -= 1
    for i in range(j, max(-1, j - 8), -1):
        entry = items[i][2]
        if entry.sign in (",", ";", ">") or entry.number is not None:
            break
        if entry.other or entry.excluded or ("reference" in entry.cues and len(entry.phrase) > 1):
            return True
    if _is_part_of_amount(k, items):
        return True
    edge = items[k][1]
    for first, end, entry in items[k + 1 : k + 3]:
        if first - edge > 1:
            return False
        if entry.other or entry.excluded:
            return True
        if "relation" not in entry.cues:
            return False
        edge = end
    return False


def _is_part_of_amount(k: int, items: list[Item]) -> bool:
    """``USD 1,045.60 (fare USD 980.00 plus taxes)``: brackets behind an amount that say more than it does."""
    j = k - 1
    while j > max(0, k - 4) and items[j][2].sign != "(":
        j -= 1
    if j < 1 or items[j][2].sign != "(" or items[j - 1][1] != items[j][0]:
        return False
    whole, part = items[j - 1][2].number, items[k][2].number
    return bool(whole and part and whole.units and whole.units == part.units and whole.low > part.low)


def _is_link(entry: Entry) -> bool:
    return entry.sign in (",", "(") or bool(entry.cues & {"and", "relation"} and len(entry.phrase) == 1)


def _is_of_other_subject(k: int, sentence: Sentence, words: list[str]) -> bool:
    """``her previous one, a week earlier, had been for $18``: the subject of the clause is something else."""
    items = sentence.items
    for j in range(k - 1, max(-1, k - _FURTHEST), -1):
        entry = items[j][2]
        if entry.sign in (";", ">", "?", "(", ")") or entry.number is not None or "stop" in entry.cues:
            return False
        if entry.other or entry.excluded:
            between = _without_asides(words[items[j][1] : items[k][0]])
            return len(between) <= _LONGEST and _TURNS.isdisjoint(between)
    return False


def _without_asides(words: list[str]) -> list[str]:
    """Leave out what stands between two commas."""
    commas = [i for i, word in enumerate(words) if word == ","]
    if len(commas) < 2:
        return words if not commas else [*words, *_TURNS]
    return words[: commas[0]] + words[commas[-1] + 1 :]
