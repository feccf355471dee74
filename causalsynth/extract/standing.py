"""Whether a bare name stands where it is plainly said of the subject: ``has TB``, but not ``a talk on TB``.

Cues know the contexts that were foreseen. A name in any other is worth a doubt, never a statement: one that is only
part of a longer name (``TB hospice``), the topic of something (``a book about TB``), the object of an unknown verb
(``teaches TB``), or what stands behind a heading that asks for something else (``Thesis: TB``).
"""

from causalsynth.extract.kinds import LINKS, VERBS
from causalsynth.extract.loose_negations import end_of_list
from causalsynth.extract.patterns import ANY_NUMBER
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.surroundings import (
    ASKING,
    GENERAL,
    HARMS,
    HEADINGS,
    LICENSED,
    MAY_FOLLOW,
    MAY_PRECEDE,
    MEDIA,
    OTHERS_DO,
    OWN,
    PREDICATES,
    QUANTIFIERS,
    SPOKEN_OF,
    TOPICS,
    VISITS,
)
from causalsynth.extract.tokens import Tokens, is_number
from causalsynth.extract.vocabulary import Entry

__all__ = ["stands_oddly"]

_DETERMINERS = frozenset({"a", "an", "the", "his", "her", "their", "my", "any", "some", "this", "that"})
_AMOUNT_ENDS = frozenset({"day", "daily", "ppd", "cpd"})
_HELD_BY_MANY = frozenset({"with", "having", "of"})
_OPEN_ENDS = frozenset({"of", "through", "on", "at", "from", "after", "when", "with", "like", "if", "by", "up", "just"})
"""What a phrase may end in and have its object behind it: ``gets through a packet of Rothmans``."""
_NO_PLURAL = ("ss", "us", "is", "ous")
_SPELLS = frozenset(
    {"years", "months", "weeks", "days", "decades", "winters", "bouts", "episodes", "attacks", "spells"}
    | {"crackles", "wheezes", "rhonchi", "rales", "sounds", "hallmarks", "symptoms", "secretions"}
)
"""What one has so much or so many of: ``with six months of breathlessness``, ``the crackles of bronchitis``."""
_FURTHEST = 40
"""How many tokens or items are looked through at most: keeps the time linear."""
_VERB_WORDS = (
    "is was has gets becomes lacks misses stops stop stopping pause pauses rest rests halt halts runs goes : - "
    "showed shows confirmed confirms gave gives yielded yields returned"
)
_VERBS = frozenset(_VERB_WORDS.split())
"""A phrase with one of these says all by itself."""
_LONGEST_HEADING = 3
_IN_HEADINGS = frozenset({"/", "&"})
_BEING = frozenset({"is", "was", "are", "were", "been", "proved", "turned"})
_PREDICATE = 5
"""How many tokens behind its verb tell what is said of a name."""
_LICENSE_REACH = 2
"""How many words before a preposition may make it one of cause or treatment."""
_EMPTY_BOXES = frozenset({"\u2610", "\u25a1", "\u25fb", "\u2b1c", "\u25a2"})
_BOXES = _EMPTY_BOXES | {"]", ")"}
_POSSESSIVES = frozenset({"his", "her", "their", "my", "our", "your"})
_AUXILIARIES = ("does not", "do not", "did not", "doesn't", "don't", "didn't")
_REGARDS = frozenset({"regard", "regards", "respect", "reference", "relation"})
_HAVING = frozenset({"has", "had", "have", "is", "was", "are", "were", "gets", "got", "suffers"})


def stands_oddly(k: int, sentence: Sentence, tokens: Tokens, known: frozenset[tuple[str, str]]) -> bool:
    """Tell whether item `k`, a name that no cue qualifies, stands in a context that doesn't plainly affirm it.

    `known` are the pairs of neighbouring words in the lexicon's own sentences: what stands beside a name there may
    stand beside it anywhere.
    """
    entry = sentence.items[k][2]
    if entry.has_word(_VERBS) or entry.predicative or ANY_NUMBER in entry.phrase or entry.phrase[-1] in _AMOUNT_ENDS:
        return False
    if _is_part(k, sentence, tokens, known) or _is_topic(k, sentence, tokens, known):
        return True
    if _heads_otherwise(k, sentence, tokens) or _is_unticked(k, sentence, tokens) or _is_general(k, sentence, tokens):
        return True
    return (
        _is_of_another(k, sentence, tokens) or _does_not(k, sentence, tokens) or _is_said_otherwise(k, sentence, tokens)
    )


