"""Group the items of a text into sentences."""

from dataclasses import dataclass, field

from causalsynth.extract.requests import is_request
from causalsynth.extract.tokens import Tokens, is_number
from causalsynth.extract.unmarked import is_unmarked_question
from causalsynth.extract.vocabulary import Item, Trait, traits_of

__all__ = ["Sentence", "split"]

_ABBREVIATED = (
    "dr mr mrs ms prof st approx resp vs cf fig dept hosp temp bilat med excl incl max min susp poss prob abd"
)
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
"""A full stop after one of these doesn't end a sentence."""
_LONGEST = 600
"""How many items a sentence has at most. Nobody writes one of so many; what has is cut there, so that whatever looks
through its whole sentence takes time linear in the length of the text."""
_CUT_SHORT = frozenset({"d", "b", "h", "s", "c", "w", "r", "l", "dx", "hx", "tx", "pt"})
"""Nor after one of these before a small letter: ``d. of TB``."""
_LONGEST_CUT_SHORT = 2

_ENDS = int(Trait.ENDS)
_SILENT = frozenset({".", "\n"})
"""Marks that may end a sentence and say nothing where they don't."""
_TAGS = frozenset({"ok", "okay", "alright", "eh", "yeah"})
_CONFIRMING = frozenset({"correct", "right"})
_DENYING = frozenset({"not", "no", "never", "none"})
_CONTRADICTING = frozenset(
    {"actually", "wrong", "incorrect", "yes", "yeah", "yep", "do", "am", "have", "did", "was", "well"}
)
_ANSWER_REACH = 4
_PARTING = frozenset({".", "!", "?", ";", ":", "\n", "\n\n"})
_TAG_REACH = 12
"""How many tokens before a tag the denial may stand that it asks to confirm."""
_LONG_LINE = 6
"""How many tokens a line has at least that a mail program may have broken."""
_NARROWEST = 60
"""How many characters a line has at least that a program broke before a subject: ``moved to a side room / she's …``."""
_SUBJECTS = frozenset({"he", "she", "he's", "she's", "pt", "patient"})
_LEADING_WORDS = """
    and or but that than then when while if as because since so where who which whether though although until till
    unless before after once how what why , says said say told tells is was does did has had the this our your
"""
_LEADING = frozenset(_LEADING_WORDS.split())
"""Words behind which a subject goes on with the sentence."""
_CLOSING = frozenset({")", "]", "?", "!", "%", "+"})
_ANSWERING_WORDS = """
    no yes none nil never not nope y n he she they it i we you the patient pt there his her neg negative pos positive
    normal abnormal clear excluded denied denies absent present and but so if what when how who a any is are was were
    has have had does do did
"""
_ANSWERING = frozenset(_ANSWERING_WORDS.split())
"""Words that go on behind the question mark of ``TB ? No``."""
_PAIRS = frozenset({":", "="})
_LONGEST_KEY, _LONGEST_PAIR = 5, 12


