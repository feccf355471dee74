"""Requests put as questions: ``May I trouble you with a man of 60 whose biopsy has shown …?``."""

from causalsynth.extract.word_sets import word_set

__all__ = ["is_request"]

_OPENING = word_set("would could can may might please grateful")
_ASKED = word_set("see review assess admit take accept trouble bother advise help")
_PERSONS = word_set("man woman lady gentleman patient chap girl boy him her mr mrs ms miss old")
_ASKING = word_set("whether if why what how when which")
_INVERTED = word_set("does do did is was has have could can might may would should")
_PAUSES = frozenset({",", "and", "-", ":", ";", "or"})
_REACH = 6
"""How many tokens from its start a request may take to say what is asked, and how many more to say of whom."""
_LONGEST = 80


def is_request(first: int, end: int, words: list[str]) -> bool:
    """Tell whether a sentence with a question mark only asks a colleague to see somebody, and tells of that one.

    Nothing in it may ask anything else: ``Could you see this man, does he have TB?``.
    """
    if words[first] not in _OPENING or end - first > _LONGEST:
        return False
    asked = next((at for at in range(first + 1, min(end, first + _REACH)) if words[at] in _ASKED), None)
    if asked is None or _PERSONS.isdisjoint(words[asked + 1 : min(end, asked + 1 + _REACH)]):
        return False
    following = words[asked + 1 : end]
    if not _ASKING.isdisjoint(following):
        return False
    return not any(word in _INVERTED and words[asked + n] in _PAUSES for n, word in enumerate(following))
