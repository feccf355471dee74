"""Put the numbers of a sentence among its items, each with its unit and its parts."""

from causalsynth.extract.numbers import Number, places_between, read_number
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Vocabulary

__all__ = ["mark_numbers"]

_PHRASE = ("<number>",)
_FURTHEST_NAME = 12
"""How many items behind a number are looked through for what is named next, which ends its unit."""


def mark_numbers(sentence: Sentence, places: list[int], tokens: Tokens, text: str, vocabulary: Vocabulary) -> Sentence:
    """Add an item for every number of `sentence` that no phrase of the vocabulary takes in."""
    inside = places_between(places, sentence.first, sentence.end)
    if not inside:
        return sentence
    items = sentence.items
    found: list[Number] = []
    taken, k, free_from = 0, 0, sentence.first
    for at in inside:
        while k < len(items) and items[k][1] <= at:
            if items[k][2].means or len(items[k][2].phrase) > 1:
                free_from = max(free_from, items[k][1])
            k += 1
        if at < taken or (k < len(items) and items[k][0] <= at < items[k][1] and not _only_number(items[k])):
            continue
        limit = _next_name(k, at, sentence)
        number = read_number(at, tokens, text, vocabulary.units, floor=max(taken, free_from), limit=limit)
        if number is None or (number.glued and not _touches_item(number, items, k)):
            continue
        taken = number.end
        if not found or not _take_part(found[-1], number, tokens, vocabulary.units.currency):
            found.append(number)
    if not found:
        return sentence
    _blur_alternatives(found, tokens)
    return _with_numbers(sentence, found)


def _next_name(k: int, at: int, sentence: Sentence) -> int:
    """Give the token at which what is named next begins, from item `k` on and behind token `at`."""
    items = sentence.items
    for j in range(k, min(len(items), k + _FURTHEST_NAME)):
        if items[j][2].means and items[j][0] > at:
            return items[j][0]
    return sentence.end


def _blur_alternatives(found: list[Number], tokens: Tokens) -> None:
    """``$45 or $54``: neither is exact."""
    for k in range(1, len(found)):
        if found[k].first - found[k - 1].end == 1 and tokens.words[found[k - 1].end] == "or":
            found[k - 1].exact = found[k].exact = False


def _only_number(item: Item) -> bool:
    return not item[2].means and len(item[2].phrase) == 1


def _touches_item(number: Number, items: list[Item], k: int) -> bool:
    return k > 0 and items[k - 1][1] == number.first and bool(items[k - 1][2].anchors)


def _take_part(whole: Number, part: Number, tokens: Tokens, currency: set[str]) -> bool:
    """Take `part` into `whole`, if they are one amount: ``thirty-two dollars thirty-eight``, ``… and … cents``."""
    units = whole.units
    if units is None or part.first - whole.end > 1:
        return False
    gap = tokens.words[whole.end : part.first]
    if part.units is None and not part.foreign and not gap:
        return not currency.isdisjoint(units) and _take_bare_part(whole, part, tokens)
    if part.units is None or gap not in ([], ["and"], [","]) or not (whole.exact and part.exact):
        return False
    for variable, factor in units.items():
        small = part.units.get(variable, factor)
        if small < factor and part.low * small < factor:
            whole.end = part.end
            whole.low = whole.high = round(whole.low + part.low * small / factor, 9)
            return True
    return False


def _take_bare_part(whole: Number, part: Number, tokens: Tokens) -> bool:
    spelled = tokens.words[whole.end - 1].isalpha() and whole.exact and part.exact and float(part.low).is_integer()
    if not spelled or not 0 < part.low < 100 or not float(whole.low).is_integer():
        return False
    whole.end = part.end
    whole.low = whole.high = round(whole.low + part.low / 100, 2)
    return True


def _with_numbers(sentence: Sentence, numbers: list[Number]) -> Sentence:
    """Put numbers among the items, in place of the cues and marks that they cover."""
    items = sentence.items
    kept: list[Item] = []
    k = 0
    for number in numbers:
        while k < len(items) and items[k][1] <= number.first:
            kept.append(items[k])
            k += 1
        while k < len(items) and items[k][0] < number.end:
            k += 1
        kept.append((number.first, number.end, Entry(_PHRASE, number=number)))
    kept += items[k:]
    return sentence.with_items(kept)
