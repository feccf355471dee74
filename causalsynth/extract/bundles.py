"""Names that hold several variables at once: ``TB or lung cancer``."""

from causalsynth.extract.readings import Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.word_sets import word_set

__all__ = ["is_held"]


_HAVING = word_set("has have 's")
_BEING = word_set("is 's")
_HOLDERS = word_set("he she i you we patient pt woman man lady gentleman person chap boy girl they who client 've")
_THINGS = word_set("this it that diagnosis answer cause explanation")
_DETERMINERS = word_set("either a an the active now indeed certainly definitely clearly undoubtedly therefore")
_FURTHEST = 3
"""How many such words may stand between the verb and the name."""


def is_held(k: int, reading: Reading, sentence: Sentence, words: list[str]) -> bool:
    """Tell whether item `k`, such a name, is plainly said to hold: ``She has TB or lung cancer``."""
    if reading.negated or reading.hedged or reading.supposed or reading.past or reading.person:
        return False
    at = sentence.items[k][0] - 1
    for _ in range(_FURTHEST):
        if at > sentence.first and words[at] in _DETERMINERS:
            at -= 1
    if at <= sentence.first:
        return False
    verb, holder = words[at], words[at - 1]
    if verb == "for":
        return holder in ("positive", "pos")
    return (verb in _HAVING and holder in _HOLDERS) or (verb in _BEING and holder in _THINGS)
