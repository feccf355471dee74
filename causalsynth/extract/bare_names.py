"""Whether a name that nothing negates or affirms says anything: no heading, no test, not one of two, no odd mention."""

from causalsynth.extract.loose_negations import is_followed_by_negation
from causalsynth.extract.readings import Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.standing import stands_oddly
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Item, Vocabulary
from causalsynth.extract.word_sets import word_set

__all__ = ["is_alternative", "is_doubtful", "is_heading", "is_test"]

_TESTS = word_set("""
    test tests testing screen screening swab swabs search panel questionnaire pcr naat igra quantiferon elispot assay
    serology culture cultures smear smears
""")
_TESTED = frozenset({"blood", "skin", "sputum", "urine", "breath"})
_BEHIND_DASH = 3
"""How many items behind the dash of ``Smoker - never smoked`` the same variable may be named again."""
_BRACKET = 8
"""So many items may stand in the bracket of a heading."""


def is_alternative(k: int, sentence: Sentence) -> bool:
    """``bronchitis or asthma`` leaves it open which."""
    items = sentence.items
    if k and items[k - 1][2].lone == "or" and items[k - 1][1] == items[k][0]:
        return True
    return k + 1 < len(items) and items[k + 1][2].lone == "or" and items[k + 1][0] == items[k][1]


def is_doubtful(
    k: int, variable: str, reading: Reading, sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary
) -> bool:
    """Tell of a bare name that no cue qualifies whether its context leaves it in doubt: ``a talk on TB``."""
    if variable in vocabulary.who:
        return False
    if not sentence.items[k][2].denial and is_followed_by_negation(k, sentence):
        return True
    if reading.past or reading.supposed or reading.person or variable in vocabulary.plain:
        return False
    return stands_oddly(k, sentence, tokens, vocabulary.neighbours)


def is_test(k: int, sentence: Sentence, words: list[str]) -> bool:
    """``TB test``, ``TB skin test``: by itself the name of an investigation, whose result isn't told."""
    end = sentence.items[k][1]
    if end + 1 < sentence.end and words[end] in _TESTED and words[end + 1] in _TESTS:
        return True
    if k + 1 >= len(sentence.items):
        return False
    first, _, entry = sentence.items[k + 1]
    return first == end and entry.phrase[0] in _TESTS and "affirm" not in entry.cues


def is_heading(k: int, sentence: Sentence) -> bool:
    """``Smoking: …``, ``TB status: …`` say nothing by themselves until an answer such as ``yes`` is understood."""
    items = sentence.items
    if k + 1 >= len(items) or items[k + 1][0] != items[k][1]:
        return False
    after = k + 1
    if items[after][2].lone == "status":
        return True
    first = k
    while (
        first > max(0, k - 6)
        and items[first - 1][1] == items[first][0]
        and (items[first - 1][2].named or items[first - 1][2].lone in ("/", "and", "&"))
    ):
        first -= 1  # "Infection/sepsis: …"
    begins = items[first][0] == (items[first - 1][1] if first else sentence.first)
    if not begins or (first and not items[first - 1][2].sign):
        return False
    after = _behind_bracket(after, items)
    while after + 1 < len(items) and "between" in items[after][2].cues and items[after][0] == items[after - 1][1]:
        after += 1
    if items[after][2].sign == "-" and items[after][0] == items[after - 1][1]:
        names = {name for name, _ in items[k][2].asserts}
        behind = items[after + 1 : after + 1 + _BEHIND_DASH]
        return any(not names.isdisjoint((*entry.denied, *dict(entry.asserts))) for _, _, entry in behind)
    return items[after][2].sign == ":" and items[after][0] == items[after - 1][1]


def _behind_bracket(after: int, items: list[Item]) -> int:
    """Give the item behind the bracket that opens at item `after`, or that: ``Delirium (CAM-ICU): …``."""
    if items[after][2].sign not in ("(", "[") or items[after][0] != items[after - 1][1]:
        return after
    for j in range(after + 1, min(len(items) - 1, after + _BRACKET)):
        if items[j][2].sign in (")", "]"):
            return j + 1
    return after
