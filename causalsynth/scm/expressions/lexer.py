"""From the text of an expression to its tokens."""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from causalsynth.errors import GraphError
from causalsynth.scm.expressions.limits import refuse_long
from causalsynth.scm.expressions.source import Source

__all__ = ["KEYWORDS", "Kind", "Token", "tokenize"]

KEYWORDS = frozenset({"and", "or", "not", "in", "if"})

Kind: TypeAlias = Literal["number", "word", "name", "quoted name", "string", "unit", "keyword", "operator", "end"]
"""A word is letters, digits and ``_`` that begin with a digit but are no number: only a state can be written so."""

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_OPERATOR = re.compile(r"!=|<=|>=|[-+*/^()\[\],=<>]")
_QUOTED = re.compile(r"\"(?:[^\"\n]|\"\")*\"|'(?:[^'\n]|'')*'|`(?:[^`\n]|``)*`|\{[^{}\n]*\}")

# What people write in other languages, and on paper.
_FOREIGN = {
    "**": "^", "==": "=", "<>": "!=", "=<": "<=", "=>": ">=", "&&": "and", "&": "and", "||": "or", "|": "or",
    "!": "not", "×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=", "≠": "!=",
    "²": "^ 2", "³": "^ 3", "∧": "and", "∨": "or", "¬": "not", "∈": "in",
}  # fmt: skip
_FOREIGN_MARK = re.compile("|".join(re.escape(mark) for mark in sorted(_FOREIGN, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text; quotes and braces taken off in `text`."""

    kind: Kind
    text: str
    start: int
    stop: int

    def is_operator(self, *texts: str) -> bool:
        """Tell whether this is one of some operators or keywords."""
        return self.kind in ("operator", "keyword") and self.text in texts


def tokenize(source: Source) -> list[Token]:
    """Cut a text into tokens; the last has the kind ``end``.

    Raises
    ------
    GraphError
        Too long, a quote that doesn't end, or a character that has no meaning.
    """
    refuse_long(source)
    tokens, position = [], 0
    end = len(source.text.rstrip())
    while position < end:
        if space := _SPACE.match(source.text, position):
            position = space.end()
            continue
        token = _token(source, position)
        tokens.append(token)
        position = token.stop
    return [*tokens, Token("end", "", end, end)]


def _token(source: Source, start: int) -> Token:
    text = source.text
    if match := _NUMBER.match(text, start):
        return _number_or_word(source, start, match.end())
    if (stop := _word_end(text, start)) > start:
        word = text[start:stop]
        return Token("keyword" if word in KEYWORDS else "name", word, start, stop)
    if match := _QUOTED.match(text, start):
        return _quoted(source, start, match.end())
    foreign = _FOREIGN_MARK.match(text, start)
    match = _OPERATOR.match(text, start)
    if match and (foreign is None or foreign.end() <= match.end()):
        return Token("operator", match.group(), start, match.end())
    if foreign:
        mark = foreign.group()
        raise source.error(start, f"{mark!r} has no meaning here", f"write {_FOREIGN[mark]}")
    raise _unreadable(source, start)


def _word_end(text: str, position: int) -> int:
    """Find the end of a run of letters, digits and ``_``; equal to `position` if a name can't begin there."""
    first = position
    while position < len(text) and ("a" + text[position] if position > first else text[position]).isidentifier():
        position += 1
    return position


def _number_or_word(source: Source, start: int, stop: int) -> Token:
    end = stop
    while end < len(source.text) and ("a" + source.text[end]).isidentifier():
        end += 1
    word = source.text[start:end]
    if end == stop:
        return Token("number", word, start, stop)
    if not ("a" + word).isidentifier():
        raise not_a_number(source, start, end)
    return Token("word", word, start, end)


def not_a_number(source: Source, start: int, stop: int) -> GraphError:
    """Make the error for something like ``2x`` or ``1_000``."""
    text = source.text[start:stop]
    digits = _NUMBER.match(text)
    factor, name = (digits.group(), text[digits.end() :]) if digits else (text, "")
    hint = f"a product needs *: {factor} * {name}" if name[:1].isalpha() else "write digits without _ between them"
    return source.error(start, f"{source.snippet(start, stop)!r} is no number", hint)


def _quoted(source: Source, start: int, stop: int) -> Token:
    mark, inner = source.text[start], source.text[start + 1 : stop - 1]
    if mark == "{":
        if not (unit := inner.strip()):
            raise source.error(start, "the unit is empty", "write one, such as 65{mmHg}, or leave the braces out")
        return Token("unit", unit, start, stop)
    if mark == "`" and not inner:
        raise source.error(start, "the name is empty", "a variable's name stands between the backticks")
    return Token("quoted name" if mark == "`" else "string", inner.replace(mark * 2, mark), start, stop)


def _unreadable(source: Source, start: int) -> GraphError:
    char = source.text[start]
    if char in "\"'`{":
        kind = {"`": "name", "{": "unit"}.get(char, "state")
        return source.error(
            start, f"the {kind} that begins here doesn't end", f"close it by {'}' if char == '{' else char}"
        )
    hint = "write a variable's name that has other characters than letters, digits and _ in backticks: `a-b`"
    if char == "#":
        hint = "comments can't stand inside an expression"
    if char in "}\\;" or not char.isprintable():
        hint = ""
    return source.error(start, f"unexpected character {char!r}", hint)
