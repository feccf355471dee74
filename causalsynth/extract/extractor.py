"""The deterministic extractor: text in, findings out. No model, no I/O, no state between texts."""

from collections.abc import Callable, Iterator
from typing import Protocol

from causalsynth.domain import Lexicon
from causalsynth.extract.anaphora import resolve_pronouns
from causalsynth.extract.answers import answer_question
from causalsynth.extract.appositions import mute_appositions
from causalsynth.extract.asked import asked_apart
from causalsynth.extract.asked_numbers import asked_numbers
from causalsynth.extract.binding import Binding
from causalsynth.extract.cast import Cast
from causalsynth.extract.claim import Claim
from causalsynth.extract.claims import claims_of, measured, stamped
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
from causalsynth.extract.number_items import NumberMarker
from causalsynth.extract.pronouns import pronoun_readers
from causalsynth.extract.readings import Reading
from causalsynth.extract.resolve import Resolver
from causalsynth.extract.retractions import without_retracted
from causalsynth.extract.sentences import Sentence, split
from causalsynth.extract.sequel import SEQUEL_REACH, Sequel, sequel_of
from causalsynth.extract.stamps import stamps_of
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.topics import Topic
from causalsynth.extract.vocabulary import Trait, Vocabulary

__all__ = ["VERSION", "Extractor"]

VERSION = "11"
"""Changes whenever the same text may be read differently; stored with every verdict."""


_SHARED = int(Trait.SHARED)
_COLON = int(Trait.COLON)
_CUT = int(Trait.CUT)
_CONTESTS = int(Trait.CONTESTS)
_SETTLES = int(Trait.SETTLES)
_ASKS = int(Trait.ASKS)
_NAMES = int(Trait.NAMES)
_Read = tuple[Sentence, dict[int, Reading], tuple[Binding, ...]]
"""A sentence, how each of its items stands there, and the bindings of its shared words."""


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

    __slots__ = ("_comparers", "_readers", "_resolver", "_vocabulary")

    def __init__(self, lexicon: Lexicon) -> None:
        if not isinstance(lexicon, Lexicon):
            given = type(lexicon).__name__  # type: ignore[unreachable]
            raise TypeError(f"an Extractor takes a Lexicon, such as Domain.load('asia').lexicon, not {given}")
        self._vocabulary = compile_vocabulary(lexicon)
        self._resolver = Resolver(lexicon)
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
        return self._resolver.resolve(self._claims(text))

    def claims(self, text: str) -> Iterator[Claim]:
        """Give every claim of `text`, sentence by sentence."""
        return iter(self._claims(text))

    def _claims(self, text: str) -> list[Claim]:
        tokens = arrange(text, self._vocabulary)
        readers = [make() for make in self._readers]
        reads = self._read(tokens, text, readers)
        claims: list[Claim] = []
        for n, read in enumerate(reads):
            if read[1]:
                claims += self._finish(reads, n, tokens, text)
        if self._vocabulary.measured:
            stamps = stamps_of(text)
            if stamps is not None:
                claims = stamped(claims, stamps)
            for quantity in asked_numbers(tokens, text, self._vocabulary):
                claims += measured(quantity, tokens, self._vocabulary)
        for reader in readers:
            claims += reader.claims()
        for comparer in self._comparers:
            claims += comparer.claims(tokens, text)
        return claims

    def _read(self, tokens: Tokens, text: str, readers: list[SubjectReader]) -> list[_Read]:
        """Read the sentences one after the other, each as those before it let it stand."""
        cast = Cast(tokens, text)
        prepared = _Preparation(self._vocabulary, tokens, text)
        reads: list[_Read] = []
        before: dict[int, Reading] | None = None
        for sentence in self._sentences(tokens, text):
            sentence = prepared.named(sentence)
            for reader in readers:
                reader.read(sentence, tokens, text)
            sentence, levels = prepared.settled(sentence)
            before = read_context(sentence, tokens, before, cast)
            cast.read(sentence)
            reads.append((sentence, before, levels))
        return reads

    def _sentences(self, tokens: Tokens, text: str) -> list[Sentence]:
        """Cut the text into sentences, with what is asked and what answers it apart."""
        items = self._vocabulary.trie.find_all(tokens.words)
        sentences = split(tokens, text, items)
        if any(sentence.traits & _ASKS for sentence in sentences):
            sentences = list(asked_apart(sentences, tokens.words))
        if any(sentence.question for sentence in sentences):
            sentences = list(answer_letters(sentences, tokens.words))
        return sentences

    def _finish(self, reads: list[_Read], n: int, tokens: Tokens, text: str) -> list[Claim]:
        sentence, readings, levels = reads[n]
        if sentence.question:
            answered = answer_question(readings, reads[n + 1][0] if n + 1 < len(reads) else None, tokens)
            if not answered and _sequel(reads, n + 1, tokens) is Sequel.DENIED:
                LookBack(sentence, readings, tokens.words).settle(Sequel.DENIED)
        else:
            sequel = _sequel(reads, n + 1, tokens)
            if sequel is not Sequel.STANDS:
                LookBack(sentence, readings, tokens.words).settle(sequel)
        if sentence.traits & _CONTESTS:
            for reading in readings.values():
                reading.hedged = True
        return claims_of(sentence, readings, levels, tokens, text, self._vocabulary)


class _Preparation:
    """Prepares the sentences of one text for reading; the steps that nothing in one asks for are left out."""

    __slots__ = ("_before", "_listed", "_numbers", "_tokens", "_topic", "_vocabulary")

    def __init__(self, vocabulary: Vocabulary, tokens: Tokens, text: str) -> None:
        self._vocabulary = vocabulary
        self._tokens = tokens
        self._numbers = NumberMarker(tokens, text, vocabulary.units) if vocabulary.measured else None
        self._listed = HeadedList(tokens)
        self._topic = Topic(tokens.words, vocabulary)
        self._before: Sentence | None = None

    def named(self, sentence: Sentence) -> Sentence:
        """Put in the names that stand elsewhere: in a heading, in the sentence before."""
        if sentence.traits & _COLON:
            sentence = mark_heading(sentence, self._tokens, self._vocabulary)
        sentence = resolve_pronouns(sentence, self._before, self._tokens.words)
        return self._topic.read(self._listed.read(sentence))

    def settled(self, sentence: Sentence) -> tuple[Sentence, tuple[Binding, ...]]:
        """Put in the numbers, leave out what is taken back, and bind the words that variables share."""
        if self._numbers is not None:
            sentence = self._numbers.read(sentence)
            if self._vocabulary.counted:
                sentence = mute_appositions(sentence, self._tokens, self._vocabulary)
        if sentence.traits & _CUT:
            sentence = mute_elsewhere(without_retracted(sentence))
        levels: tuple[Binding, ...] = ()
        if sentence.traits & _SHARED:
            sentence, levels = settle_levels(sentence, self._tokens, self._vocabulary)
        self._before = sentence
        return sentence, levels


def _sequel(reads: list[_Read], first: int, tokens: Tokens) -> Sequel:
    """Give what the sentences from `first` make of that before: nothing, where none has a word for it up to a name."""
    for n in range(first, min(first + SEQUEL_REACH, len(reads))):
        traits = reads[n][0].traits
        if traits & _SETTLES:
            return sequel_of([read[0] for read in reads[first : first + SEQUEL_REACH]], tokens.words)
        if traits & _NAMES:
            break
    return Sequel.STANDS
