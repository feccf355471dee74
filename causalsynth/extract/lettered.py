"""Names that carry a letter, and their answers: ``(a) TB, (b) bronchitis?`` … ``(a) no; (b) yes``."""

from collections.abc import Iterable, Iterator

from causalsynth.extract.answers import reply_to
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Item

__all__ = ["answer_letters"]

_LETTERS = frozenset("abcdefgh")
_MOST_ANSWERS = 10
"""How many sentences behind the names their answers are looked for in."""


def answer_letters(sentences: Iterable[Sentence], words: list[str]) -> Iterator[Sentence]:
    """Give the sentences, each answer that has only a letter behind the name that the letter stands for."""
    names: dict[str, list[Item]] = {}
    left = 0
    for sentence in sentences:
        parts = _parts(sentence, words) if left or sentence.question else {}
        known = {letter: items for letter, (_, items) in parts.items() if any(item[2].named for item in items)}
        if len(known) > 1:
            names, left = known, _MOST_ANSWERS
            yield sentence
        elif left and any(letter in names for letter in parts):
            yield from _answered(sentence, parts, names, words)
            left -= 1
        else:
            yield sentence
            left = max(0, left - 1)


def _parts(sentence: Sentence, words: list[str]) -> dict[str, tuple[int, list[Item]]]:
    """Give for each letter in brackets the token behind it, and the items up to the next one."""
    starts: list[tuple[str, int]] = []
    for at in range(sentence.first, sentence.end - 1):
        if words[at] in _LETTERS and words[at + 1] == ")":
            starts.append((words[at], at + 2))
    ends = [*(at - 3 for _, at in starts[1:]), sentence.end][: len(starts)]
    return {
        letter: (at, [item for item in sentence.items if at <= item[0] and item[1] <= end and item[2].sign != "("])
        for (letter, at), end in zip(starts, ends, strict=True)
    }


def _answered(
    sentence: Sentence, parts: dict[str, tuple[int, list[Item]]], names: dict[str, list[Item]], words: list[str]
) -> Iterator[Sentence]:
    for letter, (at, items) in parts.items():
        end = max([at, *(item[1] for item in items)])
        answer = Sentence(items, at, min(max(end, at + 1), sentence.end), False)
        if letter in names and reply_to(answer, words) and not any(item[2].named for item in items):
            asked = names[letter]
            yield Sentence(asked, asked[0][0], asked[-1][1], True)
        yield answer
