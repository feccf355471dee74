"""Who a person that a sentence names is, and what of it is said of that person."""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Item

__all__ = [
    "ends_concession",
    "goes_on_about",
    "is_attributed",
    "is_described",
    "is_female",
    "is_male",
    "is_object",
    "is_resumed",
    "is_same_person",
    "owns_journey",
    "owns_next",
    "sexes_of",
]

_MALE_WORDS = """
    father brother husband son uncle nephew grandfather dad grandpa grandad boyfriend man gentleman boy fiance godfather
    widower stepfather stepson chap bloke guy buddy lad grandson
"""
_MALE = frozenset(_MALE_WORDS.split())
_FEMALE_WORDS = """
    mother sister wife daughter aunt niece grandmother mum mom mam granny grandma girlfriend woman lady girl fiancee
    godmother widow stepmother granddaughter
"""
_FEMALE = frozenset(_FEMALE_WORDS.split())
_HE, _SHE = frozenset({"he", "him", "his", "himself"}), frozenset({"she", "her", "hers", "herself"})
_REFERRING = frozenset({"colleague", "partner", "boss", "husband's", "wife's"})
_LONGEST_CLAUSE = 25
_OWNED_ITEMS, _OWNED_REACH = 6, 6
"""How many items and tokens behind ``his sister's`` a name may stand that is hers."""
_BELONGING = "belongs belonged belonging concerns concerned refers referred relates related"
_BELONGS = frozenset(_BELONGING.split())
_RESUMING = frozenset({"this", "that", "which"})
_JOURNEYS = frozenset({"trip", "trips", "travel", "travels", "journey", "holiday", "cruise"})
_EMPLOYING = frozenset({"employer", "company", "firm"})
_SAID_WORDS = "was is were had been made taken done by for of to belonged belongs actually about in fact"
_SAID = frozenset(_SAID_WORDS.split())
_LINK_WORDS = frozenset({"to", "that", "of", "in", "fact", "actually", "really", "only", "the", "those", "about"})
_LONGEST_LINK = 4
_DEALINGS = """
    rang asked phoned called telephoned met told informed interviewed questioned brought drove contacted consulted
    helped thanked visited warned reassured
"""
_DEALS_WITH = frozenset(_DEALINGS.split())
"""Verbs whose object a person may be without being spoken of: ``rang the family``."""
_COMPARING = frozenset({"unlike", "like", "as", "than", "not"})
_CONCEDING = frozenset({"although", "though", "whereas", "while", "albeit", "but"})
_GOING_ON_WORDS = "has had is was does did denies reports remains there does doesn't hasn't isn't wasn't hadn't didn't"
_GOING_ON = frozenset(_GOING_ON_WORDS.split())
_SINGULAR = frozenset({"has", "is", "was", "does", "denies", "reports", "remains", "hasn't", "isn't", "doesn't"})
_DENYING = frozenset(
    {"no", "not", "never", "denies", "neither", "doesn't", "hasn't", "isn't", "wasn't", "hadn't", "didn't"}
)
_DESCRIBING = frozenset({"who", "just", "recently", "newly", "recovering"})


def ends_concession(sentence: Sentence, person: int, k: int, words: list[str]) -> bool:
    """Tell whether item `k`, an ``and``, goes on with the subject behind an aside on item `person`.

    ``She has never smoked, although both parents did, and has no cough``. What isn't denied may be said of the person
    just as well, save where that one is none of the verb's number: ``his wife smokes, and has bronchitis``.
    """
    items = sentence.items
    first, end, _ = items[person]
    conceding = next((at for at in range(first - 1, max(sentence.first, first - 4), -1) if words[at] in _CONCEDING), 0)
    start = items[k][1]
    if not conceding or words[items[k][0] - 1] != "," or start + 1 >= sentence.end or words[start] not in _GOING_ON:
        return False
    if any("person" in item[2].cues and item[0] < conceding for item in items[:person]):
        return False
    if words[start] == "there":
        return True
    plural = words[start] in _SINGULAR and (words[end - 1].endswith("s") or words[first - 1] == "both")
    return plural or not _DENYING.isdisjoint(words[start : min(start + 4, sentence.end)])


def owns_journey(sentence: Sentence, k: int, words: list[str]) -> bool:
    """``your cousin's trip to Goa``, but not ``his cousin's wedding in Goa``."""
    end = sentence.items[k][1]
    return end + 1 < sentence.end and words[end] == "'s" and words[end + 1] in _JOURNEYS


def sexes_of(phrase: tuple[str, ...]) -> frozenset[str]:
    """Give the sexes that a person may be of: ``m`` for ``his father``, both for ``a friend``."""
    if not _MALE.isdisjoint(phrase):
        return frozenset("m")
    return frozenset("f") if not _FEMALE.isdisjoint(phrase) else frozenset("mf")


