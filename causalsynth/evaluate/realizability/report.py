"""What `realizability` found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.realizability.counts import (
    KindViolations,
    RejectionSampling,
    RoundShare,
    StateOverride,
    VariableViolations,
)

__all__ = ["RealizabilityReport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealizabilityReport:
    """What `realizability` found.

    Attributes
    ----------
    realized
        Finished records that the realizer achieved without repair, of all finished records.
    repaired, unrealized
        The other finished records.
    planned
        Records that the run was asked for; None where that is not known.
    unfinished
        Records with attempts but no outcome yet; they are in no other figure.
    by_round
        Cumulative, for 1…K.
    rejection
        What plain rejection sampling would have made of the same first attempts.
    by_kind
        Kind of violation → how often; the most frequent first.
    by_variable
        In the order of the skeleton.
    by_state
        States that were overridden at least once, the surest override first (by the interval's lower end). Numbers
        are not among them: hardly one is imposed twice.
    by_stratum
        Stratum of skeleton probability → realized; empty where no probabilities were given.
    by_style
        Style that the text was asked for in → realized; empty where none were given.
    """

    realized: Share
    repaired: int
    unrealized: int
    planned: int | None
    unfinished: int
    by_round: Sequence[RoundShare]
    rejection: RejectionSampling
    by_kind: Mapping[str, KindViolations]
    by_variable: Mapping[str, VariableViolations]
    by_state: Sequence[StateOverride]
    by_stratum: Mapping[str, Share] = field(default_factory=dict)
    by_style: Mapping[str, Share] = field(default_factory=dict)

    @property
    def with_repair(self) -> Share:
        """Finished records whose text states every fact, whoever wrote it: the realizer alone, or repair as well."""
        return Share(self.realized.count + self.repaired, self.realized.n)

    @property
    def complete(self) -> bool:
        """Whether every planned record has an outcome."""
        return not self.unfinished and (self.planned is None or self.realized.n >= self.planned)

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate realizability --json``."""
        return {
            "n": self.realized.n,
            "realized": self.realized.count,
            **self.realized.to_json(),
            "repaired": self.repaired,
            "unrealized": self.unrealized,
            "planned": self.planned,
            "unfinished": self.unfinished,
            "complete": self.complete,
            "with_repair": {"count": self.with_repair.count, **self.with_repair.to_json()},
            "by_round": [entry.to_json() for entry in self.by_round],
            "rejection_sampling": self.rejection.to_json(),
            "by_kind": {name: entry.to_json() for name, entry in self.by_kind.items()},
            "by_variable": {name: entry.to_json() for name, entry in self.by_variable.items()},
            "by_state": [entry.to_json() for entry in self.by_state],
            "by_stratum": [{"stratum": name, **_realized(share)} for name, share in self.by_stratum.items()],
            "by_style": [{"style": name, **_realized(share)} for name, share in self.by_style.items()],
        }


def _realized(share: Share) -> dict[str, object]:
    return {"n": share.n, "realized": share.count, **share.to_json()}
