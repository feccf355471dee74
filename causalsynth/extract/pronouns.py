"""Pronouns and titles as weak evidence of who the subject is: ``he``, ``Mrs Adeyemi``.

They count only where nothing else states it, and only those that can be the subject's: none behind another person in
the same sentence or in the one before (``His wife was informed. She …``). A negation or a hedge says nothing of them.
"""

from collections.abc import Callable, Iterator
from functools import partial

from causalsynth.domain import Lexicon, VariableWording
from causalsynth.extract.claim import Claim
from causalsynth.extract.findings import Span
from causalsynth.extract.numbers import places_between
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Trait

__all__ = ["PronounReader", "pronoun_readers"]

_PERSON = int(Trait.PERSON)
_STAFF_WORDS = (
    "dr prof professor doctor doctors nurse nurses surgeon registrar consultant physician intensivist anaesthetist "
    "anesthesiologist fellow resident trainee midwife therapist dietitian physio pharmacist chaplain psychiatrist "
    "neurologist nephrologist coroner solicitor gp paramedic bystander driver"
)
_STAFF = frozenset(_STAFF_WORDS.split())
"""Others who may be ``he`` or ``she``, and whom no cue of another person names."""
_SURE = 3
"""So many pronouns that all agree contradict a noun that says otherwise."""
_MAJORITY = 5
"""So many times as many of the one kind as of the other: the few are of somebody else."""


class _Words:
    """The pronouns and titles of one variable."""

    __slots__ = ("pronouns", "states", "titles", "variable", "watched")

    def __init__(self, variable: str, wording: VariableWording) -> None:
        self.variable = variable
        self.states = frozenset(wording.states)
        self.pronouns = {word: state for state, words in wording.pronouns.items() for word in words}
        self.titles = {word: state for state, words in wording.titles.items() for word in words}
        self.watched = _STAFF.union(self.pronouns, self.titles)


class PronounReader:
    """Counts the pronouns and titles of one variable, sentence by sentence of one text."""

    __slots__ = ("_found", "_other_before", "_places", "_seen", "_words")

    def __init__(self, words: _Words) -> None:
        self._words = words
        self._found: dict[str, list[Span]] = {state: [] for state in sorted(words.states)}
        self._places: list[int] | None = None
        self._other_before = False
        self._seen = 0

    def read(self, sentence: Sentence, tokens: Tokens, text: str) -> None:
        """Count those of one sentence."""
        if self._places is None:
            watched = self._words.watched
            self._places = [at for at, word in enumerate(tokens.words) if word in watched]
        start, self._seen = self._seen, sentence.end
        watched_here = places_between(self._places, start, sentence.end) if self._places else []
        if not watched_here and not sentence.traits & _PERSON:
            self._other_before = False
            return
        other, met = self._other_before, False
        people, subject = _persons(sentence)
        hidden = 0
        for at in sorted({*watched_here, *people, *subject}):
            if not start <= at < sentence.end:
                continue
            word = tokens.words[at]
            state = self._words.pronouns.get(word) or self._title(at, tokens, text)
            if state and not other and at >= hidden:
                self._found[state].append((tokens.starts[at], tokens.ends[at]))
            if at in people:
                hidden = people[at]
            if at in people or word in _STAFF:
                other, met = True, met or at in people
            elif at in subject and word not in self._words.pronouns:
                other = False
        self._other_before = met

    def _title(self, at: int, tokens: Tokens, text: str) -> str | None:
        """``Mr Price``, but neither ``MR imaging`` nor ``a bundle miss``."""
        state = self._words.titles.get(tokens.words[at])
        if state is None or not text[tokens.starts[at]].isupper() or text[tokens.ends[at] - 1].isupper():
            return None
        following = at + 1
        while following < len(tokens) and tokens.words[following] == ".":
            following += 1
        return state if following < len(tokens) and text[tokens.starts[following]].isupper() else None

    def claims(self) -> Iterator[Claim]:
        """Give what they come to."""
        by_count = sorted(self._found.items(), key=lambda item: -len(item[1]))
        (state, spans), *others = by_count
        fewer = len(others[0][1]) if others else 0
        if not spans:
            return
        certain = len(spans) >= _MAJORITY * fewer
        allowed = frozenset({state}) if certain else self._words.states
        yield Claim(self._words.variable, allowed, certain, spans[0], weak=fewer > 0 or len(spans) < _SURE)


def _persons(sentence: Sentence) -> tuple[dict[int, int], set[int]]:
    """Give where other people are named, with the ends of their names, and where the subject is."""
    people: dict[int, int] = {}
    subject: set[int] = set()
    for first, end, entry in sentence.items:
        if "person" in entry.cues:
            people[first] = end
        if "self" in entry.cues:
            subject.add(first)
    return people, subject


def pronoun_readers(lexicon: Lexicon) -> tuple[Callable[[], PronounReader], ...]:
    """Give what makes those for a text, one for every variable of `lexicon` that pronouns or titles are evidence of."""
    return tuple(
        partial(PronounReader, _Words(name, variable))
        for name, variable in lexicon.variables.items()
        if variable.pronouns or variable.titles
    )
