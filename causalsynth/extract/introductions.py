"""A number right behind the subject's name: ``Mr Alun Price, 46, a roofer``, ``Kev is 57 and …``.

Weak: it counts only where nothing else states the variable. A name is a title and what follows it in capitals, or the
one or more capitalised words that open a sentence, behind ``this is`` or ``bed 4:`` too. A line may as well open with
the number: ``64, lives alone``.
"""

from collections.abc import Callable, Iterator
from functools import partial

from causalsynth.domain import Lexicon
from causalsynth.extract.claim import Claim
from causalsynth.extract.number_words import number_value
from causalsynth.extract.numbers import places_between
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens

__all__ = ["IntroductionReader", "introduction_readers"]

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mister", "mx"})
_LONGEST_NAME = 5
_OPENS = frozenset({"is", "'s", "was"})
_ASIDES = frozenset({"now", "aged", "is", "'s", "was"})
"""What may stand between a name and the number besides a mark: ``Mr Price is 57``, ``Ms Shah, who is 54, …``."""
_POINTS = frozenset({"this", "that", "here", "it"})
_PLACES = frozenset({"bed", "bay", "room", "cubicle", "space", "patient", "pt", "name", "re", "case"})
_BEHIND_PLACES = frozenset({":", ",", "is", "'s", "-"})
_NO_NAMES_TEXT = (
    "it this that there what who map hb age pulse rate pressure score glucose count index level saturation saturations "
    "sats output fraction volume temperature temp weight height bp hr rr gcs sao spo fio urine platelets platelet "
    "sodium potassium urea bilirubin albumin crp wcc wbc lactate creatinine haemoglobin hemoglobin systolic diastolic "
    "mean peak total bmi day dose length apache sofa saps procalcitonin troponin glasgow rass nihss meld cam sugar "
    "lactates amylase lipase bed ward ph fluid balance respiratory heart blood he she they we and but the a an our his "
    "her their in on at with no not for of to from after before since when days then"
)
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())
"""Words that open a sentence in capitals and have a number behind them, but are nobody's name."""
_SHORTEST_NAME = 2
_TELLS_TEXT = "was is who has had a an came presented presents retired lives he she male female m f known from with ."
_TELLS = frozenset(_TELLS_TEXT.split())
"""What goes on about somebody behind a name and an age."""
_FILLERS = frozenset({"right", "so", "ok", "okay", "now", "well", "hi", "and", ",", "next", "alright"})
_WAS = frozenset({"was", "had", "is", "has", "lived", "lives", "still", "remained", "worked", "remains", "works"})
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
        places = places_between(self._titles, start, sentence.end) if self._titles else []
        if start <= first < sentence.end and words[first] not in _TITLES:
            places = sorted([*places, first]) if places else [first]
        for at in places:
            if words[at] in _TITLES:
                number = self._behind_title(at, tokens, text)
            else:
                number = _behind_opening(at, tokens, text)
                if number is not None and _is_measured(at, number, sentence):
                    number = None
            if number is not None and not _is_of_person(at, sentence):
                self._add(number, at, tokens)

    def claims(self) -> Iterator[Claim]:
        """Give what was found."""
        yield from self._claims

    def _add(self, number: int, first: int, tokens: Tokens) -> None:
        value = number_value(tokens.words[number])
        least, most = self._plausible
        following = tokens.words[number + 1] if number + 1 < len(tokens) else "\n"
        closed = following in _CLOSES or tokens.words[first] == "at"
        if value is None or not float(value).is_integer() or not least <= value <= most or not closed:
            return
        span = (tokens.starts[first], tokens.ends[number])
        self._claims.append(Claim(self._variable, frozenset(), True, span, number=float(value), weak=True))

    @staticmethod
    def _behind_title(at: int, tokens: Tokens, text: str) -> int | None:
        """``Mr Price, 46``, ``Mrs K. (Bay 2), aged 46``, ``Mr Price, who is 46``."""
        end = at + 1
        while end < len(tokens) and end - at <= _LONGEST_NAME:
            word = tokens.words[end]
            if not (word == "." or (word.isalpha() and text[tokens.starts[end]].isupper())):
                break
            end += 1
        return _number_behind_name(end, tokens) if end > at + 1 else None


