"""What stands beside a cue in its sentence, and so tells what it speaks of."""

from causalsynth.extract.reach import FURTHEST
from causalsynth.extract.readings import RULED_OUT, Negation
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.touching import entry_before, sign_before
from causalsynth.extract.vocabulary import Item
from causalsynth.extract.word_sets import word_set

__all__ = [
    "before_comma",
    "begins",
    "bracketed_before",
    "denies_nothing",
    "denies_what_follows",
    "done_after_all",
    "governs_next",
    "has_in_bracket",
    "has_own_subject",
    "is_adverbial",
    "is_denied_denial",
    "is_finite",
    "is_inverted",
    "is_of_person",
    "is_opinion",
    "is_outcome",
    "is_told",
    "is_unable",
    "looks_on",
    "named_since_hedge",
    "opens_own_list",
]

_RESUMING = frozenset({"which", "that", "it", "this", "these", "they"})
_OUTCOME = frozenset({"be", "have"})
_BY_NOW = frozenset({"has", "have"})
_RESULT_REACH = 6
"""How many items before its verb a name may stand that a ``which`` resumes."""
_OBJECT_REACH = 4
"""How many tokens behind a ``found neither`` its object may stand."""
_FINITE_VERBS = (
    "smokes lights continues returned visited travelled traveled flew came spent uses has landed stayed keeps "
    "still never died dies survived survives passed walked"
)
_FINITE = frozenset(_FINITE_VERBS.split())
"""Words that a lexicon's own phrases may begin with; like cues of kind ``verb`` they end a scope after a comma:
``denies cough, still smokes``."""
_DESCRIBING_WORDS = "current known ongoing heavy ex former lifelong"
_DESCRIBING = frozenset(_DESCRIBING_WORDS.split())
"""Words that do so before what a person is or does: ``denies cough, current smoker``."""
_LEFT_BEHIND = frozenset({"hospital", "the", "alive", "icu", "for", "in", "on", "us", "our", "with", "against"})
_NO_AGENTS = frozenset({"cancer", "ulcer", "fever", "disorder", "tumor"})
_NO_OBJECT = word_set("""
    in on by with at and but or because since as given when after before during again twice today then though although
""")
"""Words behind a ``looked for`` that begin no object."""
_BETWEEN = frozenset({"between"})
_PASSIVE = frozenset({"is", "was", "were", "are", "being", "been", "be"})
_PREPOSITIONS = word_set("in at on above below under over within correctly properly well")
_LOOK_AHEAD = 6
_OWN_LIST_ENDS = frozenset({"verb", "self", "stop", "negate", "answer_no"})
_ASIDE_REACH = 8
"""How far behind a doubt the comma may stand that ends its clause."""
_OWNERS = frozenset({"his", "her", "the", "my", "your", "our", "their", "its"})
_ACTIVE = frozenset({"rules", "excludes", "ruling", "excluding", "disproves"})
_AGENTS = frozenset({"by", "on", "with", "after", "and", "but", "too", "also", "itself"})
_PERFECT = (("'s",), ("has",), ("have",), ("had",))
_DENIALS = frozenset({"not", "never"})
_UNABLE = frozenset({"can't", "cannot", "couldn't", "cant"})
_HINDERED = frozenset({"unable", "hardly", "barely", "scarcely", "impossible", "struggles"})
_HINDERED_REACH = 10


def looks_on(k: int, sentence: Sentence, words: list[str]) -> bool:
    """Tell whether item `k` has an object: ``she was tested for TB``, but ``TB was tested for on three samples``."""
    items = sentence.items
    _, end, entry = items[k]
    if "suppose_after" not in entry.cues:
        return True
    at = k
    while (before := entry_before(items, at)) is not None and before.cues == _BETWEEN:
        at -= 1  # "was then looked for"
    passive = before is not None and before.phrase[-1] in _PASSIVE
    if not passive and entry.phrase[0] not in _PASSIVE:
        return True
    return end < sentence.end and words[end][0].isalnum() and words[end] not in _NO_OBJECT


def denies_what_follows(items: list[Item], k: int) -> bool:
    """``found neither TB nor bronchitis``: here it isn't spoken of what was said before."""
    following = items[k + 1] if k + 1 < len(items) else None
    return following is not None and following[2].named and following[0] - items[k][1] <= _OBJECT_REACH


