"""Bind numbers that no name claims: counts to their time window, and numbers with a unit by a word beside them."""

from dataclasses import replace

from causalsynth.extract.counts import counts
from causalsynth.extract.kinds import kind_bits
from causalsynth.extract.measures import Standing, standing_of
from causalsynth.extract.numbers import Number
from causalsynth.extract.quantity import Quantity, said
from causalsynth.extract.readings import Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.trie import Trie
from causalsynth.extract.vocabulary import Vocabulary

__all__ = ["contested", "counted", "nearby"]

_SOURCE = kind_bits("source")
_FEWEST_SOURCES = 2
_NEXT_SOURCE = 8
"""How many items behind one source the number of the next may stand."""
_BESIDE = 10
"""How many words a word may stand away that tells what a number with a unit is of."""


def counted(
    sentence: Sentence, readings: dict[int, Reading], tokens: Tokens, vocabulary: Vocabulary, taken: set[int]
) -> list[Quantity]:
    """Give the counts of time windows: ``no other payments were made in the past hour``."""
    found: list[Quantity] = []
    for count in counts(sentence, tokens, vocabulary, taken):
        reading = readings.get(count.window)
        if reading is not None and (reading.person or (sentence.question and reading.supposed)):
            continue
        standing = Standing.SAID
        if count.item is not None:
            standing = standing_of(count.window, count.item, sentence, readings, tokens, form=False)
        if standing is Standing.FOREIGN:
            continue
        number = Number(count.first, count.end, count.value, count.value)
        quantity = said(count.variable, number, 1.0, standing, (count.first, count.end), vocabulary)
        if quantity is not None:
            found.append(quantity)
    return found


def contested(found: list[Quantity], sentence: Sentence, taken: set[int]) -> list[Quantity]:
    """Give what another source has for the same: ``34 in the log, 43 in the dashboard``."""
    items = sentence.items
    sources = [k for k, item in enumerate(items) if item[2].kinds & _SOURCE]
    others: list[Quantity] = []
    if len(sources) < _FEWEST_SOURCES:
        return others
    for quantity in found:
        behind = next((k for k in sources if 0 <= items[k][0] - quantity.end <= 1), None)
        if behind is None:
            continue
        for k in range(behind + 1, min(len(items) - 1, behind + 1 + _NEXT_SOURCE)):
            number = items[k][2].number
            if number is not None and k not in taken and items[k + 1][2].kinds & _SOURCE:
                others.append(replace(quantity, low=number.low, high=number.high, first=items[k][0], end=items[k][1]))
    return others


def nearby(
    sentence: Sentence, readings: dict[int, Reading], tokens: Tokens, vocabulary: Vocabulary, taken: set[int]
) -> list[Quantity]:
    """Bind a number by its unit and a word beside it: ``381 days`` by ``account``."""
    found: list[Quantity] = []
    for k, (first, end, entry) in enumerate(sentence.items):
        number = entry.number
        if number is None or k in taken or not number.units or number.foreign:
            continue
        for variable, trie in vocabulary.beside.items():
            if variable not in number.units or not _is_near(first, end, sentence, tokens, trie):
                continue
            standing = standing_of(k, k, sentence, readings, tokens, form=True)
            if standing is Standing.FOREIGN:
                continue
            factor = number.units[variable]
            quantity = said(variable, number, factor, standing, (first, end), vocabulary, weak=True)
            if quantity is not None:
                found.append(quantity)
    return found


def _is_near(first: int, end: int, sentence: Sentence, tokens: Tokens, trie: Trie[bool]) -> bool:
    """Tell whether the nearest of the words that a number may stand beside is one that makes it the variable's."""
    lo, hi = max(sentence.first, first - _BESIDE), min(sentence.end, end + _BESIDE)
    words = tokens.words[lo:hi]
    left = [(first - lo - after, near) for _, after, near in trie.find_all(words[: first - lo])]
    right = [(before, near) for before, _, near in trie.find_all(words[end - lo :])]
    if not left and not right:
        return False
    nearest = min(distance for distance, _ in (*left, *right))
    return all(near for distance, near in (*left, *right) if distance == nearest)
