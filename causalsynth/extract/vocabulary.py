"""Compile a lexicon and its packs of cues into one trie of entries."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import TypeVar

from causalsynth.domain import Lexicon, VariableWording
from causalsynth.domain.cues import CueKind, cues_for
from causalsynth.domain.lexicon import NumberWording
from causalsynth.domain.phrases import NUMBER, expand
from causalsynth.errors import LexiconError
from causalsynth.extract.number_words import merge_number_words
from causalsynth.extract.numbers import Number
from causalsynth.extract.tokens import tokenise
from causalsynth.extract.trie import ANY_NUMBER, Trie
from causalsynth.extract.units import Units

__all__ = ["Entry", "Item", "Vocabulary", "compile_vocabulary"]

_T = TypeVar("_T")
_SIGNS = (",", ":", ";", "(", ")", "[", "]", "-", "?", "=", ".", "!", "\n", "\n\n", ">", "*")
_SHORTHAND: dict[tuple[str, ...], frozenset[str]] = {
    ("(", "-", ")"): frozenset({"negate", "answer_no"}),
    ("[", "-", "]"): frozenset({"negate", "answer_no"}),
    ("(", "+", ")"): frozenset({"answer_yes"}),
    ("[", "+", "]"): frozenset({"answer_yes"}),
}
"""Cues that the syntax of phrases has no way to write."""
_KINDS_LOOKING_BACK = (
    "negate negate_after negate_either answer_no answer_yes degree not_it hedge_after suppose_after past_after "
    "included pair compound"
)
_LOOKING_BACK = frozenset(_KINDS_LOOKING_BACK.split())
_PLAIN = re.compile(r"[a-z]+(?: [a-z]+)*").fullmatch
_PREDICATIVE_FIRST = frozenset({"short", "out", "unable", "struggling", "gasping", "panting"})
_PREDICATIVE_ENDINGS = ("less", "oeic", "neic", "itic", "ive", "ed", "ful")


@dataclass(slots=True)
class Entry:
    """Everything that one phrase may be.

    Attributes
    ----------
    asserts, words
        (variable, state) pairs: what it asserts, and what it says of an anchor.
    anchors, denied
        Variables that it names, and those that it denies when negated.
    one_way
        Variables for which its negation says nothing.
    cues
        Kinds of cue, see `causalsynth.domain.cues.CueKind`.
    sign
        The punctuation mark, where it is one.
    """

    phrase: tuple[str, ...]
    asserts: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    anchors: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    one_way: frozenset[str] = frozenset()
    cues: frozenset[str] = frozenset()
    excluded: bool = False
    other: bool = False
    sign: str = ""
    numbers: tuple[tuple[str, float | None], ...] = ()
    """(variable, value) pairs that it says without an anchor; None: the number that stands in it."""
    number: Number | None = None
    """It is a number."""
    heading: bool = False
    """It is a variable's label that heads a line: ``Lung cancer: …``."""
    shared: bool = field(init=False, default=False)
    """Its `words` are of several variables."""
    named: bool = field(init=False, default=False)
    """It names a variable by itself: `asserts`, `anchors` or `denied`."""
    predicative: bool = field(init=False, default=False)
    """An adjective-like phrase, which ``no …, short of breath`` doesn't reach."""

    means: bool = field(init=False, default=False)
    """It names a variable or says something of one."""
    looks_back: bool = field(init=False, default=False)
    """One of its cues may speak of what stands before it."""
    stands_in: bool = field(init=False, default=False)
    """It stands for names said before: ``the former``."""

    @property
    def is_shared(self) -> bool:
        """Whether its `words` are of several variables."""
        return len({variable for variable, _ in self.words}) > 1

    def settle(self) -> None:
        """Work out what follows from the rest, once everything has been entered."""
        if self.excluded:
            self.asserts = self.words = self.numbers = ()
            self.anchors = self.denied = ()
        self.named = bool(self.asserts or self.anchors or self.denied)
        self.means = self.named or bool(self.words or self.numbers or self.number)
        self.shared = self.is_shared
        self.looks_back = bool(self.cues & _LOOKING_BACK)
        self.stands_in = bool(self.cues & {"former", "latter", "pair"})
        first, last = self.phrase[0], self.phrase[-1]
        self.predicative = first in _PREDICATIVE_FIRST or last.endswith(_PREDICATIVE_ENDINGS)


