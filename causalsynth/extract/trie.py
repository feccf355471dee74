"""Find the longest phrase that starts at a token."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from causalsynth.extract.patterns import ANY_NUMBER
from causalsynth.extract.tokens import is_number

__all__ = ["Trie"]

Value = TypeVar("Value")


class _Node(Generic[Value]):
    """All phrases that begin with the same words."""

    __slots__ = ("below", "value")

    def __init__(self) -> None:
        self.below: dict[str, _Node[Value]] = {}
        self.value: Value | None = None


class Trie(Generic[Value]):
    """A trie of a few plain phrases, spelled out; those of a lexicon are in `causalsynth.extract.phrase_trie`."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root: _Node[Value] = _Node()

    def add(self, phrase: Sequence[str], value: Value) -> None:
        """Put `value` at `phrase`, in place of what was there."""
        node = self._root
        for word in phrase:
            below = node.below.get(word)
            if below is None:
                below = node.below[word] = _Node()
            node = below
        node.value = value

    def find_all(self, words: list[str]) -> list[tuple[int, int, Value]]:
        """Give (first, end, value) of the leftmost-longest phrases in `words`, disjoint, in order."""
        found: list[tuple[int, int, Value]] = []
        first, edge = self._root.below, 0
        for at, word in enumerate(words):
            if at < edge or word not in first:
                continue
            end, value = self.find_at(words, at)
            if value is not None:
                found.append((at, end, value))
                edge = end
        return found

    def find_at(self, words: list[str], at: int) -> tuple[int, Value | None]:
        """Give the end and value of the longest phrase that starts at token `at`; (`at`, None) if none does."""
        node = self._root.below.get(words[at])
        end, value = at, None
        last = len(words)
        while node is not None:
            at += 1
            if node.value is not None:
                end, value = at, node.value
            if at >= last or not node.below:
                break
            word = words[at]
            below = node.below.get(word)
            if below is None and ANY_NUMBER in node.below and is_number(word):
                below = node.below[ANY_NUMBER]
            node = below
        return end, value
