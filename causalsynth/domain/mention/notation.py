"""The short form of a mention plan: ``xray: .3; tub|tub: yes=.5, no=.05``. Text in, text out."""

import re
from collections.abc import Collection

__all__ = ["is_rules", "quoted", "read_key", "read_states", "split", "write_key", "write_states", "written_formula"]

_QUOTED = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\{[^{}]*\}")
"""As in formulas: states, names and units, in which no mark separates anything."""

_BARE = re.compile(r"[^\W\d]\w*")


def is_rules(text: str) -> bool:
    """Tell rules (``xray: .3``) from ``all`` and lists of variables."""
    return len(split(text, ":")) > 1


def split(text: str, mark: str, most: int = -1) -> list[str]:
    """Cut `text` at a mark that stands in no quotes, backticks or braces, at most `most` times from the left."""
    parts: list[str] = []
    start = position = 0
    while position < len(text) and most != len(parts):
        if quoted := _QUOTED.match(text, position):
            position = quoted.end()
        elif text[position] == mark:
            parts.append(text[start:position])
            start = position = position + 1
        else:
            position += 1
    return [*parts, text[start:]]


def read_key(key: str, variables: Collection[str]) -> tuple[str, str | None]:
    """Read ``xray``, or ``xray|smoke``: the variable, and the one on whose state its silence depends."""
    if key in variables:
        return key, None
    variable, *given = (_unquoted(part) for part in split(key, "|", 1))
    return variable, given[0] if given else None


def read_states(text: str) -> list[tuple[str, str]]:
    """Read ``yes=.1, no=.6``: each state, and its probability as written.

    Raises
    ------
    ValueError
        A part has no ``=``.
    """
    pairs = []
    for part in split(text, ","):
        *state, number = split(part, "=")
        if not state:
            raise ValueError(part.strip())
        pairs.append((_unquoted("=".join(state)), number.strip()))
    return pairs


def write_key(variable: str, given: str | None = None) -> str:
    """Write what `read_key` reads."""
    return "|".join(_quoted(name, "`") for name in (variable, given) if name is not None)


def write_states(pairs: Collection[tuple[str, float]]) -> str:
    """Write what `read_states` reads."""
    return ", ".join(_quoted(state, '"') + f"={number!r}" for state, number in pairs)


def written_formula(text: str) -> str:
    """Write a formula on one line, with single spaces where it quotes nothing."""
    return " ".join(text.split()) if not _QUOTED.search(text) else " ".join(text.splitlines()).strip()


def quoted(name: str, mark: str) -> str:
    """Put a name or state between marks; a mark inside is doubled."""
    return mark + name.replace(mark, 2 * mark) + mark


def _quoted(name: str, mark: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name, mark)


def _unquoted(text: str) -> str:
    text = text.strip()
    mark = text[:1]
    if mark in ("'", '"', "`") and len(text) > 1 and _QUOTED.fullmatch(text):
        return text[1:-1].replace(2 * mark, mark)
    return text
