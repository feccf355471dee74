"""Which names a cue that looks back speaks of."""

from collections.abc import Mapping

from causalsynth.extract.kinds import AND, ANSWERS, LINKS, SELF, VERBS, kind_bits
from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["FURTHEST", "follows_verb", "opens_relative", "reach_back"]

_PLURAL = frozenset(
    {"are", "were", "aren't", "weren't", "both", "having been", "all", "have been", "have", "neither", "these", "those"}
)
_SAYING = frozenset({"is", "was", "are", "were"})
_SINGULAR = frozenset({"is", "was", "has"})
_AUXILIARIES = frozenset({"has", "have", "had", "was", "were", "is", "are", "could", "can", "may", "now"})
_RELATIVE = frozenset({"which", "who", "that", "whom", "whose"})
_GLUE = frozenset({"for", "current", "active", "ongoing", "present", "known", "recent", "proven"})
"""What may stand before a name within a list."""
_BRACKETS = ("(", ")", "[", "]")
_PASSED = kind_bits("be", "between", "report", "self")
_NOT_ANSWERED = kind_bits("stop", "clause")
_NOT_PASSED = kind_bits("stop", "clause", "self", "negate_list")
_PASSED_IN_LIST = kind_bits("past", "between", "negate")
_BEFORE_COMMA = kind_bits("be", "between")
_CLAUSE = kind_bits("clause")
_OR = kind_bits("or")
_OWN = kind_bits("self", "and", "or")
_LOOKED_FOR = frozenset({"tested", "sought", "looked", "searched", "checked", "screened", "considered", "suspected"})
"""What is done about a name before it turns out: ``TB, looked for and not found``."""
_NEEDED = frozenset({"needed", "required", "indicated", "necessary", "given", "prescribed", "warranted", "withheld"})
_REASONS = frozenset({"because", "since", "as", "given", "owing", "due", "seeing", "considering", "when", "after"})
FURTHEST = 40
"""How many items a cue looks back at most: keeps the time linear."""


def reach_back(
    items: list[Item],
    k: int,
    readings: Mapping[int, object],
    *,
    most_unknown: int,
    answer: bool = False,
    plural: bool = False,
) -> list[int]:
    """Give the indices of the names that item `k`, looking back, speaks of: the nearest, or its whole list.

    Parameters
    ----------
    most_unknown
        How many words outside the vocabulary may stand between.
    answer
        Item `k` answers (``TB, bronchitis: none``): only marks and the like may stand between, and a list counts whole.
    plural
        Take the whole list whatever the verb's number.
    """
    nearest, plural_verb = _nearest(items, k, most_unknown, answer)
    if nearest is None or nearest not in readings:
        return []
    found = [nearest]
    pair_closed = False
    cue_is_plural = items[k][2].phrase[0] in _PLURAL if k < len(items) else False
    singular = _has_verb(items, nearest, k) and not plural_verb and not cue_is_plural
    at = nearest
    while len(found) < FURTHEST:
        before = _listed_before(items, at, first=at == nearest, comma=answer or plural or plural_verb)
        if before is None or before not in readings:
            break
        paired = before > 0 and items[before - 1][2].lone == "both" and items[before - 1][1] == items[before][0]
        join = _join(items, before, at)
        if singular and join == "and" and not (plural or answer or paired):
            break
        if pair_closed and join == "and" and any(item[2].sign == "," for item in items[before + 1 : at]):
            break  # "it is bronchitis, and TB and lung cancer have been excluded"
        pair_closed = pair_closed or join == "and"
        found.append(before)
        at = before
    return found


