"""Fold a text to lower-case ASCII-like characters without moving any: offset i stays offset i."""

import re
import unicodedata

__all__ = ["normalise"]

_PUNCTUATION = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\uff07\u02bc",
    '"': "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad",
    " ": "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t",
    "\n": "\r\u0085\u2028\u2029\x0b\x0c",
    ">": "\u2192\u21d2\u27a1\u21e8\u2794",
    "*": "\u2022\u25aa\u25cf\u25e6\u2023\u00b7\u2219",
    "\u00f8": "\u00d8\u2205\u2300\u0278",
}


def _fold_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in (*range(0xC0, 0x250), *range(0xFF01, 0xFF5F)):
        decomposed = unicodedata.normalize("NFKD", chr(code))
        if len(decomposed) > 0 and decomposed[0].isascii() and all(map(unicodedata.combining, decomposed[1:])):
            table[code] = decomposed[0]
    for target, sources in _PUNCTUATION.items():
        table.update(dict.fromkeys(map(ord, sources), target))
    return table


_FOLD = {chr(code): target for code, target in _fold_table().items()}
_FOLDED = re.compile(f"[{re.escape(''.join(_FOLD))}]")
_FOLDED_ASCII = "".join(sign for sign in _FOLD if sign.isascii())
_lower = str.lower
"""Called as it is: mypyc has a way of its own for ``text.lower()``, three times as slow."""


def _fold(match: re.Match[str]) -> str:
    return _FOLD[match[0]]


def normalise(text: str) -> str:
    """Fold case, accents, quotes, dashes, arrows, bullets and spaces; the result has the length of `text`."""
    if "\r" in text:
        text = text.replace("\r\n", " \n")  # one line end, not two
    folds = any(sign in text for sign in _FOLDED_ASCII)
    if text.isascii() and not folds:
        return _lower(text)
    return "\n".join([_folded(line) if folds or not line.isascii() else _lower(line) for line in text.split("\n")])


def _folded(line: str) -> str:
    line = _FOLDED.sub(_fold, line)
    lower = _lower(line)
    if len(lower) == len(line):
        return lower
    # A few letters (such as capital I with a dot) grow when lower-cased; they stay as they are.
    return "".join(low if len(low := character.lower()) == 1 else character for character in line)
