"""How long after the start something was done: ``went in 19 hours after he came``, ``not started until hour ten``.

An interval may stand far from what it is of. Weak evidence: it counts where no phrase of the lexicon says it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from causalsynth.domain import Lexicon
from causalsynth.domain.lexicon import Cut
from causalsynth.extract.claim import Claim
from causalsynth.extract.number_words import number_value
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Trait

__all__ = ["IntervalReader", "interval_readers"]

_ANCHORS = int(Trait.ANCHORS)
_AFTER = frozenset({"after", "from", "since", "post", "past", "into", "following"})
_UP_TO = frozenset({"within", "inside", "under", "first", "than"})
_UNTIL = frozenset({"until", "till", "before"})
_FILLING = frozenset({"the", "about", "roughly", "nearly", "some", "around", "at", "a", "an", "just", "only", "almost"})
_ROUGH = frozenset({"about", "roughly", "nearly", "some", "around", "almost", "something", "approximately", "like"})
_NOT_AFTER = frozenset({"for", "over", "every", "q", "last", "lasted", "another", "further", "next"})
_ENDING_WORDS = """
    stopped discontinued completed switched narrowed escalated changed reviewed ended ceased finished continued second
    later stop course oral repeat repeated reaction rash anaphylaxis
"""
_ENDING = frozenset(_ENDING_WORDS.split())
"""Words that make the interval one to something else than the first time."""
_STARTED_WORDS = """
    were was in had gone been given started hung up running administered on board followed went came only already after
    about just the roughly
"""
_STARTED = frozenset(_STARTED_WORDS.split())
_DENIALS = frozenset({"not", "never", "wasn't", "weren't", "didn't", "nothing", "no", "nobody", "isn't"})
_DOUBTS = frozenset({"person", "hedge", "hedge_after", "suppose", "suppose_after", "past", "reference", "not_it"})
_BEHIND, _BEFORE = 26, 14
"""How many tokens behind its name, or before it, an interval may stand."""
_LEAD = 4
"""How many tokens of the sentence may stand before an interval that comes before its name."""
_OBJECT = 5
_HALF, _HOUR = 0.5, 60
_NEAR = 0.17
"""Within this share of a limit a rough interval doesn't tell on which side it is."""


@dataclass(frozen=True, slots=True)
class _Interval:
    first: int
    end: int
    value: float


