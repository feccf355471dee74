"""Clauses that speak of something else: ``his brother's card, a different case, was declined at a score of 92``.

Nothing in such a clause counts. It reaches from the last mark, ``but`` or bracket before the cue to the next one
behind it; an ``aside`` begins at its cue, and what only stands in a list (``at 30 dollars, a separate order``) begins
at its comma.
"""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["mute_elsewhere"]

_OPENS = frozenset({"(", "["})
_CLOSES = frozenset({")", "]"})
_PREDICATES_TEXT = (
    "is was are were isn't wasn't aren't weren't 's not don't do dont never belongs belonged relates related refers "
    "pertains attaches goes irrelevant beside n't mustn't shouldn't please"
)
_PREDICATES = frozenset(_PREDICATES_TEXT.split())
"""A cue that begins with one of these says it of all that its clause has named."""
_HEADING = 2
"""A colon no further than that behind a cue makes it a heading: ``Unrelated: …``."""
_PARTS = frozenset({";", "?", ">"})


def mute_elsewhere(sentence: Sentence) -> Sentence:
    """Give `sentence` with nothing said in its clauses that a cue puts elsewhere."""
    for _, _, entry in sentence.items:
        if entry.elsewhere:
            break
    else:
        return sentence
    items = list(sentence.items)
    silent = -1
    for k, (_, _, entry) in enumerate(sentence.items):
        if k > silent and entry.elsewhere:
            first = k if "aside" in entry.cues else _start(k, sentence.items)
            silent = _end(k, sentence.items)
            items[first:silent] = [_mute(item) for item in items[first:silent]]
    return sentence.with_items(items)


def _start(k: int, items: list[Item]) -> int:
    """Give the first item that the cue at item `k` puts elsewhere: all of the clause for one that ends a statement."""
    predicate = items[k][2].phrase[0] in _PREDICATES or (k > 0 and "be" in items[k - 1][2].cues)
    commas = 1 if k and items[k - 1][2].sign == "," and items[k - 1][1] == items[k][0] else 0
    depth = 0
    for j in range(k - 1, -1, -1):
        entry = items[j][2]
        if entry.sign in _CLOSES:
            depth += 1
        elif entry.sign in _OPENS:
            if not depth:
                return j + 1
            depth -= 1
        elif not depth and _parts(entry):
            return j + 1
        elif not depth and not predicate and entry.sign == ",":
            if not commas:
                return j + 1
            commas -= 1
    return 0


def _end(k: int, items: list[Item]) -> int:
    """Give the end of the clause that item `k` stands in."""
    depth = 0
    for j in range(k + 1, len(items)):
        entry = items[j][2]
        if entry.sign in _OPENS:
            depth += 1
        elif entry.sign in _CLOSES:
            if not depth:
                return j
            depth -= 1
        elif not depth and (_parts(entry) or (entry.sign == ":" and items[j][0] - items[k][1] > _HEADING)):
            return j
    return len(items)


def _parts(entry: Entry) -> bool:
    return entry.sign in _PARTS or ("stop" in entry.cues and not entry.means)


def _mute(item: Item) -> Item:
    first, end, entry = item
    if not entry.means:
        return item
    silent = Entry(entry.phrase, sign=entry.sign)
    return first, end, silent
