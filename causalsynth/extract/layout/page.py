"""The lines of one text, and what the vocabulary knows of a part of one."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from causalsynth.extract.layout.pieces import Cell, Piece, inserted
from causalsynth.extract.tokens import cut
from causalsynth.extract.vocabulary import Entry, Vocabulary

__all__ = ["Page", "remember"]

_T = TypeVar("_T")
_SUMS_UP = re.compile(r"\. (?:all|every|each|both)")
_FILLERS = frozenset(
    {"the", "a", "an", "any", "recent", "current", "known", "(", ")", "?", "-", "/", "or", "and", ",", "&"}
)
_GO_ON = frozenset({"at", "on", "in", "throughout", "by", "each", "every", "both", "all", "so", "to", "x"})
"""Words that may follow an answer: ``negative on both days``."""
_HUMP = re.compile(r"(?<=[a-z0-9][a-z0-9])[A-Z](?=[a-z0-9])")
_LONGEST = 400
"""Longer cells are prose: only so many characters of one are looked at."""
_SHORT = 80
"""What is known of texts up to this length is kept for other texts: they share their labels."""
_REMEMBERED = 4096
_ANSWERS = frozenset({"answer_no", "answer_yes"})
_UNCHECKED = re.compile(
    r"\b(?:un(?:checked|ticked|marked)|blank|empty|not (?:checked|ticked))[^\n.;]{0,30}?"
    r"\b(?:absent|denied|no|none|negative|not present)\b"
)


class Page:
    """A normalised text.

    Attributes
    ----------
    text
        What `causalsynth.extract.normalise.normalise` gave.
    lines
        Each line without its end.
    name_lengths
        How many characters of a label are its name, of labels seen before.
    plain_lines
        Lines seen before that nothing is said in place of, whatever stands around them.
    speakers
        Who speaks in lines seen before, and where the words begin.
    has_letters, sums_up
        Whether any line may have a letter for an answer, ``fraud N``, or a sum of the names before, ``. All normal``.
    """

    def __init__(self, text: str, vocabulary: Vocabulary, written: str = "") -> None:
        self.text = text
        self._written = written or text
        self._vocabulary = vocabulary
        self._known: dict[str, tuple[list[str], list[tuple[int, int, Entry]]]] = {}
        self.lines = _lines(text)
        self.has_letters = _has_letter(text, " n") or _has_letter(text, " y")
        self.name_lengths = vocabulary.name_lengths
        self.plain_lines = vocabulary.plain_lines
        self.speakers = vocabulary.speakers
        self.sums_up = _SUMS_UP.search(text) is not None
        self._unchecked: list[Cell] | None = None

    @property
    def unchecked_is_no(self) -> Cell | None:
        """Where the text says so of its boxes: ``(unchecked = denied)``."""
        if self._unchecked is None:
            cell = self._unchecked_cell()
            self._unchecked = [] if cell is None else [cell]
        return self._unchecked[0] if self._unchecked else None

    def _unchecked_cell(self) -> Cell | None:
        match = _UNCHECKED.search(self.text)
        if match is None:
            return None
        bracket = match.start() - 1 if match.start() and self.text[match.start() - 1] in "([" else match.start()
        return bracket, match.end()

    def humps(self, start: int, end: int) -> list[int]:
        """Give where new words begin in a key such as ``riskScore``, which the normalised text doesn't show."""
        return [match.start() for match in _HUMP.finditer(self._written, start, end)]

    def of(self, cell: Cell) -> str:
        """Give the text of a cell."""
        return self.text[cell[0] : cell[1]]

    def trim(self, start: int, end: int, extra: str = "") -> Cell:
        """Take spaces, and the characters `extra`, off both ends of a range."""
        off = " \n" + extra
        while start < end and self.text[start] in off:
            start += 1
        while end > start and self.text[end - 1] in off:
            end -= 1
        return start, end

    def lines_with(self, signs: str) -> list[int]:
        """Give the lines that hold any of these characters, in order."""
        found: set[int] = set()
        for sign in signs:
            at, k = self.text.find(sign), 0
            while at >= 0:
                while self.lines[k][1] < at:
                    k += 1
                found.add(k)
                at = self.text.find(sign, self.lines[k][1])
        return sorted(found)

    def raw(self, start: int, end: int) -> Piece:
        """Give a range as it is."""
        return Piece(self.text[start:end], start, end)

    def line(self, k: int) -> Iterator[Piece]:
        """Give line `k` as it is, with its end."""
        start, end = self.lines[k]
        yield self.raw(start, end)
        yield self.end_of(k)

    def end_of(self, k: int) -> Piece:
        """Give the end of line `k`."""
        end = self.lines[k][1]
        return self.raw(end, end + 1) if end < len(self.text) else inserted("", end)

    # What the vocabulary knows.

    def known(self, text: str) -> tuple[list[str], list[tuple[int, int, Entry]]]:
        """Give the words of a text and the phrases in them."""
        seen = self._vocabulary.known if len(text) <= _SHORT else self._known
        known = seen.get(text)
        if known is None:
            words = cut(text[: 2 * _LONGEST]).words
            known = words, self._vocabulary.trie.find_all(words)
            if len(text) <= _SHORT:
                remember(seen, text, known)
            else:
                seen[text] = known
        return known

    def names(self, text: str) -> bool:
        """Tell whether a text names a variable."""
        return any(entry.named or entry.numbers for _, _, entry in self.known(text)[1]) or self.labels(text)

    def labels(self, text: str) -> bool:
        """Tell whether a text is what the lexicon calls a variable."""
        words = cut(text[:_LONGEST].strip(" ?:")).words
        return bool(words) and self._vocabulary.labels.find_at(words, 0)[0] == len(words)

    def asserts(self, text: str) -> bool:
        """Tell whether a text names what can be said to be so or not."""
        return any(entry.asserts for _, _, entry in self.known(text)[1])

    def is_name(self, text: str) -> bool:
        """Tell whether a text is the name of a variable and nothing else."""
        words, found = self.known(text)
        named = [item for item in found if item[2].named]
        if not named or len(words) > 10:
            return self.labels(text)
        inside = {at for first, end, _ in named for at in range(first, end)}
        return all(at in inside or word in _FILLERS for at, word in enumerate(words))

    def is_phrase(self, words: list[str]) -> bool:
        """Tell whether words are one phrase of the vocabulary."""
        found = self.known(" ".join(words))[1]
        return len(found) == 1 and found[0][2].means and found[0][1] - found[0][0] >= len(words)

    def is_answer(self, text: str) -> bool:
        """Tell whether a text is an answer such as ``no`` and nothing else."""
        words, found = self.known(text.strip(" .,;!"))
        return len(found) == 1 and found[0][1] - found[0][0] == len(words) and bool(found[0][2].cues & _ANSWERS)

    def answers_at_once(self, text: str) -> bool:
        """Tell whether a text begins with an answer that a mark, or its end, follows."""
        words, found = self.known(text)
        if not found or found[0][0] != 0 or not found[0][2].cues & _ANSWERS:
            return False
        following = words[found[0][1]] if found[0][1] < len(words) else "."
        return not following[0].isalnum() or following in _GO_ON

    def states_at_once(self, text: str) -> bool:
        """Tell whether a text begins with what is said of a name: ``known``, ``normal, both sides``."""
        _, found = self.known(text)
        return bool(found) and found[0][0] == 0 and bool(found[0][2].words)

    @staticmethod
    def end_of_token(text: str, n: int) -> int:
        """Give the offset behind the first `n` tokens of a text."""
        return cut(text).ends[n - 1]

    def cues(self, text: str) -> frozenset[str]:
        """Give the kinds of all cues in a text."""
        return frozenset(kind for _, _, entry in self.known(text)[1] for kind in entry.cues)

    def crosses(self, before: str, behind: str) -> bool:
        """Tell whether one phrase runs on from one text into the next: ``on book`` and ``173 days``."""
        edge = len(cut(before[-_LONGEST:]).words)
        found = self.known(f"{before[-_LONGEST:]} {behind[:_LONGEST]}")[1]
        return any(first < edge < end and (entry.means or entry.cues) for first, end, entry in found)

    def any_names(self, texts: Iterable[str]) -> int:
        """Count the texts that name something."""
        return sum(self.names(text) for text in texts)


def _has_letter(text: str, letter: str) -> bool:
    """Tell whether `letter`, with a space before it, is a word by itself anywhere."""
    at = text.find(letter)
    while at >= 0:
        behind = text[at + 2 : at + 3]
        if not (behind.isalnum() or behind == "_"):
            return True
        at = text.find(letter, at + 2)
    return False


def remember(seen: dict[str, _T], text: str, known: _T) -> None:
    """Keep what is known of a short text for other texts."""
    if len(text) <= _SHORT:
        if len(seen) >= _REMEMBERED:
            seen.clear()
        seen[text] = known


def _lines(text: str) -> list[Cell]:
    lines: list[Cell] = []
    start = 0
    while True:
        end = text.find("\n", start)
        if end < 0:
            lines.append((start, len(text)))
            return lines
        lines.append((start, end))
        start = end + 1