def _number_behind_name(end: int, tokens: Tokens) -> int | None:
    """Give the token behind the name that ends before token `end` and a mark or ``is``."""
    marked = end < len(tokens) and tokens.words[end] in (",", "(", "-")
    at = end + marked
    if at < len(tokens) and tokens.words[at] in _ASIDES:
        at += 1
    elif at + 1 < len(tokens) and tokens.words[at] == "who" and tokens.words[at + 1] in ("is", "was"):
        at += 2
    return at if end < at < len(tokens) else None


def _behind_opening(at: int, tokens: Tokens, text: str) -> int | None:
    """``Kev is 57 and``, ``This is Ana, 44``, ``Bed 4: Jones, 66``, ``Rosa Diaz (58)``, ``64, lives alone``."""
    words = tokens.words
    limit = min(len(tokens) - 1, at + _LONGEST_NAME)
    while at < limit and words[at] in _FILLERS:
        at += 1
    if words[at] == "at" or number_value(words[at]) is not None:
        return _leading_number(at, tokens, text)
    start = _behind_pointer(at, words)
    if start is None:
        return None
    end = start
    while end < len(tokens) and end - start < _LONGEST_NAME and _is_part_of_name(end, tokens, text):
        end += 1
    number = _number_behind_name(end, tokens) if end > start else None
    if number is None or start > at:
        return number
    if end - at > 1:
        return number if not _TELLS.isdisjoint(words[number + 1 : number + 3]) else None
    return number if words[end] in _OPENS and len(words[at]) > _SHORTEST_NAME else None


def _leading_number(at: int, tokens: Tokens, text: str) -> int | None:
    """``64, lives alone`` at the start of a line, ``At 64 he was still working``."""
    words = tokens.words
    if words[at] == "at":
        behind = at + 2 + (words[at + 2 : at + 3] == [","])
        told = words[behind : behind + 1] in (["he"], ["she"]) and not _WAS.isdisjoint(words[behind + 1 : behind + 2])
        return at + 1 if told else None
    opens_line = not tokens.starts[at] or text[tokens.starts[at] - 1] == "\n"
    following = words[at + 2] if at + 2 < len(words) and words[at + 1] == "," else ""
    return at if opens_line and following.isalpha() and number_value(following) is None else None


def _behind_pointer(at: int, words: list[str]) -> int | None:
    """Give where the name begins: behind ``this is``, ``bed 4:``, or at once; None for a ``bed`` and no mark."""
    if words[at] in _POINTS and at + 1 < len(words):
        following = words[at + 1]
        if following == "'s" or (following == "is" and words[at] != "it"):
            return at + 2
    if words[at] not in _PLACES:
        return at
    at += 1
    if at < len(words) and number_value(words[at]) is not None:
        at += 1
    return at + 1 if at < len(words) and words[at] in _BEHIND_PLACES else None


def _is_part_of_name(at: int, tokens: Tokens, text: str) -> bool:
    word = tokens.words[at]
    return word not in _NO_NAMES and word.isalpha() and text[tokens.starts[at]].isupper()


def _is_of_person(at: int, sentence: Sentence) -> bool:
    """Tell whether the sentence has spoken of somebody else by token `at`."""
    return any(item[0] <= at and "person" in item[2].cues for item in sentence.items)


def _is_measured(at: int, number: int, sentence: Sentence) -> bool:
    """Tell whether a phrase before the number says what it is of: ``Lactate is 22``."""
    return any(at <= item[0] < item[1] <= number and (item[2].means or item[2].other) for item in sentence.items)


def introduction_readers(lexicon: Lexicon) -> tuple[Callable[[], IntroductionReader], ...]:
    """Give what makes those for a text, for every variable of `lexicon` that a number behind a name is a value of."""
    return tuple(
        partial(IntroductionReader, name, variable.number.plausible or (0, float("inf")))
        for name, variable in lexicon.variables.items()
        if variable.number is not None and variable.number.introduces
    )
