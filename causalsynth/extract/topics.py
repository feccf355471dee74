"""A state on its own is said of what was named last: ``We X-rayed her on Monday. Normal.``."""

from causalsynth.extract.kinds import kind_bits
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Entry, Trait, Vocabulary
from causalsynth.extract.word_sets import word_set

__all__ = ["Topic"]

_TELLS = int(Trait.TELLS)
_LEAD = word_set("""
    told said result results report reported reports as read reads it all is was both times perfectly entirely
    completely totally quite to be conclusion impression opinion verdict finding findings overall yes yep yeah ok and
    so thankfully happily came back out again looked looks which an a the of both twice : - , = ; \u2192 > .
""")
"""Words and marks that may stand before a state that is a sentence of its own."""
_TAIL = word_set("study film films report result appearances throughout again then really too examination today ! ) .")
_MOST_LEAD, _MOST_TAIL = 6, 2
_OLDEST = 2
"""How many sentences that name nothing may lie between."""
_ELSEWHERE = kind_bits("person", "past")
_OPEN = kind_bits("suppose", "suppose_after", "hedge", "hedge_after", "negate", "negate_after", "negate_either")
"""Cues after which a name has no state yet: ``CXR pending``."""


class Topic:
    """Follows the sentences of one text."""

    __slots__ = ("_age", "_last", "_vocabulary", "_words")

    def __init__(self, words: list[str], vocabulary: Vocabulary) -> None:
        self._words = words
        self._vocabulary = vocabulary
        self._last: Entry | None = None
        self._age = 0

    def read(self, sentence: Sentence) -> Sentence:
        """Give `sentence`, with the name put in that its state is said of."""
        if self._last is not None and self._is_bare(sentence, self._last):
            return sentence.with_items([(sentence.first, sentence.first, self._last), *sentence.items])
        self._follow(sentence)
        return sentence

    def _is_bare(self, sentence: Sentence, topic: Entry) -> bool:
        said = [item for item in sentence.items if item[2].means or item[2].other]
        if len(said) != 1 or sentence.question:
            return False
        first, end, entry = said[0]
        if entry.named or entry.cues or entry.shared or not any(name in topic.anchors for name, _ in entry.words):
            return False
        words = self._words
        start = sentence.first
        while start < first and words[start][0] == "\n":
            start += 1
        lead, tail = words[start:first], words[end : sentence.end]
        return len(lead) <= _MOST_LEAD and _LEAD.issuperset(lead) and len(tail) <= _MOST_TAIL and _TAIL.issuperset(tail)

    def _follow(self, sentence: Sentence) -> None:
        if sentence.traits & _TELLS:
            for k in range(len(sentence.items) - 1, -1, -1):
                if sentence.items[k][2].traits & _TELLS:
                    self._last, self._age = self._topic(sentence, k), 0
                    return
        self._age += 1
        if self._age > _OLDEST:
            self._last = None

    def _topic(self, sentence: Sentence, k: int) -> Entry | None:
        """Give what a sentence whose last name is item `k` may be answered on; nothing where its state is told."""
        items = sentence.items
        entry = items[k][2]
        if len(entry.anchors) != 1 or entry.asserts or self._vocabulary.bind[entry.anchors[0]] != "both":
            return None
        if any(item[2].words and not item[2].named for item in items[: k + 1]):
            return None
        if any(item[2].kinds & _ELSEWHERE for item in items[:k]) or any(item[2].kinds & _OPEN for item in items):
            return None
        return entry
