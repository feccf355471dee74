"""The deterministic extractor: text in, findings out. No model, no I/O, no state between texts."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from causalsynth.domain import Lexicon
from causalsynth.extract.anaphora import resolve_pronouns
from causalsynth.extract.answers import answer_question
from causalsynth.extract.appositions import mute_appositions
from causalsynth.extract.asked import asked_apart
from causalsynth.extract.asked_numbers import asked_numbers
from causalsynth.extract.binding import Binding
from causalsynth.extract.cast import Cast
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
from causalsynth.extract.layout.arrange import arrange
from causalsynth.extract.lettered import answer_letters
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
from causalsynth.extract.sequel import SEQUEL_REACH, Sequel, sequel_of
from causalsynth.extract.stamps import stamps_of
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.topics import Topic
from causalsynth.extract.vocabulary import Trait, traits_of

__all__ = ["VERSION", "Extractor"]

VERSION = "7"
"""Changes whenever the same text may be read differently; stored with every verdict."""


_SHARED, _COLON, _CUT = int(Trait.SHARED), int(Trait.COLON), int(Trait.CUT)
_CONTESTS, _SETTLES = int(Trait.CONTESTS), int(Trait.SETTLES)
_Read = tuple[Sentence, int, dict[int, Reading], tuple[Binding, ...]]
"""A sentence, the traits of its items, how each stands there, and the bindings of its shared words."""


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

    __slots__ = ("_comparers", "_readers", "_vocabulary")

    def __init__(self, lexicon: Lexicon) -> None:
        if not isinstance(lexicon, Lexicon):
            given = type(lexicon).__name__  # type: ignore[unreachable]
            raise TypeError(f"an Extractor takes a Lexicon, such as Domain.load('asia').lexicon, not {given}")
        self._vocabulary = compile_vocabulary(lexicon)
        self._comparers = comparers(lexicon)
        self._readers: tuple[Callable[[], SubjectReader], ...] = (
            *pronoun_readers(lexicon),
            *introduction_readers(lexicon),
            *clock_readers(lexicon),
            *interval_readers(lexicon),
        )

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
        reads: list[_Read] = []
        stamps = stamps_of(text) if self._vocabulary.measured else None
        cast = Cast(tokens, text)
        readers = tuple(make() for make in self._readers)
        sentences = answer_letters(asked_apart(split(tokens, text, items), tokens.words), tokens.words)
        for sentence, levels in self._sentences(sentences, tokens, text, readers):
            traits = traits_of(sentence.items)
            readings = read_context(sentence, traits, tokens, reads[-1][2] if reads else None, cast)
            cast.read(sentence)
            reads.append((sentence, traits, readings, levels))
        for n, read in enumerate(reads):
            if read[2]:
                claims = self._finish(read, reads[n + 1 : n + 1 + SEQUEL_REACH], tokens, text)
                yield from claims if stamps is None else stamped(claims, stamps)
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
        topic = Topic(tokens.words, vocabulary)
        for sentence in sentences:
            traits = traits_of(sentence.items)
            if traits & _COLON:
                sentence = mark_heading(sentence, tokens, vocabulary)
            sentence = listed.read(resolve_pronouns(sentence, before, tokens.words), colon=bool(traits & _COLON))
            sentence = topic.read(sentence)
            for reader in readers:
                reader.read(sentence, tokens, text)
            if places:
                sentence = mark_numbers(sentence, places, tokens, text, vocabulary)
                if vocabulary.counted:
                    sentence = mute_appositions(sentence, tokens, vocabulary)
            if traits & _CUT:
                sentence = mute_elsewhere(without_retracted(sentence))
            levels: tuple[Binding, ...] = ()
            if traits & _SHARED:
                sentence, levels = settle_levels(sentence, tokens, vocabulary)
            before = sentence
            yield sentence, levels

    def _finish(self, read: _Read, following: list[_Read], tokens: Tokens, text: str) -> Iterator[Claim]:
        sentence, traits, readings, levels = read
        if sentence.question:
            answered = answer_question(readings, following[0][0] if following else None, tokens)
            if not answered and _sequel(following, tokens) is Sequel.DENIED:
                LookBack(sentence, readings, tokens.words).settle(Sequel.DENIED)
        else:
            sequel = _sequel(following, tokens)
            if sequel is not Sequel.STANDS:
                LookBack(sentence, readings, tokens.words).settle(sequel)
        if traits & _CONTESTS:
            for reading in readings.values():
                reading.hedged = True
        yield from claims_of(sentence, readings, levels, tokens, text, self._vocabulary)


def _sequel(following: list[_Read], tokens: Tokens) -> Sequel:
    """Give what the sentences behind one make of it: nothing, where none has a word for it."""
    if not any(traits & _SETTLES for _, traits, _, _ in following):
        return Sequel.STANDS
    return sequel_of([sentence for sentence, _, _, _ in following], tokens.words)
