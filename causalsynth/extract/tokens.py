"""Cut a text into tokens: words, whole numbers, single signs; hyphens inside words are passed over."""

import re
from dataclasses import dataclass

from causalsynth.extract.corrections import corrections_in, drop_corrected
from causalsynth.extract.normalise import normalise
from causalsynth.extract.number_words import NUMBER_WORDS, composes, merge_number_words

__all__ = ["NUMBER_WORDS", "Tokens", "cut", "is_in_digits", "is_number", "tokenise"]


def _token(word: str, letter: str, digit: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """Compile the pattern of a token. Each alternative begins with a character that tells it from the others.

    The engine passes over an alternative at once that begins with one character, not with a repetition, and takes an
    empty alternative sooner than it leaves out an optional group.
    """
    return re.compile(
        r"("
        rf"(?:{word})(?:'t(?!{letter})|)"  # a word, with its n't
        r"|[^\w\s\"*#~^.'-]"  # one sign; quotes and signs of Markdown are passed over like spaces
        rf"|{digit}{digit}*(?:[.,]{digit}+)*"  # a whole number
        r"|'(?:[a-z]+|)"  # 's, 've
        r"|-(?:(?<!\w-)|(?!\w))"  # a dash, but no hyphen inside a word
        rf"|\.(?:(?<![\w.]\.){digit}+|(?!(?<=[a-z]\.)[\w.]{{1,40}}[=:]))"  # .5; no dot inside a key: card.country=US
        r")",
        flags,
    )


_TOKEN = _token(r"[a-z][a-z]*[^\W\d_]*|[^\W\d_]+", r"[^\W\d_]", r"\d", re.NOFLAG)
_ASCII_TOKEN = _token("[a-z][a-z]*", "[a-z]", "[0-9]", re.ASCII)
"""The same for text that is all ASCII, as most is: twice as fast."""
_LONGEST = 40
"""What stands between two spaces is kept up to this length, with its tokens: texts share most of it."""
_REMEMBERED = 16384


class _Chunk:
    """What stands between two spaces, cut into tokens.

    Attributes
    ----------
    composes
        Whether one of its words may be part of a number of several.
    corrections
        Those of its tokens that may begin a correction.
    """

    __slots__ = ("composes", "corrections", "tokens")

    def __init__(self, tokens: list[tuple[str, int, int]]) -> None:
        words = [word for word, _, _ in tokens]
        self.tokens = tokens
        self.composes = composes(words)
        self.corrections = corrections_in(words)


_words: dict[str, str] = {}
"""Chunks that are one word and nothing else, as most are."""
_chunks: dict[str, _Chunk] = {}
"""The others."""


@dataclass(frozen=True, slots=True)
class Tokens:
    r"""The tokens of one text; the lists run in parallel.

    Attributes
    ----------
    words
        Normalised; a line break is ``"\n"``, or ``"\n\n"`` with an empty line; a number of several words is one
        token in digits: ``seventy-one`` is ``"71"``.
    starts, ends
        Half-open character offsets into the raw text.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.words)


def tokenise(text: str) -> Tokens:
    """Cut `text` into tokens. Any text will do; time is linear in its length."""
    return cut(normalise(text))


def cut(folded: str) -> Tokens:
    """Cut what `normalise` gave into tokens."""
    cutting = _Cutting()
    at, run = 0, -1  # `run`: where the line ends begin that no token stands for yet
    for n, line in enumerate(folded.split("\n")):
        kept = line
        if n:
            run = at if run < 0 else run
            kept = line.lstrip(" ") if line.startswith(" ") else line
            at += 1 + len(line) - len(kept)
            if not kept:
                continue
            cutting.add_line_end(folded[run:at], run)
            run = -1
        cutting.add_line(kept, at)
        at += len(kept)
    if run >= 0:
        cutting.add_line_end(folded[run:at], run)
    return cutting.finish()


class _Cutting:
    """The tokens of one text so far."""

    __slots__ = ("_composes", "_corrections", "_tokens")

    def __init__(self) -> None:
        self._tokens = Tokens([], [], [])
        self._composes = False
        self._corrections: list[int] = []

    def add_line_end(self, run: str, at: int) -> None:
        """Add the token of a run of line ends and spaces."""
        self._tokens.words.append("\n\n" if run.count("\n") > 1 else "\n")
        self._tokens.starts.append(at)
        self._tokens.ends.append(at + len(run))

    def add_line(self, line: str, at: int) -> None:
        """Add the tokens of what stands between two line ends."""
        words, starts, ends = self._tokens.words, self._tokens.starts, self._tokens.ends
        single, several = _words, _chunks
        for chunk in line.split(" "):
            word = single.get(chunk)
            if word is not None:
                words.append(word)
                starts.append(at)
                at += len(chunk)
                ends.append(at)
            else:
                known = several.get(chunk)
                if known is None:
                    known = _learnt(chunk)
                self._composes = self._composes or known.composes
                for k in known.corrections:
                    self._corrections.append(len(words) + k)
                for word, start, end in known.tokens:
                    words.append(word)
                    starts.append(at + start)
                    ends.append(at + end)
                at += len(chunk)
            at += 1

    def finish(self) -> Tokens:
        """Put numbers of several words together and leave out those that are taken back."""
        tokens = self._tokens
        if self._composes:
            merge_number_words(tokens.words, tokens.starts, tokens.ends)
            self._corrections = corrections_in(tokens.words)
        if self._corrections:
            drop_corrected(tokens.words, tokens.starts, tokens.ends, self._corrections)
        return tokens


def _learnt(text: str) -> _Chunk:
    """Cut what stands between two spaces, which nothing around it has a say in; keep its tokens if it is short."""
    pattern = _ASCII_TOKEN if text.isascii() else _TOKEN
    chunk = _Chunk([(match[0], match.start(), match.end()) for match in pattern.finditer(text)])
    if len(text) <= _LONGEST:
        if len(_words) + len(_chunks) >= _REMEMBERED:
            _words.clear()
            _chunks.clear()
        if chunk.tokens == [(text, 0, len(text))] and not chunk.composes and not chunk.corrections:
            _words[text] = text
        else:
            _chunks[text] = chunk
    return chunk


def is_number(word: str) -> bool:
    """Say whether a token is a number, in digits or as a word from two to ninety."""
    return word in NUMBER_WORDS or is_in_digits(word)


def is_in_digits(word: str) -> bool:
    """Say whether a token is a number in digits; `isdigit`, which takes in a little more, compiles to a plain call."""
    return word[0].isdigit() and word[0].isdecimal()
