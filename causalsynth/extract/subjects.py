"""Whom a sentence speaks of: which words in it change from its subject to another person, and back."""

from causalsynth.extract.cast import Cast
from causalsynth.extract.lookback import LookBack
from causalsynth.extract.persons import (
    ends_concession,
    goes_on_about,
    is_attributed,
    is_described,
    is_object,
    is_resumed,
    is_same_person,
    owns_journey,
    owns_next,
)
from causalsynth.extract.readings import Negation, Reading, Scopes
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Item

__all__ = ["SUBJECTS", "Subjects", "resumes"]

_SUBJECT_REACH = 4
"""How many tokens behind a negation a subject may stand that it still governs."""
_RESUMED = 8
"""How many items before a person the name may stand that is told to be that one's."""
_GOVERNING = (
    "that think thinks believe believes feel feels say says sure convinced if whether evidence sign signs when what "
    "reason indication suggestion thought believed felt said clear and or but with"
)
_GOVERNORS = frozenset(_GOVERNING.split())
"""Words that let a negation reach into the clause that follows: ``no evidence that he has TB``."""
_IN_PLACE = frozenset({("rather", "than"), ("instead", "of")})
SUBJECTS = frozenset({"he", "she", "i", "we", "you", "they", "u"})
"""Pronouns that begin a clause as its subject."""
_BEHIND_IS_WORDS = "the a an been got had always still in on not now only also just never his her"
_BEHIND_IS = frozenset(_BEHIND_IS_WORDS.split())
_PATIENT = frozenset({"patient", "pt"})
_COLLEAGUES = frozenset({"colleague", "colleagues", "partner", "boss"})
_EMPHASISED = frozenset({("he",), ("she",)})
_VIEWS = frozenset({("that", "of"), ("opinion", "of"), ("view", "of"), ("words", "of")})


def resumes(items: list[Item], k: int, words: list[str]) -> bool:
    """Tell whether a statement begins behind colon `k`: ``What would help most: you are still smoking``."""
    return k + 1 < len(items) and words[items[k][1]] in SUBJECTS and "self" in items[k + 1][2].cues


