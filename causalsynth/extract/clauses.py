"""Where a clause of its own begins, and names that are put before their subject: ``TB he does not have``."""

from causalsynth.extract.kinds import NEGATES, VERBS, kind_bits
from causalsynth.extract.reach import opens_relative
from causalsynth.extract.readings import Negation
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Entry, Item
from causalsynth.extract.word_sets import word_set

__all__ = ["aside_end", "begins_clause", "brings_new", "fronted_name", "goes_on_as_list", "goes_on_behind_aside"]

_NOT_FRONTED = kind_bits("stop", "or", "person")
_PARTING = kind_bits("verb", "be", "self", "stop", "clause", "negate")
_NO_SUBJECT = kind_bits("or", "stop", "self")
_FURTHEST = 10
"""How many items are looked at on either side."""
_LONGEST_SUBJECT = 12
"""How many tokens a subject may have before its verb."""
_OPENING = "the his her their this these that my our he she they we i"
_OPENERS = frozenset(_OPENING.split())
_RELATIVE = frozenset({"that", "which", "who", "to"})
_SINGULAR = frozenset({"is", "was", "has", "does", "isn't", "wasn't", "hasn't", "doesn't"})
_AUXILIARIES = frozenset({"is", "are", "was", "were", "has", "have", "had", "remains", "remained"})
_RULING = frozenset({"ruled", "rules", "excludes", "excluded"})
_HELPERS = frozenset({"did", "does", "do", "could", "can", "would", "will", "cannot"})
_SUBJECTS = frozenset({"he", "she", "i", "we", "you", "they"})
_BEFORE_FRONTED = frozenset(
    {"of", "to", "in", "for", "the", "a", "an", "any", "real", "frank", "actual", "new", "active", "evidence", "sign"}
    | {"signs", "features", "symptoms", "indication", "proof", "trace", "traces", "hint", "hints", "clinical"}
)
_CONJUNCTIONS = frozenset({"and", "but", "or", "nor", "however", "yet", "so", "though", "although", "while", "whereas"})
_OBJECTS = frozenset(
    {"him", "her", "them", "me", "us", "it", "a", "an", "the", "his", "that", "this", "what", "to", "if"}
)
_RESUMING = frozenset(
    {
        *("have", "has", "had", "suffer", "show", "smoke", "get", "feel", "be", "been", "complain", "report"),
        *("travelled", "traveled", "visited", "gone", "smoked", "suffered", "shown", "felt", "become", "used", "taken"),
    }
)
_EVIDENCE = word_set("""
    evidence sign signs feature features symptom symptoms indication indications suggestion trace traces hint hints
    proof suspicion finding findings grounds argument arguments support history question doubt record
""")
"""What there may be none of, for something that is named only behind an aside."""
_EVIDENCE_REACH = 7
_OF_WHAT = frozenset({"of", "suggesting", "indicating", "suggestive", "indicative"})
_TO_WHAT = frozenset({("to", word) for word in ("suggest", "support", "indicate", "confirm", "say", "call")})
_NOT_OF = frozenset({("of", "late"), ("of", "note"), ("of", "course"), ("of", "recent")})
_LONG = word_set("years year months weeks decades decade")
_ALREADY = frozenset({"now", "already"})
_LONGEST_TIME = 6
"""How many tokens before its unit a time may have: ``for the last twenty or so years``."""
_LONGEST_TAIL, _LONGEST_LEAD = 5, 3
"""How many tokens may stand behind the negation of a fronted name, and before it."""


def begins_clause(sentence: Sentence, k: int, words: list[str]) -> bool:
    """Tell whether a clause with a subject and a verb of its own begins behind item `k`, an ``and`` or a comma.

    ``no fever was seen, and the X-ray was abnormal``, but ``no evidence of TB, lung cancer and bronchitis was seen``.
    """
    items = sentence.items
    start = items[k][1]
    if start >= sentence.end:
        return False
    if items[k][2].sign == "," and _brings_along(sentence, k, words):
        return True
    verb = _verb_behind(items, k, words)
    if verb is None:
        return False
    opened = words[start] in _OPENERS
    complete = any(_completes(entry) for _, _, entry in items[max(0, k - 2 * _FURTHEST) : k])
    is_comma = items[k][2].sign == ","
    after_comma = k > 0 and items[k - 1][2].sign == "," and items[k - 1][1] == items[k][0]
    if after_comma:
        return opened or complete
    if not complete:
        return False
    return opened or (words[items[verb][0]] in _SINGULAR and (not is_comma or _names_first(items, k, verb)))


