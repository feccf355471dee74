"""What a count's own words are followed by: ``one other payment in the past hour, a $4 coffee, and …``.

What stands there is said of the things counted, not of the subject: a shop, an amount, a channel. Nothing in it counts,
and a count is not parted from its window by it: ``one further payment, a taxi, had gone through in the past hour``.
"""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Trait, Vocabulary

__all__ = ["mute_appositions"]

_OTHER = frozenset({"other", "others", "further", "another", "additional", "more", "earlier", "previous", "prior"})
_OPENS = frozenset({",", "(", "-", ":"})
_LEADS = frozenset({"a", "an", "for", "of", "at", "namely", "being", "both", "one", "all", "each", "worth", "$", "to"})
_SHARES = frozenset({"one", "both", "all", "each"})
"""Words that speak of some of the things counted: ``two payments, one of them at a hotel``."""
_SUBJECT = frozenset({"this", "it", "ours", "itself"})
_REACH = 14
"""How many tokens before a window its count may stand."""
_GOES_ON = frozenset({"for", "at", "of", "worth", "from", "in", "to"})

_NUMBERS = int(Trait.NUMBERS)


def mute_appositions(sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary) -> Sentence:
    """Give `sentence` without what is said of other things that it counts."""
    items = sentence.items
    if not sentence.traits & _NUMBERS or not any(_is_count(entry, vocabulary) for _, _, entry in items):
        return sentence
    kept: list[Item] = []
    until = 0
    for k, item in enumerate(items):
        if k < until:
            continue
        end = _end_of_apposition(k, sentence, tokens.words, vocabulary)
        if not end:
            kept.append(item)
            continue
        until = end
        if end < len(items) and not _is_count(items[k - 1][2], vocabulary):
            kept.append(item)
        elif end < len(items) and items[end][2].sign in (",", ")", "-"):
            until = end + 1  # the count goes on behind it
    return sentence.with_items(kept)


def _end_of_apposition(k: int, sentence: Sentence, words: list[str], vocabulary: Vocabulary) -> int:
    """Give the item that ends the apposition which mark `k` begins; 0 if it begins none."""
    items = sentence.items
    if items[k][2].sign not in _OPENS or not k or items[k - 1][1] != items[k][0]:
        return 0
    lead = words[items[k][1]] if items[k][1] < sentence.end else ""
    if lead not in _LEADS or not _follows_count(k - 1, items, words, vocabulary, shares=lead in _SHARES):
        return 0
    end = k + 1
    while end < len(items) and not _ends(end, items, words):
        end += 1
    edge = items[end][0] if end < len(items) else sentence.end
    return 0 if not _SUBJECT.isdisjoint(words[items[k][1] : edge]) else end


def _follows_count(k: int, items: list[Item], words: list[str], vocabulary: Vocabulary, *, shares: bool) -> bool:
    """Tell whether item `k` ends a count of other things, or, where it `shares`, of any."""
    if _is_count(items[k][2], vocabulary):
        at = k
    elif not vocabulary.counted.isdisjoint(items[k][2].anchors):
        floor = items[k][0] - _REACH
        at = k - 1
        while at >= 0 and items[at][0] >= floor and not _is_count(items[at][2], vocabulary):
            at -= 1
        if at < 0 or items[at][0] < floor:
            return False
    else:
        return False
    return shares or not _OTHER.isdisjoint(words[items[at][0] : items[at][1] + 1])


def _is_count(entry: Entry, vocabulary: Vocabulary) -> bool:
    number = entry.number
    return number is not None and bool(number.units) and not vocabulary.counted.isdisjoint(number.units or ())


def _ends(k: int, items: list[Item], words: list[str]) -> bool:
    entry = items[k][2]
    if entry.sign == ",":
        return words[items[k][1] : items[k][1] + 1] == [] or words[items[k][1]] not in _GOES_ON
    return entry.sign in (")", ";", "-", ":") or "stop" in entry.cues or "and" in entry.cues
