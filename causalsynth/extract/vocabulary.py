"""What a compiled lexicon consists of: phrases, each with all that it may be."""

from dataclasses import dataclass, field, replace
from enum import IntFlag

from causalsynth.domain import Lexicon
from causalsynth.domain.lexicon import Cut
from causalsynth.extract.kinds import bits_of
from causalsynth.extract.numbers import Number
from causalsynth.extract.phrase_trie import PhraseTrie
from causalsynth.extract.trie import Trie
from causalsynth.extract.units import Units

__all__ = ["DETERMINERS", "Entry", "Item", "Measure", "Says", "Trait", "Vocabulary", "traits_of"]


_KINDS_LOOKING_BACK = (
    "negate negate_after negate_either answer_no answer_yes degree not_it doubt_it so_it hedge_after suppose_after "
    "past_after included pair compound"
)
_LOOKING_BACK = frozenset(_KINDS_LOOKING_BACK.split())
_DENYING = frozenset({"negate", "negate_list", "negate_either"})
_LOOKING_ON = _DENYING | {"negate_after", "hedge", "suppose", "past", "person"}
_LINKING = frozenset({"stop", "clause", "self", "report", "current", "same", "or", "and"})
_NEGATORS = frozenset(
    {"no", "not", "never", "without", "neither", "nor", "nothing", "didn't", "wasn't", "weren't", "isn't"}
)
_KINDS_STANDING_BY = "be verb between relation reference later index retract amend elsewhere aside source contest"
_STANDING_BY = frozenset(_KINDS_STANDING_BY.split())
"""Kinds of cue that change nothing by themselves."""
_INERT = _STANDING_BY | {"and", "or", "self", "clause", "stop", "report", "current", "affirm", "nothing"}
"""Kinds of cue that only end what others have opened."""
_TAKING_BACK = frozenset({"retract", "amend"})
_SETTLING = frozenset({"not_it", "doubt_it", "withdraw"})
_ASKING = frozenset({"asked", "asks", "asking", "ask", "enquired", "enquires", "inquired", "questioned"})
_ASKED_OF = frozenset({"about", "regarding", "re", "after", "on", "whether", "if"})
_OPENING_SIGNS = frozenset({"?", "-"})
_ENDING_SIGNS = frozenset({".", "!", "?", "\n", "\n\n"})
DETERMINERS = frozenset({"no", "nil", "\u00f8", "without", "zero", "lacks", "lacking"})
"""Negations that a phrase may begin with and that then reach on behind it."""
_PREDICATIVE_FIRST = frozenset({"short", "out", "unable", "struggling", "gasping", "panting"})
_PREDICATIVE_ENDINGS = ("less", "oeic", "neic", "itic", "ive", "ed", "ful")


class Trait(IntFlag):
    """What a step of reading looks for: a sentence in which no entry has it needs not be looked through."""

    SHARED = 1
    COLON = 2
    CUT = 4
    MEANS = 8
    OPENS = 16
    """It may change how something stands, if only itself."""
    ANCHORS = 32
    WORDS = 64
    NUMBERS = 128
    CONTESTS = 256
    SETTLES = 512
    """It may settle what the sentence before names."""
    PERSON = 1024
    ASKS = 2048
    """It tells that something was asked: ``asked about``."""
    STANDS_IN = 4096
    TELLS = 8192
    """It names something, or says something of a name: the topic changes."""
    EITHER = 16384
    """Its shared words are a cue as well, or assert something: it can't be both."""
    NAMES = 32768
    """It names something that a sentence behind it may settle."""
    ENDS = 65536
    """It is a mark that may end a sentence."""


