"""Numbers: in digits or words, with their unit, exact, approximate, bounded or a range."""

import math
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from causalsynth.extract.number_words import NUMBERS_IN_LETTERS, number_value
from causalsynth.extract.tokens import Tokens, is_in_digits
from causalsynth.extract.units import GENERAL_UNITS, Units

__all__ = ["Number", "number_places", "places_between", "read_number"]

_ABOUT = frozenset(
    [
        "about",
        "around",
        "approximately",
        "approx",
        "roughly",
        "circa",
        "ca",
        "c",
        "nearly",
        "almost",
        "some",
        "perhaps",
        "maybe",
        "estimated",
        "~",
        "≈",
        "±",
        "close",
        "near",
    ]
)
"""A number behind one of these is no exact one."""
_ABOUT_AFTER = (("or", "so"), ("ish",), ("odd",), ("or", "thereabouts"), ("approx",), ("approximately",), ("roughly",))
_LONG_ABOUT = (
    *(("in", "the", thing, "of") for thing in ("region", "order", "vicinity", "neighbourhood", "neighborhood")),
    *(("of", "the", "order", "of"), ("something", "like"), ("somewhere", "around"), ("somewhere", "near")),
)
_ABOVE = (
    *((sign,) for sign in (">", "≥", "≧", "⩾", "over", "above", "exceeding", "exceeds", "exceeded")),
    *(("more", "than"), ("greater", "than"), ("higher", "than"), ("at", "least"), ("no", "less", "than")),
    *((">", "="), ("in", "excess", "of"), ("upwards", "of"), ("not", "less", "than"), ("older", "than")),
)
_BELOW = (
    *((sign,) for sign in ("<", "≤", "≦", "⩽", "under", "below", "beneath")),
    *(("less", "than"), ("fewer", "than"), ("lower", "than"), ("at", "most"), ("up", "to"), ("no", "more", "than")),
    *(("<", "="), ("not", "more", "than"), ("not", "exceeding"), ("younger", "than"), ("short", "of")),
)
_BOUNDS: dict[str, list[tuple[tuple[str, ...], bool | None]]] = {}
"""For the last word of each bound its phrases, and whether what they bound is above; None: it is about as much."""
for _phrases, _is_above in ((_ABOVE, True), (_BELOW, False), (_LONG_ABOUT, None)):
    for _phrase in _phrases:
        _BOUNDS.setdefault(_phrase[-1], []).append((_phrase, _is_above))
_FIRST_ABOUT_AFTER = frozenset(phrase[0] for phrase in _ABOUT_AFTER)
_MONTHS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ]
)
_POINTING_TEXT = (
    "this that the last previous another which other each every any old new right wrong same first second one next no "
    "latter former usual familiar big small good genuine honest known her his their our"
)
_POINTING = frozenset(_POINTING_TEXT.split())
"""Words that make no number of the ``one`` behind them."""
_CONCERNING = frozenset({"over", "about"})
_MONEY = frozenset({"$", "usd", "dollars", "dollar"})
_THEM = frozenset({"us", "them", "these", "those", "which", "whom", "our", "my", "his", "her", "their", "its", "the"})
_ARTICLES = frozenset({"the", "that", "this", "which"})
_COPULAS = frozenset({"was", "is", "of", "at", "were", "are", "being", "to", "by", "with", "for", "just", "only"})
_LONGEST_UNIT = 12
_DECADES: dict[str, tuple[float, float]] = {"low": (0, 4), "mid": (4, 6), "high": (6, 9)}
_GROUP = 3
_BETWEEN_GROUPS = (" ", "\u00a0", "\u202f", "\u2009")
"""Spaces, all but the first of which only stand inside a number where digits are on both sides."""
_ORDINAL = frozenset({"st", "nd", "rd", "th"})


@dataclass(slots=True)
class Number:
    """One number of a text, changed in place while it is read; nothing changes one that is among a sentence's items.

    Attributes
    ----------
    first, end
        Tokens [first, end), its unit and whatever bounds it (``at least``) included.
    low, high
        Equal unless it is a range or a bound.
    exact
        False for ``about 60``, ``60-65``, ``> 60``.
    units
        Factor of its unit by variable; None: it has none.
    foreign
        Its unit is none of the lexicon's.
    series
        It follows an arrow: a later value.
    slash
        It follows another number and a slash: ``128/66``.
    """

    first: int
    end: int
    low: float
    high: float
    exact: bool = True
    units: Mapping[str, float] | None = None
    foreign: bool = False
    series: bool = False
    slash: bool = False
    negative: bool = False
    glued: bool = False
    """It touches the word before it: ``MAP61``, ``v7``."""


def number_places(words: list[str]) -> list[int]:
    """Give the tokens that are numbers, in digits or letters."""
    return [
        at
        for at, word in enumerate(words)
        if word in NUMBERS_IN_LETTERS or is_in_digits(word) or (word[0] == "." and number_value(word) is not None)
    ]


