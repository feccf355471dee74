"""Who a text speaks of besides its subject, from one sentence to the next: ``My mate had a cough. He has TB``.

A ``he`` or ``she`` of the other sex than the subject's is whoever was named shortly before. Where the subject is the
one who speaks (``my wife``), it is anybody but the subject. And ``I`` in what a relative says is the relative.
"""

import re
from bisect import bisect_right

from causalsynth.extract.persons import sexes_of
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Item, Trait

__all__ = ["Cast"]

_PERSON = int(Trait.PERSON)
_OPENING = 120
"""How many tokens from its start a text may take to introduce its subject."""
_MEN = frozenset({"man", "gentleman", "male", "boy", "chap", "bloke", "fellow", "m"})
_WOMEN = frozenset({"woman", "lady", "female", "girl", "f"})
_AGED = frozenset({"old", "yo", "y", "yr", "aged"})
_MR, _MRS = frozenset({"mr", "monsieur", "herr"}), frozenset({"mrs", "ms", "miss", "madame", "frau"})
_INTRODUCING = _MEN | _WOMEN | _MR | _MRS
_HE, _SHE = frozenset({"he", "him", "his"}), frozenset({"she", "her", "hers"})
_THIRD = _HE | _SHE
_UNKNOWN = "?"
_REMEMBERED = 2
"""For how many sentences a person stays the one who a pronoun may mean."""
_KIN_TEXT = (
    "son daughter wife husband mother father mum mom dad sister brother partner carer neighbour neighbor friend niece"
)
_KIN = tuple(_KIN_TEXT.split())
_KIN_ENDINGS = frozenset(kin[-2:] for kin in _KIN)
"""Few words before a colon end like these: only then is it worth a look which word it is."""
_SPEAKER = re.compile(rf"\b(?:{'|'.join(_KIN)})(?: ?\([^()\n]{{1,24}}\))?: \Z", re.IGNORECASE)
_LONGEST_SPEAKER = 40
"""How many characters a speaker has at most, with what is in brackets."""
_LONGEST_KIN = 9
"""How many without brackets."""
_NEXT_SPEAKER = re.compile(r"\n|(?<=[.!?\"'\u201d\u2019] )[A-Z][A-Za-z. ]{0,24}: ")


class Cast:
    """Follows the sentences of one text and tells whom a pronoun of theirs means.

    Attributes
    ----------
    is_silent
        Whether no pronoun can be anybody but the subject just now.
    """

    def __init__(self, tokens: Tokens, text: str) -> None:
        self._tokens = tokens
        self._text = text
        self._sexes: frozenset[str] = frozenset()
        self._mine = False
        self._age = 0
        self._sex: str | None = _UNKNOWN
        self._spoken = _spoken_by_others(text)
        self.is_silent = not self._spoken

    def is_other(self, at: int, *, named: bool) -> bool:
        """Tell whether the pronoun at token `at` is somebody else, as far as earlier sentences tell.

        Where its own sentence has `named` a person, they tell nothing of ``he`` and ``she``.
        """
        word = self._tokens.words[at]
        if word == "i":
            return bool(self._spoken) and self._is_quoted(self._tokens.starts[at])
        if named or word not in ("he", "she") or not self._sexes:
            return False
        sex = "m" if word == "he" else "f"
        if sex not in self._sexes:
            return False
        if not self._mine and self._sex == _UNKNOWN:
            self._sex = _subject_sex(self._tokens.words)
        return self._mine or (self._sex is not None and self._sex != sex)

    def read(self, sentence: Sentence) -> None:
        """Take in the persons of a sentence after it has been read."""
        last: Item | None = None
        if sentence.traits & _PERSON:
            persons = (item for item in reversed(sentence.items) if item[2].traits & _PERSON)
            last = next((item for item in persons if "nothing" not in item[2].cues), None)
        elif not self._sexes:
            return
        words = self._tokens.words
        if last is not None:
            self._sexes, self._age = sexes_of(last[2].phrase), 0
            mine = "my" in last[2].phrase or (last[0] > 0 and words[last[0] - 1] == "my")
            self._mine = mine and _THIRD.isdisjoint(words[sentence.first : sentence.end])  # else somebody else speaks
        elif self._sexes:
            self._age += 1
            if self._age >= _REMEMBERED or any(item[2].phrase == ("the", "patient") for item in sentence.items):
                self._sexes = frozenset()
        if self._mine and sentence.end < len(words) and words[sentence.end][0] == "\n":
            self._sexes, self._mine = frozenset(), False
        self.is_silent = not self._sexes and not self._spoken

    def _is_quoted(self, offset: int) -> bool:
        at = bisect_right(self._spoken, (offset, len(self._text))) - 1
        return at >= 0 and offset < self._spoken[at][1]


def _subject_sex(words: list[str]) -> str | None:
    """Give the sex of the subject where the text introduces it, and most of its pronouns agree."""
    opening = words[:_OPENING]
    sex = None
    for at, word in enumerate(opening):
        if word in _INTRODUCING:
            sex = _introduced(opening, at)
            if sex is not None:
                break
    if sex is None:
        return None
    third = [word for word in words if word in _THIRD]
    men = sum(word in _HE for word in third)
    women = len(third) - men
    return sex if (men >= women if sex == "m" else women >= men) else None


def _introduced(words: list[str], at: int) -> str | None:
    """``58-year-old man``, ``51F``, ``Mrs Vogel``, but not ``Dear Mr Smith``."""
    word, before = words[at], words[at - 1] if at else ""
    if word in _MR or word in _MRS:
        return None if before == "dear" else "m" if word in _MR else "f"
    if word not in _MEN and word not in _WOMEN:
        return None
    near = words[max(0, at - 3) : at]
    aged = not _AGED.isdisjoint(near) or (bool(before) and before.isdecimal())
    return ("m" if word in _MEN else "f") if aged else None


def _spoken_by_others(text: str) -> list[tuple[int, int]]:
    """Give the ranges of characters that a relative says, as in ``Son: I'm the smoker``."""
    found: list[tuple[int, int]] = []
    edge = 0
    for start, said in _speakers(text):
        if start < edge:
            continue  # inside the brackets of the one before
        edge = said
        if found and start < found[-1][1]:
            continue  # inside what is already said: looked through once
        end = _NEXT_SPEAKER.search(text, said)
        found.append((start, end.start() if end else len(text)))
    return found


def _speakers(text: str) -> list[tuple[int, int]]:
    """Give where relatives are named as speakers, and where their words begin: few texts have the colons for it."""
    speakers: list[tuple[int, int]] = []
    colon = text.find(":")
    while colon >= 0:
        end, longest = colon, _LONGEST_KIN
        if colon and text[colon - 1] == ")":
            longest = _LONGEST_SPEAKER
            end = max(0, text.rfind("(", max(0, colon - longest), colon))
            end -= bool(end and text[end - 1] == " ")
        before = text[max(0, end - _LONGEST_KIN) : end].lower()
        if before[-2:] in _KIN_ENDINGS and before.endswith(_KIN) and text.startswith(" ", colon + 1):
            match = _SPEAKER.search(text, max(0, colon - longest), colon + 2)
            if match is not None:
                speakers.append(match.span())
        colon = text.find(":", colon + 1)
    return sorted(speakers)
