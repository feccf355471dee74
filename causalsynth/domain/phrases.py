"""Spell out the phrases of a lexicon: ``(no|nil) <symptom>`` → every plain phrase that it stands for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

__all__ = ["MOST_FORMS", "NUMBER", "expand"]

NUMBER = "<number>"
"""Left as it is by `expand`; matches any number in digits or words."""

MOST_FORMS = 20_000
"""A phrase that stands for more plain ones than this is taken for a mistake."""

_PART = re.compile(r"\\[()|<>]|[()|]|<[\w ]+>|[^()|<>\\]+|[<>\\]")


def expand(phrase: str, words: Mapping[str, Sequence[str]]) -> list[str]:
    r"""Give the plain phrases that `phrase` stands for, in a fixed order, without repetition.

    A backslash takes a sign of the syntax as it is: ``ca \(lung\)``.

    Raises
    ------
    ValueError
        Brackets don't pair, a word group is unknown or calls itself, or there are more than `MOST_FORMS` forms.
    """
    return list(dict.fromkeys(" ".join(form.split()) for form in _forms(phrase, words, ())))


def _forms(phrase: str, words: Mapping[str, Sequence[str]], inside: tuple[str, ...]) -> list[str]:
    parts: Iterator[str] = iter(_PART.findall(phrase))
    forms, closed = _alternatives(parts, words, inside)
    if closed:
        raise ValueError(f"'{phrase}': a ')' without its '('")
    return forms


def _alternatives(
    parts: Iterator[str], words: Mapping[str, Sequence[str]], inside: tuple[str, ...]
) -> tuple[list[str], bool]:
    done: list[str] = []
    current = [""]
    for part in parts:
        if part == ")":
            return done + current, True
        if part == "|":
            done, current = done + current, [""]
            continue
        if part == "(":
            options, closed = _alternatives(parts, words, inside)
            if not closed:
                raise ValueError("a '(' without its ')'")
        else:
            options = _group(part, words, inside)
        if len(current) * len(options) > MOST_FORMS:
            raise ValueError(f"stands for more than {MOST_FORMS} forms")
        current = [left + right for left, right in product(current, options)]
    return done + current, False


def _group(part: str, words: Mapping[str, Sequence[str]], inside: tuple[str, ...]) -> list[str]:
    if part.startswith("\\"):
        return [part[1:]]
    if not part.startswith("<") or part == NUMBER:
        return [part]
    name = part[1:-1]
    if name not in words:
        raise ValueError(f"unknown word group {part}")
    if name in inside:
        raise ValueError(f"word group {part} calls itself")
    return [form for phrase in words[name] for form in _forms(phrase, words, (*inside, name))]
