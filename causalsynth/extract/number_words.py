"""Number words: ``seventy-one``, ``six point seven``, ``one thousand two hundred`` become one token in digits."""

import re

__all__ = [
    "NUMBERS_IN_LETTERS",
    "NUMBER_WORDS",
    "STARTS_OF_NUMBERS",
    "composes",
    "has_number",
    "merge_number_words",
    "number_value",
]

_ONES = dict(zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], range(1, 10), strict=True))
_TEENS = dict(
    zip(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
        range(10, 20),
        strict=True,
    )
)
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_ZERO = frozenset({"zero", "nought", "naught", "oh", "o"})
_SCALES = frozenset({"hundred", "thousand"})
_VALUES: dict[str, float] = {**_ONES, **_TEENS, **_TENS, "zero": 0, "nought": 0, "fourty": 40}
NUMBERS_IN_LETTERS = frozenset(_VALUES)
"""Single words that may be a number."""
NUMBER_WORDS = NUMBERS_IN_LETTERS - {"one", "zero", "nought"}
"""Those that are one wherever they stand; ``one`` is often none."""
STARTS_OF_NUMBERS = _SCALES | {"point"} | (frozenset(_TENS) - {"fourty"})
"""No number of several words is without one of these."""

_LONGEST_WHOLE = 12
_PLAIN = re.compile(r"\d{1,12}(?:\.\d{1,9})?|\.\d{1,9}|\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,9})?").fullmatch
_DECIMAL_COMMA = re.compile(r"(\d{1,3}),(\d{1,2})").fullmatch

_NO_HUNDRED_TEXT = (
    "at by since until till from around about before after the this that other another which each every any first last "
    "second previous next no only just some to past half hundred thousand point number day day's stage grade"
)
_NO_HUNDRED = frozenset(_NO_HUNDRED_TEXT.split())
"""Words behind which ``one thirty`` is a clock time or ``one`` a pronoun."""
_COUNTED_TEXT = (
    "day days minute minutes min mins hour hours week weeks month months year years old dollar dollars pound pounds "
    "percent per mg ml mcg milligram milligrams am pm o'clock hrs h second seconds unit units"
)
_COUNTED = frozenset(_COUNTED_TEXT.split())
"""Words before which it is one thing of so many: ``one ten-day course``."""


def number_value(word: str) -> float | None:
    """Give the value of a token, None if it is no number; ``1.2.3`` and ``10.0.0.1`` are none."""
    known = _VALUES.get(word)
    if known is not None:
        return known
    if len(word) <= _LONGEST_WHOLE and word.isdigit() and word.isascii():
        return float(word)  # as most are
    if not (word[0].isdecimal() or (word[0] == "." and len(word) > 1)) or not word.isascii():
        return None
    if _PLAIN(word):
        return float(word.replace(",", ""))
    comma = _DECIMAL_COMMA(word)
    return float(f"{comma[1]}.{comma[2]}") if comma else None


def composes(words: list[str]) -> bool:
    """Tell whether any of these words may be one of a number of several, see `merge_number_words`."""
    return "half" in words or not STARTS_OF_NUMBERS.isdisjoint(words)


def has_number(words: list[str]) -> bool:
    """Tell whether any token has a value, see `number_value`."""
    return not NUMBERS_IN_LETTERS.isdisjoint(words) or bool(
        [word for word in words if word[-1].isdecimal() and number_value(word) is not None]
    )


def merge_number_words(words: list[str], starts: list[int], ends: list[int]) -> None:
    """Put one token of digits in place of each run of words that is one number, in place; the rest stays."""
    halves = "half" in words
    at, kept = 0, 0
    while at < len(words):
        end, written = at + 1, words[at]
        if written in _VALUES or written in _ZERO or written == "a":
            end, written = _longest(words, starts, ends, at)
        if halves and words[end : end + 3] == ["and", "a", "half"]:
            end, written = _with_half(end, written)
        words[kept], starts[kept], ends[kept] = written, starts[at], ends[end - 1]
        at, kept = end, kept + 1
    del words[kept:], starts[kept:], ends[kept:]


def _with_half(end: int, written: str) -> tuple[int, str]:
    """``seven and a half`` is 7.5."""
    value = number_value(written)
    return (end, written) if value is None or not float(value).is_integer() else (end + 3, f"{value:.0f}.5")


def _longest(words: list[str], starts: list[int], ends: list[int], at: int) -> tuple[int, str]:
    """Give the end and the digits of the number that starts at word `at`, or that word alone."""
    last = at + 1
    while last < len(words) and last < at + 12 and starts[last] - ends[last - 1] <= 1:
        last += 1
    run = words[at:last]
    length, value = _spoken_hundred(words, at, last) or _whole(run)
    if run[0] in _ZERO:
        length, value = 1, 0
    if not length:
        return at + 1, words[at]
    decimals = ""
    if run[length : length + 1] == ["point"]:
        for word in run[length + 1 :]:
            if word not in _ONES and word not in _ZERO:
                break
            decimals += str(_ONES.get(word, 0))
    if decimals:
        return at + length + 1 + len(decimals), f"{value}.{decimals}"
    return (at + length, str(value)) if length > 1 else (at + 1, words[at])


def _spoken_hundred(words: list[str], at: int, last: int) -> tuple[int, int] | None:
    """``one forty``, ``one twenty-eight`` is 140, 128; but ``at one thirty``, ``the other one ten days later``."""
    tens = words[at + 1] if at + 1 < last else ""
    value = _TENS.get(tens) or _TEENS.get(tens)
    if words[at] != "one" or value is None or (at and words[at - 1] in _NO_HUNDRED):
        return None
    length = 2
    if tens in _TENS and at + 2 < last and words[at + 2] in _ONES:
        value, length = value + _ONES[words[at + 2]], 3
    following = words[at + length] if at + length < len(words) else ""
    if following in _COUNTED or following in _SCALES or following in ("point", "one", "and"):
        return None
    return length, 100 + value


def _whole(run: list[str]) -> tuple[int, int]:
    """Give how many words of `run` make a whole number, and that number."""
    total = current = length = 0
    at = 0
    if run[0] == "a":
        if len(run) < 2 or run[1] not in _SCALES:
            return 0, 0
        current, at = 1, 1
    while at < len(run):
        word = run[at]
        if word in _ONES and current % 10 == 0 and (current % 100 == 0 or current % 100 >= 20):
            current += _ONES[word]
        elif (word in _TEENS or word in _TENS) and current % 100 == 0:
            current += _TEENS.get(word) or _TENS[word]
        elif word == "hundred" and 0 < current < 100:
            current *= 100
        elif word == "thousand" and 0 < current < 1000 and not total:
            total, current = current * 1000, 0
        elif word == "and" and at and run[at - 1] in _SCALES:
            at += 1
            continue
        else:
            break
        at += 1
        length = at
    return length, total + current