class IntervalReader:
    """Finds the intervals of one variable in one text."""

    __slots__ = ("_claims", "_cuts", "_longest", "_states", "_units", "_variable")

    def __init__(self, variable: str, lexicon: Lexicon) -> None:
        wording = lexicon.variables[variable]
        assert wording.number is not None
        self._variable = variable
        self._cuts = wording.number.cuts
        self._states = frozenset(wording.states)
        self._units = {name: unit.factor for unit in wording.number.units.values() for name in unit.names}
        self._longest = max(self._units.values(), default=1.0)
        self._claims: list[Claim] = []

    def read(self, sentence: Sentence, tokens: Tokens, text: str) -> None:
        """Take in the intervals of one sentence."""
        if sentence.question or not sentence.traits & _ANCHORS:
            return
        names = [(first, end) for first, end, entry in sentence.items if self._variable in entry.anchors]
        words = tokens.words
        if not names:
            return
        for interval in self._intervals(sentence, words):
            if self._is_doubted(sentence, interval.first):
                return
            allowed = self._allowed(interval, names, sentence, words)
            if allowed:
                span = (tokens.starts[interval.first], tokens.ends[interval.end - 1])
                self._claims.append(Claim(self._variable, allowed, True, span, weak=True))

    def claims(self) -> Iterator[Claim]:
        """Give what was found."""
        yield from self._claims

    def _is_doubted(self, sentence: Sentence, at: int) -> bool:
        """Tell whether the sentence is of a plan, a doubt or somebody else, up to token `at`."""
        for first, _, entry in sentence.items:
            if first >= at:
                return False
            doubts = entry.cues & _DOUBTS and not entry.cues & {"affirm", "nothing", "index", "past_after"}
            if doubts and entry.phrase[0] not in _UNTIL:
                return True
        return False

    def _intervals(self, sentence: Sentence, words: list[str]) -> Iterator[_Interval]:
        at = sentence.first
        while at < sentence.end:
            begins = words[at] == "half" or (at + 1 < sentence.end and words[at + 1] in self._units)
            interval = self._interval(at, sentence.end, words) if begins else None
            if interval is None:
                at += 1
                continue
            yield interval
            at = interval.end

    def _interval(self, at: int, limit: int, words: list[str]) -> _Interval | None:
        """Read ``1 h 45 min``, ``an hour and a half``, ``half an hour`` at token `at`."""
        total, end = 0.0, at
        if words[at : at + 2] in (["half", "an"], ["half", "a"]) and at + 2 < limit and words[at + 2] in self._units:
            return _Interval(at, at + 3, _HALF * self._units[words[at + 2]])
        while end + 1 < limit:
            value = 1.0 if words[end] in ("an", "a", "one") and end == at else number_value(words[end])
            factor = self._units.get(words[end + 1])
            if value is None or factor is None:
                break
            total, end = total + value * factor, end + 2
            if words[end : end + 3] == ["and", "a", "half"]:
                return _Interval(at, end + 3, total + _HALF * factor)
            if end < limit and words[end] == "and" and end + 2 < limit and words[end + 2] in self._units:
                end += 1
            elif end < limit and factor == self._longest and self._is_bare_part(end, limit, words):
                return _Interval(at, end + 1, total + int(words[end]) / _HOUR)  # "1 h 45"
        return _Interval(at, end, total) if end > at else None

    def _is_bare_part(self, at: int, limit: int, words: list[str]) -> bool:
        """Tell whether token `at` is the minutes of ``1 h 45``."""
        measured = at + 1 < limit and words[at + 1] in self._units
        return not measured and words[at].isdecimal() and int(words[at]) < _HOUR

    def _allowed(
        self, interval: _Interval, names: list[tuple[int, int]], sentence: Sentence, words: list[str]
    ) -> frozenset[str]:
        """Give the states that an interval leaves open; none if it isn't said to be one since the start."""
        nothing: frozenset[str] = frozenset()
        before = self._word_before(interval, sentence, words)
        behind = words[interval.end] if interval.end < sentence.end else ""
        name = next(((f, e) for f, e in reversed(names) if e <= interval.first), None)
        if name is not None:
            between = words[name[1] : interval.first]
            if interval.first - name[1] > _BEHIND or self._is_of_another(name[1], interval.first, sentence):
                return nothing
        else:
            name = names[0]
            between = words[interval.end : name[0]]
            if interval.first - sentence.first > _LEAD or name[0] - interval.end > _BEFORE:
                return nothing
            if behind in _UNTIL:
                before = "until"  # "five hours before any antibiotic reached her"
        if before == "after" and not behind[:1].isalnum() and _STARTED.issuperset(between):
            before = "until"  # "were in after 1 h 45 min"
        timed = behind in _AFTER or before in _UP_TO or before in _UNTIL
        if before in _NOT_AFTER or not _ENDING.isdisjoint(between) or not timed:
            return nothing
        follows = any(interval.end < at <= interval.end + _OBJECT for at, _ in names)
        if behind in _AFTER and follows:
            return nothing  # "fever an hour after the antibiotics"
        return self._states_of(interval, before, words[max(sentence.first, interval.first - 12) : interval.first])

    def _states_of(self, interval: _Interval, before: str, lead: list[str]) -> frozenset[str]:
        allowed = frozenset(cut.state for cut in self._cuts if _holds(cut, interval.value))
        limits = [limit for cut in self._cuts for limit in (cut.low, cut.high) if limit]
        rough = not _ROUGH.isdisjoint(lead[-3:])
        if rough and any(abs(interval.value - limit) <= _NEAR * limit for limit in limits):
            return frozenset()
        denied = not _DENIALS.isdisjoint(lead)
        if before in _UP_TO:
            early = frozenset(cut.state for cut in self._cuts if cut.low is None)
            if allowed != early:
                return frozenset()
            return self._states - early if denied else early
        if denied and before not in _UNTIL:
            return frozenset()
        return allowed

    def _word_before(self, interval: _Interval, sentence: Sentence, words: list[str]) -> str:
        at = interval.first - 1
        while at > sentence.first and words[at] in _FILLING:
            at -= 1
        return words[at] if at >= sentence.first else ""

    def _is_of_another(self, first: int, end: int, sentence: Sentence) -> bool:
        """Tell whether something else is named between, or another clause begins."""
        for at, _, entry in sentence.items:
            if first <= at < end and (
                entry.sign == ";"
                or entry.other
                or any(name != self._variable for name, _ in entry.asserts)
                or any(name != self._variable for name in entry.anchors)
            ):
                return True
        return False


def _holds(cut: Cut, value: float) -> bool:
    return (cut.low is None or value >= cut.low) and (cut.high is None or value < cut.high)


def interval_readers(lexicon: Lexicon) -> tuple[Callable[[], IntervalReader], ...]:
    """Give what makes those for a text, for every variable of `lexicon` that is an interval since something."""
    return tuple(
        partial(IntervalReader, name, lexicon)
        for name, variable in lexicon.variables.items()
        if variable.number is not None and variable.number.since
    )