def _is_part(k: int, sentence: Sentence, tokens: Tokens, known: frozenset[tuple[str, str]]) -> bool:
    """``TB hospice``: another noun follows."""
    _, end, entry = sentence.items[k]
    if end >= sentence.end:
        return False
    if _is_verb(entry):
        return tokens.words[end] in HARMS
    if k + 1 < len(sentence.items) and sentence.items[k + 1][0] == end:
        return sentence.items[k + 1][2].other
    if entry.phrase[-1] in _OPEN_ENDS:
        return False
    word = tokens.words[end]
    if not word[0].isalpha() or is_number(word) or word in MAY_FOLLOW or (tokens.words[end - 1], word) in known:
        return False
    return not word.endswith(("ly", "ing", "ed", "able", "ward", "wise"))


def _is_topic(k: int, sentence: Sentence, tokens: Tokens, known: frozenset[tuple[str, str]]) -> bool:
    """Find a mere topic: ``a talk about TB``, ``teaches TB``, ``prisoners with TB``."""
    words, items = tokens.words, sentence.items
    at = items[k][0] - 1
    while at > sentence.first and words[at] in _DETERMINERS:
        at -= 1
    if at < sentence.first:
        return False
    if _is_agent(items[k][2]) and (items[k][2].lone.endswith("s") or words[at] == "with"):
        return True
    word, before = words[at], words[at - 1] if at > sentence.first else ""
    if word in TOPICS:
        return before != "doubt"  # "no doubt about the TB"
    spoken = (word == "of" and before in SPOKEN_OF) or (word == "to" and before in _REGARDS)
    if spoken and words[at + 1] not in _POSSESSIVES:
        return True  # but "the cause of her breathlessness"
    if word in LICENSED:
        return not any(item[1] == at and item[2].named for item in items[max(0, k - 3) : k]) and not _is_licensed(
            at, sentence, words
        )
    if word in _HELD_BY_MANY:
        many = before.endswith("s") and not before.endswith(_NO_PLURAL) and before not in _SPELLS
        return many and _is_unknown(at - 1, k, sentence, tokens)
    if (word, words[at + 1]) in known:
        return False
    if words[items[k][0] - 1] in _POSSESSIVES:
        return False  # "she attributes her breathlessness to …": whose it is, has it
    unknown = word not in MAY_PRECEDE and _is_unknown(at, k, sentence, tokens)
    return unknown and word.endswith(("s", "ed", "ing")) and not word.endswith(_NO_PLURAL)


def _is_licensed(at: int, sentence: Sentence, words: list[str]) -> bool:
    """Tell whether the word before the preposition at token `at` makes no topic of what follows: ``treating him for``.

    That of one which it repeats counts: ``accounts both for the weight loss and for the breathlessness``.
    """
    word = words[at]
    if at > sentence.first and words[at - 1] in ("and", "or", "also"):
        ahead = range(at - 2, max(sentence.first, at - _FURTHEST), -1)
        at = next((i for i in ahead if words[i] == word), at)
    if at > sentence.first + 1 and words[at - 2] == "by":
        at -= 2  # "has been treated by us for"
    return not LICENSED[word].isdisjoint(words[max(sentence.first, at - _LICENSE_REACH) : at])


def _is_agent(entry: Entry) -> bool:
    """``smoker``: ``with a smoker`` is somebody else."""
    return entry.lone.endswith(("er", "ers")) and entry.lone != "cancer"