_SHARED, _COLON, _CUT, _MEANS, _OPENS, _ANCHORS, _WORDS, _NUMBERS = map(int, list(Trait)[:8])
_OF_NUMBER = int(Trait.MEANS | Trait.NUMBERS)
_CONTESTS, _SETTLES, _PERSON, _ASKS, _STANDS_IN, _TELLS, _EITHER, _NAMES, _ENDS = map(int, list(Trait)[8:])


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
    sorts
        Variables of which it names only one sort: its negation is a hint.
    weak
        Variables of whose state it is only a hint.
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
    sorts: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
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
    states_of: dict[str, tuple[str, ...]] = field(init=False, default_factory=dict, repr=False, compare=False)
    """Its `words` by variable."""
    shared: bool = field(init=False, default=False)
    """Its `words` are of several variables."""
    named: bool = field(init=False, default=False)
    """It names a variable by itself: `asserts`, `anchors` or, unless it only says something of a name, `denied`."""
    denial: bool = field(init=False, default=False)
    """It holds its own negation: ``never septic``."""
    predicative: bool = field(init=False, default=False)
    """An adjective-like phrase, which ``no …, short of breath`` doesn't reach."""

    means: bool = field(init=False, default=False)
    """It names a variable or says something of one."""
    looks_back: bool = field(init=False, default=False)
    """One of its cues may speak of what stands before it."""
    looks_on: bool = field(init=False, default=False)
    """One of its cues may speak of what stands behind it."""
    denies: bool = field(init=False, default=False)
    """One of its cues may deny what stands behind it."""
    links: bool = field(init=False, default=False)
    """One of its cues joins or parts clauses and lists, or changes whom or when they are about."""
    contests: bool = field(init=False, default=False)
    """One of its cues says that somebody or something else says otherwise."""
    elsewhere: bool = field(init=False, default=False)
    """One of its cues says that its clause is of something else."""
    stands_in: bool = field(init=False, default=False)
    """It stands for names said before: ``the former``."""

    turns: bool = field(init=False, default=False)
    """Its cues change how something stands; others only matter beside names and numbers."""
    traits: int = field(init=False, default=0)
    """Bits of `Trait`."""
    is_not: bool = field(init=False, default=False)
    """It is a ``not``, which may deny what was said before it: ``isn't``, ``never has``."""
    kinds: int = field(init=False, default=0, repr=False, compare=False)
    """Its `cues` as bits, see `causalsynth.extract.kinds`."""
    lone: str = field(init=False, default="", repr=False, compare=False)
    """Its phrase, where that is a single word."""
    _as_cue: "Entry | None" = field(init=False, default=None, repr=False, compare=False)
    _as_word: "Entry | None" = field(init=False, default=None, repr=False, compare=False)
    _as_label: "Entry | None" = field(init=False, default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.settle()

    def as_cue(self) -> "Entry":
        """Give it without what it says of anchors."""
        if self._as_cue is None:
            self._as_cue = replace(self, words=())
        return self._as_cue

    def as_word(self) -> "Entry":
        """Give it as no cue, and asserting nothing by itself."""
        if self._as_word is None:
            self._as_word = replace(self, cues=frozenset(), asserts=())
        return self._as_word

    def as_label(self, variable: str) -> "Entry":
        """Give it as the label of `variable` that heads a line: ``Lung cancer: …``."""
        label = self._as_label
        if label is None or label.anchors[0] != variable:
            said = tuple(dict.fromkeys(word for word in self.words if word[0] == variable))
            label = Entry(self.phrase, words=said, anchors=(variable,), denied=(variable,), heading=True)
            self._as_label = label
        return label

    def has_word(self, words: frozenset[str]) -> bool:
        """Tell whether its phrase has one of some words."""
        return self.lone in words if self.lone else not words.isdisjoint(self.phrase)

    def settle(self) -> None:
        """Work out what follows from the rest, again after each change."""
        if self.number is not None and not self.cues:  # made anew for each number of a text: it is nothing else
            self.lone = self.phrase[0]
            self.means = True
            self.traits = _OF_NUMBER
            return
        if self.excluded:
            self.asserts = self.words = self.numbers = ()
            self.anchors = self.denied = ()
        self.kinds = bits_of(self.cues)
        self.lone = self.phrase[0] if len(self.phrase) == 1 else ""
        self.named = bool(self.asserts or self.anchors or (self.denied and not self.words))
        self.means = self.named or bool(self.words or self.numbers or self.number)
        self.states_of = {}
        for variable, state in self.words:
            self.states_of[variable] = (*self.states_of.get(variable, ()), state)
        self.shared = len(self.states_of) > 1
        self.looks_back = bool(self.cues & _LOOKING_BACK)
        self.looks_on = bool(self.cues & _LOOKING_ON)
        self.denies = bool(self.cues & _DENYING)
        self.links = bool(self.cues & _LINKING)
        self.contests = "contest" in self.cues
        self.elsewhere = bool(self.cues & {"elsewhere", "aside"})
        self.stands_in = bool(self.cues & {"former", "latter", "pair"})
        self.is_not = "negate" in self.cues and self.phrase[0].endswith(("not", "n't", "never"))
        self.denial = not _NEGATORS.isdisjoint(self.phrase)
        first, last = self.phrase[0], self.phrase[-1]
        self.predicative = first in _PREDICATIVE_FIRST or last.endswith(_PREDICATIVE_ENDINGS)
        self.turns = "affirm" in self.cues or ("nothing" not in self.cues and not self.cues <= _STANDING_BY)
        self.traits = self._traits()

    def _traits(self) -> int:
        cut = self.elsewhere or not self.cues.isdisjoint(_TAKING_BACK)
        opens = not self.cues <= _INERT or self.phrase == ("exclude",) or self.sign in _OPENING_SIGNS
        opens = opens or bool(self.asserts and self.phrase[0] in DETERMINERS) or bool(self.sign and self.means)
        traits = _SHARED if self.shared else 0
        traits |= _COLON if self.sign == ":" else 0
        traits |= _CUT if cut else 0
        traits |= _MEANS if self.means else 0
        traits |= _OPENS if opens else 0
        traits |= _ANCHORS if self.anchors else 0
        traits |= _WORDS if self.words else 0
        traits |= _NUMBERS if self.number is not None or self.numbers else 0
        traits |= _CONTESTS if self.contests else 0
        traits |= _SETTLES if not self.cues.isdisjoint(_SETTLING) or self.is_not else 0
        traits |= _PERSON if "person" in self.cues else 0
        traits |= _ASKS if is_asking(self) else 0
        traits |= _STANDS_IN if self.stands_in else 0
        tells = (self.named and "self" not in self.cues) or self.other or self.words or self.numbers
        traits |= _TELLS if tells else 0
        traits |= _EITHER if self.shared and (self.cues or self.asserts) else 0
        traits |= _NAMES if self.asserts or self.anchors or self.denied else 0
        traits |= _ENDS if self.sign in _ENDING_SIGNS else 0
        return traits


def is_asking(entry: Entry) -> bool:
    """Say whether a phrase tells that something was asked: ``asked about``."""
    return "suppose" in entry.cues and entry.phrase[0] in _ASKING and entry.phrase[-1] in _ASKED_OF


Item = tuple[int, int, Entry]
"""(first token, end token, entry)"""


def traits_of(items: list[Item]) -> int:
    """Give the bits of `Trait` that any of the items has."""
    traits = 0
    for _, _, entry in items:
        traits |= entry.traits
    return traits


@dataclass(frozen=True, slots=True)
class Says:
    """What one place of a lexicon or pack says of the phrases that stand there.

    Attributes
    ----------
    role
        The key that it stands under, ``cue`` for those of a pack.
    variable
        Of a lexicon's phrases.
    state
        Where it asserts or means one.
    value
        A number that it says; None: the one that stands in it.
    cues
        Of a cue.
    """

    role: str
    variable: str = ""
    state: str = ""
    value: float | None = None
    cues: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Measure:
    """What a lexicon says of the numbers of a variable, see `causalsynth.domain.lexicon.NumberWording`.

    Attributes
    ----------
    numeric
        They are its values, not what its states are judged by.
    """

    numeric: bool
    plausible: tuple[float, float] | None
    decimals: int
    needs_unit: bool
    timeless: bool
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A compiled lexicon."""

    lexicon: Lexicon
    trie: "PhraseTrie[Entry, Says]"
    states: dict[str, frozenset[str]]
    absent: dict[str, str | None]
    members: dict[str, tuple[tuple[str, str], ...]]
    """For a variable implied by any of several others, what a negated bundle of them denies:
    ``no TB or lung cancer`` → (tub, yes), (lung, yes)."""
    bind: dict[str, str]
    """On which side of a variable's anchors its state words stand."""
    labels: Trie[str]
    """The variable of each label."""
    state_names: dict[str, dict[tuple[str, ...], str]]
    """For each variable its states by their own names, which answer a heading: ``Batch: good``."""
    neighbours: frozenset[tuple[str, str]]
    """All pairs of neighbouring words in the lexicon's own sentences."""
    units: Units
    measured: dict[str, Measure]
    """Variables that numbers are read for."""
    counted: frozenset[str]
    """Those of them that count things, which their units name."""
    beside: dict[str, Trie[bool]]
    """For each variable the words that make a number with its unit its own, or something else's."""
    asking: PhraseTrie[str, str]
    """The variable of each phrase that asks for its number: ``how old``."""
    shares_words: bool
    """Whether several variables have state words, so that some may be shared."""
    plain: frozenset[str]
    """Variables whose phrases say it wherever they stand."""
    who: frozenset[str]
    """Variables that pronouns tell: who the subject is, which nothing denies or doubts."""
    lasting: frozenset[str]
    """Variables for which the past counts."""
    ever: dict[str, str]
    """The state of a variable that holds if it ever held."""
    timed: frozenset[str]
    """Variables that tell how long after something it was."""
    alone: dict[str, frozenset[str]]
    """For each state the set of it alone."""
    earlier: dict[str, tuple[tuple[str, str], tuple[str, str]]]
    """For a variable whose past is a variable of its own, what an earlier presence and an earlier absence say of that:
    (variable, state) each."""
    name_lengths: dict[str, int] = field(default_factory=dict)
    """How many characters of a label seen before are its name, see `causalsynth.extract.layout.labels`."""
    speakers: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Whom short lines seen before name as speaking, see `causalsynth.extract.layout.dialogue`."""
    plain_lines: dict[str, bool] = field(default_factory=dict)
    """Short lines seen before that say nothing by their shape, see `causalsynth.extract.layout.arrange`."""
    known: dict[str, tuple[list[str], list[Item]]] = field(default_factory=dict)
    """The words and phrases of short texts seen before, such as labels: nothing that another text could change."""