def _completes(entry: Entry) -> bool:
    """Tell a verb or a subject pronoun, ``did not`` included."""
    return _is_verb(entry) or "self" in entry.cues or entry.phrase[0] in _HELPERS or entry.phrase[0].endswith("n't")


def _names_first(items: list[Item], k: int, verb: int) -> bool:
    """Tell whether behind a comma something is named before the verb, and nothing further is listed."""
    return any(item[2].named or item[2].other for item in items[k + 1 : verb])


def goes_on_behind_aside(sentence: Sentence, negation: Negation, k: int, words: list[str]) -> bool:
    """Tell whether comma `k` ends an aside in ``no evidence, clinical or radiological, of TB``.

    Where the negation has found a name already, nothing is missing: ``no signs of TB, suggestive of cancer``.
    """
    items, end = sentence.items, sentence.items[k][1]
    if not negation.commas or end + 1 >= sentence.end or (words[end], words[end + 1]) in _NOT_OF:
        return False
    if any(item[2].named for item in items[negation.at + 1 : k]):
        return False
    follows = words[end] in _OF_WHAT or (words[end], words[end + 1]) in _TO_WHAT
    if words[end] == "for":
        follows = any(item[2].named and item[0] == end + 1 for item in items[k + 1 : k + 3])
    at = items[negation.at][0]
    return follows and not _EVIDENCE.isdisjoint(words[at : at + _EVIDENCE_REACH])


def goes_on_as_list(items: list[Item], k: int) -> bool:
    """Tell whether behind comma `k` a list runs on to its ``or``: ``denies hot or cold spells, cough, fever or TB``."""
    for _, _, entry in items[k + 1 : k + _FURTHEST]:
        if "or" in entry.cues and not entry.sign:
            return True
        if entry.kinds & _PARTING or entry.sign not in ("", ","):
            return False
    return False


def _verb_behind(items: list[Item], k: int, words: list[str]) -> int | None:
    """Give the finite verb of the clause behind item `k`, if its subject stands before it."""
    start = items[k][1]
    for j in range(k + 1, min(len(items), k + _FURTHEST)):
        first, _, entry = items[j]
        if first > start + _LONGEST_SUBJECT or entry.sign or entry.kinds & _NO_SUBJECT:
            return None
        if entry.kinds & NEGATES and not _is_verb(entry):
            return None
        if _is_verb(entry) and entry.lone != "'s":
            return None if first == start or words[first - 1] in _RELATIVE else j
        if "clause" in entry.cues and "between" not in entry.cues:
            return None
    return None


def _is_verb(entry: Entry) -> bool:
    return bool(entry.kinds & VERBS) or entry.phrase[0] in _AUXILIARIES or entry.phrase[0] in _RULING


def fronted_name(sentence: Sentence, k: int, words: list[str]) -> int | None:
    """Give the name that item `k`, a negation, denies although it stands before the subject.

    ``TB he does not have``, ``Breathless she never became``, ``Of bronchitis I could find nothing``.
    """
    items = sentence.items
    at, start = k - 1, 0
    while at >= max(0, k - _FURTHEST) and (not items[at][2].named or "self" in items[at][2].cues):
        entry = items[at][2]
        if entry.sign == "," and not start:
            start = items[at][1]
            at = _relative_start(items, at)
        elif entry.sign or entry.kinds & _NOT_FRONTED:
            return None
        at -= 1
    if at < max(0, k - _FURTHEST) or items[at][1] >= items[k][0]:
        return None
    start = start or items[at][1]
    if _SUBJECTS.isdisjoint(words[start : start + 2]):  # "TB he …", "pressor drugs she …"
        return None
    if items[k][0] - start > _LONGEST_SUBJECT or not _begins(sentence, at, words):
        return None
    return at if _ends_bare(sentence, k, words) else None


