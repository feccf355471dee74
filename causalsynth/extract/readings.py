"""What is known of a phrase in its sentence, and the scopes that are open at a point of it."""

from dataclasses import dataclass, field
from enum import IntEnum

from causalsynth.extract.word_sets import word_set

__all__ = ["RULED_OUT", "Negated", "Negation", "Reading", "Scopes"]

RULED_OUT = frozenset({"excluded", "ruled", "eliminated", "discounted"})
"""How a denial of something begins that may as well be active as passive: ``TB excluded``, ``we excluded TB``."""

_MAIN_VERBS = word_set("""
    is was are were has have had returned reported came read reads show shows showed turned reveals revealed
    demonstrates demonstrated confirms confirmed proved looks looked
""")


class Negated(IntEnum):
    """Whether a phrase is negated."""

    NO = 0
    YES = 1
    PERHAPS = 2
    """Grammar leaves it open: ``no cough, SOB``."""


@dataclass(slots=True)
class Reading:
    """How one phrase stands in its sentence."""

    negated: Negated = Negated.NO
    hedged: bool = False
    supposed: bool = False
    past: bool = False
    person: bool = False
    listed: bool = False
    """Its negation reached it through a list."""
    affirmed: bool = False
    answered: bool = False
    """An answer (``…: no``) negates it: the name alone, not what it is made of."""
    anaphor: bool = False
    """Made by a ``doesn't have it`` that speaks of this phrase."""


@dataclass(slots=True)
class Negation:
    """An open negation and the list that it has run through so far."""

    at: int
    sure: bool
    """It governs a whole list: ``denies A, B, C``."""
    determiner: bool
    commas: int = 0
    joined: bool = False
    """An ``or`` or ``and`` has come: the next comma closes the list."""
    pending: list[Reading] = field(default_factory=list)
    """Readings that stay open until the list turns out to be one."""

    def join(self) -> None:
        """Take in an ``or`` or ``and``: what was open is negated."""
        self.joined = True
        for reading in self.pending:
            reading.negated = Negated.YES
        self.pending.clear()


@dataclass(slots=True)
class Scopes:
    """The scopes that are open."""

    negation: Negation | None = None
    hedge: bool = False
    suppose: bool = False
    arranged: bool = False
    """It is only of what somebody asked for: ``requested by …``."""
    person: bool = False
    aside: bool = False
    """The person is only of an aside: the next comma ends it."""
    denied_list: bool = False
    """The negation is a heading's, and goes on behind semicolons."""
    past_until: int = 0
    """The first token that a ``previous`` doesn't reach any more."""

    def goes_on(self, verb: str) -> bool:
        """End what is only said of arrangements at the name's verb: ``the film requested by her GP is normal``."""
        if verb not in _MAIN_VERBS:
            return False
        self.suppose = self.arranged = False
        return True

    def open_hedge(self, word: str) -> None:
        """``nothing to suggest`` negates the suggestion, but ``don't know whether``, with such a `word`, leaves it."""
        if word in ("whether", "if"):
            self.negation = None
        if self.negation is None or self.negation.commas:
            self.hedge = True

    def next_of_list(self, k: int) -> "Scopes":
        """``Excluded this visit: TB; lung cancer``: the list goes on behind semicolon `k`."""
        at = self.negation.at if self.negation else k
        return Scopes(negation=Negation(at, sure=True, determiner=False, commas=1), denied_list=True)

    def end_past(self, end: int) -> None:
        """End a ``previous``, but not what a ``history of`` says up to token `end`, the sentence's."""
        if self.past_until != end:
            self.past_until = 0

    def end_clause(self) -> None:
        """End all but the person that is spoken of."""
        self.negation = None
        self.hedge = self.suppose = False
        self.past_until = 0
