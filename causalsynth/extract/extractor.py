"""The deterministic extractor: text in, findings out. No model, no I/O, no state between texts."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from causalsynth.domain import Lexicon
from causalsynth.extract.anaphora import resolve_pronouns
from causalsynth.extract.answers import answer_question, is_bare_not
from causalsynth.extract.asked_numbers import asked_numbers
from causalsynth.extract.binding import Binding
from causalsynth.extract.carried import CarriedPerson
from causalsynth.extract.claims import Claim, claims_of, measured, stamped
from causalsynth.extract.clock import clock_readers
from causalsynth.extract.comparison import comparers
from causalsynth.extract.compiling import compile_vocabulary
from causalsynth.extract.context import read_context
from causalsynth.extract.elsewhere import mute_elsewhere
from causalsynth.extract.findings import Findings
from causalsynth.extract.headings import mark_heading
from causalsynth.extract.intervals import interval_readers
from causalsynth.extract.introductions import introduction_readers
from causalsynth.extract.layout import arrange
from causalsynth.extract.levels import settle_levels
from causalsynth.extract.listings import HeadedList
from causalsynth.extract.lookback import LookBack
from causalsynth.extract.number_items import mark_numbers
from causalsynth.extract.numbers import number_places
from causalsynth.extract.pronouns import pronoun_readers
from causalsynth.extract.readings import Reading
from causalsynth.extract.resolve import resolve
from causalsynth.extract.retractions import without_retracted
from causalsynth.extract.sentences import Sentence, split
from causalsynth.extract.stamps import stamps_of
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Trait

__all__ = ["VERSION", "Extractor"]

VERSION = "6"
"""Changes whenever the same text may be read differently; stored with every verdict."""


_SHARED, _COLON, _CUT = map(int, (Trait.SHARED, Trait.COLON, Trait.CUT))
_Read = tuple[Sentence, dict[int, Reading], tuple[Binding, ...]]


class SubjectReader(Protocol):
    """Gathers from one text, sentence by sentence, what hints at who its subject is."""

    def read(self, sentence: Sentence, tokens: Tokens, text: str) -> None:
        """Take in the next sentence."""

    def claims(self) -> Iterator[Claim]:
        """Give what it comes to, after the last."""


class Extractor:
    """Reads back what a text says of each variable of a lexicon.

    Parameters
    ----------
    lexicon
        Compiled once for each content.

    Raises
    ------
    LexiconError
        A phrase's brackets don't pair, or it uses an unknown word group or pack.
    TypeError
        It isn't given a lexicon.
    """

    __slots__ = ("_comparers", "_vocabulary")

    def __init__(self, lexicon: Lexicon) -> None:
        if not isinstance(lexicon, Lexicon):
            given = type(lexicon).__name__  # type: ignore[unreachable]
            raise TypeError(f"an Extractor takes a Lexicon, such as Domain.load('asia').lexicon, not {given}")
        self._vocabulary = compile_vocabulary(lexicon)
        self._comparers = comparers(lexicon)

    @property
    def lexicon(self) -> Lexicon:
        """What it was compiled from."""
        return self._vocabulary.lexicon

    def extract(self, text: str) -> Findings:
        """Read `text`. Any text will do; spans are character offsets into it."""
        return resolve(self.claims(text), self._vocabulary.lexicon)

    def claims(self, text: str) -> Iterator[Claim]:
        """Give every claim of `text`, sentence by sentence."""
        tokens = arrange(text, self._vocabulary)
        items = self._vocabulary.trie.find_all(tokens.words)
        before: _Read | None = None
        stamps = stamps_of(text) if self._vocabulary.measured else None
        lexicon = self._vocabulary.lexicon
        readers: tuple[SubjectReader, ...] = (
            *pronoun_readers(lexicon),
            *introduction_readers(lexicon),
            *clock_readers(lexicon),
            *interval_readers(lexicon),
        )
        carried = CarriedPerson(lexicon)
        for sentence, levels in self._sentences(split(tokens, text, items), tokens, text, readers):
            readings = read_context(sentence, tokens, before and before[1], carried.read(sentence, tokens.words))
            if before is not None:
                yield from stamped(self._finish(before, sentence, tokens, text), stamps)
            before = (sentence, readings, levels)
        if before is not None:
            yield from stamped(self._finish(before, None, tokens, text), stamps)
        for quantity in asked_numbers(tokens, text, self._vocabulary):
            yield from measured(quantity, tokens, self._vocabulary)
        for reader in readers:
            yield from reader.claims()
        for comparer in self._comparers:
            yield from comparer.claims(tokens, text)

    def _sentences(
        self, sentences: Iterable[Sentence], tokens: Tokens, text: str, readers: Iterable[SubjectReader]
    ) -> Iterator[tuple[Sentence, tuple[Binding, ...]]]:
        """Prepare each sentence for reading; the steps that nothing in it asks for are left out."""
        vocabulary = self._vocabulary
        places = number_places(tokens.words) if vocabulary.measured else []
        listed = HeadedList(tokens)
        before: Sentence | None = None
        for sentence in sentences:
            traits = _traits(sentence)
            if traits & _COLON:
                sentence = mark_heading(sentence, tokens, vocabulary)
            sentence = listed.read(resolve_pronouns(sentence, before, tokens.words))
            for reader in readers:
                reader.read(sentence, tokens, text)
            if places:
                sentence = mark_numbers(sentence, places, tokens, text, vocabulary)
            if traits & _CUT:
                sentence = mute_elsewhere(without_retracted(sentence))
            levels: tuple[Binding, ...] = ()
            if traits & _SHARED:
                sentence, levels = settle_levels(sentence, tokens, vocabulary)
            before = sentence
            yield sentence, levels

    def _finish(self, read: _Read, following: Sentence | None, tokens: Tokens, text: str) -> Iterator[Claim]:
        sentence, readings, levels = read
        if not readings:
            return
        if sentence.question:
            answer_question(readings, following, tokens)
        elif following is not None and _denied_next(following):
            LookBack(sentence, readings, tokens.words).deny_it(len(sentence.items))
        if any(item[2].contests for item in sentence.items):
            for reading in readings.values():
                reading.hedged = True
        yield from claims_of(sentence, readings, levels, tokens, text, self._vocabulary)


def _traits(sentence: Sentence) -> int:
    traits = 0
    for _, _, entry in sentence.items:
        traits |= entry.traits
    return traits


def _denied_next(following: Sentence) -> bool:
    """Tell whether the next sentence says ``She doesn't have it`` before it names anything itself."""
    for k, (_, _, entry) in enumerate(following.items):
        if "not_it" in entry.cues or is_bare_not(following.items, k, following.end):
            return True
        if entry.asserts or entry.anchors or entry.denied or "person" in entry.cues:
            return False
    return False
