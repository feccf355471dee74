"""Words that a speaker takes back: ``stage three, sorry, scrub that, stage two``."""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["without_retracted"]

_REACH = 20
"""How many tokens before the retraction what is taken back ends at most."""
_AHEAD = 20
"""How many items behind it what is put in its place is looked for."""
_DENIALS = frozenset({"negate", "answer_no"})


def without_retracted(sentence: Sentence) -> Sentence:
    """Leave out what the sentence takes back, and the words that do so.

    ``Scratch that`` takes back what was said last, whatever follows; ``no, wait`` and ``I mean`` only where something
    of the same kind is put in its place.
    """
    for _, _, entry in sentence.items:
        if "retract" in entry.cues or "amend" in entry.cues:
            break
    else:
        return sentence
    items: list[Item] = []
    for k, item in enumerate(sentence.items):
        cues = item[2].cues
        if not cues & {"retract", "amend"}:
            items.append(item)
            continue
        said = _last_said(items, item[0])
        if said is None:
            continue
        following = sentence.items[k + 1 : k + 1 + _AHEAD]
        if "retract" in cues or _is_replaced(items[said][2], following):
            items = _without(items, said, following)
    return sentence.with_items(items)


def _says(entry: Entry) -> bool:
    """Tell a value from a mere name."""
    return bool(entry.asserts or entry.words or entry.numbers or entry.number)


def _last_said(items: list[Item], first: int) -> int | None:
    """Give the last value before token `first`."""
    for k in range(len(items) - 1, -1, -1):
        if items[k][1] < first - _REACH or items[k][2].sign == ";":
            return None
        if _says(items[k][2]) and "self" not in items[k][2].cues:
            return k
    return None


def _is_replaced(said: Entry, following: list[Item]) -> bool:
    """Tell whether another value of the same variable or kind follows."""
    for _, _, entry in following:
        if entry.cues & {"retract", "amend"} or entry.sign == ";":
            return False
        if not _says(entry):
            continue
        if said.number is not None and entry.number is not None:
            return True
        if _variables(said) & _variables(entry):
            return True
    return False


def _variables(entry: Entry) -> frozenset[str]:
    return frozenset(name for name, _ in (*entry.asserts, *entry.words, *entry.numbers))


def _without(items: list[Item], said: int, following: list[Item]) -> list[Item]:
    """Leave out value `said`, with its name where that is named again, and the denial before it."""
    entry = items[said][2]
    kept = items[:said]
    while entry.number is not None and kept and kept[-1][2].number is not None and kept[-1][1] >= items[said][0] - 3:
        said -= 1  # "thirty-four dollars and sixteen, no, …"
        kept.pop()
    again = {item[2].phrase for item in following if item[2].anchors}
    while kept and kept[-1][2].phrase not in again and (kept[-1][2].sign == "," or "be" in kept[-1][2].cues):
        kept.pop()
    if kept and (kept[-1][2].phrase in again or (entry.asserts and _is_denial(kept[-1][2]))):
        kept.pop()
    return kept


def _is_denial(entry: Entry) -> bool:
    return bool(entry.cues & _DENIALS) and not entry.means
