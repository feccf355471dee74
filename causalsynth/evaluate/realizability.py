"""Realizability: how many skeletons the LLM put into words, how fast, and which facts it would not write.

Every skeleton counts in the denominator. A record that the deterministic fallback repaired is not dropped
from the data, but it is not realized either: the figure is the LLM's own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from causalsynth.errors import ThresholdError
from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.strata import STRATA, stratum_of
from causalsynth.ledger import Attempt, RecordStatus, final_line

__all__ = [
    "RealizabilityReport",
    "RoundShare",
    "StateOverride",
    "VariableViolations",
    "realizability",
    "require",
]


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
    by_variable
        In the order of the skeleton.
    by_state
        States that were overridden at least once, the surest override first (by the interval's lower end). Numbers
        are not among them: hardly one is imposed twice.
    by_stratum
        Stratum of skeleton probability → realized; empty where no probabilities were given.
    """

    realized: Share
    repaired: int
    unrealized: int
    planned: int | None
    unfinished: int
    by_round: Sequence[RoundShare]
    by_variable: Mapping[str, VariableViolations]
    by_state: Sequence[StateOverride]
    by_stratum: Mapping[str, Share] = field(default_factory=dict)

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
            "by_round": [entry.to_json() for entry in self.by_round],
            "by_variable": {name: entry.to_json() for name, entry in self.by_variable.items()},
            "by_state": [entry.to_json() for entry in self.by_state],
            "by_stratum": [
                {"stratum": name, "n": share.n, "realized": share.count, **share.to_json()}
                for name, share in self.by_stratum.items()
            ],
        }


def realizability(
    attempts: Iterable[Attempt],
    *,
    planned: int | None = None,
    rounds: int | None = None,
    log_probability: Mapping[int, float] | None = None,
) -> RealizabilityReport:
    """Count what the realizer achieved.

    Parameters
    ----------
    attempts
        Each ``(i, k)`` once and sorted by it, as `causalsynth.ledger.read_ledger` gives them.
    planned
        Records that the run was asked for.
    rounds
        K, the most attempts of the realizer for one record; the most that the ledger shows if not given.
    log_probability
        Record index → natural logarithm of the skeleton's probability under the graph without
        interventions, for `RealizabilityReport.by_stratum`.
    """
    records = [list(lines) for _, lines in groupby(attempts, key=lambda attempt: attempt.i)]
    finished = [(record, last) for record in records if (last := final_line(record))]
    statuses = Counter(last.status for _, last in finished)
    drafts = [attempt for record, _ in finished for attempt in record if _is_draft(attempt)]
    firsts = [first for record, _ in finished if (first := next(filter(_is_draft, record), None))]
    return RealizabilityReport(
        realized=Share(statuses[RecordStatus.REALIZED], len(finished)),
        repaired=statuses[RecordStatus.REPAIRED],
        unrealized=statuses[RecordStatus.UNREALIZED],
        planned=planned,
        unfinished=len(records) - len(finished),
        by_round=_by_round(finished, rounds),
        by_variable=_by_variable(firsts, drafts),
        by_state=_by_state(firsts),
        by_stratum=_by_stratum([last for _, last in finished], log_probability or {}),
    )


def _is_draft(attempt: Attempt) -> bool:
    """Tell whether the realizer wrote something that was read; without violations alone it is not accepted."""
    return attempt.has_usable_draft and not attempt.is_repair


def _by_round(finished: Sequence[tuple[list[Attempt], Attempt]], rounds: int | None) -> list[RoundShare]:
    realized = Counter(last.k for _, last in finished if last.status is RecordStatus.REALIZED)
    calls = [attempt for record, _ in finished for attempt in record if not attempt.is_repair]
    attempted = Counter(attempt.k for attempt in calls)
    without_draft = Counter(attempt.k for attempt in calls if not attempt.has_usable_draft)
    most = max([rounds or 0, *attempted])
    return [
        RoundShare(
            round=number,
            realized=Share(sum(realized[k] for k in range(1, number + 1)), len(finished)),
            attempted=attempted[number],
            without_draft=without_draft[number],
        )
        for number in range(1, most + 1)
    ]


