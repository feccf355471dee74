"""Words that stand for names said before: ``the former``, ``the latter``, ``both``, ``neither``."""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Entry, Item, Trait

__all__ = ["resolve_pronouns"]

_STANDS_IN = int(Trait.STANDS_IN)
_LINKS = frozenset({"and", "or", "between", "negate"})
_IT = frozenset({"it", "this", "that", "they", "these", "which"})
_ELSEWHERE = frozenset({"past", "past_after", "person"})
"""Cues after which ``it`` may be of another time or person."""
_BEFORE_ANSWER = 2
"""How many tokens, such as ``A:``, may stand before an answer."""
_BE = Entry(("was",), cues=frozenset({"be", "verb"}))
_AND = Entry(("and",), cues=frozenset({"and"}))
_OR = Entry(("or",), cues=frozenset({"or"}))


def resolve_pronouns(sentence: Sentence, before: Sentence | None, words: list[str]) -> Sentence:
    """Put names in place of the words that stand for them, looked for in the sentence and the one before it.

    ``Of TB and lung cancer, the former was confirmed``: names of the same sentence then say nothing themselves.
    ``He had a chest X-ray. It was normal.``: ``it`` is what was named last.
    """
    if before is not None:
        if words[sentence.first] in _IT:
            sentence = _with_it(sentence, before)
        elif before.question:
            sentence = _answered(sentence, before)
    return _resolved(sentence, before) if sentence.traits & _STANDS_IN else sentence


def _resolved(sentence: Sentence, before: Sentence | None) -> Sentence:
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
                    if _is_denied(items[at[1] :]):
                        items.append(item)
                        continue
                    if not any(behind[2].sign == ";" for behind in items[at[1] :]):
                        _mute(items, at)
            elif before is not None and (at := _pair(before.items)) is not None:
                pair = before.items[at[0]][2], before.items[at[1]][2]
        items += _stand_in(item, pair, sentence)
    return sentence.with_items(items)


def _with_it(sentence: Sentence, before: Sentence) -> Sentence:
    """Put in the name that ``it`` stands for, where only that can take the state that it is said to have."""
    last = next((entry for _, _, entry in reversed(before.items) if entry.named and "self" not in entry.cues), None)
    if last is None or not last.anchors or any(entry.cues & _ELSEWHERE for _, _, entry in before.items):
        return sentence
    items = sentence.items
    said = next((entry for _, _, entry in items if entry.means), None)
    if said is None or said.named or not any(name in last.anchors for name, _ in said.words):
        return sentence
    first = sentence.first
    rest = [(first + 1, end, _BE) if at == first else (at, end, entry) for at, end, entry in items if end > first + 1]
    return sentence.with_items([(first, first + 1, last), *rest])


def _answered(sentence: Sentence, before: Sentence) -> Sentence:
    """Put in the name that was asked for before its state: ``Result of the film? Normal.`` speaks of the film."""
    first, _, entry = sentence.items[0] if sentence.items else (0, 0, _BE)
    if entry.named or first > sentence.first + _BEFORE_ANSWER or not first:
        return sentence
    asked = next((item[2] for item in reversed(before.items) if item[2].named), None)
    if asked is None or not any(name in asked.anchors for name, _ in entry.words):
        return sentence
    if any(item[2].words and not item[2].named for item in before.items):
        return sentence
    return sentence.with_items([(first, first, asked), *sentence.items])


def _is_denied(behind: list[Item]) -> bool:
    """Tell whether of both it is said what isn't so: ``…, but neither is present, the former having been excluded``."""
    return any(entry.phrase[0] == "neither" and entry.cues & {"negate_after", "not_it"} for _, _, entry in behind)


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