def _nearest(items: list[Item], k: int, most_unknown: int, answer: bool) -> tuple[int | None, bool]:
    """Give the nearest name before item `k` that it may speak of, and whether a plural verb stands between."""
    unknown, plural, depth, crossed, comma, other = 0, False, 0, False, False, False
    edge = items[k][0] if k < len(items) else items[-1][1]
    aside, joined = _aside_start(items, k)
    for j in range(k - 1, max(-1, k - FURTHEST), -1):
        if j >= aside:
            edge = items[aside][0]
            crossed = joined
            continue
        first, end, entry = items[j]
        if depth == 0:
            unknown += edge - end
        if unknown > most_unknown or (entry.sign == "," and (unknown or other) and not comma and not plural):
            break  # "AKI, octreotide not given": something else is denied
        comma, other = comma or entry.sign == ",", other or entry.other
        edge = first
        if entry.sign in _BRACKETS:
            depth = max(0, depth + (1 if entry.sign in ")]" else -1))  # a bracket that closed before is passed over
            continue
        if depth > 0:
            continue
        if entry.named and not entry.kinds & SELF:
            return (j if not crossed or _is_subject(items, j, k) else None), plural
        goes_on = _goes_on(items, j)
        crossed = crossed or goes_on
        if entry.sign == ":" and not answer and (not _follows_name(items, j) or (unknown and _is_of_need(items, k))):
            break
        relative = bool(entry.kinds & SELF) and j > 0 and items[j - 1][1] == first and items[j - 1][2].named
        resumed = crossed and bool(entry.kinds & _CLAUSE)  # "was considered because of his job and has been excluded"
        resumed = resumed or ("between" in entry.cues and follows_verb(items, j))
        if not relative and not resumed and not (goes_on and not answer) and not _passes(entry, answer):
            break
        plural = plural or entry.phrase[0] in _PLURAL or (not entry.lone and " ".join(entry.phrase) in _PLURAL)
    return None, plural


def _is_of_need(items: list[Item], k: int) -> bool:
    """Tell what is said of a treatment and not of what it is for: ``Bronchitis: antibiotics not needed``."""
    return k < len(items) and items[k][2].phrase[-1] in _NEEDED


def _aside_start(items: list[Item], k: int) -> tuple[int, bool]:
    """Give where the aside between name and cue begins, ``TB, which was the first idea, is excluded``; else `k`.

    And whether an ``and`` goes on behind it: ``TB was tested for, because he had lost weight, and was excluded``.
    Where a verb goes on behind the aside it may be of any words that name nothing: ``TB, raised by her GP, is …``.
    """
    if k >= len(items):
        return k, False
    sought = _sought_start(items, k)
    if sought is not None:
        return sought, False
    comma = k - 1
    while comma > 0 and items[comma][1] == items[comma + 1][0] and items[comma][2].kinds & _BEFORE_COMMA:
        comma -= 1
    joined = comma > 0 and _goes_on(items, comma)
    comma -= joined
    if comma < 2 or items[comma][2].sign != "," or items[comma][1] != items[comma + 1][0]:
        return k, False
    finite = goes_on = not joined and _is_finite(items[comma + 1][2])
    for j in range(comma - 1, max(0, comma - FURTHEST), -1):
        entry = items[j][2]
        touching = items[j - 1][2].named and items[j - 1][1] == items[j][0]
        if entry.sign == "," and (joined or (finite and touching)) and _opens_reason(items, j):
            return j, joined
        if entry.sign == "," and not joined and (opens_relative(items, j) or (goes_on and touching)):
            return j, False
        if entry.sign:
            break
        goes_on = goes_on and not entry.named and not entry.kinds & _OWN
    return k, False


def _opens_reason(items: list[Item], j: int) -> bool:
    """Tell whether behind comma `j` it is told why: ``, because``."""
    return j + 1 < len(items) and items[j + 1][0] == items[j][1] and items[j + 1][2].phrase[0] in _REASONS


def opens_relative(items: list[Item], j: int) -> bool:
    """Tell whether behind comma `j` a clause tells of the name before it: ``, which``, ``, of which``."""
    if j + 1 >= len(items) or items[j + 1][0] - items[j][1] > 1:
        return False
    return not _RELATIVE.isdisjoint(items[j + 1][2].phrase)


