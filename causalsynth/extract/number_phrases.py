"""Numbers that a phrase of the lexicon holds, or says without one: ``71-year-old``, ``no further transactions``."""

from causalsynth.extract.measures import Standing, standing_of
from causalsynth.extract.number_words import number_value
from causalsynth.extract.numbers import Number, read_number
from causalsynth.extract.patterns import ANY_NUMBER
from causalsynth.extract.quantity import Quantity, said
from causalsynth.extract.readings import Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Vocabulary

__all__ = ["quantities_in_phrases"]

_AUXILIARIES = frozenset({"had", "was", "were", "has", "have", "being"})
_FREE = frozenset({"in", "on", "at", "for", "after", "during", "over", "aged", "age"})
"""Words at the start of a phrase with a number that free it from the noun before."""


def quantities_in_phrases(
    sentence: Sentence, readings: dict[int, Reading], tokens: Tokens, text: str, vocabulary: Vocabulary
) -> list[Quantity]:
    """Read phrases that hold their number, and those that say one without."""
    found: list[Quantity] = []
    for k, (first, end, entry) in enumerate(sentence.items):
        if not entry.numbers or _is_said_of_another(k, sentence, tokens) or _numbers_a_line(k, sentence, tokens):
            continue  # "her previous order scored 71"
        for variable, value in entry.numbers:
            timeless = vocabulary.measured[variable].timeless
            standing = standing_of(k, k, sentence, readings, tokens, form=True, timeless=timeless)
            if standing is Standing.FOREIGN:
                continue
            if value is None:
                number = _number_inside(variable, sentence.items[k], sentence, tokens, text, vocabulary)
            else:
                number = Number(first, end, value, value)
            quantity = said(variable, number, 1.0, standing, (first, end), vocabulary) if number is not None else None
            if quantity is not None:
                found.append(quantity)
    return found


def _number_inside(
    variable: str, item: Item, sentence: Sentence, tokens: Tokens, text: str, vocabulary: Vocabulary
) -> Number | None:
    """Read the number that a phrase holds; None where it is none, or of something else."""
    first, end, entry = item
    at = _place_of_number(first, end, entry, tokens)
    if at is None or _is_part_of_whole(first, entry, tokens):
        return None
    read = read_number(at, tokens, text, vocabulary.units, floor=sentence.first, limit=sentence.end)
    if read is None and tokens.words[at] == "one":
        return None  # "scored this one"
    if read is None and tokens.starts[at] and text[tokens.starts[at] - 1].isalnum():
        return None
    if _has_other_unit(read, end, variable):
        return None  # "he was 64 kg"
    plain = number_value(tokens.words[at]) or 0.0
    exact = (read is None or read.exact or read.end > end) and not _has_alternative(end, tokens)
    factor = read.units.get(variable, 1.0) if read is not None and read.units and read.end <= end else 1.0
    if factor > 1.0 and read is not None and read.end == end and tokens.words[end : end + 1] == ["and"]:
        return None  # "in the unit for two weeks and a day"
    return Number(first, end, plain * factor, plain * factor, exact=exact)


def _is_part_of_whole(first: int, entry: Entry, tokens: Tokens) -> bool:
    """``day 3 of 7``: only the last day says how many there were."""
    phrase, words = entry.phrase, tokens.words
    for k in range(len(phrase) - 2):
        if phrase[k] == ANY_NUMBER and phrase[k + 2] == ANY_NUMBER and phrase[k + 1] in ("of", "/"):
            return number_value(words[first + k]) != number_value(words[first + k + 2])
    return False


def _is_said_of_another(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    first = sentence.items[k][0]
    if not k or not _is_of_other(sentence.items[k - 1], first):
        return False
    word = tokens.words[first]
    return word not in _FREE and number_value(word) is None


def _numbers_a_line(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``16 ICU days: 3``: the number counts the lines."""
    first, end, _ = sentence.items[k]
    following = sentence.items[k + 1] if k + 1 < len(sentence.items) else None
    colon = following is not None and following[2].sign == ":" and following[0] == end
    return colon and first == sentence.first and number_value(tokens.words[first]) is not None


def _has_other_unit(number: Number | None, end: int, variable: str) -> bool:
    if number is None or number.end <= end:
        return False
    return number.foreign or (number.units is not None and variable not in number.units)


def _has_alternative(end: int, tokens: Tokens) -> bool:
    """``scored 34 or 43``."""
    words = tokens.words
    return end + 1 < len(words) and words[end] == "or" and number_value(words[end + 1]) is not None


def _is_of_other(before: Item, first: int) -> bool:
    return before[2].other and before[1] == first and before[2].phrase[0] not in _AUXILIARIES


def _place_of_number(first: int, end: int, entry: Entry, tokens: Tokens) -> int | None:
    """Give the token of a phrase that is its number: ``34`` in ``this one got 34``."""
    for k, word in enumerate(entry.phrase):
        if word == ANY_NUMBER:
            return first + k
    for at in range(first, end):
        if number_value(tokens.words[at]) is not None:
            return at
    return None