def governs_next(items: list[Item], k: int, words: list[str]) -> bool:
    """Tell whether the cue is an active verb with a name for its object: ``the letter rules out TB``."""
    _, end, entry = items[k]
    if "negate_either" not in entry.cues or k + 1 >= len(items) or end >= len(words):
        return False
    if entry.phrase[0] in _ACTIVE and words[end][0].isalpha() and words[end] not in _AGENTS:
        return True  # "the film is clear, and the summary rules out all that was feared"
    if not _DENIALS.isdisjoint(entry.phrase) or any(
        word.endswith("n't") for word in entry.phrase
    ):  # "has not undertaken recent journeys", but "intubation never needed"
        following = items[k + 1]
        return following[0] - end <= 2 and following[2].means and following[2].number is None
    before = entry_before(items, k)
    by_other = before is None or before.other or before.phrase in _PERFECT  # "the scan's ruled out TB"
    voice = entry.phrase[0] in RULED_OUT and (by_other or _only_anchor_before(items, k))
    active = entry.phrase[0] in _ACTIVE or voice
    following = items[k + 1]
    return active and following[0] - end <= 1 and bool(following[2].asserts) and words[end] != ","


def _only_anchor_before(items: list[Item], k: int) -> bool:
    """Tell whether what an ``excluded`` would reach is a name that can't be excluded, as a film can't."""
    before = entry_before(items, k)
    if before is not None and "be" in before.cues:
        return False
    return not any(item[2].asserts or item[2].denied for item in items[max(0, k - FURTHEST) : k] if item[2].named)


def is_denied_denial(items: list[Item], negation: Negation | None, k: int) -> bool:
    """``neither TB nor lung cancer has been excluded``, ``TB has not been definitively excluded``."""
    if negation is None or "negate_either" not in items[k][2].cues:
        return False
    if items[negation.at][2].phrase[0] in ("neither", "nor"):
        return True
    named_since = any(item[2].named for item in items[negation.at : k])
    return not (named_since or negation.commas or negation.joined)


def before_comma(items: list[Item], k: int) -> bool:
    """``As a leak couldn't be excluded on CT, …``: the doubt is of its own clause."""
    edge = items[k][1] + _ASIDE_REACH
    for first, _, entry in items[k + 1 : k + 1 + _ASIDE_REACH]:
        if entry.sign == ",":
            return True
        if entry.named or entry.sign or first > edge:
            return False
    return False


def is_of_person(items: list[Item], k: int) -> bool:
    """``lives with his partner, who came back from Japan``: what follows is said of that person."""
    before = k - 2 if k > 1 and items[k - 1][2].sign == "," else k - 1
    if before < 0 or items[k][2].phrase[0] not in ("who", "whose"):
        return False
    return "person" in items[before][2].cues and items[k][0] - items[before][1] <= 1


def named_since_hedge(items: list[Item], k: int) -> bool:
    """Tell whether the open hedge has found what it speaks of: ``TB is possible, and the film was normal``."""
    for j in range(k - 1, max(-1, k - FURTHEST), -1):
        _, _, entry = items[j]
        if entry.named:
            return True
        if "hedge" in entry.cues:
            return False
    return True


def is_finite(phrase: tuple[str, ...]) -> bool:
    """Tell a phrase that is a clause by itself: ``smokes``, ``current smoker``."""
    if phrase[0] in _DESCRIBING:
        return phrase[-1].endswith(("er", "ing", "use", "habit")) and phrase[-1] not in _NO_AGENTS
    return phrase[0] in _FINITE or (phrase[0] == "left" and len(phrase) > 1 and phrase[1] in _LEFT_BEHIND)


def denies_nothing(sentence: Sentence, k: int) -> bool:
    """Tell a number or a goal: ``urine output 0``, ``T2 N0 carcinoma``, ``a target of zero cigarettes``.

    But not ``0 SOB``, nor ``the cancer question: no lung cancer``.
    """
    items = sentence.items
    if items[k][2].lone == "0" and not (_touches_name(items, k) and begins(sentence, k)):
        return True
    before = entry_before(items, k)
    return before is not None and "suppose" in before.cues and before.phrase[-1] != ":"


def _touches_name(items: list[Item], k: int) -> bool:
    """Tell whether a name stands right behind item `k`: ``0 SOB``."""
    following = items[k + 1] if k + 1 < len(items) else None
    return following is not None and following[2].named and following[0] == items[k][1]


def has_in_bracket(items: list[Item], k: int) -> bool:
    """Tell whether bracket `k` says what a person has: ``a customer had ("just back from India")``.

    One that holds nothing but what somebody is does so behind what that person has: ``dad with lung ca (smoker)``.
    """
    before = entry_before(items, k)
    return before is not None and ("verb" in before.cues or (before.named and _is_lone_agent(items, k)))


def _is_lone_agent(items: list[Item], k: int) -> bool:
    """Tell whether bracket `k` holds one phrase such as ``smoker`` and no more."""
    if k + 2 >= len(items) or items[k + 2][2].sign not in (")", "]"):
        return False
    first, end, entry = items[k + 1]
    alone = first - items[k][1] <= 1 and end == items[k + 2][0]
    return alone and bool(entry.asserts) and entry.phrase[-1].endswith(("er", "ers")) and entry.phrase[-1] != "cancer"


