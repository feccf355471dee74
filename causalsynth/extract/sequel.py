"""What the sentences behind one make of it: ``She doesn't have it.``, ``Wrong.``, ``He might have it.``."""

from enum import Enum

from causalsynth.extract.answers import is_bare_not
from causalsynth.extract.beside import denies_what_follows
from causalsynth.extract.kinds import PERSON, kind_bits
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Trait

__all__ = ["SEQUEL_REACH", "Sequel", "sequel_of"]

_NAMES = int(Trait.NAMES)
_NOT_IT = kind_bits("not_it")
_DOUBT_IT = kind_bits("doubt_it")
_SPEAKING = kind_bits("not_it", "doubt_it", "person")
SEQUEL_REACH = 3
"""How many sentences may settle what one before them names."""
_BARE_REACH = 3
"""How many tokens may stand before a bare ``isn't`` that denies what the sentence before says."""
_CONTRAST_REACH = 8
"""How many items behind a person the subject may follow who is told apart from that one."""
_SHORT = 8
"""A sentence of no more tokens that names nothing parts nothing: ``I asked.``"""
_IT = frozenset({"it", "this", "that", "one", "either", "disease", "infection", "condition", "these", "them"})
_OPENS = frozenset({"-", ",", "(", "but", "\n", "\n\n"})
_WITHDRAWAL_REACH = 2
_SUBJECT_WORDS = "he she it this that they you i the patient but is was has does"
_SUBJECTS = frozenset(_SUBJECT_WORDS.split())
_TELLING = frozenset({"tell", "ask", "reassure", "inform"})


class Sequel(Enum):
    """What becomes of what a sentence last names."""

    STANDS = 0
    DENIED = 1
    CONTRADICTED = 2
    """By a bare ``He isn't.``"""
    DOUBTED = 3
    WITHDRAWN = 4


def sequel_of(following: list[Sentence], words: list[str]) -> Sequel:
    """Tell what the next sentences say of the last name of the one before them, up to the next name.

    The first may do so in any words. Those behind it must speak of ``it``, unless only a few words lie between.
    """
    near = True
    otherwise = Sequel.STANDS
    for n, sentence in enumerate(following[:SEQUEL_REACH]):
        if n == 0 and _withdraws(sentence, words):
            otherwise = Sequel.WITHDRAWN
        told = _told(sentence, words, near=near, first=n == 0)
        if told is not None:
            return otherwise if told is Sequel.STANDS else told
        near = near and not sentence.question and sentence.end - sentence.first <= _SHORT
    return otherwise


def _told(sentence: Sentence, words: list[str], *, near: bool, first: bool) -> Sequel | None:
    """Give what one sentence says; `STANDS` where it names something else, None where it says nothing of it."""
    other = False
    for k, (_, _, entry) in enumerate(sentence.items):
        if not (entry.traits & _NAMES or entry.kinds & _SPEAKING or entry.is_not):
            continue  # it speaks of no name
        spoken_of = first or (not other and entry.phrase[-1] in _IT)
        if entry.kinds & _NOT_IT and spoken_of:
            return Sequel.STANDS if denies_what_follows(sentence.items, k) else Sequel.DENIED
        if entry.kinds & _DOUBT_IT and not other:
            return Sequel.DOUBTED
        if near and not other and is_bare_not(sentence.items, k, sentence.end) and _is_of_subject(sentence, k, words):
            return Sequel.CONTRADICTED
        if entry.traits & _NAMES:
            return Sequel.STANDS
        if entry.kinds & PERSON:
            if near and _is_contrasted(sentence, k):
                return Sequel.CONTRADICTED
            if first and not _is_told(sentence, k, words):
                return Sequel.STANDS
            other = True
    return None


def _is_of_subject(sentence: Sentence, k: int, words: list[str]) -> bool:
    """``He isn't.``, ``It is not.``, but not ``I had hoped that one would explain the other; it did not``."""
    first, start = sentence.first, sentence.items[k][0]
    return start - first <= _BARE_REACH and all(word in _SUBJECTS for word in words[first:start])


def _is_contrasted(sentence: Sentence, person: int) -> bool:
    """Tell whether the subject is told apart from a person: ``The flatmate has it, he doesn't``."""
    items = sentence.items
    parted = False
    for k in range(person + 1, min(len(items), person + 1 + _CONTRAST_REACH)):
        entry = items[k][2]
        if entry.named and "self" not in entry.cues:
            return False
        parted = parted or entry.sign == "," or "stop" in entry.cues
        if parted and "self" in items[k - 1][2].cues and is_bare_not(items, k, sentence.end):
            return True
    return False


def _is_told(sentence: Sentence, k: int, words: list[str]) -> bool:
    """``Tell your wife you haven't got that``: the person is only spoken to."""
    return k == 0 and words[sentence.first] in _TELLING


def _withdraws(sentence: Sentence, words: list[str]) -> bool:
    for first, _, entry in sentence.items[: _WITHDRAWAL_REACH + 1]:
        if "withdraw" in entry.cues:
            lead = words[sentence.first : first]
            return len(lead) <= _WITHDRAWAL_REACH and all(word in _OPENS for word in lead)
    return False