def _by_variable(firsts: Sequence[Attempt], drafts: Sequence[Attempt]) -> dict[str, VariableViolations]:
    everywhere, at_first = _kinds(drafts), _kinds(firsts)
    touched = Counter(name for first in firsts for name in {entry.variable for entry in first.violations})
    skeleton = firsts[0].skeleton if firsts else {}
    return {
        name: VariableViolations(
            in_first=Share(touched[name], len(firsts)),
            first_by_kind=dict(at_first[name].most_common()),
            by_kind=dict(everywhere[name].most_common()),
        )
        for name in [*skeleton, *sorted(everywhere.keys() - skeleton.keys())]
    }


def _kinds(drafts: Iterable[Attempt]) -> defaultdict[str, Counter[str]]:
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for draft in drafts:
        for violation in draft.violations:
            kinds[violation.variable][violation.kind] += 1
    return kinds


def _by_state(firsts: Sequence[Attempt]) -> list[StateOverride]:
    imposed = Counter(fact for first in firsts for fact in _states(first).items())
    overridden: Counter[tuple[str, str]] = Counter()
    written: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for first in firsts:
        states = _states(first)
        for name, instead in _written_instead(first).items():
            if name in states:
                overridden[name, states[name]] += 1
                written[name, states[name]][instead] += 1
    overrides = [
        StateOverride(
            variable=name,
            state=state,
            overridden=Share(count, imposed[name, state]),
            written=dict(written[name, state].most_common()),
        )
        for (name, state), count in overridden.items()
    ]
    return sorted(overrides, key=_surest_first)


def _states(attempt: Attempt) -> dict[str, str]:
    return {name: value for name, value in attempt.skeleton.items() if isinstance(value, str)}


def _written_instead(draft: Attempt) -> dict[str, str]:
    """Give what a draft says of each fact that it had to state and does not."""
    return {
        violation.variable: violation.found
        if violation.kind == "wrong" and violation.found is not None
        else f"({violation.kind})"
        for violation in draft.violations
        if violation.kind != "leaked" and violation.variable in draft.skeleton
    }


def _surest_first(override: StateOverride) -> tuple[float, int, str, str]:
    return (-override.overridden.interval[0], -override.overridden.count, override.variable, override.state)


def _by_stratum(outcomes: Sequence[Attempt], log_probability: Mapping[int, float]) -> dict[str, Share]:
    total: Counter[str] = Counter()
    realized: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.i in log_probability:
            stratum = stratum_of(log_probability[outcome.i])
            total[stratum] += 1
            realized[stratum] += outcome.status is RecordStatus.REALIZED
    return {name: Share(realized[name], total[name]) for name in STRATA if total[name]}


def require(
    report: RealizabilityReport,
    *,
    min_realizability: float | None = None,
    max_unrealized: int | float | None = None,
) -> None:
    """Insist on thresholds.

    Parameters
    ----------
    min_realizability
        Least share of finished records that must be realized without repair.
    max_unrealized
        Most records that may be unrealized: a number as int, a share of the finished records as float.

    Raises
    ------
    ThresholdError
        One of them is missed, or no record is finished.
    """
    n, rate = report.realized.n, report.realized.rate
    if rate is None:
        raise ThresholdError("no record is finished", hint="run `generate` again: it resumes")
    if min_realizability is not None and rate < min_realizability:
        raise ThresholdError(
            f"realizability {rate:.4f} ({report.realized.count} of {n}) is below {min_realizability:g}",
            hint="see which facts are overridden most; allow more rounds or take a stronger model",
        )
    if max_unrealized is None:
        return
    most = max_unrealized if isinstance(max_unrealized, int) else max_unrealized * n
    if report.unrealized > most:
        raise ThresholdError(
            f"{report.unrealized} of {n} records are unrealized, more than {max_unrealized:g}",
            hint="into a new directory, `generate --fallback repair` writes what the model would not; "
            "more --rounds ask it more often",
        )
