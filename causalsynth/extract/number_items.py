"""Put the numbers of a sentence among its items, each with its unit and its parts."""

from causalsynth.extract.numbers import Number, places_between, read_number
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Vocabulary

__all__ = ["mark_numbers"]


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
        limit = next((item[0] for item in items[k : k + 12] if item[2].means and item[0] > at), sentence.end)
        number = read_number(at, tokens, text, vocabulary.units, floor=max(taken, free_from), limit=limit)
        if number is None or (number.glued and not _touches_item(number, items, k)):
            continue
        taken = number.end
        merged = _with_part(found[-1], number, tokens, vocabulary.units.currency) if found else None
        if merged is not None:
            found[-1] = merged
        else:
            found.append(number)
    return replace_items(sentence, _with_alternatives(found, tokens)) if found else sentence


def _with_alternatives(found: list[Number], tokens: Tokens) -> list[Number]:
    """``$45 or $54``: neither is exact."""
    for k in range(1, len(found)):
        if found[k].first - found[k - 1].end == 1 and tokens.words[found[k - 1].end] == "or":
            found[k - 1] = found[k - 1]._replace(exact=False)
            found[k] = found[k]._replace(exact=False)
    return found


def _only_number(item: Item) -> bool:
    return not item[2].means and len(item[2].phrase) == 1


def _touches_item(number: Number, items: list[Item], k: int) -> bool:
    return k > 0 and items[k - 1][1] == number.first and bool(items[k - 1][2].anchors)


def _with_part(whole: Number, part: Number, tokens: Tokens, currency: set[str]) -> Number | None:
    """``thirty-two dollars and thirty-eight cents``, ``thirty-two dollars thirty-eight`` is one amount."""
    gap = tokens.words[whole.end : part.first]
    if whole.units is not None and part.units is None and not part.foreign and not gap:
        return None if currency.isdisjoint(whole.units) else _with_bare_part(whole, part, tokens)
    if whole.units is None or part.units is None or gap not in ([], ["and"], [","]) or not (whole.exact and part.exact):
        return None
    for variable, factor in whole.units.items():
        small = part.units.get(variable, factor)
        if small < factor and part.low * small < factor:
            total = round(whole.low + part.low * small / factor, 9)
            return whole._replace(end=part.end, low=total, high=total)
    return None


def _with_bare_part(whole: Number, part: Number, tokens: Tokens) -> Number | None:
    spelled = tokens.words[whole.end - 1].isalpha() and whole.exact and part.exact and float(part.low).is_integer()
    if not spelled or not 0 < part.low < 100 or not float(whole.low).is_integer():
        return None
    total = round(whole.low + part.low / 100, 2)
    return whole._replace(end=part.end, low=total, high=total)


def replace_items(sentence: Sentence, numbers: list[Number]) -> Sentence:
    """Put numbers among the items, in place of the cues and marks that they cover."""
    items: list[Item] = []
    rest = iter(sentence.items)
    item = next(rest, None)
    for number in numbers:
        while item is not None and item[1] <= number.first:
            items.append(item)
            item = next(rest, None)
        while item is not None and item[0] < number.end:
            item = next(rest, None)
        entry = Entry(("<number>",), number=number)
        entry.means = True
        items.append((number.first, number.end, entry))
    while item is not None:
        items.append(item)
        item = next(rest, None)
    return sentence.with_items(items)
