"""People whom only their part in the subject's life makes known: ``shares a room with a student who has TB``.

No list can hold all words for people. What a text says of somebody whom it introduces with ``a`` or ``another``, right
behind a word for company, and whom it describes with ``who`` or ``with``, is that one's.
"""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import is_number
from causalsynth.extract.word_sets import word_set

__all__ = ["is_of_stranger"]


_COMPANY = word_set("""
    share shares shared sharing live lives lived living work works worked working sit sits sat sitting sleep sleeps
    slept sleeping stay stays stayed staying travel travels travelled traveled travelling traveling visit visits
    visited visiting care cares cared caring nurse nursed nursing exposed exposure contact met meets meeting beside
    alongside near next married dating dates volunteers volunteered trained training plays played playing house flat
    room cell car office bunk dormitory accommodation household classroom ward train bus plane
""")
"""Words that tell of company with somebody."""
_INTRODUCING = word_set("a an another one some two three several someone somebody")
_RELATIVE = word_set("who whose whom")
_HOLDING = word_set("with having")
_PEOPLE = word_set("""
    person patient pt man woman boy girl child case adult resident student client inmate migrant refugee guest pupil
    lady gentleman youth people individual tourist nurse infant baby
""")
_AGENT_ENDS = ("er", "or", "mate", "man", "woman", "ist", "ee")
_NO_PEOPLE = word_set("cancer fever ulcer tumor tumour disorder hour corner counter fibre fiber danger hunger colour")
_SPEAKERS = word_set("i we")
_COUNTING = word_set("2 3 4 5 6 two three four five six both several many some few other")
_BREAKS = word_set("but he she they i we you ; : . > and")
_TELLING = _BREAKS | _RELATIVE | _HOLDING | {"someone", "somebody", "\n", "\n\n"}
"""All of these that a look back stops at: other words are passed over at once."""
_FURTHEST = 18
"""How many tokens before a name the word that introduces its owner may stand."""
_LONGEST_NOUN = 4
_COMPANY_REACH = 8
_OWN_DESCRIPTION = word_set("year years yr yo old aged male female")


def is_of_stranger(first: int, sentence: Sentence, words: list[str]) -> bool:
    """Tell whether the name at token `first` is said of somebody whom the sentence has only just introduced."""
    if _are_many(first, sentence, words):
        return True
    lowest = max(sentence.first, first - _FURTHEST)
    for at in range(first - 1, lowest, -1):
        word = words[at]
        if word not in _TELLING:
            continue
        if word in _BREAKS or word[0] == "\n":
            return False
        if word in _RELATIVE or (word in _HOLDING and _is_person(words[at - 1])):
            return _is_introduced(at, sentence, words)
        if word in ("someone", "somebody") and _is_in_company(at, sentence, words):
            return True
    return False


def _are_many(first: int, sentence: Sentence, words: list[str]) -> bool:
    """``Two teammates have TB``: one subject is never a plural that has something."""
    at = first - 2
    if at < sentence.first or words[first - 1] != "have" or words[first].endswith("ed"):
        return False  # "investigators have confirmed fraud" have done something
    if words[at].endswith("mates"):
        return True
    counted = at - 1 >= sentence.first and words[at - 1] in _COUNTING
    return counted and words[at].endswith(("men", "ers", "ors", "ees", "people")) and words[at][:-1] not in _NO_PEOPLE


def _is_person(word: str) -> bool:
    return word in _PEOPLE or (word.endswith(_AGENT_ENDS) and word not in _NO_PEOPLE)


def _is_introduced(at: int, sentence: Sentence, words: list[str]) -> bool:
    """Tell whether the noun before token `at` is somebody new, whom the subject keeps company with."""
    for first in range(at - 1, max(sentence.first, at - 1 - _LONGEST_NOUN) - 1, -1):
        word = words[first]
        if word in _INTRODUCING:
            return _is_in_company(first, sentence, words)
        if not word[0].isalpha() or is_number(word) or word in _OWN_DESCRIPTION:
            return False  # "reviewed at home, a 70-year-old man with …"
    return False


def _is_in_company(at: int, sentence: Sentence, words: list[str]) -> bool:
    before = words[max(sentence.first, at - _COMPANY_REACH) : at]
    return not _COMPANY.isdisjoint(before) and _SPEAKERS.isdisjoint(before)