def _relative_start(items: list[Item], comma: int) -> int:
    """Give the comma before the relative clause that ends at `comma`, ``TB, of which he spoke, he …``; else item 0."""
    for j in range(comma - 1, max(0, comma - _FURTHEST), -1):
        if items[j][2].sign == "," and opens_relative(items, j):
            return j
        if items[j][2].sign:
            break
    return 0


def _begins(sentence: Sentence, at: int, words: list[str]) -> bool:
    """Tell whether item `at` begins its clause."""
    first = sentence.items[at][0]
    for _ in range(_LONGEST_LEAD):
        if first <= sentence.first or words[first - 1] not in _BEFORE_FRONTED:
            break
        first -= 1
    return first <= sentence.first or not words[first - 1][0].isalnum() or words[first - 1] in _CONJUNCTIONS


def _ends_bare(sentence: Sentence, k: int, words: list[str]) -> bool:
    """Tell whether no object follows item `k` in its clause."""
    end = items_end = sentence.items[k][1]
    for first, last, entry in sentence.items[k + 1 : k + _FURTHEST]:
        if entry.sign or entry.cues & {"and", "stop", "clause"}:
            end = first
            break
        if entry.named and "self" not in entry.cues:
            return False
        end = last
    else:
        end = sentence.end
    end = end if end > items_end else min(sentence.end, items_end)
    tail = words[items_end:end]
    return len(tail) <= _LONGEST_TAIL and _OBJECTS.isdisjoint(tail[:3])


def aside_end(sentence: Sentence, k: int, words: list[str]) -> int:
    """Give the item behind the aside that parts item `k`, a ``not``, from its verb, or 0.

    ``She does not, I am pleased to say, have bronchitis``.
    """
    items = sentence.items
    if k + 2 >= len(items) or items[k + 1][2].sign != "," or items[k + 1][0] != items[k][1]:
        return 0
    for j in range(k + 2, min(len(items), k + _FURTHEST)):
        first, end, entry = items[j]
        if entry.named and "self" not in entry.cues:
            return 0
        if entry.sign == ",":
            return j + 1 if end < sentence.end and words[end] in _RESUMING else 0
        if entry.sign or first > items[k][1] + _LONGEST_SUBJECT:
            return 0
    return 0


def brings_new(sentence: Sentence, negation: Negation | None, k: int, words: list[str]) -> bool:
    """``without stenosis, and a small effusion``: an article behind ``, and`` ends what ``no`` governs."""
    end = sentence.items[k][1]
    if negation is None or negation.sure or not negation.determiner or end >= sentence.end:
        return False
    return sentence.items[k - 1][2].sign == "," and words[end] in ("a", "an")


def _brings_along(sentence: Sentence, k: int, words: list[str]) -> bool:
    """``never a smoker, with six months of breathlessness``: a ``with`` behind comma `k` tells what there is.

    And ``no symptoms, for twenty years a smoker``. Not so ``with or without``, nor in a list that goes on to its
    ``or``.
    """
    at = sentence.items[k][1]
    if at + 1 >= sentence.end:
        return False
    brings = words[at] == "with" and words[at + 1] not in ("or", "/", "no", "neither")
    return (brings or _lasts(words, at, sentence.end)) and not goes_on_as_list(sentence.items, k)


def _lasts(words: list[str], at: int, end: int) -> bool:
    """Tell a time from token `at` on in which somebody was something: ``for the last twenty years a smoker``."""
    if words[at] != "for":
        return False
    for j in range(at + 1, min(at + _LONGEST_TIME, end - 1)):
        if words[j] in _LONG:
            behind = j + 2 if words[j + 1] in _ALREADY else j + 1
            return behind < end and words[behind] in ("a", "an")
    return False
