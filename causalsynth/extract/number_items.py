"""Put the numbers of a sentence among its items, each with its unit and its parts."""

from causalsynth.extract.numbers import Number, number_places, read_number
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.units import Units
from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["NumberMarker"]

_PHRASE = ("<number>",)
_FURTHEST_NAME = 12
"""How many items behind a number are looked through for what is named next, which ends its unit."""


class NumberMarker:
    """Follows the sentences of one text, so that the numbers of the next are those behind the last one's."""

    __slots__ = ("_next", "_places", "_text", "_tokens", "_units")

    def __init__(self, tokens: Tokens, text: str, units: Units) -> None:
        self._tokens = tokens
        self._text = text
        self._units = units
        self._places = number_places(tokens.words)
        self._next = 0

    def read(self, sentence: Sentence) -> Sentence:
        """Give `sentence` with an item for every number that no phrase of the vocabulary takes in."""
        places = self._places_in(sentence.first, sentence.end)
        found = self._numbers(places, sentence) if places else None
        if not found:
            return sentence
        _blur_alternatives(found, self._tokens)
        return _with_numbers(sentence, found)

    def _places_in(self, first: int, end: int) -> list[int]:
        """Give the numbers among tokens [first, end)."""
        places, at = self._places, self._next
        while at < len(places) and places[at] < first:
            at += 1
        while at > 0 and places[at - 1] >= first:  # what is asked in a sentence comes apart, and what follows it later
            at -= 1
        start = at
        while at < len(places) and places[at] < end:
            at += 1
        self._next = at
        return places[start:at] if at > start else []

    def _numbers(self, places: list[int], sentence: Sentence) -> list[Number]:
        items, tokens, units = sentence.items, self._tokens, self._units
        found: list[Number] = []
        taken, k, free_from = 0, 0, sentence.first
        for at in places:
            while k < len(items) and items[k][1] <= at:
                if items[k][2].means or len(items[k][2].phrase) > 1:
                    free_from = max(free_from, items[k][1])
                k += 1
            if at < taken or (k < len(items) and items[k][0] <= at < items[k][1] and not _only_number(items[k])):
                continue
            limit = _next_name(k, at, sentence)
            number = read_number(at, tokens, self._text, units, floor=max(taken, free_from), limit=limit)
            if number is None or (number.glued and not _touches_item(number, items, k)):
                continue
            taken = number.end
            if not found or not _take_part(found[-1], number, tokens, units.currency):
                found.append(number)
        return found


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
