"""A trie of all plain phrases that patterns stand for, of which only what texts have asked for is ever built."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from causalsynth.extract.patterns import ANY_NUMBER, Run, first_of, is_nullable, steps_of
from causalsynth.extract.tokens import NUMBER_WORDS, is_in_digits, is_number

__all__ = ["PhraseTrie"]

Value = TypeVar("Value")
Effect = TypeVar("Effect", bound=Hashable)


class _Node(Generic[Value, Effect]):
    """All phrases that begin with the same words."""

    __slots__ = ("below", "is_leaf", "is_number", "left", "numeric", "phrase", "value", "words")

    def __init__(self, phrase: tuple[str, ...], left: tuple[tuple[Run, Effect], ...]) -> None:
        self.phrase = phrase
        self.left = left
        self.below: dict[str, _Node[Value, Effect]] = {}
        self.words: frozenset[str] = frozenset().union(*(first_of(run) for run, _ in left))
        self.is_leaf = not self.words
        self.numeric = ANY_NUMBER in self.words
        self.is_number = len(phrase) == 1 and is_number(phrase[0])
        self.value: Value | None = None


class PhraseTrie(Generic[Value, Effect]):
    """Finds the longest phrase that starts at a token; ``<number>`` in a phrase matches any number.

    Nodes are made when a text first comes by, at most one a prefix of a phrase, so memory is bounded by the lexicon.

    Parameters
    ----------
    patterns
        Runs, each with what it says of the phrases that it stands for.
    make
        Gives the value of a phrase from all that its patterns say, in the order of `patterns`; None: it has none.
    cedes
        Says of a phrase that holds a number, and of one that this number begins and that ends later, whether the second
        is to be found: ``58 year old`` in ``came in 58 year old``.
    """

    __slots__ = ("_cedes", "_first", "_make", "_root")

    def __init__(
        self,
        patterns: Iterable[tuple[Run, Effect]],
        make: Callable[[tuple[str, ...], tuple[Effect, ...]], Value | None],
        cedes: Callable[[Value, Value], bool] | None = None,
    ) -> None:
        self._make = make
        self._cedes = cedes
        self._root: _Node[Value, Effect] = _Node((), ())
        self._first: dict[str, list[tuple[Run, Effect]]] = {}
        for run, effect in patterns:
            for word in first_of(run):
                self._first.setdefault(word, []).append((run, effect))
        if ANY_NUMBER in self._first:
            for word in NUMBER_WORDS:  # so that of words without a node only those in digits are numbers
                self._first.setdefault(word, [])
        self._root.words = frozenset(self._first)

    def effects_at(self, phrase: Sequence[str]) -> tuple[Effect, ...]:
        """Give all that is said of exactly this phrase."""
        node: _Node[Value, Effect] | None = self._root
        for word in phrase:
            node = self._below(node, word) if node is not None else None
        return () if node is None else _effects(node)

    def find_all(self, words: list[str]) -> list[tuple[int, int, Value]]:
        """Give (first, end, value) of the leftmost-longest phrases in `words`, disjoint, in order."""
        found: list[tuple[int, int, Value]] = []
        root, below = self._root, self._root.below
        number = self._below(root, ANY_NUMBER)
        if number is None and root.words.isdisjoint(words):
            return found
        edge, last = 0, len(words) - 1
        for at, word in enumerate(words):
            if at < edge:
                continue
            node = below.get(word)
            if node is None and word in root.words:
                node = self._below(root, word)
            if node is None:
                end, value = at, None
            elif not node.is_leaf and at < last and (node.numeric or words[at + 1] in node.words):
                end, value = self._longest(node, words, at)
            else:
                end, value = at + 1, node.value
            if number is not None and (is_in_digits(word) if node is None else node.is_number):
                numeric_end, numeric_value = self._longest(number, words, at)
                if numeric_end > end:
                    end, value = numeric_end, numeric_value
            if value is None or (end - at > 1 and self._is_ceded(value, number, words, at, end)):
                continue
            found.append((at, end, value))
            edge = end
        return found

    def _is_ceded(self, value: Value, number: _Node[Value, Effect] | None, words: list[str], at: int, end: int) -> bool:
        if self._cedes is None or number is None:
            return False
        for first in range(at + 1, end):
            if is_number(words[first]):
                longer, other = self._longest(number, words, first)
                if other is not None and longer > end and self._cedes(value, other):
                    return True
        return False

    def _longest(self, node: _Node[Value, Effect], words: list[str], at: int) -> tuple[int, Value | None]:
        """Give the end and value of the longest phrase that goes on from `node`, the one of token `at`."""
        end, value = at, None
        last = len(words)
        while True:
            at += 1
            here = node.value
            if here is not None:
                end, value = at, here
            if at >= last:
                return end, value
            word = words[at]
            below = node.below.get(word)
            if below is None:
                if word in node.words:
                    below = self._below(node, word)
                elif node.numeric and is_number(word):
                    below = self._below(node, ANY_NUMBER)
                if below is None:
                    return end, value
            if below.is_leaf:
                return (at + 1, below.value) if below.value is not None else (end, value)
            node = below

    def _below(self, node: _Node[Value, Effect], word: str) -> _Node[Value, Effect] | None:
        below = node.below.get(word)
        if below is None and word in node.words:
            left = self._first[word] if node is self._root else node.left
            rests = ((rest, effect) for run, effect in left for rest in steps_of(run, word))
            below = _Node((*node.phrase, word), tuple(dict.fromkeys(rests)))
            effects = _effects(below)
            if effects:
                below.value = self._make(below.phrase, effects)
            node.below[word] = below
        return below


def _effects(node: _Node[Value, Effect]) -> tuple[Effect, ...]:
    return tuple(dict.fromkeys(effect for run, effect in node.left if is_nullable(run)))
