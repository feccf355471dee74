"""Find the names that a number may belong to: before it, behind it, or before an aside."""

from causalsynth.extract.kinds import AND, LINKS, kind_bits
from causalsynth.extract.number_words import number_value
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.surroundings import NUMBER_LINKS
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Vocabulary

__all__ = ["name_before_aside", "name_behind", "names_before", "source_behind"]

_BE = kind_bits("be")
_STOP = kind_bits("stop")
_REACH = 24
"""How many tokens before a number its name may stand."""
_UNKNOWN = 6
"""How many words outside the vocabulary may stand between."""
_OF = frozenset({"of", "for", "as", "in"})
_ASIDES = frozenset({"which", "normally", "usually", "against", "compared", "up", "from", "previously", "having", "as"})
"""Words that begin an aside with a number of its own: ``creatinine, which was 1.0 in May, was 2.4``."""
_POSSESSIVES = frozenset({"in", "of", "the", "your", "his", "her", "blood", "on", "at", "admission", "arrival"})
_TAKES_ADJECTIVE = frozenset({"was", "is", "at", "of", "only", "just", "still", "with", "were", "measured", "read"})
_FROM = frozenset({"off", "on", "by", "from", "via", "per"})
_MOST_ZIPPED = 8
_JUDGED = 5
_JUDGEMENT_WORDS = (
    ", is was only just mildly slightly quite a bit rather fine ok okay normal raised elevated high low up reassuring "
    "good off unremarkable lovely modest unimpressive borderline not bad poor"
)
_JUDGEMENTS = frozenset(_JUDGEMENT_WORDS.split())
"""What may be said of a value before it is given: ``lactate was fine, 1.5``."""
_PASSED = NUMBER_LINKS | _JUDGEMENTS


def names_before(k: int, sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary) -> list[int]:
    """Give the coordinated names that the number at item `k` may belong to, in order; the last is the nearest."""
    items, words = sentence.items, tokens.words
    edge = items[k][0]
    unknown, boundary, comma = 0, False, False
    for j in range(k - 1, -1, -1):
        first, end, entry = items[j]
        loose = _count_loose(words, end, edge)
        if loose and (boundary or (not unknown and _needs_key(k, items, words))):
            return []
        unknown += loose
        if unknown > _UNKNOWN or first < items[k][0] - _REACH:
            return []
        if entry.anchors and (boundary or not _ends_in_noun(k, end, words, items)):
            if (comma and not _comma_may_stand(k, j, items, words)) or (boundary and _is_counted(j, items, vocabulary)):
                return []  # "1 txn in the past hour, 2 today"
            return _coordinated(j, items) if _is_measured(entry, vocabulary) else []
        if _owns(entry) or _is_edge(entry, items[k][2], vocabulary, comma=comma):
            return []
        if entry.number is not None and not _is_aside(j, items):
            return []
        if entry.sign == "," or entry.kinds & LINKS or entry.lone == "with":
            boundary = True
            comma = comma or entry.sign == ","
            if unknown:
                return []
        edge = first
    return []


def _count_loose(words: list[str], first: int, end: int) -> int:
    """Give how many of the tokens [first, end), none of which is of a phrase, may be something else's name."""
    if first >= end:
        return 0
    return len([word for word in words[first:end] if word not in _PASSED and not number_value(word)])


def _is_measured(entry: Entry, vocabulary: Vocabulary) -> bool:
    """Tell whether it names a variable that numbers are read for."""
    return any(variable in vocabulary.measured for variable in entry.anchors)


def _is_edge(entry: Entry, numbered: Entry, vocabulary: Vocabulary, *, comma: bool) -> bool:
    """Tell whether no name before `entry` can own the number behind it.

    ``nothing in the past hour, although there were four payments that day``.
    """
    if entry.sign in (";", ">", "?") or (entry.sign in ("(", "[") and comma):
        return True
    return bool(entry.kinds & _STOP) and _is_count(numbered, vocabulary)


def _is_count(entry: Entry, vocabulary: Vocabulary) -> bool:
    number = entry.number
    return number is not None and number.units is not None and not vocabulary.counted.isdisjoint(number.units)


def _is_counted(j: int, items: list[Item], vocabulary: Vocabulary) -> bool:
    """Tell whether the window at item `j` has its count right before it."""
    if j == 0 or vocabulary.counted.isdisjoint(items[j][2].anchors) or items[j - 1][1] != items[j][0]:
        return False
    return items[j - 1][2].number is not None