@dataclass(slots=True)
class Sentence:
    """One sentence, line or bullet.

    Attributes
    ----------
    items
        Phrases of the vocabulary in it, in order, without the marks that end it.
    first, end
        Tokens [first, end).
    question
        It ends with a question mark, or is a line that asks without one.
    traits
        Those of its items, by which steps that nothing in it asks for are left out; -1: still to be gathered.
    """

    items: list[Item]
    first: int
    end: int
    question: bool
    traits: int = field(default=-1, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.traits < 0:
            self.traits = traits_of(self.items)

    def with_items(self, items: list[Item]) -> "Sentence":
        """Give the sentence with other items in it."""
        return Sentence(items, self.first, self.end, self.question)


def split(tokens: Tokens, text: str, items: list[Item]) -> list[Sentence]:
    """Cut at full stops, line ends and the like that lie outside every longer phrase."""
    sentences: list[Sentence] = []
    kept: list[Item] = []
    first = start = traits = 0  # `kept` are the items of the sentence that begins at `first` up to item `start`
    for n, (at, end, entry) in enumerate(items):
        if not entry.traits & _ENDS:
            traits |= entry.traits
            continue
        sign = entry.sign
        if not _ends(sign, at, tokens, text):
            if sign in _SILENT:
                kept += items[start:n]
                start = n + 1
            else:
                traits |= entry.traits
            continue
        current = kept + items[start:n] if kept else items[start:n]
        if len(current) >= _LONGEST:
            first, current = _cut_long(first, current, sentences)
            traits = -1
        if current or _has_number(first, at, tokens.words):
            if sign == "?":
                question = not _is_tag(at, tokens.words) and not is_request(first, at, tokens.words)
            else:
                question = sign[0] == "\n" and is_unmarked_question(first, at, tokens.words)
            sentences.append(Sentence(current, first, at, question, traits))
        if kept:
            kept = []
        first, start, traits = end, n + 1, 0
    first, current = _cut_long(first, kept + items[start:], sentences)
    if current or _has_number(first, len(tokens), tokens.words):
        sentences.append(Sentence(current, first, len(tokens), False))
    return sentences


def _has_number(first: int, end: int, words: list[str]) -> bool:
    return any(is_number(words[at]) for at in range(first, end))


def _cut_long(first: int, items: list[Item], sentences: list[Sentence]) -> tuple[int, list[Item]]:
    """Add what a sentence of too many items is cut into to `sentences`; give where its rest begins, and its items."""
    while len(items) >= _LONGEST:
        end = items[_LONGEST - 1][1]
        sentences.append(Sentence(items[:_LONGEST], first, end, False))
        first, items = end, items[_LONGEST:]
    return first, items


def _is_tag(at: int, words: list[str]) -> bool:
    """Tell a statement that only ends in ``, ok?`` from a question.

    ``You don't smoke, right?`` is one whether ``Right`` or ``No`` follows; ``You smoke, right?`` hangs on the answer,
    and so does what ``Actually …`` or ``I do`` answers.
    """
    if at < 2 or words[at - 2] != ",":
        return False
    if words[at - 1] in _TAGS:
        return True
    answer = words[at + 1 : at + 1 + _ANSWER_REACH]
    return words[at - 1] in _CONFIRMING and _is_denied(at, words) and _CONTRADICTING.isdisjoint(answer)


def _is_denied(at: int, words: list[str]) -> bool:
    """Tell whether a denial stands in the sentence that ends at token `at`."""
    for word in reversed(words[max(0, at - _TAG_REACH) : at]):
        if word in _PARTING:
            return False
        if word in _DENYING or word.endswith("n't"):
            return True
    return False


def _ends(sign: str, at: int, tokens: Tokens, text: str) -> bool:
    words = tokens.words
    if at + 1 >= len(words):
        return True
    touches = tokens.starts[at + 1] == tokens.ends[at]
    if sign == ".":
        return not (touches and _goes_on(words[at + 1])) and not _abbreviates(at, tokens, text)
    if sign == "\n":
        return not _wraps(at, tokens, text)
    if sign == "?":
        following = words[at + 1]
        if at == 0 or (not words[at - 1][0].isalnum() and words[at - 1] not in _CLOSING):
            return False  # "Impression: ? TB"
        apart = tokens.starts[at] > tokens.ends[at - 1] and tokens.starts[at + 1] > tokens.ends[at]
        if apart and following[0].isalpha() and following not in _ANSWERING:
            return False  # "?bronchitis ? TB", but "TB ? no"
        return not (touches and following[0].isalpha())
    return True


def _goes_on(word: str) -> bool:
    """Tell a word or mark that, right behind a full stop, goes on with the sentence."""
    return word[0].isalnum() or word in ":,;"


def _abbreviates(at: int, tokens: Tokens, text: str) -> bool:
    if at == 0:
        return False
    before = tokens.words[at - 1]
    if before in _ABBREVIATIONS:
        return True
    if len(before) > _LONGEST_CUT_SHORT:
        return False
    following = text[tokens.starts[at + 1]]
    apart = tokens.starts[at + 1] > tokens.ends[at]
    if before in _CUT_SHORT and apart and (following.islower() or (before == "d" and following.isdecimal())):
        return True  # "father d. 61 lung cancer"
    spelled = len(before) == 1 and at > 1 and tokens.words[at - 2] == "."
    return spelled and not following.isupper()


def _wraps(at: int, tokens: Tokens, text: str) -> bool:
    """Say whether a line goes on in the next: broken by a mail program, or a heading before its text."""
    if at == 0:
        return False
    before, following = tokens.words[at - 1], text[tokens.starts[at + 1]]
    if before == ":":
        return following.isalpha()
    runs_on = following.islower() and (before[-1].isalnum() or before == ",")
    if not runs_on or not _previous_line_is_long(at, tokens) or _are_pairs(at, tokens):
        return False
    return tokens.words[at + 1] not in _SUBJECTS or before in _LEADING or not _is_short(tokens.starts[at], text)


def _is_short(end: int, text: str) -> bool:
    """Tell whether the line that ends at offset `end` is shorter than any that a program breaks."""
    return text.rfind("\n", max(0, end - _NARROWEST), end) >= 0 or end < _NARROWEST


def _previous_line_is_long(at: int, tokens: Tokens) -> bool:
    line = tokens.words[max(0, at - _LONG_LINE) : at]
    return len(line) == _LONG_LINE and not any(word[0] == "\n" for word in line)


def _are_pairs(at: int, tokens: Tokens) -> bool:
    """Tell lines of a record, ``age: 61``: both have a mark behind a few words."""
    words = tokens.words
    behind = words[at + 1 : at + 1 + _LONGEST_KEY]
    return any(word in _PAIRS for word in behind) and any(
        word in _PAIRS for word in words[max(0, at - _LONGEST_PAIR) : at]
    )
