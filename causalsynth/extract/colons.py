"""What the words before a colon make of what stands behind it: ``Excluded today: …``, ``Mother: …``, ``Denies: …``."""

from causalsynth.extract.kinds import NEGATES
from causalsynth.extract.reach import FURTHEST
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Item

__all__ = ["heads_denied_list", "heads_person", "is_vague", "sums_up", "touches_cue"]

_OPENING_CUES = frozenset(
    {"negate", "negate_list", "negate_after", "negate_either", "hedge", "suppose", "past", "person"}
)
_FIRM_CUES = _OPENING_CUES - {"hedge", "suppose"}
_NEGATIVE = frozenset({"negative", "neg", "absent", "denied", "denies", "excluded"})
_MEANS = frozenset({"by", "on", "with", "after", "via", "and"})
_LISTING = frozenset({"following", "these", "below", "those", "have", "has", "having", "got"})
"""Words by which a plain ``no`` or ``not`` before a colon speaks of the list behind it."""
_SUMS = frozenset(
    {"all", "both", "each", "every", "these", "three", "two", "3", "2", "4", "following", "things", "lot"}
)


def sums_up(sentence: Sentence, k: int, words: list[str]) -> bool:
    """Tell whether a dash lists what is denied before it: ``rules out all three of these - TB, bronchitis and …``."""
    denial = heads_denied_list(sentence, k, words)
    if denial is None:
        return False
    return not _SUMS.isdisjoint(words[sentence.items[denial][1] : sentence.items[k][0]])


def touches_cue(items: list[Item], k: int) -> bool:
    """Tell whether a colon belongs to the cue before it: ``Denies: …``, ``Family history: …``."""
    if k == 0:
        return False
    _, end, before = items[k - 1]
    if before.named or end != items[k][0]:
        return False
    denied = k + 1 < len(items) and items[k + 1][0] == items[k][1] and bool(items[k + 1][2].kinds & NEGATES)
    return bool(before.cues & (_FIRM_CUES if denied else _OPENING_CUES))  # "Causes considered: no TB" doubts nothing


def is_vague(items: list[Item], k: int) -> bool:
    """Tell whether what stands before colon `k` asserts nothing: ``The thing she fears most: TB``."""
    at = next((j for j in range(k - 1, -1, -1) if items[j][2].sign or items[j][2].means), -1)
    return any(not item[2].looks_back and item[2].cues & {"suppose", "hedge"} for item in items[at + 1 : k])


def heads_person(items: list[Item], k: int, at: int) -> bool:
    """Tell whether colon `k` heads what person `at` has: ``Mother: TB``, but not ``Somebody will ask: …``."""
    if any(item[2].named for item in items[max(0, k - FURTHEST) : k]):
        return False
    return not any(item[2].cues & {"suppose", "report"} for item in items[at + 1 : k])


def heads_denied_list(sentence: Sentence, k: int, words: list[str]) -> int | None:
    """Give the denial that the list behind item `k`, a colon, is of: ``Excluded today: …``, ``What he has not: …``.

    A plain ``no`` before the colon must speak of a list: ``None of the following: …``.
    """
    items = sentence.items
    listed = False
    for j in range(k - 1, max(-1, k - FURTHEST), -1):
        first, _, entry = items[j]
        if entry.other and words[first - 1] in _MEANS:
            continue
        if entry.named or entry.other or entry.sign in (":", ";", "?", ")"):
            return None
        if entry.cues & {"negate_after", "negate_either", "negate_list"} or "answer_no" in entry.cues:
            if entry.cues & {"hedge", "hedge_after"}:
                return None
            plain = (
                not entry.cues & {"negate_after", "negate_either", "negate_list"} and entry.phrase[0] not in _NEGATIVE
            )
            listed = not plain or not _LISTING.isdisjoint(words[first : items[k][0]])
            return j if listed else None
        if "negate" in entry.cues:
            return j if not _LISTING.isdisjoint(words[first : items[k][0]]) else None
        if entry.cues & {"hedge", "hedge_after", "suppose", "suppose_after", "answer_yes", "affirm"}:
            return None
    return None
