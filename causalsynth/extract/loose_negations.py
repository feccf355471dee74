"""Negations that nothing else in their clause claims: ``For a sepsis existed no hint``, ``TB was never on the table``.

Cues say of many turns of phrase that they deny the name before them; nobody can list all. A name that begins such a
clause and is denied by none of them is worth a doubt, no statement.
"""

from causalsynth.extract.kinds import BREAKS, DENYING, LINKS, kind_bits
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Entry

__all__ = ["end_of_list", "is_followed_by_negation"]

_FURTHEST = 8
"""How many items behind the name are looked at."""
_LONGEST = 14
"""How many tokens behind it the negation may stand."""
_BARE = frozenset({"without", "non", "nil", "zero"})
"""Negations that only speak of what follows: ``septic without fever``."""
_PLURAL = frozenset({"are", "were", "have", "do", "aren't", "weren't", "haven't", "don't", "didn't", "both"})
_ENDING = kind_bits("and", "or", "stop", "clause", "relation", "person")
_NO_DENIAL = kind_bits("affirm", "nothing", "and", "stop", "clause")
_PREDICATE = kind_bits("verb", "be", "self")


def is_followed_by_negation(k: int, sentence: Sentence) -> bool:
    """Tell whether behind item `k`, an affirmed name, stands a negation that speaks of no other name."""
    items = sentence.items
    verb = False
    if k and "stop" in items[k - 1][2].cues:
        return False  # "apart from TB he has no illness"
    alone, k = k, end_of_list(k, sentence)
    end = items[k][1]
    for j in range(k + 1, min(len(items), k + _FURTHEST)):
        first, _, entry = items[j]
        verb = verb or first > items[j - 1][1]  # a word outside the vocabulary: "existed"
        if entry.kinds & DENYING and not entry.kinds & _NO_DENIAL:
            denies = entry.phrase[0] not in _BARE and first <= end + _LONGEST
            finite = (
                verb or "be" in entry.cues or entry.phrase[0] in ("never", "not") or entry.phrase[0].endswith("n't")
            )
            of_all = k == alone or not _PLURAL.isdisjoint(
                word for item in items[k + 1 : j + 1] for word in item[2].phrase
            )
            return denies and finite and of_all and _is_free(j, sentence)
        if entry.sign or entry.number is not None or entry.kinds & _ENDING or _is_named(entry):
            return False
        verb = verb or bool(entry.kinds & _PREDICATE)
    return False


def end_of_list(k: int, sentence: Sentence) -> int:
    """``TB and lung cancer aren't on the cards``: give the last of the names that are joined to item `k`."""
    items = sentence.items
    for _ in range(_FURTHEST):
        joined = k + 2 < len(items) and items[k + 1][0] == items[k][1] and items[k + 1][2].kinds & LINKS
        if not joined or items[k + 2][0] > items[k + 1][1] + 1 or not _is_named(items[k + 2][2]):
            break
        k += 2
    return k


def _is_free(j: int, sentence: Sentence) -> bool:
    """Tell whether negation `j` has no name of its own behind it."""
    for _, _, entry in sentence.items[j + 1 : j + _FURTHEST]:
        if entry.sign or entry.kinds & BREAKS:
            return True
        if _is_named(entry) or entry.other or entry.words or entry.excluded:
            return False
    return True


def _is_named(entry: Entry) -> bool:
    return entry.named and "self" not in entry.cues
