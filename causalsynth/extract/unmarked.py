"""Questions that nobody gave a question mark, as in chats: ``has he been to Asia``, and in the next line ``no``."""

from causalsynth.extract.word_sets import word_set

__all__ = ["is_unmarked_question"]

_HELPERS = word_set("has have had is are was were does do did can could will would")
_LEADS = word_set("so and ok okay but right well then")
_SUBJECTS = word_set("he she they you there pt patient mr mrs ms miss anyone anybody")
"""Who may stand right behind the verb; ``Has his own inhaler`` only leaves out its subject."""
_OPENING = _HELPERS | _LEADS | {"any"}
_LONGEST_LABEL = 10
"""How many tokens may name the speaker and the time: ``[21:58] Noor: …``."""
_LONGEST_ANY = 8
"""How many tokens a line such as ``any TB or bronchitis`` has at most."""
_ANSWERS = word_set("no nope nah none nil never n yes yep yeah y ya neither")
_LONGEST_ASKED = 7
"""How many tokens a line has at most that an answer alone in the next line makes a question: ``TB``, ``no``."""
_MARKS = frozenset({":", "-", "=", ">", ";", ".", "(", "["})
"""Behind one of these the line may answer itself."""


def is_unmarked_question(first: int, end: int, words: list[str]) -> bool:
    """Tell whether the line of the tokens [first, end) asks by its order of words, or is answered by the next alone."""
    at = first
    if end - first <= _LONGEST_ASKED and _is_answered(end, words) and _MARKS.isdisjoint(words[first:end]):
        return True
    if words[at] not in _OPENING:
        label = words[first : min(first + _LONGEST_LABEL, end)]
        if ":" not in label:
            return False
        at += len(label) - label[::-1].index(":")
    if at < end and words[at] in _LEADS:
        at += 1
    if at + 1 >= end or not _MARKS.isdisjoint(words[at:end]):
        return False
    if words[at] == "any":
        return end - at <= _LONGEST_ANY
    subject = at + 2 if words[at + 1] == "the" else at + 1
    return words[at] in _HELPERS and subject + 1 < end and words[subject] in _SUBJECTS


def _is_answered(end: int, words: list[str]) -> bool:
    """Tell whether the line behind token `end` is an answer and nothing else."""
    if end + 1 >= len(words) or words[end] != "\n" or words[end + 1] not in _ANSWERS:
        return False
    return end + 2 >= len(words) or words[end + 2][0] == "\n"