def goes_on_about(sentence: Sentence, person: int, k: int, words: list[str], *, is_open: bool) -> bool:
    """Tell whether item `k`, ``he`` or ``she``, is the person of item `person` and not the subject.

    ``She brings her husband, he was the smoker``: the subject is of the other sex; ``my friend says he has TB``: the
    subject is the one who speaks. Where the person `is_open`, the one just spoken of, sex alone tells: ``his brother
    came, he has TB``, save where the two are compared, or the person reports: ``his brother smokes, he does not``.
    """
    items = sentence.items
    pronoun = items[k][2].phrase[0]
    if pronoun not in ("he", "she") or len(items[k][2].phrase) > 1:
        return False
    if words[items[k][1] : items[k][1] + 1] in (["himself"], ["herself"]):
        return False  # "his brother died of it, and the scan shows that he himself has none"
    phrase = items[person][2].phrase
    if phrase[0] == "my":
        return phrase[-1] not in _REFERRING
    own, other = (_HE, _SHE) if pronoun == "he" else (_SHE, _HE)
    if (_MALE if pronoun == "he" else _FEMALE).isdisjoint(phrase):
        return False
    if is_open and own.isdisjoint(words[items[person][1] : items[k][0]]):
        compared = not _COMPARING.isdisjoint(words[max(sentence.first, items[person][0] - 2) : items[person][0]])
        between = (entry for _, _, entry in items[person + 1 : k])
        return not compared and not any(entry.means or "report" in entry.cues for entry in between)
    first = max(sentence.first, items[person][0] - _LONGEST_CLAUSE)
    before = words[first : items[person][0] + 1]
    return not other.isdisjoint(before) and own.isdisjoint(before)


def is_attributed(items: list[Item], k: int, words: list[str]) -> int | None:
    """Give the name that is told to be that of item `k`, a person: ``the TB was his father's``."""
    if not k:
        return None
    first = items[k][0]
    for j in range(k - 1, max(-1, k - 6), -1):
        _, end, entry = items[j]
        if entry.sign or entry.cues & {"stop", "clause", "and", "or", "self", "negate"}:
            return None
        if entry.named:
            link = words[end:first]
            if not link or len(link) > 3 * _LONGEST_LINK:
                return None
            return j if _is_link(link) else None
    return None


def _is_link(link: list[str]) -> bool:
    """``was``, ``actually belonged to``, ``in these notes is``."""
    verb = next((i for i in range(len(link) - 1, -1, -1) if link[i] in _BELONGS or link[i] in ("is", "was")), None)
    return (
        verb is not None
        and len(link) - verb - 1 <= _LONGEST_LINK
        and all(word in _LINK_WORDS for word in link[verb + 1 :])
    )


def is_resumed(sentence: Sentence, k: int, words: list[str]) -> bool:
    """Tell whether what was named last is that of item `k`, a person: ``a trip to Goa, but that was his brother``."""
    first, end, _ = sentence.items[k]
    at = first - 1
    while at > sentence.first and first - at <= _LONGEST_LINK and words[at] in _SAID:
        at -= 1
    if at == first - 1 or at < sentence.first or words[at] not in _RESUMING:
        return False
    owns = end + 1 < sentence.end and words[end] == "'s" and words[end + 1].isalpha()
    return not owns or words[end - 1] in _EMPLOYING


def is_described(sentence: Sentence, k: int, words: list[str]) -> bool:
    """Tell whether what follows item `k`, a person, tells who that is: ``works with people just back from India``."""
    items = sentence.items
    _, end, entry = items[k]
    if end >= sentence.end:
        return False
    if words[end] in _DESCRIBING or entry.phrase[-1] in _DESCRIBING:
        return True
    following = items[k + 1] if k + 1 < len(items) else None
    if following is None or following[0] != end:
        return False
    return words[end] == "with" and k + 2 < len(items) and items[k + 2][0] == following[1] and items[k + 2][2].named


def is_male(phrase: tuple[str, ...]) -> bool:
    """Tell whether the words for a person are those for a man."""
    return not _MALE.isdisjoint(phrase)


def is_female(phrase: tuple[str, ...]) -> bool:
    """Tell whether the words for a person are those for a woman."""
    return not _FEMALE.isdisjoint(phrase)


def is_same_person(person: tuple[str, ...], pronoun: tuple[str, ...]) -> bool:
    """Tell whether a bare ``himself`` or ``herself`` is the person just spoken of."""
    return (pronoun == ("himself",) and is_male(person)) or (pronoun == ("herself",) and is_female(person))


def is_object(sentence: Sentence, k: int, words: list[str]) -> bool:
    """Tell whether item `k`, a person, is only dealt with: ``we rang the family, and there has been no travel``."""
    first = sentence.items[k][0]
    return first > sentence.first and words[first - 1] in _DEALS_WITH


def owns_next(sentence: Sentence, k: int) -> bool:
    """``his brother's TB``, ``her sister's recent diagnosis of TB``, but not ``his brother's wedding in Goa``."""
    end = sentence.items[k][1]
    for first, _, entry in sentence.items[k + 1 : k + _OWNED_ITEMS]:
        if first == end or entry.phrase == ("'s",):
            continue
        if entry.named:
            return first == end + 1 or (bool(entry.asserts) and first <= end + _OWNED_REACH)
        if entry.sign or entry.cues & {"verb", "be", "clause", "stop", "self"}:
            return False
    return False