def is_inverted(items: list[Item], k: int) -> bool:
    """Tell a clause of its own: ``nor has he ever smoked``."""
    following = items[k + 1 : k + 3]
    if len(following) < 2 or items[k][2].phrase[0] != "nor":
        return False
    return bool(following[0][2].cues & {"be", "verb"}) and "self" in following[1][2].cues


def is_told(items: list[Item], k: int) -> bool:
    """Tell whether the person before a ``told`` reports nothing: ``He's been told it is TB``."""
    before = entry_before(items, k)
    return before is not None and "be" in before.cues and items[k][2].phrase[0] == "told"


def is_unable(sentence: Sentence, k: int, negation: Negation | None, words: list[str]) -> bool:
    """``can't climb a stair without getting breathless``: a ``without`` behind what isn't possible denies nothing."""
    at = sentence.items[k][0]
    if not _HINDERED.isdisjoint(words[max(sentence.first, at - _HINDERED_REACH) : at]):
        return True
    if negation is None:
        return False
    if words[sentence.items[negation.at][0] - 1] == "can":  # "can no longer", "can not", "can hardly ever"
        return True
    return not _UNABLE.isdisjoint(sentence.items[negation.at][2].phrase)


def bracketed_before(items: list[Item], k: int) -> range:
    """Give the items in the bracket that ends right before item `k`, or a mark before it: ``(TB, cancer): neither``."""
    close = next((j for j in range(k - 1, max(-1, k - 3), -1) if items[j][2].sign == ")"), None)
    if close is None or items[k][0] - items[close][1] > 1:
        return range(0)
    opens = next((j for j in range(close - 1, max(-1, close - FURTHEST), -1) if items[j][2].sign == "("), close)
    return range(opens + 1, close)


def done_after_all(items: list[Item], k: int, words: list[str]) -> int | None:
    """Give the name that verb `k` gives a result of, however it was spoken of: ``ordered a film, which showed …``."""
    if words[items[k][0] - 1] not in _RESUMING:
        return None
    return next((j for j in range(k - 1, max(-1, k - _RESULT_REACH), -1) if items[j][2].anchors), None)


def is_outcome(items: list[Item], k: int) -> bool:
    """Tell what was found in the end: ``what we thought asthma has proved to be TB``, but not ``may be found to``."""
    before = entry_before(items, k)
    return before is not None and before.phrase[0] in _BY_NOW and items[k][2].phrase[-1] in _OUTCOME


def begins(sentence: Sentence, k: int) -> bool:
    """Tell whether item `k` begins a clause: ``Plan: exclude TB`` is an order."""
    return sentence.items[k][0] == sentence.first or bool(sign_before(sentence.items, k))


def is_adverbial(items: list[Item], k: int, negation: Negation) -> bool:
    """``no kink, in the right place``: ``no`` reaches no adverbial behind a comma, save in a list with ``or``."""
    if not negation.determiner or not negation.commas or negation.joined:
        return False
    listed = any("or" in item[2].cues for item in items[k + 1 : k + _LOOK_AHEAD])
    return items[k][2].phrase[0] in _PREPOSITIONS and not listed


def is_opinion(items: list[Item], k: int, j: int, words: list[str]) -> bool:
    """Tell whether item `k` is the ``not`` of ``some thought she was septic, I did not``; `j` is the name before it."""
    if not 0 < k < len(items) or "negate" not in items[k][2].cues:
        return False
    if any(item[2].cues & {"hedge", "hedge_after"} for item in items[j + 1 : k]):
        return True
    before = words[max(0, items[k][0] - 2) : items[k][1]]
    return not {"i", "we"}.isdisjoint(before) and not {"did", "do", "didn't", "don't"}.isdisjoint(before)


def has_own_subject(items: list[Item], k: int, words: list[str]) -> bool:
    """``his cough is a nuisance, his breathing is not``: something else than what was named isn't so."""
    at = k
    while (before := entry_before(items, at)) is not None and before.cues & {"be", "verb"}:
        at -= 1
    first = items[at][0]
    if first < 2 or words[first - 2] not in _OWNERS or not words[first - 1].isalpha():
        return False
    return not at or items[at - 1][1] < first


def opens_own_list(items: list[Item], k: int) -> bool:
    """Tell whether the list that phrase `k` begins with a ``no`` goes on: ``No ventilation, by mask or tube``."""
    for _, _, following in items[k + 1 : k + _LOOK_AHEAD]:
        if "or" in following.cues and not following.sign:
            return True
        if following.cues & _OWN_LIST_ENDS or following.sign not in ("", ","):
            return False
    return False
