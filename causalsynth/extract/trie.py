"""Find the longest phrase that starts at a token."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from causalsynth.extract.patterns import ANY_NUMBER
from causalsynth.extract.tokens import NUMBER_WORDS, is_number

__all__ = ["ANY_NUMBER", "Trie"]

Value = TypeVar("Value")

_END = ""
_Node = dict[str, object]


class Trie(Generic[Value]):
    """A token trie; ``<number>`` in a phrase matches any number.

    Parameters
    ----------
    cedes
        Says of a phrase that holds a number, and of one that this number begins and that ends later, whether the second
        is to be found: ``58 year old`` in ``came in 58 year old``.
    """

    __slots__ = ("_cedes", "_root")

    def __init__(self, cedes: Callable[[Value, Value], bool] | None = None) -> None:
        self._root: _Node = {}
        self._cedes = cedes

    def add(self, phrase: Sequence[str], value: Value) -> None:
        """Put `value` at `phrase`, in place of what was there."""
        node = self._root
        for word in phrase:
            node = node.setdefault(word, {})  # type: ignore[assignment]
        node[_END] = value

    def find_all(self, words: Sequence[str]) -> list[tuple[int, int, Value]]:
        """Give (first, end, value) of the leftmost-longest phrases in `words`, disjoint, in order."""
        root = self._root
        number = root.get(ANY_NUMBER)
        longest = self._longest
        found: list[tuple[int, int, Value]] = []
        at, last = 0, len(words)
        while at < last:
            word = words[at]
            node = root.get(word)
            if node is None:
                end, value = at, None
            elif len(node) == 1 and _END in node:  # type: ignore[arg-type, operator]
                end, value = at + 1, node[_END]  # type: ignore[index]
            else:
                end, value = longest(node, words, at)
            if number is not None and (word in NUMBER_WORDS or word[0].isdecimal()):
                numeric_end, numeric_value = longest(number, words, at)
                if numeric_end > end:
                    end, value = numeric_end, numeric_value
            if value is None or (
                self._cedes is not None and end - at > 1 and self._is_ceded(value, number, words, at, end)
            ):
                at += 1
                continue
            found.append((at, end, value))
            at = end
        return found

    def _is_ceded(self, value: Value, number: object, words: Sequence[str], at: int, end: int) -> bool:
        if self._cedes is None or number is None:
            return False
        for first in range(at + 1, end):
            if is_number(words[first]):
                longer, other = self._longest(number, words, first)
                if other is not None and longer > end and self._cedes(value, other):
                    return True
        return False

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
