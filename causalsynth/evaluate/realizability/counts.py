"""Shares and counts that the report on realizability is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from causalsynth.evaluate.intervals import Share

__all__ = ["KindViolations", "RejectionSampling", "RoundShare", "StateOverride", "VariableViolations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundShare:
    """What was realized within the first `round` attempts.

    Attributes
    ----------
    realized
        Records realized within 1…`round` attempts, of all finished records.
    attempted
        Records for which a `round`-th attempt was made at all.
    without_draft
        Those of them whose `round`-th attempt brought no usable draft: the call failed, or the text was cut.
    """

    round: int
    realized: Share
    attempted: int
    without_draft: int

    def to_json(self) -> dict[str, object]:
        """Give one entry of ``by_round``."""
        return {
            "round": self.round,
            "realized": self.realized.count,
            "attempted": self.attempted,
            "no_usable_draft": self.without_draft,
            **self.realized.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KindViolations:
    """How often drafts go wrong in one way: missing, wrong, uncertain, contradictory, leaked.

    Attributes
    ----------
    in_first
        First drafts with such a violation, of all first drafts.
    violations
        Such violations in all drafts of the realizer.
    """

    in_first: Share
    violations: int

    def to_json(self) -> dict[str, object]:
        """Give one value of ``by_kind``."""
        return {
            "violations": self.violations,
            "first_drafts": {"count": self.in_first.count, "n": self.in_first.n, **self.in_first.to_json()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableViolations:
    """How often one variable was written wrong, left out, hedged or contradicted.

    Attributes
    ----------
    in_first
        First drafts with a violation of this variable, of all first drafts. A record's first draft is the first
        that could be used; of a failed call or a cut text nothing can be said.
    first_by_kind, by_kind
        Violations in first drafts and in all drafts of the realizer, by kind; of finished records, as everywhere.
    """

    in_first: Share
    first_by_kind: Mapping[str, int]
    by_kind: Mapping[str, int]

    @property
    def violations(self) -> int:
        """Violations in all drafts of the realizer."""
        return sum(self.by_kind.values())

    def to_json(self) -> dict[str, object]:
        """Give one value of ``by_variable``."""
        return {
            "violations": self.violations,
            "by_kind": dict(self.by_kind),
            "first_drafts": {
                "violations": self.in_first.count,
                "n": self.in_first.n,
                "by_kind": dict(self.first_by_kind),
                **self.in_first.to_json(),
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StateOverride:
    """How often the first draft did not say an imposed state.

    Attributes
    ----------
    overridden
        First drafts with a violation of this fact, of those that had to state it.
    written
        What they said instead, most frequent first: a state for a fact written wrong, else the violation's
        kind in brackets, such as ``(missing)``.
    """

    variable: str
    state: str
    overridden: Share
    written: Mapping[str, int]

    def to_json(self) -> dict[str, object]:
        """Give one entry of ``by_state``."""
        return {
            "variable": self.variable,
            "state": self.state,
            "n": self.overridden.n,
            "overridden": self.overridden.count,
            "written": dict(self.written),
            **self.overridden.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionSampling:
    """What plain rejection sampling makes of the same first attempts, beside the loop.

    Attributes
    ----------
    accepted
        First attempts that were accepted; it drops the records of all others.
    loop_calls, loop_texts
        Calls of the realizer by the loop, and texts that it realized with them.
    calls_for_all
        Expected calls until each record's own skeleton has an accepted first attempt: of n records of a skeleton whose
        first attempts are accepted with probability φ, n/φ. None where no first attempt was accepted.
    at_least
        Whether that is a lower bound: rare skeletons were pooled, or of some no first attempt was accepted.
    """

    accepted: Share
    loop_calls: int
    loop_texts: int
    calls_for_all: float | None
    at_least: bool

    @property
    def lost(self) -> Share:
        """Records that rejection sampling drops."""
        return Share(self.accepted.n - self.accepted.count, self.accepted.n)

    @property
    def calls_per_text(self) -> float | None:
        """Calls for each accepted text where every rejected skeleton is dropped; None where none is accepted."""
        return self.accepted.n / self.accepted.count if self.accepted.count else None

    @property
    def loop_calls_per_text(self) -> float | None:
        """Calls for each realized text of the loop."""
        return self.loop_calls / self.loop_texts if self.loop_texts else None

    def to_json(self) -> dict[str, object]:
        """Give ``rejection_sampling``."""
        return {
            "accepted": self.accepted.count,
            "n": self.accepted.n,
            **self.accepted.to_json(),
            "lost": {"count": self.lost.count, **self.lost.to_json()},
            "calls_per_text": self.calls_per_text,
            "calls_for_all": self.calls_for_all,
            "at_least": self.at_least,
            "loop": {
                "calls": self.loop_calls,
                "texts": self.loop_texts,
                "calls_per_text": self.loop_calls_per_text,
            },
        }
