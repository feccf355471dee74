"""Short names that several variables share: ``arterial`` is the CO2 behind ``end-tidal CO2``, else the saturation.

An anchor of variables that are measured in different units can't mean all of them, as ``filling pressures`` does. It
means the one whose label has most in common with that of the name before it, or else behind it, and nothing where none
has.
"""

from collections.abc import Iterable
from dataclasses import replace

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Entry, Item, Vocabulary

__all__ = ["label_words", "resolve_short_names"]

_FURTHEST = 24
"""How many items back the name may stand that tells what is spoken of: keeps the time linear."""
_AHEAD = 6
"""How many items ahead, where none before tells: ``arterial and pulmonary venous saturation``."""
_SMALL = frozenset({"the", "from", "now", "past"})
_SHORTEST = 3
"""Words of fewer letters tell nothing: ``of``."""


def resolve_short_names(sentence: Sentence, vocabulary: Vocabulary) -> Sentence:
    """Let each short name of several variables mean one of them, or none."""
    items = sentence.items
    if not any(len(item[2].anchors) > 1 and _is_short(item[2], vocabulary) for item in items):
        return sentence
    settled: list[Item] = []
    for k, (first, end, entry) in enumerate(items):
        if _is_short(entry, vocabulary):
            following = (item for item in items[k + 1 : k + _AHEAD] if not _is_short(item[2], vocabulary))
            meant = _meant(entry, reversed(settled[-_FURTHEST:]), vocabulary) or _meant(entry, following, vocabulary)
            entry = replace(entry, anchors=(meant,) if meant else ())
        settled.append((first, end, entry))
    return sentence.with_items(settled)


def _is_short(entry: Entry, vocabulary: Vocabulary) -> bool:
    return len(entry.anchors) > 1 and len({_unit(variable, vocabulary) for variable in entry.anchors}) > 1


def _unit(variable: str, vocabulary: Vocabulary) -> str:
    number = vocabulary.lexicon.variables[variable].number
    return number.unit if number is not None else ""


def _meant(entry: Entry, near: Iterable[Item], vocabulary: Vocabulary) -> str | None:
    """Give the variable whose label shares most words with that of the nearest name, if one does."""
    topic = next((name for item in near if (name := _named(item[2])) is not None), None)
    if topic is None:
        return None
    words = label_words(topic, vocabulary)
    shared = {variable: len(words & label_words(variable, vocabulary)) for variable in entry.anchors}
    most = max(shared.values())
    best = [variable for variable, count in shared.items() if count == most]
    return best[0] if most and len(best) == 1 else None


def _named(entry: Entry) -> str | None:
    if entry.anchors:
        return entry.anchors[0]
    return entry.asserts[0][0] if entry.asserts else None


def label_words(variable: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Give the words of a variable's label that tell what it is of."""
    label = vocabulary.lexicon.variables[variable].label.lower()
    return frozenset(word for word in label.split() if len(word) >= _SHORTEST and word not in _SMALL)
