"""Bind numbers to what they measure: ``lactate was 2.4 mmol/L``, ``MAP and lactate were 61 and 2.4``.

A number belongs to the nearest name on its left, if nothing else that could own it stands between; to one right
behind it; to the phrase that holds it (``71-year-old``); or, an amount of money, to the one variable of that unit.
"""

from collections.abc import Iterator
from dataclasses import replace

from causalsynth.extract.measures import Standing, standing_of
from causalsynth.extract.nearby import contested, counted, nearby
from causalsynth.extract.number_phrases import quantities_in_phrases
from causalsynth.extract.number_words import number_value
from causalsynth.extract.numbers import Number
from causalsynth.extract.other_amounts import is_of_another
from causalsynth.extract.quantity import Quantity, is_timeless, said
from causalsynth.extract.readings import Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.surroundings import NUMBER_LINKS
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Trait, Vocabulary

__all__ = ["Quantity", "quantities"]

_ANCHORS, _NUMBERS, _CONTESTS = map(int, (Trait.ANCHORS, Trait.NUMBERS, Trait.CONTESTS))
_REACH = 24
"""How many tokens before a number its name may stand."""
_UNKNOWN = 6
"""How many words outside the vocabulary may stand between."""
_LONGEST_LINK = 3
_NO_THINGS = frozenset({"this", "points", "plus", "across", "versus", "always", "does", "marks", "minus", "times"})
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


def quantities(
    sentence: Sentence,
    readings: dict[int, Reading],
    tokens: Tokens,
    text: str,
    vocabulary: Vocabulary,
) -> Iterator[Quantity]:
    """Give what the numbers of one sentence are said of."""
    traits = sentence.traits
    counts = traits & _ANCHORS and (vocabulary.counted or vocabulary.beside)
    if not (traits & _NUMBERS or counts):
        return
    found = [
        *quantities_in_phrases(sentence, readings, tokens, text, vocabulary),
        *_runs(sentence, readings, tokens, vocabulary),
    ]
    if traits & _CONTESTS:
        found = [replace(quantity, certain=False) for quantity in found]
    named = {quantity.variable for quantity in found if not quantity.weak}
    for quantity in found:  # "amount: one system has $88.40, the other $84.80"
        yield replace(quantity, weak=False) if quantity.weak and quantity.variable in named else quantity
    if (vocabulary.counted or vocabulary.beside) and traits & (_NUMBERS | _ANCHORS):
        taken = {
            k
            for quantity in found
            for k, (first, end, _) in enumerate(sentence.items)
            if quantity.first <= first and end <= quantity.end
        }
        yield from contested(found, sentence, taken)
        yield from counted(sentence, readings, tokens, vocabulary, taken)
        yield from nearby(sentence, readings, tokens, vocabulary, taken)


def _runs(
    sentence: Sentence, readings: dict[int, Reading], tokens: Tokens, vocabulary: Vocabulary
) -> Iterator[Quantity]:
    run: list[int] = []
    for k, (_, _, entry) in enumerate(sentence.items):
        if entry.number is None:
            continue
        if run and not _continues(run[-1], k, sentence.items):
            yield from _bind_run(run, sentence, readings, tokens, vocabulary)
            run = []
        run.append(k)
    if run:
        yield from _bind_run(run, sentence, readings, tokens, vocabulary)


def _continues(j: int, k: int, items: list[Item]) -> bool:
    """Tell whether numbers `j` and `k` stand in one list: only commas, ``and`` and slashes between."""
    edge = items[j][1]
    for first, end, entry in items[j + 1 : k]:
        if first != edge or not (entry.sign == "," or entry.cues & {"and", "or"}) or entry.means:
            return False
        edge = end
    return items[k][0] == edge


def _bind_run(
    run: list[int], sentence: Sentence, readings: dict[int, Reading], tokens: Tokens, vocabulary: Vocabulary
) -> Iterator[Quantity]:
    """Bind a list of numbers: one to one to as many names, or the first to the nearest name."""
    items = sentence.items
    source = _source_behind(run, sentence, tokens)
    if source is not None:
        yield from _bound(source, run[0], sentence, readings, tokens, vocabulary)
        return
    names = _names_before(run[0], sentence, tokens, vocabulary) or _name_before_aside(
        run[0], sentence, tokens.words, vocabulary
    )
    left = list(run)
    if 1 < len(names) == len(run):
        for name, k in zip(names, run, strict=True):
            yield from _bound(name, k, sentence, readings, tokens, vocabulary)
        return
    if names and (len(names) == 1 or not _joined(names[-2], names[-1], items)):
        pair = len(run) > 1 and items[run[1]][2].number is not None and _is_pair(run, items)
        if not pair or _first_of_pair(names[-1], run, items, vocabulary):
            found = list(_bound(names[-1], run[0], sentence, readings, tokens, vocabulary))
            yield from found
            left = [] if pair else run[1:] if found else run
        else:
            left = []
    for k in left:
        behind = _name_behind(k, sentence, tokens)
        if behind is not None:
            yield from _bound(behind, k, sentence, readings, tokens, vocabulary)
        elif not names or left is run:
            yield from _by_unit(k, sentence, readings, tokens, vocabulary)


