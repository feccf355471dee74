"""Bind numbers to what they measure: ``lactate was 2.4 mmol/L``, ``MAP and lactate were 61 and 2.4``.

A number belongs to the nearest name on its left, if nothing else that could own it stands between; to one right
behind it; to the phrase that holds it (``71-year-old``); or, an amount of money, to the one variable of that unit.
"""

from causalsynth.extract.kinds import LINKS
from causalsynth.extract.measures import Standing, standing_of
from causalsynth.extract.nearby import contested, counted, nearby
from causalsynth.extract.number_names import name_before_aside, name_behind, names_before, source_behind
from causalsynth.extract.number_phrases import quantities_in_phrases
from causalsynth.extract.numbers import Number
from causalsynth.extract.other_amounts import is_of_another
from causalsynth.extract.quantity import Quantity, said
from causalsynth.extract.readings import Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Trait, Vocabulary

__all__ = ["Quantity", "quantities"]

_ANCHORS = int(Trait.ANCHORS)
_NUMBERS = int(Trait.NUMBERS)
_CONTESTS = int(Trait.CONTESTS)
_LONGEST_LINK = 3
_NO_THINGS = frozenset({"this", "points", "plus", "across", "versus", "always", "does", "marks", "minus", "times"})


def quantities(
    sentence: Sentence,
    readings: dict[int, Reading],
    tokens: Tokens,
    text: str,
    vocabulary: Vocabulary,
) -> list[Quantity]:
    """Give what the numbers of one sentence are said of."""
    traits = sentence.traits
    counts = traits & _ANCHORS and (vocabulary.counted or vocabulary.beside)  # "nothing in the past hour"
    if not (traits & _NUMBERS or counts):
        return []
    found: list[Quantity] = []
    if traits & _NUMBERS:
        found = quantities_in_phrases(sentence, readings, tokens, text, vocabulary)
        _bind_runs(found, sentence, readings, tokens, vocabulary)
    if traits & _CONTESTS:
        for quantity in found:
            quantity.certain = False
    further: list[Quantity] = []
    if vocabulary.counted or vocabulary.beside:
        taken = _items_of(found, sentence)
        if found:
            further = contested(found, sentence, taken)
        if traits & _ANCHORS:
            further += counted(sentence, readings, tokens, vocabulary, taken)
        if traits & _NUMBERS:
            further += nearby(sentence, readings, tokens, vocabulary, taken)
    if len(found) > 1:
        _strengthen(found)  # not what is contested: it is as weak as it was found
    return found + further


def _items_of(found: list[Quantity], sentence: Sentence) -> set[int]:
    """Give the items that something is bound to."""
    return {
        k
        for quantity in found
        for k, (first, end, _) in enumerate(sentence.items)
        if quantity.first <= first and end <= quantity.end
    }


def _strengthen(found: list[Quantity]) -> None:
    """Let amounts that nothing names count as those that are named beside them do.

    ``amount: one system has $88.40, the other $84.80``.
    """
    named = {quantity.variable for quantity in found if not quantity.weak}
    for quantity in found:
        if quantity.weak and quantity.variable in named:
            quantity.weak = False


def _bind_runs(
    found: list[Quantity],
    sentence: Sentence,
    readings: dict[int, Reading],
    tokens: Tokens,
    vocabulary: Vocabulary,
) -> None:
    """Add to `found` what each list of numbers is said of."""
    run: list[int] = []
    for k, (_, _, entry) in enumerate(sentence.items):
        if entry.number is None:
            continue
        if run and not _continues(run[-1], k, sentence.items):
            found += _bound_run(run, sentence, readings, tokens, vocabulary)
            run = []
        run.append(k)
    if run:
        found += _bound_run(run, sentence, readings, tokens, vocabulary)


def _continues(j: int, k: int, items: list[Item]) -> bool:
    """Tell whether numbers `j` and `k` stand in one list: only commas, ``and`` and slashes between."""
    edge = items[j][1]
    for first, end, entry in items[j + 1 : k]:
        if first != edge or not (entry.sign == "," or entry.kinds & LINKS) or entry.means:
            return False
        edge = end
    return items[k][0] == edge


