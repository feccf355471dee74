"""Words that stand for names said before: ``the former``, ``the latter``, ``both``, ``neither``."""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["resolve_pronouns"]

_LINKS = frozenset({"and", "or", "between", "negate"})
_AND = Entry(("and",), cues=frozenset({"and"}))
_OR = Entry(("or",), cues=frozenset({"or"}))


def resolve_pronouns(sentence: Sentence, before: Sentence | None) -> Sentence:
    """Put names in place of the words that stand for them, looked for in the sentence and the one before it.

    ``Of TB and lung cancer, the former was confirmed``: names of the same sentence then say nothing themselves.
    """
    for _, _, entry in sentence.items:
        if entry.stands_in:
            break
    else:
        return sentence
    items: list[Item] = []
    pair: tuple[Entry, Entry] | None = None
    for item in sentence.items:
        if not item[2].stands_in:
            items.append(item)
            continue
        if pair is None:
            at = _pair(items)
            if at is not None:
                pair = items[at[0]][2], items[at[1]][2]
                if item[2].cues & {"former", "latter"}:
                    _mute(items, at)
            elif before is not None and (at := _pair(before.items)) is not None:
                pair = before.items[at[0]][2], before.items[at[1]][2]
        items += _stand_in(item, pair, sentence)
    return Sentence(items, sentence.first, sentence.end, sentence.question)


def _mute(items: list[Item], at: tuple[int, int]) -> None:
    for k in at:
        first, end, entry = items[k]
        items[k] = (first, end, Entry(entry.phrase))


def _stand_in(item: Item, pair: tuple[Entry, Entry] | None, sentence: Sentence) -> list[Item]:
    first, end, entry = item
    if pair is None:
        return [item]
    if "former" in entry.cues:
        return [(first, end, pair[0])]
    if "latter" in entry.cues:
        return [(first, end, pair[1])]
    if first != sentence.first:
        return [item]  # "she has neither": read as an answer
    if "negate" in entry.cues:
        return [item, *((first, end, part) for part in (pair[0], _OR, pair[1]))]
    return [(first, end, part) for part in (pair[0], _AND, pair[1])]


def _pair(items: list[Item]) -> tuple[int, int] | None:
    """Give the places of the last two names that an ``and`` or ``or`` joins."""
    for k in range(len(items) - 1, 1, -1):
        if not _is_name(items[k][2]):
            continue
        j = k - 1
        while j > 0 and items[j][2].cues <= _LINKS and not _is_name(items[j][2]):
            j -= 1
        joined = any(item[2].cues & {"and", "or"} for item in items[j + 1 : k])
        if joined and _is_name(items[j][2]):
            return j, k
    return None


def _is_name(entry: Entry) -> bool:
    return bool(entry.asserts or (entry.denied and not entry.anchors))