def _joined(j: int, k: int, items: list[Item]) -> bool:
    return any(item[2].cues & {"and", "or"} for item in items[j + 1 : k])


def _is_pair(run: list[int], items: list[Item]) -> bool:
    """``128/66``."""
    number = items[run[1]][2].number
    return number is not None and number.slash


def _first_of_pair(name: int, run: list[int], items: list[Item], vocabulary: Vocabulary) -> bool:
    """Tell whether the first number of ``128/66``, ``43/100`` is the value."""
    second = items[run[1]][2].number
    for variable in items[name][2].anchors:
        wording = vocabulary.lexicon.variables[variable]
        if wording.number is None:
            continue
        if not wording.numeric:
            return True
        most = wording.number.plausible[1] if wording.number.plausible else None
        if second is not None and most == second.low and len(run) == 2:
            return True
    return False


def _names_before(k: int, sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary) -> list[int]:
    """Give the coordinated names that the number at item `k` may belong to, in order; the last is the nearest."""
    items, words = sentence.items, tokens.words
    edge = items[k][0]
    unknown, boundary, comma = 0, False, False
    stretch: list[str] = []
    for j in range(k - 1, -1, -1):
        first, end, entry = items[j]
        loose = [word for word in words[end:edge] if word not in _PASSED and not number_value(word)]
        if loose and (boundary or (not stretch and _needs_key(k, items, words))):
            return []
        unknown += len(loose)
        stretch += loose
        if unknown > _UNKNOWN or first < items[k][0] - _REACH:
            return []
        if entry.anchors and (boundary or not _ends_in_noun(k, end, words, items)):
            if (comma and not _comma_may_stand(k, j, items, words)) or (boundary and _is_counted(j, items, vocabulary)):
                return []  # "1 txn in the past hour, 2 today"
            return _coordinated(j, items) if not vocabulary.measured.isdisjoint(entry.anchors) else []
        if _owns(entry) or _is_edge(entry, items[k][2], vocabulary, comma=comma):
            return []
        if entry.number is not None and not _is_aside(j, items):
            return []
        if entry.sign == "," or entry.cues & {"and", "or"} or entry.phrase == ("with",):
            boundary = True
            comma = comma or entry.sign == ","
            if unknown:
                return []
        edge = first
    return []


def _is_edge(entry: Entry, numbered: Entry, vocabulary: Vocabulary, *, comma: bool) -> bool:
    """Tell whether no name before `entry` can own the number behind it.

    ``nothing in the past hour, although there were four payments that day``.
    """
    if entry.sign in (";", ">", "?") or (entry.sign in ("(", "[") and comma):
        return True
    return "stop" in entry.cues and _is_count(numbered, vocabulary)


def _is_count(entry: Entry, vocabulary: Vocabulary) -> bool:
    number = entry.number
    return number is not None and number.units is not None and not vocabulary.counted.isdisjoint(number.units)


def _is_counted(j: int, items: list[Item], vocabulary: Vocabulary) -> bool:
    """Tell whether the window at item `j` has its count right before it."""
    if j == 0 or vocabulary.counted.isdisjoint(items[j][2].anchors) or items[j - 1][1] != items[j][0]:
        return False
    return items[j - 1][2].number is not None


def _name_before_aside(k: int, sentence: Sentence, words: list[str], vocabulary: Vocabulary) -> list[int]:
    """``MAP, recorded while noradrenaline was started, was 87``: the subject of the verb behind an aside."""
    items = sentence.items
    j = k - 1
    if j < 1 or items[j][1] != items[k][0] or not ("be" in items[j][2].cues or items[j][2].phrase == ("of",)):
        return []
    if items[j - 1][2].sign != "," or items[j - 1][1] != items[j][0]:
        return []
    numbers = False
    for i in range(j - 2, max(0, j - _REACH), -1):
        name, entry = items[i - 1], items[i][2]
        if entry.sign == "," and name[2].anchors and _POSSESSIVES.issuperset(words[name[1] : items[i][0]]):
            told = not numbers or words[items[i][1]] in _ASIDES
            return [i - 1] if told and not vocabulary.measured.isdisjoint(name[2].anchors) else []
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
    known = any(item[0] <= at < item[1] for item in items[max(0, k - 4) : k])
    return words[at][0].isalpha() and words[at] not in _PASSED and not known


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
        while i >= 0 and items[i][1] == edge and (items[i][2].sign == "," or items[i][2].cues & {"and", "or"}):
            edge, i, joined = items[i][0], i - 1, True
        if not joined or i < 0 or not (items[i][2].anchors or items[i][2].other) or edge - items[i][1] > 0:
            break
        found.append(i)
        at = i
    return found[::-1]