def _is_unknown(at: int, k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """Tell whether token `at`, before item `k`, is a word that no phrase of the vocabulary takes in."""
    if at < sentence.first or not tokens.words[at][0].isalpha() or tokens.words[at] in MAY_PRECEDE:
        return False
    return all(not first <= at < end for first, end, _ in sentence.items[max(0, k - 4) : k])


def _heads_otherwise(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``Thesis: TB``: a short heading that isn't known to ask for what the subject has."""
    items = sentence.items
    if k == 0 or items[k - 1][2].sign != ":" or items[k - 1][1] != items[k][0]:
        return False
    first = end = items[k - 1][0]
    while first > sentence.first and (tokens.words[first - 1][0].isalnum() or tokens.words[first - 1] in _IN_HEADINGS):
        first -= 1
    if first > sentence.first and tokens.words[first - 1] in ("'s", "'re", "'ve"):
        return False  # "he's right: bronchitis"
    words = tokens.words[first:end]
    if any(word in ASKING for word in words[:2]):
        return VISITS.isdisjoint(words)
    if not words or not words[0][0].isalpha() or len(words) > _LONGEST_HEADING:
        return False
    inside = [item[2] for item in items[max(0, k - 4) : k - 1] if item[0] >= first]
    known = any(entry.means or entry.other or entry.cues - {"compound", "relation"} for entry in inside)
    return not known and not any(word in HEADINGS for word in words)


def _is_unticked(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``[ ] TB``: an empty box."""
    first = sentence.items[k][0]
    if first == sentence.first or tokens.words[first - 1] not in _BOXES:
        return False  # no box at all
    before = tokens.words[max(sentence.first, first - 2) : first]
    return before in (["[", "]"], ["(", ")"]) or before[-1] in _EMPTY_BOXES


def _is_general(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``TB is common there``, ``Lung cancer took his father``: the subject of a general or foreign statement."""
    items = sentence.items
    first, end, _ = items[k]
    begins = (
        first == sentence.first or (items[k - 1][2].sign and items[k - 1][1] == first) if k else first == sentence.first
    )
    if not begins or k + 1 >= len(items) or items[k + 1][0] != end:
        return False
    verb = items[k + 1]
    if "be" in verb[2].cues and "verb" in verb[2].cues:
        return any(word in GENERAL for word in tokens.words[verb[1] : min(verb[1] + 3, sentence.end)])
    return "verb" in verb[2].cues and verb[2].phrase[0] in OTHERS_DO


def _does_not(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """Tell whether it is the subject of a denial that isn't known: ``A tuberculosis does not lie before``."""
    items, end = sentence.items, sentence.items[k][1]
    if end >= sentence.end or tokens.words[end][0] != "d":
        return False  # no auxiliary
    following = " ".join(tokens.words[end : min(end + 2, sentence.end)])
    return following.startswith(_AUXILIARIES) and any(
        "negate" in item[2].cues for item in items[k + 1 : k + 3] if item[0] <= end + 1
    )


def _is_said_otherwise(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``TB was a will-o'-the-wisp``: a name without a determiner is the subject of a predicate that nobody knows."""
    items, words = sentence.items, tokens.words
    end = items[end_of_list(k, sentence)][1]
    if end < sentence.end and words[end] in ("has", "had", "have"):
        end += 1
    if end >= sentence.end or words[end] not in _BEING:
        return False
    while k > 1 and items[k - 1][1] == items[k][0] and items[k - 1][2].kinds & LINKS and items[k - 2][2].named:
        k -= 2
    first = items[k][0]
    start = first - 1 if first > sentence.first and words[first - 1] == "the" else first
    begins = start == sentence.first or (k > 0 and bool(items[k - 1][2].sign) and items[k - 1][1] == start)
    if not begins:
        return False
    said = words[end + 1 : min(end + 1 + _PREDICATE, sentence.end)]
    return bool(said) and PREDICATES.isdisjoint(said)


def _is_of_another(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``Her cat has bronchitis``: somebody or something that is only the subject's."""
    words, items = tokens.words, sentence.items
    at = sentence.first
    if not MEDIA.isdisjoint(words[max(at, items[k][0] - _FURTHEST) : items[k][0]]):
        return True
    if words[at] not in _POSSESSIVES and words[at] not in QUANTIFIERS:
        return False
    verb = next((item for item in items[: min(k + 1, _FURTHEST)] if item[2].kinds & VERBS), None)
    if verb is None or not 2 <= verb[0] - at <= 3 or (verb[2] is not items[k][2] and verb[1] != items[k][0]):
        return False
    does = words[verb[0]] in _HAVING or verb[2] is items[k][2]
    return does and not any(word in OWN for word in words[at + 1 : verb[0]])


def _is_verb(entry: Entry) -> bool:
    """Tell a verb, which may have an object: ``smokes Marlboros``."""
    return entry.lone.endswith(("s", "ing")) and not entry.lone.endswith(_NO_PLURAL)
