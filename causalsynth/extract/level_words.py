"""What stands around words such as ``high``, ``down``, ``N``: whether they are said of a name, and of which others."""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.surroundings import NUMBER_LINKS
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.word_sets import word_set

__all__ = [
    "ADVERBS",
    "ALL",
    "BEFORE_NAMES",
    "DENIALS",
    "DETERMINERS",
    "PREPOSITIONS",
    "leads_on",
    "repeats",
    "stands_alone",
]


DETERMINERS = frozenset({"a", "an", "the", "his", "her", "their", "of", "its", "both", "all", "true", "measured"})
PREPOSITIONS = frozenset({"by", "on", "from", "in", "at", "of", "off"})
BEFORE_NAMES = DETERMINERS | PREPOSITIONS | {"also"}
"""What may stand before each of several coordinated names."""
ALL = frozenset({"all", "both", "each", "x", "every", "were", "are", "everything", "three", "four", "alike"})
_SHOWN = word_set("shown displayed seen given reported recorded registered read found present confirmed")
DENIALS = frozenset({"not", "aren't", "weren't", "isn't", "wasn't", "unventilated"})
"""Words by which a phrase denies in itself: no negation before a comma reaches it."""
ADVERBS = frozenset({("up",), ("down",), ("n",), ("h",), ("l",)})
"""State words that are also something else, unless they stand alone."""
_BEHIND_ADVERBS = word_set("at to from and but by with while whereas too again also as despite")
_BEFORE_FLAGS = frozenset({":", "=", ",", "(", "[", "mmhg", "bpm", "min", "kpa", "%", "ml", "o", ")"})
_THAT_OF = DETERMINERS | PREPOSITIONS | {"that", "those", "for"}
"""``low, as was that from the pulmonary veins``."""
_OFF = word_set("the from off on by in for at with")
"""``same off the arterial line``."""
_TOO = (
    *((word,) for word in ("too", "likewise", "also", "equally", "similarly", "ditto")),
    ("as", "well"),
    ("the", "same"),
    ("is", "too"),
    ("was", "too"),
)
"""What behind a name takes up the word before it: ``CVP high, the wedge too``."""
_GOES_ON = frozenset({"and", "but", "with", "while", "whereas"})
_IS_WHAT = frozenset(
    {
        *((word, "is", "what") for word in ("that", "this", "which")),
        *(("too", ",", be) for be in ("is", "are", "was", "were")),
    }
)
"""``tachycardic, and that is what the ECG shows``."""
_SO_DO = frozenset((so, do) for so in ("so", "as") for do in ("do", "does", "did"))


def stands_alone(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """Tell ``CVP down, wedge up`` from ``down the tube`` and ``written up``, and ``CVP 18 H`` from ``60 mL/h``."""
    items, words = sentence.items, tokens.words
    first, end, entry = items[k]
    named = k > 0 and bool(items[k - 1][2].anchors) and items[k - 1][1] == first
    if len(entry.phrase[0]) == 1:
        before = words[first - 1] if first > sentence.first else ""
        if not _is_flag(words[first], before, named=named):
            return False
        return end >= sentence.end or not words[end][0].isalnum()
    edge = items[k - 1][1] if k else sentence.first
    if any(word not in NUMBER_LINKS and not word[0].isdecimal() for word in words[edge:first]):
        return False
    return end >= sentence.end or not words[end][0].isalpha() or words[end] in _BEHIND_ADVERBS


def _is_flag(letter: str, before: str, *, named: bool) -> bool:
    """``CVP 18 mmHg H``, ``wedge: L``, but neither ``5 L`` nor ``60 mL/h``."""
    if before[:1].isdecimal():
        return letter != "l"
    return named or before in _BEFORE_FLAGS or (letter == "n" and before != "/")


def leads_on(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """Tell whether verb `k` may stand between a word and its name: ``is shown by the ECG``, ``was going through …``."""
    items = sentence.items
    _, end, verb = items[k]
    following = items[k + 1] if k + 1 < len(items) else None
    if following is not None and following[0] == end and following[2].phrase[0].endswith("ing"):
        return True
    words = tokens.words[end : min(end + 3, sentence.end)]
    return "be" in verb.cues and any(
        word in _SHOWN and not PREPOSITIONS.isdisjoint(words[at + 1 : at + 3]) for at, word in enumerate(words)
    )


def repeats(first: int, last: int, sentence: Sentence, tokens: Tokens) -> bool:
    """Tell whether the names from item `first` to `last` take up the word before them: ``…, as is the wedge``."""
    items, words = sentence.items, tokens.words
    j = first - 1
    while j >= 0 and items[j][2].phrase[0] in _THAT_OF and "same" not in items[j][2].cues:
        j -= 1
    if j >= 0 and "same" in items[j][2].cues and _THAT_OF.issuperset(words[items[j][1] : items[first][0]]):
        return True
    at = items[first][0] - 1
    while at > sentence.first and words[at] in _OFF:
        at -= 1
    tail = tuple(words[max(sentence.first, at - 2) : max(sentence.first, at + 1)])
    if tail[-1:] == ("same",) or tail in _IS_WHAT or tail[-2:] in _SO_DO:
        return True
    behind = words[items[last][1] : min(items[last][1] + 3, sentence.end)]
    too = next((too for too in _TOO if tuple(behind[: len(too)]) == too), None)
    if too is None:
        return False
    following = behind[len(too)] if len(behind) > len(too) else ""
    return not following[:1].isalpha() or following in _GOES_ON