def _name_behind(k: int, sentence: Sentence, tokens: Tokens) -> int | None:
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


def _source_behind(run: list[int], sentence: Sentence, tokens: Tokens) -> int | None:
    """``126 by ECG, 125 off the arterial line``: behind a comma a number is of the source behind it."""
    items, k = sentence.items, run[0]
    before = items[k - 1] if k else None
    if len(run) > 1 or before is None or before[1] != items[k][0]:
        return None
    if before[2].sign != "," and "and" not in before[2].cues:
        return None
    behind = _name_behind(k, sentence, tokens)
    gap = [] if behind is None else tokens.words[items[behind - 1][1] : items[behind][0]]
    return behind if gap and _is_source(gap) else None


def _is_source(gap: list[str]) -> bool:
    """``125 off the arterial line``."""
    return gap[0] in _FROM and gap[1:] in ([], ["the"])


def _bound(
    name: int, k: int, sentence: Sentence, readings: dict[int, Reading], tokens: Tokens, vocabulary: Vocabulary
) -> Iterator[Quantity]:
    items = sentence.items
    number = items[k][2].number
    if number is None:
        return
    fitting = [
        (variable, factor)
        for variable in items[name][2].anchors
        if (factor := _factor(variable, number, vocabulary)) is not None
    ]
    if len(fitting) != 1:
        return
    variable, factor = fitting[0]
    if number.units is None and _counts_another(k, sentence, tokens):
        return
    if variable in vocabulary.units.currency and number.units is None and not _is_written_as_money(number, tokens):
        return
    cut = not vocabulary.lexicon.variables[variable].numeric
    timeless = is_timeless(variable, vocabulary)
    standing = standing_of(name, k, sentence, readings, tokens, form=False, current=cut, timeless=timeless)
    if standing is not Standing.FOREIGN:
        span = min(items[name][0], items[k][0]), max(items[name][1], items[k][1])
        yield from said(variable, number, factor, standing, span, vocabulary)


def _counts_another(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``velocity: two entries, …``: a number in letters counts the unknown thing that is named behind it."""
    first, end, _ = sentence.items[k]
    written = tokens.ends[first] - tokens.starts[first] == len(tokens.words[first])
    if end >= sentence.end or (written and not tokens.words[first].isalpha()):
        return False
    if k + 1 < len(sentence.items) and sentence.items[k + 1][0] == end:
        return False
    thing = tokens.words[end]
    return len(thing) > _LONGEST_LINK and thing.isalpha() and thing.endswith("s") and thing not in _NO_THINGS


def _is_written_as_money(number: Number, tokens: Tokens) -> bool:
    """``amount=20``, ``total 20.50``, but not ``the daily total was 20``."""
    words = tokens.words
    cents = words[number.first].rpartition(".")
    return (bool(cents[1]) and len(cents[2]) == 2) or words[number.first - 1 : number.first] in (["="], [":"])


def _by_unit(
    k: int, sentence: Sentence, readings: dict[int, Reading], tokens: Tokens, vocabulary: Vocabulary
) -> Iterator[Quantity]:
    """Bind an amount of money to the only variable in that currency: ``a tap for $300.73``."""
    number = sentence.items[k][2].number
    if number is None or not number.units or len(number.units) != 1:
        return
    ((variable, factor),) = number.units.items()
    if variable not in vocabulary.units.currency or is_of_another(k, sentence, tokens.words):
        return
    standing = standing_of(k, k, sentence, readings, tokens, form=False, anyone=True)
    if standing is not Standing.FOREIGN:
        span = sentence.items[k][0], sentence.items[k][1]
        yield from said(variable, number, factor, standing, span, vocabulary, weak=True)


def _factor(variable: str, number: Number, vocabulary: Vocabulary) -> float | None:
    """Give what `number` is multiplied by to be in the unit of `variable`; None where it can't be of it."""
    wording = vocabulary.lexicon.variables[variable].number
    if wording is None or number.foreign or number.series:
        return None
    if number.units is not None:
        return number.units.get(variable)
    return None if wording.needs_unit else 1.0