def name_before_aside(k: int, sentence: Sentence, words: list[str], vocabulary: Vocabulary) -> list[int]:
    """``MAP, recorded while noradrenaline was started, was 87``: the subject of the verb behind an aside."""
    items = sentence.items
    j = k - 1
    if j < 1 or items[j][1] != items[k][0] or not (items[j][2].kinds & _BE or items[j][2].lone == "of"):
        return []
    if items[j - 1][2].sign != "," or items[j - 1][1] != items[j][0]:
        return []
    numbers = False
    for i in range(j - 2, max(0, j - _REACH), -1):
        name, entry = items[i - 1], items[i][2]
        if entry.sign == "," and name[2].anchors and _POSSESSIVES.issuperset(words[name[1] : items[i][0]]):
            told = not numbers or words[items[i][1]] in _ASIDES
            return [i - 1] if told and _is_measured(name[2], vocabulary) else []
        if entry.sign in (";", ">", ":") or entry.numbers:
            return []
        numbers = numbers or entry.number is not None
    return []


def _needs_key(k: int, items: list[Item], words: list[str]) -> bool:
    """``key=43``, ``key: 43``: what stands right before the mark must be the name."""
    before = words[items[k][0] - 1] if items[k][0] else ""
    return before in ("=", ":")


def _ends_in_noun(k: int, end: int, words: list[str], items: list[Item]) -> bool:
    """``lactate … potassium of 5.1``, ``lactate … potassium 5.1``: another noun is right before the number."""
    first = items[k][0]
    if first - end < 1:
        return False
    at = first - 1
    if words[at] in ("of", "at", "=", ":"):
        at -= 1
    if at < end:
        return False
    if at - end >= 2 and words[at - 1] in ("a", "an") and words[at - 2] in _TAKES_ADJECTIVE and at == first - 1:
        return False  # "was a deceptive 0.7"
    if words[at] in _PASSED or not words[at][0].isalpha():
        return False
    return not any(item[0] <= at < item[1] for item in items[max(0, k - 4) : k])


def _comma_may_stand(k: int, j: int, items: list[Item], words: list[str]) -> bool:
    """``heart rate is fast, 130 bpm``, ``lactate, 2.4``: nothing but the unit or the name itself tells."""
    number = items[k][2].number
    if number and number.units and not items[j][2].number:
        return True
    between = words[items[j][1] : items[k][0]]
    return len(between) <= 2 or (len(between) <= _JUDGED and _JUDGEMENTS.issuperset(between))


def _owns(entry: Entry) -> bool:
    """Tell whether a phrase keeps a number behind it from names further left."""
    return bool(entry.excluded or entry.other or entry.asserts or entry.numbers)


def _is_aside(j: int, items: list[Item]) -> bool:
    """``MAP (target 65) 61``: a number in brackets is passed over."""
    return j + 1 < len(items) and items[j + 1][2].sign in (")", "]")


def _coordinated(j: int, items: list[Item]) -> list[int]:
    """Give the list of names that ends with name `j`: ``Hb, MAP and lactate``."""
    found = [j]
    at = j
    while len(found) < _MOST_ZIPPED:
        edge, i, joined = items[at][0], at - 1, False
        while i >= 0 and items[i][1] == edge and (items[i][2].sign == "," or items[i][2].kinds & LINKS):
            edge, i, joined = items[i][0], i - 1, True
        if not joined or i < 0 or not (items[i][2].anchors or items[i][2].other) or edge - items[i][1] > 0:
            break
        found.append(i)
        at = i
    return found[::-1]


def name_behind(k: int, sentence: Sentence, tokens: Tokens) -> int | None:
    """``2.4 mmol/L of lactate``, ``61 MAP``: a name right behind that has no number of its own."""
    items, words = sentence.items, tokens.words
    j = k + 1
    while j < len(items) and items[j][2].sign == "(" and items[j][0] == items[j - 1][1]:
        j += 1
    if j >= len(items) or not items[j][2].anchors:
        return None
    gap = words[items[j - 1][1] : items[j][0]]
    if gap and (len(gap) > 1 or gap[0] not in _OF) and not _is_source(gap):
        return None
    following = items[j + 1] if j + 1 < len(items) else None
    if following is not None and (following[2].number is not None or following[2].sign in (":", "=")):
        return None if following[0] - items[j][1] <= 2 else j
    return j


def source_behind(run: list[int], sentence: Sentence, tokens: Tokens) -> int | None:
    """``126 by ECG, 125 off the arterial line``: behind a comma a number is of the source behind it."""
    items, k = sentence.items, run[0]
    if len(run) > 1 or not k or items[k - 1][1] != items[k][0]:
        return None
    before = items[k - 1][2]
    if before.sign != "," and not before.kinds & AND:
        return None
    behind = name_behind(k, sentence, tokens)
    gap = [] if behind is None else tokens.words[items[behind - 1][1] : items[behind][0]]
    return behind if gap and _is_source(gap) else None


def _is_source(gap: list[str]) -> bool:
    """``125 off the arterial line``."""
    return gap[0] in _FROM and gap[1:] in ([], ["the"])
