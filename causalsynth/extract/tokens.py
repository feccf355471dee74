"""Cut a text into tokens: words, whole numbers, single signs; hyphens inside words are passed over."""

import re
from dataclasses import dataclass
from itertools import accumulate

from causalsynth.extract.corrections import drop_corrected
from causalsynth.extract.normalise import normalise
from causalsynth.extract.number_words import NUMBER_WORDS, merge_number_words

__all__ = ["NUMBER_WORDS", "Tokens", "cut", "is_number", "tokenise"]


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
        r"|\n[\n ]*"  # a run of line ends
        r"|'(?:[a-z]+|)"  # 's, 've
        r"|-(?:(?<!\w-)|(?!\w))"  # a dash, but no hyphen inside a word
        rf"|\.(?:(?<![\w.]\.){digit}+|(?!(?<=[a-z]\.)[\w.]{{1,40}}[=:]))"  # .5; no dot inside a key: card.country=US
        r")",
        flags,
    )


_TOKEN = _token(r"[a-z][a-z]*[^\W\d_]*|[^\W\d_]+", r"[^\W\d_]", r"\d", re.NOFLAG)
_ASCII_TOKEN = _token("[a-z][a-z]*", "[a-z]", "[0-9]", re.ASCII)
"""The same for text that is all ASCII, as most is: twice as fast."""


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
    pattern = _ASCII_TOKEN if folded.isascii() else _TOKEN
    parts = pattern.split(folded)  # what lies between the tokens, and the tokens, in turn
    edges = list(accumulate(map(len, parts)))
    words, starts, ends = parts[1::2], edges[0:-1:2], edges[1::2]
    if "\n\n" in folded or "\n " in folded:
        words = [word if word > " " else _line_end(word) for word in words]
    merge_number_words(words, starts, ends)
    drop_corrected(words, starts, ends)
    return Tokens(words, starts, ends)


def _line_end(word: str) -> str:
    """Give the token of a run of line ends and spaces; other signs below the space are tokens of their own."""
    return word if word[0] != "\n" else "\n\n" if word.count("\n") > 1 else "\n"


def is_number(word: str) -> bool:
    """Say whether a token is a number, in digits or as a word from two to ninety."""
    return word[0].isdecimal() or word in NUMBER_WORDS
