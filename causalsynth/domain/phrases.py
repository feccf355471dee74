"""The syntax of a lexicon's phrases: ``(no|nil) <symptom>`` stands for several plain ones.

`parse` gives what a phrase is made of, `expand` every plain phrase that it stands for.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

__all__ = [
    "MOST_FORMS",
    "NUMBER",
    "Choice",
    "Group",
    "Part",
    "Text",
    "count_forms",
    "expand",
    "forms_of",
    "parse",
    "sample_forms",
]

NUMBER = "<number>"
"""Left as it is by `expand`; matches any number in digits or words."""

MOST_FORMS = 20_000
"""A phrase that stands for more plain ones than this can't be spelled out."""

_DEEPEST = 30
_COUNTLESS = 10**15
"""More forms than this are counted as so many."""
_LONGEST = 100
"""How many words a plain phrase may have where it is counted, sampled or spelled out for checks."""

_PART = re.compile(r"\\[()|<>]|[()|]|<[\w ]+>|[^()|<>\\]+|[<>\\]")


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text, spaces and ``<number>`` included."""

    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """A word group: any of the phrases under its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, each a run of parts; an empty one makes the rest optional."""

    options: tuple[tuple["Part", ...], ...]


Part = Text | Group | Choice


@lru_cache(maxsize=4096)  # a word group's phrases come again in each that holds it, and in each sample
def parse(phrase: str) -> tuple[tuple[Part, ...], ...]:
    r"""Give the alternatives of `phrase`, each a run of parts.

    A backslash takes a sign of the syntax as it is, ``ca \(lung\)``, and is passed over elsewhere.

    Raises
    ------
    ValueError
        Brackets don't pair, or stand too deep in each other.
    """
    options, closed = _options(iter(_PART.findall(phrase)), 0)
    if closed:
        raise ValueError(f"'{phrase}': a ')' without its '('")
    return options


def _options(parts: Iterator[str], depth: int) -> tuple[tuple[tuple[Part, ...], ...], bool]:
    """Read up to the closing bracket or the end; tell which it was."""
    if depth > _DEEPEST:
        raise ValueError(f"brackets stand more than {_DEEPEST} deep in each other")
    done: list[tuple[Part, ...]] = []
    current: list[Part] = []
    for part in parts:
        if part == ")":
            return (*done, tuple(current)), True
        if part == "|":
            done.append(tuple(current))
            current = []
        elif part == "(":
            options, closed = _options(parts, depth + 1)
            if not closed:
                raise ValueError("a '(' without its ')'")
            current.append(Choice(options))
        elif len(part) > 1 and part[0] == "<" and part != NUMBER:
            current.append(Group(part[1:-1]))
        else:
            text = part.removeprefix("\\")
            if current and isinstance(current[-1], Text):
                current[-1] = Text(current[-1].text + text)
            else:
                current.append(Text(text))
    return (*done, tuple(current)), False


def expand(phrase: str, words: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the plain phrases that `phrase` stands for, in a fixed order, without repetition.

    Raises
    ------
    ValueError
        Brackets don't pair, a word group is unknown or calls itself, or there are more than `MOST_FORMS` forms.
    """
    return list(dict.fromkeys(" ".join(form.split()) for form in _forms(parse(phrase), words, ())))


def forms_of(parts: Sequence[Part], words: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the plain texts that a run of parts stands for, spaces as they are.

    Raises
    ------
    ValueError
        As of `expand`.
    """
    return _forms((tuple(parts),), words, ())


def count_forms(phrase: str, words: Mapping[str, Sequence[str]]) -> int:
    """Give how many plain phrases `phrase` stands for, repetitions counted, without spelling them out.

    Raises
    ------
    ValueError
        Brackets don't pair, a word group is unknown or calls itself, or a plain phrase has more than 100 words.
    """
    forms, longest = _measure(parse(phrase), words, (), {})
    if longest > _LONGEST:
        raise ValueError(f"stands for phrases of {longest} words, more than {_LONGEST}")
    return forms


def _measure(
    options: Sequence[Sequence[Part]],
    words: Mapping[str, Sequence[str]],
    inside: tuple[str, ...],
    known: dict[str, tuple[int, int]],
) -> tuple[int, int]:
    """Give the number of forms, and of words of the longest; `known` are those of word groups."""
    total = longest = 0
    for run in options:
        forms, length = 1, 0
        for part in run:
            if isinstance(part, Text):
                length += len(part.text.split())
                continue
            if isinstance(part, Choice):
                inner = _measure(part.options, words, inside, known)
            else:
                inner = _measure_group(part.name, words, inside, known)
            forms, length = min(forms * inner[0], _COUNTLESS), length + inner[1]
        total, longest = total + forms, max(longest, length)
    return total, longest


def _measure_group(
    name: str, words: Mapping[str, Sequence[str]], inside: tuple[str, ...], known: dict[str, tuple[int, int]]
) -> tuple[int, int]:
    if name not in known:
        each = [_measure(parse(member), words, (*inside, name), known) for member in _members(name, words, inside)]
        known[name] = sum(forms for forms, _ in each), max((length for _, length in each), default=0)
    return known[name]


def sample_forms(phrase: str, words: Mapping[str, Sequence[str]], most: int) -> list[str]:
    """Give about `most` of the plain phrases that `phrase` stands for, the same ones each time, without repetition.

    Raises
    ------
    ValueError
        Brackets don't pair, or a word group is unknown or calls itself.
    """
    draw = random.Random(phrase)
    return list(dict.fromkeys(" ".join(_drawn(parse(phrase), words, (), draw).split()) for _ in range(most)))


def _drawn(
    options: Sequence[Sequence[Part]],
    words: Mapping[str, Sequence[str]],
    inside: tuple[str, ...],
    draw: random.Random,
) -> str:
    texts = []
    for part in draw.choice(options):
        if isinstance(part, Text):
            texts.append(part.text)
        elif isinstance(part, Choice):
            texts.append(_drawn(part.options, words, inside, draw))
        else:
            member = draw.choice(_members(part.name, words, inside))
            texts.append(_drawn(parse(member), words, (*inside, part.name), draw))
    return "".join(texts)


def _members(name: str, words: Mapping[str, Sequence[str]], inside: tuple[str, ...]) -> Sequence[str]:
    if name not in words:
        raise ValueError(f"unknown word group <{name}>")
    if name in inside:
        raise ValueError(f"word group <{name}> calls itself")
    return words[name]


def _forms(options: Sequence[Sequence[Part]], words: Mapping[str, Sequence[str]], inside: tuple[str, ...]) -> list[str]:
    return [form for option in options for form in _of_run(option, words, inside)]


def _of_run(run: Sequence[Part], words: Mapping[str, Sequence[str]], inside: tuple[str, ...]) -> list[str]:
    current = [""]
    for part in run:
        if isinstance(part, Text):
            choices = [part.text]
        elif isinstance(part, Choice):
            choices = _forms(part.options, words, inside)
        else:
            choices = _of_group(part.name, words, inside)
        if len(current) * len(choices) > MOST_FORMS:
            raise ValueError(f"stands for more than {MOST_FORMS} forms")
        current = [left + right for left, right in product(current, choices)]
    return current


def _of_group(name: str, words: Mapping[str, Sequence[str]], inside: tuple[str, ...]) -> list[str]:
    members = _members(name, words, inside)
    return [form for phrase in members for form in _forms(parse(phrase), words, (*inside, name))]
