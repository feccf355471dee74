"""What `backdoor` found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from causalsynth.evaluate.intervals import Share

__all__ = ["BackdoorReport", "ImposedFact", "ReaderOverrides", "SurpriseBand", "Trend"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImposedFact:
    """One state, or range of a number, and what first drafts made of it.

    Attributes
    ----------
    overridden
        First drafts that say something else, of those that had to state it.
    omitted, hedged, contradictory
        Of the same drafts: that say nothing, only hedge, or say it both ways.
    written
        What was said instead → first drafts, most frequent first.
    surprise
        Mean of −log₂ P(fact | all other facts) in bits, over the facts that are possible; None where none is.
    impossible
        Facts that the graph without interventions excludes, given the others.
    after
        Last drafts of the realizer that say something else, of the same records.
    """

    variable: str
    imposed: str
    overridden: Share
    omitted: int
    hedged: int
    contradictory: int
    written: Mapping[str, int]
    surprise: float | None
    impossible: int
    after: Share

    def to_json(self) -> dict[str, object]:
        """Give one entry of ``facts``."""
        return {
            "variable": self.variable,
            "imposed": self.imposed,
            "written": next(iter(self.written), None),
            "written_instead": dict(self.written),
            "n": self.overridden.n,
            "overridden": self.overridden.count,
            "override_rate": self.overridden.rate,
            "interval": list(self.overridden.interval),
            "omitted": self.omitted,
            "hedged": self.hedged,
            "contradictory": self.contradictory,
            "surprise": self.surprise,
            "impossible": self.impossible,
            "after_loop": {"overridden": self.after.count, **self.after.to_json()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SurpriseBand:
    """Facts that surprise about as much.

    Attributes
    ----------
    low, high
        Bits, from `low` up to below `high`; None for no upper end. Both None: impossible facts.
    overridden, omitted, after
        First drafts that say something else, first drafts that say nothing, and last drafts of the realizer that say
        something else. The exact intervals take facts for independent.
    read
        Name of a reading → texts that leave the run of which that reader says something else.
    """

    low: float | None
    high: float | None
    overridden: Share
    omitted: Share
    after: Share
    read: Mapping[str, Share] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Write the band for people."""
        if self.low is None:
            return "impossible"
        return f"{self.low:g} bits and more" if self.high is None else f"{self.low:g} to {self.high:g} bits"

    def to_json(self) -> dict[str, object]:
        """Give one entry of ``by_surprise``."""
        return {
            "band": self.name,
            "low": self.low,
            "high": self.high,
            "n": self.overridden.n,
            "overridden": {"count": self.overridden.count, **self.overridden.to_json()},
            "omitted": {"count": self.omitted.count, **self.omitted.to_json()},
            "after_loop": {"count": self.after.count, **self.after.to_json()},
            "read": {name: {"count": share.count, **share.to_json()} for name, share in self.read.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderOverrides:
    """What a reader finds overridden in the texts that leave the run.

    Attributes
    ----------
    overridden
        Facts of which it reads something else, of all that were to be stated in the texts that it read. Its own
        mistakes are among them.
    trend
        By bits of surprise: a reader's mistakes alone need not follow it.
    """

    overridden: Share
    trend: "Trend | None"

    def to_json(self) -> dict[str, object]:
        """Give one value of ``readers``."""
        return {
            "overridden": {"count": self.overridden.count, "n": self.overridden.n, **self.overridden.to_json()},
            "trend": None if self.trend is None else self.trend.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How the odds of being overridden change with each bit of surprise.

    Attributes
    ----------
    odds_ratio, interval
        A bit's, with its 95 % interval, clustered by record.
    p_value
        Of "surprise makes no difference", two-sided.
    facts, overridden
        That the figure stands on.
    """

    odds_ratio: float
    interval: tuple[float, float]
    p_value: float
    facts: int
    overridden: int

    def to_json(self) -> dict[str, object]:
        """Give one value of ``trend``."""
        return {
            "odds_ratio_per_bit": self.odds_ratio,
            "interval": list(self.interval),
            "p_value": self.p_value,
            "facts": self.facts,
            "overridden": self.overridden,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BackdoorReport:
    """What `backdoor` found.

    Attributes
    ----------
    records
        Finished records with a usable draft.
    overridden, omitted, after
        Over all facts, as in `SurpriseBand`.
    towards_usual
        Of the first drafts' overrides, those that wrote what the graph holds likelier, given all other facts.
    facts
        The surest override first (by the interval's lower end).
    by_surprise
        In order of surprise.
    trend, trend_within
        Over all facts, and with an intercept for each variable; None where none can be fitted.
    readers
        Name of a reading → what is overridden in the texts that leave the run: ``extracted``, the loop's own, and the
        independent ones.
    unknown
        Variables whose surprise can't be computed; none of their facts is counted.
    """

    records: int
    overridden: Share
    omitted: Share
    after: Share
    towards_usual: Share
    facts: Sequence[ImposedFact]
    by_surprise: Sequence[SurpriseBand]
    trend: Trend | None
    trend_within: Trend | None
    readers: Mapping[str, ReaderOverrides]
    unknown: Sequence[str]

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate backdoor --json``."""
        return {
            "records": self.records,
            "n": self.overridden.n,
            "overridden": {"count": self.overridden.count, **self.overridden.to_json()},
            "omitted": {"count": self.omitted.count, **self.omitted.to_json()},
            "after_loop": {"count": self.after.count, **self.after.to_json()},
            "towards_usual": {
                "count": self.towards_usual.count,
                "n": self.towards_usual.n,
                **self.towards_usual.to_json(),
            },
            "trend": None if self.trend is None else self.trend.to_json(),
            "trend_within_variables": None if self.trend_within is None else self.trend_within.to_json(),
            "by_surprise": [band.to_json() for band in self.by_surprise],
            "readers": {name: each.to_json() for name, each in self.readers.items()},
            "facts": [fact.to_json() for fact in self.facts],
            "unknown": list(self.unknown),
        }
