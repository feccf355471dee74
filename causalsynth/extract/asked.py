"""What a text says was asked is a question: ``Asked about Asia: hasn't gone.``, ``Asked re TB. None.``."""

from collections.abc import Iterable, Iterator

from causalsynth.extract.answers import reply_to
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Item, Trait

__all__ = ["asked_apart"]

_ASKS = int(Trait.ASKS)
_MARKS = frozenset({":", "-", ",", ">", "("})
_FIRM = frozenset({":", "-", ">"})
"""Those behind which anything is the answer."""
_JOINS = (("and",), ("but",))
_LEAD = 6
"""How many tokens may stand before the word that asks: ``14:05 Dr Rowe asked about …``."""
_LONGEST = 16
"""How many tokens may lie between that word and the mark before the answer."""


def asked_apart(sentences: Iterable[Sentence], words: list[str]) -> Iterator[Sentence]:
    """Give the sentences with each such question as one of its own, its answer as the next.

    Where nothing answers, the sentence stays as it is: what is only asked about is not said.
    """
    waiting: Sentence | None = None
    for sentence in sentences:
        if waiting is not None:
            answered = bool(reply_to(sentence, words)) or _states(waiting, sentence)
            yield _as_question(waiting, waiting.end) if answered else waiting
            waiting = None
        at = _asking(sentence)
        if at is None:
            yield sentence
            continue
        mark = _mark(sentence, at, words)
        if mark is None and any(":" in entry.phrase and entry.named for _, _, entry in sentence.items[at:]):
            yield Sentence(sentence.items[at + 1 :], sentence.items[at][1], sentence.end, False)
            continue
        if mark is None:
            waiting = sentence
            continue
        first = sentence.items[mark][1]
        answer = Sentence(sentence.items[mark + 1 :], first, sentence.end, sentence.question)
        yield _as_question(sentence, sentence.items[mark][0])
        yield answer
    if waiting is not None:
        yield waiting


def _asking(sentence: Sentence) -> int | None:
    """Give the item that asks, where it does so at the start of a sentence."""
    for k, (first, _, entry) in enumerate(sentence.items):
        if first - sentence.first > _LEAD:
            return None
        if entry.traits & _ASKS:
            return k
        if entry.named and "self" not in entry.cues:
            return None
    return None


def _mark(sentence: Sentence, at: int, words: list[str]) -> int | None:
    """Give the mark between what is asked for and its answer."""
    named = False
    for k in range(at + 1, len(sentence.items)):
        first, end, entry = sentence.items[k]
        if first - sentence.items[at][1] > _LONGEST:
            return None
        if named and (entry.sign in _MARKS or entry.phrase in _JOINS):
            firm = entry.sign in _FIRM and end < sentence.end
            if firm or reply_to(Sentence(sentence.items[k + 1 :], end, sentence.end, False), words):
                return k
            if entry.sign:
                return None
        if ":" in entry.phrase and entry.named:
            return None  # "asked re cigs: yes" is one phrase that answers itself
        named = named or (entry.named and "self" not in entry.cues)
    return None


def _as_question(sentence: Sentence, end: int) -> Sentence:
    at = _asking(sentence) or 0
    kept: list[Item] = [item for item in sentence.items[at + 1 :] if item[1] <= end]
    return Sentence(kept, sentence.items[at][1], end, True)


def _states(asked: Sentence, following: Sentence) -> bool:
    """``Asks re X-ray. Told normal.``: the next sentence begins with a state of what is asked for."""
    names = {name for _, _, entry in asked.items for name in entry.anchors}
    first = next((item for item in following.items if item[2].means), None)
    if first is None or first[2].named or first[0] - following.first > 1:
        return False
    return any(name in names for name, _ in first[2].words)
