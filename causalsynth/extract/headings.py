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
    start = 0
    while start < len(items) and items[start][0] < first:
        start += 1
    stop = start
    while stop < len(items) and items[stop][0] < end:
        if items[stop][1] > end:
            return sentence  # a longer phrase of the lexicon: "tobacco: ex"
        stop += 1
    if stop == start + 1 and items[start][0] == first and items[start][1] == end:
        label = items[start][2].as_label(variable)
    else:
        said = (word for item in items[start:stop] for word in item[2].words if word[0] == variable)
        label = _label(tuple(words[first:end]), variable, tuple(dict.fromkeys(said)))
    behind = _with_state(items[stop:], end + 1, variable, sentence, tokens, vocabulary)
    return sentence.with_items([*items[:start], (first, end, label), *behind])


@lru_cache(maxsize=1024)
def _label(phrase: tuple[str, ...], variable: str, said: tuple[tuple[str, str], ...]) -> Entry:
    return Entry(phrase, words=said).as_label(variable)


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
        if end > sentence.end or tokens.words[at] != name[0] or tuple(tokens.words[at:end]) != name:
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
