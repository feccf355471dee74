"""Headings: a variable's label at the start of a line, before a colon, names it and says nothing by itself."""

from functools import lru_cache

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Vocabulary

__all__ = ["mark_heading"]

_BULLETS = frozenset({"-", "*", ".", ")", "(", "+", ">"})


def mark_heading(sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary) -> Sentence:
    """Put one item in place of all those inside a heading, and read a state's own name behind it.

    A label is whatever the lexicon calls the variable: ``Recent travel to Asia: back from India``,
    ``Batch: burnt``.
    """
    words = tokens.words
    first = _after_bullet(words, sentence)
    if first >= sentence.end:
        return sentence
    end, variable = vocabulary.labels.find_at(words, first)
    if variable is None or end >= sentence.end or words[end] != ":":
        return sentence
    items = sentence.items
    inside = [item for item in items if first <= item[0] < end]
    if any(item[1] > end for item in inside):
        return sentence  # a longer phrase of the lexicon: "tobacco: ex"
    said = tuple(dict.fromkeys(word for item in inside for word in item[2].words if word[0] == variable))
    marked: list[Item] = [item for item in items if item[0] < first]
    marked.append((first, end, _heading(tuple(words[first:end]), variable, said)))
    marked += _with_state([item for item in items if item[0] >= end], end + 1, variable, sentence, tokens, vocabulary)
    return sentence.with_items(marked)


@lru_cache(maxsize=1024)
def _heading(phrase: tuple[str, ...], variable: str, said: tuple[tuple[str, str], ...]) -> Entry:
    return Entry(phrase, words=said, anchors=(variable,), denied=(variable,), heading=True)


@lru_cache(maxsize=1024)
def _state(name: tuple[str, ...], variable: str, state: str) -> Entry:
    return Entry(name, words=((variable, state),))


def _after_bullet(words: list[str], sentence: Sentence) -> int:
    at = sentence.first
    while at < sentence.end and (words[at] in _BULLETS or words[at][0].isdecimal() or words[at][0] == "\n"):
        at += 1
    return at


def _with_state(
    items: list[Item], at: int, variable: str, sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary
) -> list[Item]:
    """Add the state word that the answer is, where the answer is a state's name and no phrase says the same."""
    for name, state in vocabulary.state_names[variable].items():
        end = at + len(name)
        if tuple(tokens.words[at:end]) != name or end > sentence.end:
            continue
        if end < sentence.end and tokens.words[end][0].isalnum():
            continue
        there = [item for item in items if item[0] < end and item[1] > at]
        if any(item[2].cues or item[2].asserts or item[2].words or item[1] > end for item in there):
            continue
        return [
            *(item for item in items if item[1] <= at),
            (at, end, _state(name, variable, state)),
            *(item for item in items if item[0] >= end),
        ]
    return items
