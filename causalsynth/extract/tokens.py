"""Cut a text into tokens: words, whole numbers, single signs; hyphens inside words are passed over."""

import re
from dataclasses import dataclass

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
        r"|'(?:[a-z]+|)"  # 's, 've
        r"|-(?:(?<!\w-)|(?!\w))"  # a dash, but no hyphen inside a word
        rf"|\.(?:(?<![\w.]\.){digit}+|(?!(?<=[a-z]\.)[\w.]{{1,40}}[=:]))"  # .5; no dot inside a key: card.country=US
        r")",
        flags,
    )


_TOKEN = _token(r"[a-z][a-z]*[^\W\d_]*|[^\W\d_]+", r"[^\W\d_]", r"\d", re.NOFLAG)
_ASCII_TOKEN = _token("[a-z][a-z]*", "[a-z]", "[0-9]", re.ASCII)
"""The same for text that is all ASCII, as most is: twice as fast."""
_LINE_ENDS = re.compile(r"(\n[\n ]*)")
_LONGEST = 40
"""What stands between two spaces is kept up to this length, with its tokens: texts share most of it."""
_REMEMBERED = 16384
_known: dict[str, list[tuple[str, int, int]]] = {}


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
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    known = _known
    for n, part in enumerate(_LINE_ENDS.split(folded) if "\n" in folded else (folded,)):
        if n % 2:  # a run of line ends
            words.append("\n\n" if part.count("\n") > 1 else "\n")
            starts.append(at)
            at += len(part)
            ends.append(at)
            continue
        for chunk in part.split(" "):
            tokens = known.get(chunk)
            if tokens is None:
                tokens = _learnt(chunk)
            for word, start, end in tokens:
                words.append(word)
                starts.append(at + start)
                ends.append(at + end)
            at += len(chunk) + 1
        at -= 1
    merge_number_words(words, starts, ends)
    drop_corrected(words, starts, ends)
    return Tokens(words, starts, ends)


def _learnt(chunk: str) -> list[tuple[str, int, int]]:
    """Give the tokens of what stands between two spaces, which no other text has a say in; keep them if short."""
    pattern = _ASCII_TOKEN if chunk.isascii() else _TOKEN
    tokens = [(match[0], match.start(), match.end()) for match in pattern.finditer(chunk)]
    if len(chunk) <= _LONGEST:
        if len(_known) >= _REMEMBERED:
            _known.clear()
        _known[chunk] = tokens
    return tokens


def is_number(word: str) -> bool:
    """Say whether a token is a number, in digits or as a word from two to ninety."""
    return word[0].isdecimal() or word in NUMBER_WORDS