def read_number(at: int, tokens: Tokens, text: str, units: Units, *, floor: int, limit: int) -> Number | None:
    """Read the number at token `at`, looking no further than tokens [floor, limit); None if it is only part of a name.

    A date, a clock time, an ordinal and an identifier such as ``8f21c`` or ``FD-3381`` are no numbers.
    """
    words, starts, ends = tokens.words, tokens.starts, tokens.ends
    value = number_value(words[at])
    if value is None or _is_name_or_date(at, tokens, text, limit):
        return None
    start = starts[at]
    negative = at > floor and words[at - 1] == "-" and ends[at - 1] == start
    negative = negative and (at - 1 == floor or starts[at - 1] > ends[at - 2])
    glued = start > 0 and text[start - 1] != " " and _is_of_word(text[start - 1])  # most stand between spaces
    number = Number(at, at + 1, value, value, glued=glued, negative=negative)
    if number.end < limit:
        _take_groups(number, tokens, text, units, limit)
        _take_range(number, tokens, text, limit)
    _take_unit(number, tokens, units, floor, limit)
    if number.units is None and not number.foreign and _touches_letters(number, tokens, text):
        return None
    _take_bounds(number, tokens, text, floor, limit)
    return number


def _take_groups(number: Number, tokens: Tokens, text: str, units: Units, limit: int) -> None:
    """``80 000 km``, ``80'000``: groups of three digits, where nothing else can be meant."""
    words, starts, ends = tokens.words, tokens.starts, tokens.ends
    digits, end, sure = words[number.first], number.end, False
    if len(digits) > _GROUP or not (len(words[end]) == _GROUP or words[end] == "'") or not digits.isdecimal():
        return  # no group can follow
    while end < limit:
        quoted = words[end] == "'" and end + 1 < limit and starts[end + 1] - ends[end - 1] == 1
        group = words[end + quoted]
        gap = text[ends[end - 1] : starts[end]]
        if len(group) != _GROUP or not group.isdecimal() or not (quoted or gap in _BETWEEN_GROUPS):
            break
        sure = sure or quoted or group[0] == "0" or gap != " "
        digits, end = digits + group, end + 1 + quoted
    measured = end < limit and units.find_at(words, end)[1] is not None
    if end != number.end and (sure or measured):
        number.end = end
        number.low = number.high = float(digits)


def _is_name_or_date(at: int, tokens: Tokens, text: str, limit: int) -> bool:
    words, start, end = tokens.words, tokens.starts[at], tokens.ends[at]
    if start and text[start - 1] != " " and _is_in_name(at, tokens, text):
        return True
    if end < len(text) and text[end] in ":-/" and _goes_on(at, tokens, text):
        return True
    if at + 1 < limit and tokens.starts[at + 1] == end and words[at + 1] in _ORDINAL:
        return True
    if words[at] == "one" and (_is_one_of_them(at, words) or (at and _points_back(at, words))):
        return True
    by_month = (at > 0 and words[at - 1] in _MONTHS) or (at + 1 < len(words) and words[at + 1] in _MONTHS)
    return by_month and words[at].isdecimal()


def _goes_on(at: int, tokens: Tokens, text: str) -> bool:
    """Tell whether it is the first part of a clock time or date, by the sign behind it."""
    end = tokens.ends[at]
    return text[end + 1 : end + 2].isdecimal() and (text[end] == ":" or _is_date(at, tokens, text))


def _is_in_name(at: int, tokens: Tokens, text: str) -> bool:
    """Tell whether the sign that touches the number from the left makes it part of a name: ``#44``, ``x-2``."""
    start, end = tokens.starts[at], tokens.ends[at]
    mark, before = text[start - 1], text[start - 2] if start > 1 else " "
    if mark in "#@":
        return True
    if mark == "[":
        return before.isalnum() and text[end : end + 1] == "]"  # a process of a log: risk[12]
    return mark in ":-–—.,\u2011" and before.isalnum() and not (mark == ":" and _json_colon(at, tokens.words))


def _is_one_of_them(at: int, words: list[str]) -> bool:
    """``one of us``, ``one of them a coffee``: no number, other than that of ``one of three``."""
    return words[at + 1 : at + 2] == ["of"] and not _THEM.isdisjoint(words[at + 2 : at + 3])


def _points_back(at: int, words: list[str]) -> bool:
    return words[at - 1] in _POINTING or words[at - 1][0].isdecimal() or _is_pronoun(at, words)


def _is_pronoun(at: int, words: list[str]) -> bool:
    """Tell ``the high lactate one``: a noun with its article is right before it."""
    return (
        words[at - 1].isalpha()
        and words[at - 1] not in _COPULAS
        and not _ARTICLES.isdisjoint(words[max(0, at - 3) : at - 1])
    )


def _json_colon(at: int, words: list[str]) -> bool:
    """``lactate:2.4`` is no clock time."""
    return at > 1 and number_value(words[at - 2]) is None


_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?!\d)")


def _is_date(at: int, tokens: Tokens, text: str) -> bool:
    match = _DATE.match(text[tokens.starts[at] : tokens.starts[at] + 12])
    return match is not None and any(len(part) == 4 for part in re.split(r"[-/.]", match.group()))


def _touches_letters(number: Number, tokens: Tokens, text: str) -> bool:
    end = tokens.ends[number.end - 1]
    return end < len(text) and text[end] != " " and _is_of_word(text[end])


