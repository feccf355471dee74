"""Find the longest phrase that starts at a token."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from causalsynth.extract.patterns import ANY_NUMBER
from causalsynth.extract.tokens import is_number

__all__ = ["Trie"]

Value = TypeVar("Value")

_END = ""
_Node = dict[str, object]


class Trie(Generic[Value]):
    """A trie of a few plain phrases, spelled out; those of a lexicon are in `causalsynth.extract.phrase_trie`."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root: _Node = {}

    def add(self, phrase: Sequence[str], value: Value) -> None:
        """Put `value` at `phrase`, in place of what was there."""
        node = self._root
        for word in phrase:
            node = node.setdefault(word, {})  # type: ignore[assignment]
        node[_END] = value

    def find_all(self, words: Sequence[str]) -> list[tuple[int, int, Value]]:
        """Give (first, end, value) of the leftmost-longest phrases in `words`, disjoint, in order."""
        found: list[tuple[int, int, Value]] = []
        at = 0
        while at < len(words):
            end, value = self.find_at(words, at)
            if value is None:
                at += 1
                continue
            found.append((at, end, value))
            at = end
        return found

    def find_at(self, words: Sequence[str], at: int) -> tuple[int, Value | None]:
        """Give the end and value of the longest phrase that starts at token `at`; (`at`, None) if none does."""
        node = self._root.get(words[at])
        return self._longest(node, words, at) if node is not None else (at, None)

    @staticmethod
    def _longest(node: object, words: Sequence[str], at: int) -> tuple[int, Value | None]:
        end, value = at, None
        last = len(words)
        while node is not None:
            at += 1
            if _END in node:  # type: ignore[operator]
                end, value = at, node[_END]  # type: ignore[index]
            if at >= last:
                break
            word = words[at]
            below = node.get(word)  # type: ignore[attr-defined]
            if below is None and ANY_NUMBER in node and is_number(word):  # type: ignore[operator]
                below = node[ANY_NUMBER]  # type: ignore[index]
            node = below
        return end, value