def _is_subject(items: list[Item], j: int, k: int) -> bool:
    """Tell whether name `j` has a verb right behind it, or behind an aside that ends before item `k`."""
    if j + 1 >= len(items) or items[j + 1][0] != items[j][1]:
        return False
    if _is_finite(items[j + 1][2]):
        return True
    if items[j + 1][2].sign != ",":
        return False
    last = next((c for c in range(min(k, len(items) - 1) - 1, j + 1, -1) if items[c][2].sign == ","), None)
    return last is not None and items[last + 1][0] == items[last][1] and _is_finite(items[last + 1][2])


def _sought_start(items: list[Item], k: int) -> int | None:
    """``TB, looked for because of his cough and not found``: give the comma behind which stands what was done."""
    if items[k][2].phrase[0] not in ("not", "never"):
        return None
    for j in range(k - 1, max(0, k - FURTHEST), -1):
        _, end, entry = items[j]
        if entry.sign == "," and items[j + 1][0] == end and items[j + 1][2].phrase[0] in _LOOKED_FOR:
            return j if items[j - 1][2].named else None
        if entry.sign or entry.named or "stop" in entry.cues:
            return None
    return None


def _follows_name(items: list[Item], j: int) -> bool:
    """Tell whether a colon belongs to the name before it: ``chest X-ray: pending``."""
    k = j - 1
    while k >= 0 and items[k][1] == items[k + 1][0]:
        if items[k][2].named or items[k][2].sign == ")":
            return True
        if "between" not in items[k][2].cues:
            return False
        k -= 1
    return False


def _goes_on(items: list[Item], j: int) -> bool:
    """``TB was considered but has been excluded``: a further verb of the same subject."""
    if j + 1 >= len(items) or items[j + 1][0] != items[j][1]:
        return False
    entry = items[j][2]
    return bool(entry.kinds & AND or entry.lone in ("but", "then")) and _is_finite(items[j + 1][2])


def follows_verb(items: list[Item], j: int) -> bool:
    """``is therefore``: an adverb inside its verb links no clauses."""
    before = items[j - 1] if j else None
    return before is not None and before[1] == items[j][0] and (_is_finite(before[2]) or "negate" in before[2].cues)


def _is_finite(entry: Entry) -> bool:
    return bool(entry.kinds & VERBS) or entry.phrase[0] in _AUXILIARIES


def _passes(entry: Entry, answer: bool) -> bool:
    if entry.sign:
        return entry.sign in (":", "-", "=", ",") or (answer and entry.sign in ("?", ">"))
    if answer:
        return bool(entry.kinds & _PASSED) and not entry.kinds & _NOT_ANSWERED
    return not entry.kinds & _NOT_PASSED


def _listed_before(items: list[Item], at: int, *, first: bool, comma: bool) -> int | None:
    """Give the name that stands before name `at` in one list with it."""
    joined = comma or not first
    j, edge = at - 1, items[at][0]
    seen_join = False
    while j >= 0 and at - j <= 4:
        start, end, entry = items[j]
        if edge - end > 1:
            return None
        if entry.named and not entry.kinds & SELF:
            return j if seen_join else None
        if entry.kinds & ANSWERS and items[j + 1][2].sign:
            return None  # "TB +, bronchitis -": that name has its own answer
        if entry.lone == "well" or entry.phrase[0] in _SAYING:
            return None  # "NIV tolerated well and intubation avoided", "cancer is present, and TB isn't"
        if entry.sign == ",":
            seen_join = seen_join or joined
            if not joined and not seen_join:
                return None
        elif entry.kinds & LINKS and not entry.sign:
            seen_join = joined = True
        elif entry.lone not in _GLUE and (entry.kinds | _PASSED_IN_LIST != _PASSED_IN_LIST or entry.sign):
            return None
        edge = start
        j -= 1
    return None


def _join(items: list[Item], before: int, at: int) -> str:
    kinds = 0
    for k in range(before + 1, at):
        kinds |= items[k][2].kinds
    return "or" if kinds & _OR else "and" if kinds & AND else ","


def _has_verb(items: list[Item], nearest: int, k: int) -> bool:
    for j in range(nearest + 1, min(k + 1, len(items))):
        entry = items[j][2]
        if entry.kinds & VERBS or entry.phrase[0] in _SINGULAR:
            return True
    return False