def _is_of_word(char: str) -> bool:
    return char.isalpha() or char == "_"


def _take_range(number: Number, tokens: Tokens, text: str, limit: int) -> None:
    """``60-65``, ``60 to 65``, ``80s``."""
    words, starts, ends = tokens.words, tokens.starts, tokens.ends
    at, end = number.first, number.end
    if end >= limit:
        return
    other = _other_end(number, tokens, text)
    if other is None:
        if words[end] == "s" and number.low % 10 == 0 and starts[end] - ends[at] <= 1:
            low, high = _DECADES.get(words[at - 1] if at else "", (0, 9))
            number.end, number.exact = end + 1, False
            number.low, number.high = number.low + low, number.low + high
        return
    value = number_value(words[other]) if other < limit else None
    if value is not None:
        number.end, number.exact = other + 1, False
        number.low, number.high = min(number.low, value), max(number.low, value)


def _other_end(number: Number, tokens: Tokens, text: str) -> int | None:
    """Give where the other number of a range would stand; None where nothing behind `number` makes it one."""
    words, at, end = tokens.words, number.first, number.end
    gap = text[tokens.ends[at] : tokens.starts[end]]
    if gap and gap != " " and (dash := gap.strip()) and dash in "-–—−\u2010\u2011":
        return end
    word = words[end]
    if (
        word == "-"
        or (word == "to" and words[at - 1 : at] != ["from"])
        or (word == "and" and words[at - 1 : at] == ["between"])
        or (word == "or" and number.low != 0)
    ):
        return end + 1
    return None


def _take_unit(number: Number, tokens: Tokens, units: Units, floor: int, limit: int) -> None:
    """Take in the unit behind or before."""
    words = tokens.words
    first, end = number.first, number.end
    sign, money = units.find_before(words, first, floor) if first > floor else (first, None)
    if end < limit:
        after, factors = units.find_at(words[end : min(limit, end + _LONGEST_UNIT)], 0)
        if factors is not None and (money is None or not money.keys().isdisjoint(factors)):
            number.end, number.units = end + after, factors
        elif words[end] in GENERAL_UNITS and money is None:
            number.end, number.foreign = end + 1, True
    if money is not None:
        number.first, number.foreign, number.glued = sign, False, False
        number.units = money if number.units is None else {**number.units, **money}


def _take_bounds(number: Number, tokens: Tokens, text: str, floor: int, limit: int) -> None:
    """Take in ``about``, ``at least``, ``<`` before it and ``or so`` behind."""
    words = tokens.words
    first, end = number.first, number.end
    before = words[first - 1] if first > floor else ""
    if before == ">" and (text[tokens.starts[first - 1]] != ">" or words[first - 2 : first - 1] in (["-"], ["="])):
        number.series = True
        return
    if before in _CONCERNING and _is_to_the_cent(number, words):
        return
    slash = before == "/" and first > floor + 1 and number_value(words[first - 2]) is not None
    bounds = _BOUNDS.get(before)
    if bounds is not None and _take_bound(number, bounds, words, floor):
        return
    about = _is_behind_tilde(tokens.starts[first], text) or (before in _ABOUT and words[first - 2 : first - 1] != ["/"])
    about = about or (first > 1 and words[first - 1] == "or" and number_value(words[first - 2]) is not None)
    if end < len(words):
        behind = end < limit and words[end] in _FIRST_ABOUT_AFTER
        behind = behind and any(tuple(words[end : min(limit, end + len(p))]) == p for p in _ABOUT_AFTER)
        about = about or behind or (words[end] == "+" and tokens.starts[end] == tokens.ends[end - 1])
    number.slash = slash
    if about:
        number.exact = False


def _take_bound(
    number: Number, bounds: list[tuple[tuple[str, ...], bool | None]], words: list[str], floor: int
) -> bool:
    """Take in the one of `bounds` that ends right before the number, if any does."""
    for phrase, above in bounds:
        first = number.first - len(phrase)
        if first >= floor and tuple(words[first : number.first]) == phrase:
            number.first, number.exact = first, False
            if above is not None and above:
                number.high = math.inf
            elif above is not None:
                number.low = -math.inf
            return True
    return False


def _is_behind_tilde(start: int, text: str) -> bool:
    """``~60``, ``~ 60``."""
    if not start:
        return False
    return text[start - 1] == "~" or (start > 1 and text[start - 2] == "~" and text[start - 1].isspace())


def _is_to_the_cent(number: Number, words: list[str]) -> bool:
    """Tell whether it is an amount that nobody rounds to: ``a dispute over $177.99``."""
    written = words[number.first : number.end]
    odd = round(number.low * 100) % 50 != 0 and any(
        len(word.rpartition(".")[2]) == 2 and "." in word for word in written
    )
    return odd and not _MONEY.isdisjoint(written)


def places_between(places: list[int], first: int, end: int) -> list[int]:
    """Give those of the sorted `places` in [first, end)."""
    at = bisect_left(places, first)
    if at == len(places) or places[at] >= end:
        return []  # as for most sentences
    return places[at : bisect_left(places, end, at)]
