"""Pronouns that go on about somebody else.

``Mr C. came with his wife. She has diabetes.``

They do so at the start of a sentence behind one that names a person of their sex, where all else in the text tells
that the subject is of the other.
"""

from causalsynth.domain import Lexicon
from causalsynth.extract.persons import is_female, is_male
from causalsynth.extract.sentences import Sentence

__all__ = ["CarriedPerson"]

_LEAD = 3
"""How many tokens may stand before the pronoun: a bullet, an ``and``."""
_SUBJECTS = frozenset({"he", "she"})


class CarriedPerson:
    """Keeps who was spoken of, sentence by sentence of one text."""

    __slots__ = ("_person", "_seen", "_states")

    def __init__(self, lexicon: Lexicon) -> None:
        self._states: dict[str, str] = {}
        for variable in lexicon.variables.values():
            for words in (variable.pronouns, variable.titles):
                self._states.update({word: state for state, of in words.items() for word in of})
        self._seen: dict[str, int] = {}
        self._person: str | None = None

    def read(self, sentence: Sentence, words: list[str]) -> str | None:
        """Give the pronoun that stands for the person spoken of before, if it opens `sentence`."""
        if not self._states:
            return None
        opening = next((word for word in words[sentence.first : sentence.first + _LEAD] if word in _SUBJECTS), None)
        state = self._states.get(opening) if opening else None
        carried = state is not None and state == self._person and self._is_other(state)
        if not carried:
            self._take_in(sentence, words)
        return opening if carried else None

    def _is_other(self, state: str) -> bool:
        """Tell whether the subject's sex is known and isn't `state`."""
        return not self._seen.get(state) and any(self._seen.values())

    def _take_in(self, sentence: Sentence, words: list[str]) -> None:
        end, self._person = sentence.end, None
        for first, _, entry in sentence.items:
            if "person" in entry.cues and "self" not in entry.cues:
                end = min(end, first + 1)
                sex = "he" if is_male(entry.phrase) else "she" if is_female(entry.phrase) else None
                self._person = self._states.get(sex) if sex else None
        for word in words[sentence.first : end]:
            state = self._states.get(word)
            if state is not None:
                self._seen[state] = self._seen.get(state, 0) + 1
