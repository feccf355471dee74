"""Labels of forms that name something else beside a variable: ``Bronchitis/chest infection at present: no``."""

from collections.abc import Mapping

from causalsynth.extract.kinds import kind_bits
from causalsynth.extract.reach import reach_back
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.touching import sign_before
from causalsynth.extract.vocabulary import Item
from causalsynth.extract.word_sets import word_set

__all__ = ["is_open_label", "names_of_label"]

_JOINS = word_set("/ and or &")
_LONGEST = 7
"""How many tokens may stand between a label's last known name and the mark before the answer."""
_MOST_NAMES = 8
"""How many items a label may have before that name."""
_TURNS = kind_bits(
    *("negate", "negate_list", "negate_after", "negate_either", "hedge", "hedge_after", "suppose", "person", "past"),
    *("answer_no", "stop", "clause", "verb", "elsewhere", "aside"),
)
"""What makes of a label a clause that says something itself."""
_OPEN = kind_bits(
    *("negate_after", "negate_either", "hedge", "hedge_after", "suppose", "suppose_after", "nothing", "answer_no")
)
_RELATION = kind_bits("relation")
_OF_SOMETHING_ELSE = word_set("""
    med meds medication medications medicine medicines drug drugs treatment treatments therapy inhaler inhalers insulin
    tablets contact contacts exposure source test tests testing screen screening swab swabs result results risk risks
    vaccine vaccination complication complications follow review referral clinic plan
""")
"""Behind ``TB/contacts: none`` it isn't the disease that is denied."""


def names_of_label(
    items: list[Item], k: int, readings: Mapping[int, object], words: list[str], first: int
) -> list[int]:
    """Give the names that the label before answer `k` asks for; `first` is where its sentence begins.

    A denial of a pair denies both, whether or not the other half is a name that we know.
    """
    if k < 2 or sign_before(items, k) not in (":", "?", "-", "="):
        return []
    mark = items[k - 1][0]
    j = k - 2
    while j >= 0 and not items[j][2].named:
        entry = items[j][2]
        if mark - items[j][0] > _LONGEST or entry.sign or entry.kinds & _TURNS:
            return []
        j -= 1
    if j < 0 or j not in readings:
        return []
    tail = words[items[j][1] : mark]
    if not 0 < len(tail) <= _LONGEST or not _OF_SOMETHING_ELSE.isdisjoint(tail):
        return []
    start = _first_name(items, j)
    paired = tail[0] in _JOINS or start < j
    if not paired or not _begins(items[start][0], first, words):
        return []
    return reach_back(items, j + 1, readings, most_unknown=0, answer=True)


def is_open_label(k: int, sentence: Sentence) -> bool:
    """``Bronchitis/chest infection: unknown``: behind the colon stands what leaves it open, or a denial."""
    items = sentence.items
    if k + 2 >= len(items) or items[k + 1][2].lone not in _JOINS or items[k + 1][0] != items[k][1]:
        return False
    for j in range(k + 2, min(k + 2 + _MOST_NAMES, len(items) - 1)):
        if items[j][2].sign or items[j][0] - items[k][1] > _LONGEST:
            told = items[j + 1]
            opens = bool(told[2].kinds & _OPEN) or told[2].sign == "?"
            return items[j][2].sign == ":" and told[0] == items[j][1] and opens
    return False


def _begins(start: int, first: int, words: list[str]) -> bool:
    """Tell whether a label begins at token `start`, or with things that we don't know: ``Asthma/bronchitis/…``."""
    at = start
    if at > first and words[at - 1] in _JOINS:
        while at > first and start - at < _LONGEST and (words[at - 1] in _JOINS or words[at - 1][0].isalnum()):
            at -= 1
    return at == first or not words[at - 1][0].isalnum()


def _first_name(items: list[Item], j: int) -> int:
    """Give where the label begins, `j` being its last name: ``TB/lung cancer at present: …``, ``Travel to Asia/…``."""
    start = j
    for at in range(j - 1, max(-1, j - 1 - _MOST_NAMES), -1):
        entry = items[at][2]
        joins = entry.lone in _JOINS or bool(entry.words) or bool(entry.kinds & _RELATION)
        if items[at][1] != items[at + 1][0] or not (entry.named or joins):
            break
        if entry.named or entry.lone not in _JOINS:
            start = at
    return start