def _bound_run(
    run: list[int], sentence: Sentence, readings: dict[int, Reading], tokens: Tokens, vocabulary: Vocabulary
) -> list[Quantity]:
    """Bind a list of numbers: one to one to as many names, or the first to the nearest name."""
    items = sentence.items
    found: list[Quantity] = []
    source = source_behind(run, sentence, tokens)
    if source is not None:
        _add_bound(found, source, run[0], sentence, readings, tokens, vocabulary)
        return found
    names = names_before(run[0], sentence, tokens, vocabulary) or name_before_aside(
        run[0], sentence, tokens.words, vocabulary
    )
    left, unnamed = run, not names
    if 1 < len(names) == len(run):
        for name, k in zip(names, run, strict=True):
            _add_bound(found, name, k, sentence, readings, tokens, vocabulary)
        return found
    if names and (len(names) == 1 or not _joined(names[-2], names[-1], items)):
        pair = len(run) > 1 and _is_pair(run, items)
        if not pair or _first_of_pair(names[-1], run, items, vocabulary):
            _add_bound(found, names[-1], run[0], sentence, readings, tokens, vocabulary)
            left = [] if pair else run[1:] if found else run
            unnamed = not found
        else:
            left = []
    for k in left:
        behind = name_behind(k, sentence, tokens)
        if behind is not None:
            _add_bound(found, behind, k, sentence, readings, tokens, vocabulary)
        elif unnamed:
            _add_by_unit(found, k, sentence, readings, tokens, vocabulary)
    return found


def _joined(j: int, k: int, items: list[Item]) -> bool:
    return any(item[2].kinds & LINKS for item in items[j + 1 : k])


def _is_pair(run: list[int], items: list[Item]) -> bool:
    """``128/66``."""
    number = items[run[1]][2].number
    return number is not None and number.slash


def _first_of_pair(name: int, run: list[int], items: list[Item], vocabulary: Vocabulary) -> bool:
    """Tell whether the first number of ``128/66``, ``43/100`` is the value."""
    second = items[run[1]][2].number
    for variable in items[name][2].anchors:
        measure = vocabulary.measured.get(variable)
        if measure is None:
            continue
        if not measure.numeric:
            return True
        most = measure.plausible[1] if measure.plausible else None
        if second is not None and most == second.low and len(run) == 2:
            return True
    return False


def _add_bound(
    found: list[Quantity],
    name: int,
    k: int,
    sentence: Sentence,
    readings: dict[int, Reading],
    tokens: Tokens,
    vocabulary: Vocabulary,
) -> None:
    """Add what the number at item `k` says of the name at item `name`, if it can be of it."""
    items = sentence.items
    number = items[k][2].number
    fitting = _fitting(items[name][2], number, vocabulary) if number is not None else None
    if number is None or fitting is None:
        return
    variable, factor = fitting
    if number.units is None and (
        _counts_another(k, sentence, tokens)
        or (variable in vocabulary.units.currency and not _is_written_as_money(number, tokens))
    ):
        return
    measure = vocabulary.measured[variable]
    cut, timeless = not measure.numeric, measure.timeless
    standing = standing_of(name, k, sentence, readings, tokens, form=False, current=cut, timeless=timeless)
    if standing is Standing.FOREIGN:
        return
    span = min(items[name][0], items[k][0]), max(items[name][1], items[k][1])
    quantity = said(variable, number, factor, standing, span, vocabulary)
    if quantity is not None:
        found.append(quantity)


def _fitting(name: Entry, number: Number, vocabulary: Vocabulary) -> tuple[str, float] | None:
    """Give the one variable of a name that `number` can be of, and its factor; None where none or several can."""
    fitting: tuple[str, float] | None = None
    for variable in name.anchors:
        factor = _factor(variable, number, vocabulary)
        if factor is not None:
            if fitting is not None:
                return None
            fitting = variable, factor
    return fitting


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


def _add_by_unit(
    found: list[Quantity],
    k: int,
    sentence: Sentence,
    readings: dict[int, Reading],
    tokens: Tokens,
    vocabulary: Vocabulary,
) -> None:
    """Bind an amount of money to the only variable in that currency: ``a tap for $300.73``."""
    number = sentence.items[k][2].number
    if number is None or not number.units or len(number.units) != 1:
        return
    ((variable, factor),) = number.units.items()
    if variable not in vocabulary.units.currency or is_of_another(k, sentence, tokens.words):
        return
    standing = standing_of(k, k, sentence, readings, tokens, form=False, anyone=True)
    if standing is Standing.FOREIGN:
        return
    span = sentence.items[k][0], sentence.items[k][1]
    quantity = said(variable, number, factor, standing, span, vocabulary, weak=True)
    if quantity is not None:
        found.append(quantity)


def _factor(variable: str, number: Number, vocabulary: Vocabulary) -> float | None:
    """Give what `number` is multiplied by to be in the unit of `variable`; None where it can't be of it."""
    measure = vocabulary.measured.get(variable)
    if measure is None or number.foreign or number.series:
        return None
    if number.units is not None:
        return number.units.get(variable)
    return None if measure.needs_unit else 1.0
