"""The text of a BIF file: from bytes to statements that know their line, without comments and quotes."""

import gzip
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from causalsynth.errors import GraphError

__all__ = ["Source", "Statement", "decode", "reveal"]

MAX_BYTES = 256 * 2**20
"""Larger files are refused, as is a small compressed one that unpacks to more."""

# Inside quotes, characters that carry structure are moved here (a private-use area) until names are taken
# out.
_STRUCTURE = "{}();,|[]\t "
_HIDE = str.maketrans({char: chr(0xE000 + i) for i, char in enumerate(_STRUCTURE)})
_SHOW = str.maketrans({chr(0xE000 + i): char for i, char in enumerate(_STRUCTURE)})

# `//` begins a comment only where a word could begin, so that a state may contain it.
_QUOTE_OR_COMMENT = re.compile(r'"[^"\n]*"|/\*.*?\*/|(?:(?<=[\s;{}(),"])|\A)//[^\n]*', re.DOTALL)
_BLOCK = re.compile(r"\s*([^\s{};()]*)")
_BRACE = re.compile(r"[{}]")


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
    return text.translate(_SHOW)


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of the text that knows its line."""

    source: "Source"
    offset: int
    text: str

    def error(self, message: str, hint: str = "") -> GraphError:
        """Make an error that begins with ``file:line:``."""
        return self.source.error(self.offset, message, hint)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Text without comments, quoted structure hidden; every character on its original line."""

    place: str
    text: str
    newlines: Sequence[int]

    @classmethod
    def of(cls, text: str, place: str) -> "Source":
        """Prepare raw text.

        Raises
        ------
        GraphError
            Empty, binary, or a quote or comment that doesn't end.
        """
        if not text.strip():
            raise GraphError(f"{place}:1: the file is empty", hint="is it a BIF file?")
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise GraphError(f"{place}:{line}: not text (a NUL byte)", hint="is it a BIF file?")
        clean = _QUOTE_OR_COMMENT.sub(_shield, text)
        newlines = [match.start() for match in re.finditer("\n", clean)]
        source = cls(place, clean, newlines)
        for mark, what in (('"', "quote"), ("/*", "comment")):
            if (at := clean.find(mark)) >= 0:
                raise source.error(at, f"a {what} begins here and doesn't end", f"close the {what}")
        return source

    def line(self, offset: int) -> int:
        """Find the line number of a character, from 1."""
        return bisect_right(self.newlines, offset - 1) + 1

    def error(self, offset: int, message: str, hint: str = "") -> GraphError:
        """Make an error that begins with ``file:line:``."""
        one_line = " ".join(message.split())
        shown = one_line if len(one_line) <= 300 else one_line[:299] + "…"
        return GraphError(f"{self.place}:{self.line(offset)}: {shown}", hint=" ".join(hint.split())[:300])

    def blocks(self) -> Iterator[tuple[str, Statement, list[Statement]]]:
        """Yield (keyword, what stands before the brace, statements in it) for each top-level block."""
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
            header = Statement(self, start, self.text[start + len(keyword) : opening].strip())
            yield keyword, header, list(self._statements(opening + 1, closing))
            position = closing + 1

    def _closing(self, opening: int, keyword: str) -> int:
        depth = 0
        for match in _BRACE.finditer(self.text, opening):
            depth += 1 if match.group() == "{" else -1
            if depth == 0:
                return match.start()
        raise self.error(opening, f"the block '{keyword}' is not closed", "is a '}' missing?")

    def _statements(self, start: int, stop: int) -> Iterator[Statement]:
        while start < stop:
            end = self.text.find(";", start, stop)
            piece = self.text[start : end if end >= 0 else stop]
            text = piece.strip()
            offset = start + len(piece) - len(piece.lstrip())
            if end < 0:
                if text:
                    raise self.error(offset, f"{reveal(text[:40])!r} doesn't end in ';'", "add the ';'")
                return
            if text:
                yield Statement(self, offset, text)
            start = end + 1


def _shield(match: "re.Match[str]") -> str:
    found = match.group()
    if found.startswith('"'):
        return found[1:-1].translate(_HIDE)
    return " " + "\n" * found.count("\n")
