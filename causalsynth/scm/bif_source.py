"""The text of a BIF file: from bytes to statements that know their line, without comments and quotes."""

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from causalsynth.errors import GraphError

__all__ = ["Block", "Source", "Statement", "decode", "is_hidden", "reveal"]

MAX_BYTES = 256 * 2**20
"""Larger files are refused, as is a small compressed one that unpacks to more."""

# Inside quotes, characters that carry structure are moved to a far corner of the private-use area until names are
# taken out. White space is whatever str.split() takes for it.
_STRUCTURE = "{}();,|[]\t \x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_FIRST_HIDDEN = 0x10FF00
_HIDE = str.maketrans({char: chr(_FIRST_HIDDEN + i) for i, char in enumerate(_STRUCTURE)})
_SHOW = str.maketrans({chr(_FIRST_HIDDEN + i): char for i, char in enumerate(_STRUCTURE)})
_HIDDEN = re.compile(f"[{chr(_FIRST_HIDDEN)}-{chr(_FIRST_HIDDEN + len(_STRUCTURE) - 1)}]")

# `//` begins a comment only where a word could begin, so that a state may contain it. What begins and doesn't end
# is matched too: a search for the end from each of many beginnings would take quadratic time.
_QUOTE_OR_COMMENT = re.compile(r'"[^"\n]*"?|/\*.*?(?:\*/|\Z)|(?:(?<=[\s;{}(),"])|\A)//[^\n]*', re.DOTALL)
_BLOCK = re.compile(r"\s*([^\s{};()]*)")


def decode(path: Path) -> str:
    """Read a file, unpack it if its name ends in ``.gz``, decode UTF-8, and make all line ends LF.

    Raises
    ------
    GraphError
        It can't be read, is too large, not gzip, or not text.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise GraphError(f"{path}: it isn't a whole gzip file", hint="unpack it, or copy it again") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise GraphError(f"{path}: can't be read: {reason}", hint="check the path") from None
    if len(data) > MAX_BYTES:
        raise GraphError(f"{path}: larger than {MAX_BYTES // 2**20} MB", hint="is it a BIF file?")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise GraphError(f"{path}:{line}: not UTF-8 text", hint="is it a BIF file? save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def reveal(text: str) -> str:
    """Give a name as it was written, quotes taken off."""
    return text if text.isascii() else text.translate(_SHOW)


def is_hidden(text: str) -> bool:
    """Say whether a text holds characters that stand for others here, so that it can't be a name."""
    return not text.isascii() and _HIDDEN.search(text) is not None


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of the text that knows its line."""

    source: "Source"
    offset: int
    text: str

    def error(self, message: str, hint: str = "") -> GraphError:
        """Make an error that begins with ``file:line:``."""
        return self.source.error(self.offset, message, hint)


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block: ``keyword header { … }``."""

    keyword: str
    header: Statement
    start: int
    stop: int

    @property
    def text(self) -> str:
        """What stands between the braces: statements, each with its ``;``, and white space after the last."""
        return self.header.source.text[self.start : self.stop]

    def statements(self) -> list[Statement]:
        """Cut it at its semicolons; empty statements are left out."""
        found, offset = [], self.start
        for piece in self.text.split(";"):
            if text := piece.strip():
                found.append(Statement(self.header.source, offset + len(piece) - len(piece.lstrip()), text))
            offset += len(piece) + 1
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Text without comments, quoted structure hidden; every character on its original line."""

    place: str
    text: str

    @classmethod
    def of(cls, text: str, place: str) -> "Source":
        """Prepare raw text.

        Raises
        ------
        GraphError
            Empty, binary, or a quote or comment that doesn't end.
        """
        raw = cls(place, text)
        if not text or text.isspace():
            raise GraphError(f"{place}:1: the file is empty", hint="is it a BIF file?")
        if (at := text.find("\0")) >= 0:
            raise raw.error(at, "not text (a NUL byte)", "is it a BIF file?")
        if not text.isascii() and (found := _HIDDEN.search(text)) is not None:
            raise raw.error(found.start(), f"{found.group()!a} is a character for private use", "take it out")
        if '"' not in text and "/*" not in text and "//" not in text:
            return raw
        return cls(place, _QUOTE_OR_COMMENT.sub(raw._shield, text))

    def line(self, offset: int) -> int:
        """Find the line number of a character, from 1."""
        return self.text.count("\n", 0, offset) + 1

    def error(self, offset: int, message: str, hint: str = "") -> GraphError:
        """Make an error that begins with ``file:line:``."""
        one_line = " ".join(message.split())
        shown = one_line if len(one_line) <= 300 else one_line[:299] + "…"
        return GraphError(
            f"{self.place}:{self.line(offset)}: {shown}", hint=" ".join(hint.split())[:300] or "put this line right"
        )

    def blocks(self) -> Iterator[Block]:
        """Yield the top-level blocks."""
        position, end = 0, len(self.text.rstrip())
        while position < end:
            match = _BLOCK.match(self.text, position)
            keyword = match.group(1) if match else ""
            start = match.start(1) if match else position
            if keyword not in ("network", "variable", "probability"):
                raise self.error(
                    start,
                    f"{reveal(self.text[start : start + 40].split(chr(10))[0])!r} where a block should begin",
                    "blocks begin with 'network', 'variable' or 'probability'",
                )
            opening = self.text.find("{", start)
            if opening < 0 or ";" in self.text[start:opening] or "}" in self.text[start:opening]:
                raise self.error(start, f"'{keyword}' has no block in braces", "is a '{' missing?")
            closing = self._closing(opening, keyword)
            self._check_end(opening + 1, closing)
            header = Statement(self, start, self.text[start + len(keyword) : opening].strip())
            yield Block(keyword, header, opening + 1, closing)
            position = closing + 1

    def _closing(self, opening: int, keyword: str) -> int:
        depth, seen, closing = 0, opening, opening
        while (closing := self.text.find("}", closing + 1)) >= 0:
            depth += self.text.count("{", seen, closing) - 1
            if depth == 0:
                return closing
            seen = closing
        raise self.error(opening, f"the block '{keyword}' is not closed", "is a '}' missing?")

    def _check_end(self, start: int, stop: int) -> None:
        piece = self.text[max(start, self.text.rfind(";", start, stop) + 1) : stop]
        if text := piece.strip():
            offset = stop - len(piece.lstrip())
            raise self.error(offset, f"{reveal(text[:40])!r} doesn't end in ';'", "add the ';'")

    def _shield(self, match: "re.Match[str]") -> str:
        found = match.group()
        if found.startswith('"'):
            if len(found) == 1 or not found.endswith('"'):
                raise self.error(match.start(), "a quote begins here and doesn't end", "close the quote")
            return found[1:-1].translate(_HIDE)
        if found.startswith("/*") and (len(found) < 4 or not found.endswith("*/")):
            raise self.error(match.start(), "a comment begins here and doesn't end", "close the comment")
        return " " + "\n" * found.count("\n")