Item = tuple[int, int, Entry]
"""(first token, end token, entry)"""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A compiled lexicon."""

    lexicon: Lexicon
    trie: Trie[Entry]
    states: dict[str, frozenset[str]]
    absent: dict[str, str | None]
    members: dict[str, tuple[tuple[str, str], ...]]
    """For a variable implied by any of several others, what a negated bundle of them denies:
    ``no TB or lung cancer`` → (tub, yes), (lung, yes)."""
    labels: Trie[str]
    """The variable of each label."""
    state_names: dict[str, dict[tuple[str, ...], str]]
    """For each variable its states by their own names, which answer a heading: ``Batch: good``."""
    neighbours: frozenset[tuple[str, str]]
    """All pairs of neighbouring words in the lexicon's own sentences."""
    units: Units
    measured: frozenset[str]
    """Variables that numbers are read for."""
    shares_words: bool
    """Whether any state word is of several variables."""
    plain: frozenset[str]
    """Variables whose phrases say it wherever they stand."""
    lasting: frozenset[str]
    """Variables for which the past counts."""


class _ByContent:
    """A lexicon that is equal to every other with the same content; lexicons themselves can't be hashed."""

    __slots__ = ("_digest", "lexicon")

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._digest = blake2b(lexicon.model_dump_json().encode("utf-8", "surrogatepass")).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByContent) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)


def compile_vocabulary(lexicon: Lexicon) -> Vocabulary:
    """Compile `lexicon` and the packs that it uses, once for each content.

    Raises
    ------
    LexiconError
        A phrase can't be spelled out.
    """
    return _compile(_ByContent(lexicon))


@lru_cache(maxsize=8)
def _compile(key: _ByContent) -> Vocabulary:
    lexicon = key.lexicon
    builder = _Builder(lexicon)
    for name, variable in lexicon.variables.items():
        builder.add_variable(name, variable)
    for entry in builder.entries(lexicon.others, "others"):
        entry.other = True
    builder.add_cues(cues_for(lexicon))
    for phrase, shorthand in _SHORTHAND.items():
        builder.at(phrase).cues |= shorthand
    for sign in _SIGNS:
        builder.at((sign,)).sign = sign
    absent = {name: _absent(variable) for name, variable in lexicon.variables.items()}
    states = {name: frozenset(variable.states) for name, variable in lexicon.variables.items()}
    members = {i.variable: tuple(i.any_of.items()) for i in lexicon.implies if len(i.any_of) > 1}
    labels: Trie[str] = Trie()
    names: dict[str, dict[tuple[str, ...], str]] = {}
    for name, variable in reversed(list(lexicon.variables.items())):
        labels.add(builder.phrase(variable.label), name)
        names[name] = {builder.phrase(state): state for state in variable.states}
    measured = frozenset(name for name, variable in lexicon.variables.items() if variable.number is not None)
    return Vocabulary(
        lexicon,
        builder.finish(),
        states,
        absent,
        members,
        labels,
        names,
        _neighbours(lexicon),
        Units(lexicon),
        measured,
        builder.shares_words,
        frozenset(name for name, variable in lexicon.variables.items() if variable.plain or len(variable.states) > 2),
        frozenset(name for name, variable in lexicon.variables.items() if variable.lasting),
    )


def _neighbours(lexicon: Lexicon) -> frozenset[tuple[str, str]]:
    variables = lexicon.variables.values()
    wordings = [wording for variable in variables for wording in variable.states.values()]
    wordings += [variable.wording(1) for variable in variables if variable.numeric]
    sentences = [sentence for wording in wordings for sentence in (*wording.say, *wording.brief, wording.means)]
    words = [tokenise(lexicon.render(sentence)).words for sentence in sentences]
    return frozenset(pair for sentence in words for pair in pairwise(sentence))


def _absent(variable: VariableWording) -> str | None:
    if variable.absent is not None or len(variable.states) != 2:
        return variable.absent
    return next((state for state in variable.states if state in {"no", "absent", "false", "FALSE"}), None)


