"""Whether what is denied is denied of all there is: ``no travel``, but not ``no travel to Spain``."""

from collections.abc import Set

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.word_sets import word_set

__all__ = ["is_of_all"]

_ENDS = word_set("""
    and or nor either recently lately whatsoever since ever anywhere of late this last within during over now currently
    yet before after lately other apart except save bar beyond outside abroad overseas reported recorded noted known is
    was has have at all today are were
""")
"""Words behind which no place is told, and no more of a thing."""
_FINDING = word_set("""
    found seen identified detected demonstrated shown visible evident present spotted discovered noticed visualised
    visualized apparent discernible
""")
"""Words that a statement may end in: ``no tumour seen at bronchoscopy``, but not ``no tumour seen yesterday``."""
_WHERE = frozenset({"at", "on", "by"})
_POSSESSIVES = frozenset({"his", "her", "their"})
"""They may begin somebody else: ``no tumour seen on her brother's film``."""
_UNREAL = frozenset({"to", "can", "cannot", "can't", "will", "won't", "would", "wouldn't", "could", "couldn't", "must"})
_OF_TIME = frozenset(
    {"recent", "last", "past", "previous", "preceding", "months", "weeks", "years", "year", "memory", "any", "general"}
)


def is_of_all(k: int, sentence: Sentence, told: Set[str], words: list[str]) -> bool:
    """Tell whether item `k`, if it is a word that says something of a name too, stands for itself here.

    Parameters
    ----------
    told
        Variables that a name with its word has told of in this sentence.
    """
    first, end, entry = sentence.items[k]
    if not entry.words or entry.named:
        return True  # a name
    if any(variable in told for variable in entry.denied):
        return False
    if first > sentence.first and words[first - 1] in _UNREAL:
        return False  # "unable to travel", "she cannot travel"
    if end >= sentence.end:
        return True
    following = words[end]
    if following == "in":
        return not _OF_TIME.isdisjoint(words[end + 1 : min(end + 4, sentence.end)])
    if following in _FINDING:
        behind = words[end + 1 : min(end + 3, sentence.end)]
        return not behind or not behind[0][0].isalnum() or (behind[0] in _WHERE and _POSSESSIVES.isdisjoint(behind))
    return not following[0].isalnum() or following in _ENDS