class Subjects:
    """Follows the persons of one sentence.

    Attributes
    ----------
    at
        The item that last named another person than the subject.
    """

    __slots__ = ("_back", "_cast", "_items", "_readings", "_sentence", "_words", "at")

    def __init__(
        self,
        sentence: Sentence,
        words: list[str],
        readings: dict[int, Reading],
        back: LookBack,
        cast: Cast,
    ) -> None:
        self._items = sentence.items
        self._sentence = sentence
        self._words = words
        self._readings = readings
        self._back = back
        self._cast = cast
        self.at: int | None = None

    def on_person(self, k: int, scopes: Scopes) -> None:
        """Take in item `k`, another person: what follows is said of that one, unless grammar says not."""
        first = self._items[k][0]
        if tuple(self._words[max(self._sentence.first, first - 2) : first]) in _VIEWS:
            return  # "in my view and that of my colleague"
        if first > self._sentence.first and self._words[first - 1] == "unlike":
            return  # "he, unlike his wife, smokes"
        if self._joins_subject(k):
            return  # "neither he nor his wife smokes"
        judging = any(item[2].cues & {"negate_either", "report"} for item in self._items[k + 1 : k + 3])
        if judging and self._items[k][2].phrase[-1] in _COLLEAGUES:
            return  # "our colleagues have ruled out TB"
        self.at = k
        owned = is_attributed(self._items, k, self._words)
        if owned is not None and owned in self._readings:
            self._readings[owned].person = True
        if is_resumed(self._sentence, k, self._words):
            self._give_last(k)
        if self._is_subject(k):
            scopes.person = True
        elif not scopes.person and self._is_told_of(k):
            scopes.person = scopes.aside = True
        if scopes.person and self._is_in_aside(k):
            scopes.aside = True

    def _is_in_aside(self, k: int) -> bool:
        """Tell an aside that a comma ends: ``the TB his gran told of, and …``, ``which relatives had feared, and``."""
        first = self._items[k][0]
        named = k > 0 and self._items[k - 1][2].named and self._items[k - 1][1] == first
        return named or "which" in self._words[max(self._sentence.first, first - 2) : first]

    def _give_last(self, k: int) -> None:
        """Let what was named last before item `k` be that person's."""
        named = (j for j in range(k - 1, max(-1, k - _RESUMED), -1) if self._items[j][2].named and j in self._readings)
        at = next(named, None)
        if at is not None and not self._readings[at].negated:
            self._readings[at].person = True

    def on_subject(self, k: int, scopes: Scopes) -> None:
        """Take in item `k`, a word such as ``she`` or ``the patient``: the subject again, or still the other."""
        before = self._items[k - 1] if k else None
        touching = before is not None and before[1] == self._items[k][0]
        if k > 1 and self._items[k - 1][2].sign == "(" and self.at == k - 2 and touching:
            scopes.person = True  # "her housemate (himself back from India)"
            return
        at, is_open = self.at, scopes.person
        if touching and before is not None and before[2].phrase in _EMPHASISED:
            return  # "he himself": whom the pronoun means is told
        if is_open and at is not None and is_same_person(self._items[at][2].phrase, self._items[k][2].phrase):
            return  # "her husband, aged 70 and himself diabetic"
        goes_on = at is not None and goes_on_about(self._sentence, at, k, self._words, is_open=is_open)
        if goes_on or self._cast.is_other(self._items[k][0], named=at is not None):
            scopes.person = True
        elif before is None or not touching or "clause" not in before[2].cues:
            scopes.person = False
        if touching and before is not None and (before[2].sign == "," or "and" in before[2].cues):
            scopes.end_clause()
        elif self._is_new_clause(k, scopes.negation):
            scopes.negation = None

    def on_and(self, k: int, scopes: Scopes) -> None:
        """Take in item `k`, an ``and``: behind an aside on another person the subject may go on."""
        if scopes.person and self.at is not None and ends_concession(self._sentence, self.at, k, self._words):
            scopes.person = False

    def _is_told_of(self, k: int) -> bool:
        return is_described(self._sentence, k, self._words) or owns_journey(self._sentence, k, self._words)

    def _joins_subject(self, k: int) -> bool:
        """Tell whether the subject is named together with item `k`, a person: ``he and his wife``."""
        if k < 2:
            return False
        (_, end, subject), (first, after, link) = self._items[k - 2], self._items[k - 1]
        joined = not link.cues.isdisjoint({"and", "or"}) and not link.sign
        is_subject = subject.phrase[-1] in SUBJECTS or subject.phrase[-1] in _PATIENT
        return joined and end == first and after == self._items[k][0] and is_subject

    def _is_subject(self, k: int) -> bool:
        """``his brother`` yes, ``with his brother`` and ``his brother's wedding`` no."""
        first, end, entry = self._items[k]
        possessive = end < self._sentence.end and self._words[end] == "'s" and not self._is_contracted(end + 1)
        if is_object(self._sentence, k, self._words) or (possessive and not owns_next(self._sentence, k)):
            return False
        self._back.give_to_other(k)
        before = self._words[first - 1] if first > self._sentence.first else ""
        if before in ("in", "of", "affected") and "history" not in entry.phrase:
            self._back.give_to_person(k)
        at = self._owner(k)
        return not (
            at > 0 and self._items[at - 1][1] == self._items[at][0] and "relation" in self._items[at - 1][2].cues
        )

    def _owner(self, k: int) -> int:
        """Give the first of the persons that item `k`, a person, is told by: ``with his wife's family``."""
        while k > 1 and self._items[k - 1][2].phrase == ("'s",) and "person" in self._items[k - 2][2].cues:
            k -= 2
        return k

    def _is_contracted(self, at: int) -> bool:
        """``Dad's the one who had TB``: the ``'s`` before token `at` is a verb."""
        return at < self._sentence.end and self._words[at] in _BEHIND_IS

    def _is_new_clause(self, k: int, negation: Negation | None) -> bool:
        """``not been abroad in years I looked at it``: a subject without a link begins a clause of its own."""
        first, _, entry = self._items[k]
        if negation is None or entry.phrase[0] not in SUBJECTS or first == self._sentence.first:
            return False
        if self._items[negation.at][2].phrase in _IN_PLACE and first > self._items[negation.at][1]:
            return True  # "rather than intubate we tried CPAP"
        far = first - self._items[negation.at][1] > _SUBJECT_REACH
        return far and self._words[first - 1] not in _GOVERNORS
