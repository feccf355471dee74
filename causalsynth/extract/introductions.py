"""A number right behind the subject's name: ``Mr Alun Price, 46, a roofer``, ``Kev is 57 and …``.

Weak: it counts only where nothing else states the variable. A name is a title and what follows it in capitals, or the
one capitalised word that opens a sentence.
"""

from collections.abc import Callable, Iterator
from functools import partial

from causalsynth.domain import Lexicon
from causalsynth.extract.claims import Claim
from causalsynth.extract.number_words import number_value
from causalsynth.extract.numbers import places_between
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens

__all__ = ["IntroductionReader", "introduction_readers"]

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mister", "mx"})
_LONGEST_NAME = 5
_OPENS = frozenset({"is", "'s", "was"})
_CLOSES = frozenset({",", ".", ";", ")", "\n", "\n\n", "and", "who", "with", "-", "from", "(", ":"})
"""What may follow the number: no unit, no further noun."""


class IntroductionReader:
    """Finds the ages, or whatever the variable is, of one text."""

    __slots__ = ("_claims", "_plausible", "_seen", "_titles", "_variable")

    def __init__(self, variable: str, plausible: tuple[float, float]) -> None:
        self._variable = variable
        self._plausible = plausible
        self._claims: list[Claim] = []
        self._titles: list[int] | None = None
        self._seen = 0

    def read(self, sentence: Sentence, tokens: Tokens, text: str) -> None:
        """Look through one sentence and what lies before it, up to the first other person that it speaks of."""
        words = tokens.words
        if self._titles is None:
            self._titles = [at for at, word in enumerate(words) if word in _TITLES]
        start, self._seen = self._seen, sentence.end
        first = sentence.first
        opens = start <= first < sentence.end and first + 1 < len(words) and words[first + 1] in _OPENS
        if not (opens or self._titles):
            return
        end = next((item[0] for item in sentence.items if "person" in item[2].cues), sentence.end)
        places = places_between(self._titles, start, end)
        if opens and first < end and words[first] not in _TITLES:
            places = sorted([*places, first])
        for at in places:
            if words[at] in _TITLES:
                number = self._behind_title(at, tokens, text)
            else:
                number = self._behind_opening(at, tokens, text)
            if number is not None:
                self._add(number, at, tokens)

    def claims(self) -> Iterator[Claim]:
        """Give what was found."""
        yield from self._claims

    def _add(self, number: int, first: int, tokens: Tokens) -> None:
        value = number_value(tokens.words[number])
        least, most = self._plausible
        following = tokens.words[number + 1] if number + 1 < len(tokens) else "\n"
        if value is None or not float(value).is_integer() or not least <= value <= most or following not in _CLOSES:
            return
        span = (tokens.starts[first], tokens.ends[number])
        self._claims.append(Claim(self._variable, frozenset(), True, span, number=float(value), weak=True))

    @staticmethod
    def _behind_opening(at: int, tokens: Tokens, text: str) -> int | None:
        """``Kev is 57 and``."""
        if at + 2 >= len(tokens) or not text[tokens.starts[at]].isupper() or not tokens.words[at].isalpha():
            return None
        plain = tokens.words[at] not in ("it", "this", "that", "there", "what", "map", "hb", "age")
        return at + 2 if plain and tokens.words[at + 1] in _OPENS and len(tokens.words[at]) > 2 else None

    @staticmethod
    def _behind_title(at: int, tokens: Tokens, text: str) -> int | None:
        """``Mr Price, 46``, ``Mrs K. (Bay 2), aged 46``."""
        end = at + 1
        while end < len(tokens) and end - at <= _LONGEST_NAME:
            word = tokens.words[end]
            if not (word == "." or (word.isalpha() and text[tokens.starts[end]].isupper())):
                break
            end += 1
        if end == at + 1 or end + 1 >= len(tokens) or tokens.words[end] not in (",", "(", "-"):
            return None
        return end + 1


def introduction_readers(lexicon: Lexicon) -> tuple[Callable[[], IntroductionReader], ...]:
    """Give what makes those for a text, for every variable of `lexicon` that a number behind a name is a value of."""
    return tuple(
        partial(IntroductionReader, name, variable.number.plausible or (0, float("inf")))
        for name, variable in lexicon.variables.items()
        if variable.number is not None and variable.number.introduces
    )