class _Builder:
    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._entries: dict[tuple[str, ...], Entry] = {}

    def add_variable(self, name: str, variable: VariableWording) -> None:
        for state, wording in variable.states.items():
            for entry in self.entries(wording.asserts, f"variables.{name}.states.{state}.assert"):
                entry.asserts = _with(entry.asserts, (name, state))
        for state, phrases in variable.state_words.items():
            for entry in self.entries(phrases, f"variables.{name}.state_words.{state}"):
                entry.words = _with(entry.words, (name, state))
        for entry in self.entries(variable.anchors, f"variables.{name}.anchors"):
            entry.anchors = _with(entry.anchors, name)
        for entry in self.entries(variable.denied, f"variables.{name}.denied"):
            entry.denied = _with(entry.denied, name)
        for entry in self.entries(variable.one_way, f"variables.{name}.one_way"):
            entry.one_way |= {name}
        for entry in self.entries(variable.exclude, f"variables.{name}.exclude"):
            entry.excluded = True

        if variable.number is not None:
            self._add_number(name, variable, variable.number)

    def _add_number(self, name: str, variable: VariableWording, number: NumberWording) -> None:
        for phrase in (tuple(tokenise(text.replace("_", " ")).words) for text in (variable.label, name)):
            entry = self.at(phrase) if phrase else None
            if entry is not None and not entry.asserts:
                entry.anchors = _with(entry.anchors, name)
        for entry in self.entries(number.forms, f"variables.{name}.number.forms"):
            for form in {entry.phrase, *(_with_one(entry.phrase, word) for word in ("one", "zero"))}:
                same = self.at(form)
                same.numbers = _with(same.numbers, (name, None))
        for written, phrases in number.values.items():
            try:
                value = float(written)
            except ValueError:
                place = f"{self._lexicon.domain}: variables.{name}.number.values"
                raise LexiconError(f"{place}: '{written}' is no number") from None
            for entry in self.entries(phrases, f"variables.{name}.number.values.{written}"):
                entry.numbers = _with(entry.numbers, (name, value))

    def add_cues(self, cues: Mapping[str, frozenset[CueKind]]) -> None:
        """Add cues, but none that ends with one of the lexicon's own phrases: ``no complaints`` of complaints."""
        own = {phrase for phrase, entry in self._entries.items() if entry.asserts or entry.anchors or entry.is_shared}
        for form, kinds in cues.items():
            phrase = self.phrase(form)
            if not any(phrase[at:] in own for at in range(1, len(phrase))):
                self.at(phrase).cues |= kinds

    def entries(self, phrases: Iterable[str], place: str) -> list[Entry]:
        entries = []
        for phrase in phrases:
            try:
                forms = expand(phrase, self._lexicon.words)
            except ValueError as error:
                raise LexiconError(f"{self._lexicon.domain}: {place}: '{phrase}': {error}") from None
            entries += [self.entry(form) for form in forms if form]
        return entries

    def entry(self, form: str) -> Entry:
        return self.at(self.phrase(form))

    @staticmethod
    def phrase(form: str) -> tuple[str, ...]:
        if _PLAIN(form):  # nearly all, and ten times as fast
            words = form.split()
            merge_number_words(words, [0] * len(words), [0] * len(words))
            return tuple(words)
        left, *rest = form.split(NUMBER)
        tokens = list(tokenise(left).words)
        for part in rest:
            tokens += [ANY_NUMBER, *tokenise(part).words]
        return tuple(tokens) or (form,)

    def at(self, phrase: tuple[str, ...]) -> Entry:
        return self._entries.setdefault(phrase, Entry(phrase))

    @property
    def shares_words(self) -> bool:
        return any(entry.is_shared for entry in self._entries.values())

    def finish(self) -> Trie[Entry]:
        measured = any(variable.number is not None for variable in self._lexicon.variables.values())
        trie: Trie[Entry] = Trie((lambda short, long: bool(long.numbers) and not short.means) if measured else None)
        for phrase, entry in self._entries.items():
            entry.settle()
            trie.add(phrase, entry)
        return trie


def _with_one(phrase: tuple[str, ...], word: str) -> tuple[str, ...]:
    return tuple(word if part == ANY_NUMBER else part for part in phrase)


def _with(known: tuple[_T, ...], new: _T) -> tuple[_T, ...]:
    return known if new in known else (*known, new)
