"""Realizability: how many skeletons the LLM put into words, how fast, and which facts it would not write.

Every skeleton counts in the denominator. A record that the deterministic fallback repaired is not dropped
from the data, but it is not realized either: the figure is the LLM's own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby

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
    tally = _Tally(log_probability or {})
    for _, lines in groupby(attempts, key=lambda attempt: attempt.i):
        tally.add(list(lines))
    return tally.report(planned, rounds)


class _Tally:
    """Counts records as they are read; memory does not grow with them."""

    def __init__(self, log_probability: Mapping[int, float]) -> None:
        self._log_probability = log_probability
        self._statuses: Counter[RecordStatus] = Counter()
        self._unfinished = 0
        self._rounds = _Rounds()
        self._first = _Drafts()
        self._all = _Drafts()
        self._states = _States()
        self._strata: Counter[str] = Counter()
        self._realized_strata: Counter[str] = Counter()

    def add(self, record: Sequence[Attempt]) -> None:
        """Take in all attempts of one record, by `k`."""
        last = final_line(record)
        if last is None or last.status is None:
            self._unfinished += 1
            return
        self._statuses[last.status] += 1
        self._rounds.add(record, last)
        drafts = [attempt for attempt in record if _is_draft(attempt)]
        for draft in drafts:
            self._all.add(draft)
        if drafts:
            self._first.add(drafts[0])
            self._states.add(drafts[0])
        if last.i in self._log_probability:
            stratum = stratum_of(self._log_probability[last.i])
            self._strata[stratum] += 1
            self._realized_strata[stratum] += last.status is RecordStatus.REALIZED

    def report(self, planned: int | None, rounds: int | None) -> RealizabilityReport:
        """Give what all records came to."""
        n = self._statuses.total()
        return RealizabilityReport(
            realized=Share(self._statuses[RecordStatus.REALIZED], n),
            repaired=self._statuses[RecordStatus.REPAIRED],
            unrealized=self._statuses[RecordStatus.UNREALIZED],
            planned=planned,
            unfinished=self._unfinished,
            by_round=self._rounds.shares(n, rounds),
            by_variable=_by_variable(self._first, self._all),
            by_state=self._states.overrides(),
            by_stratum={
                name: Share(self._realized_strata[name], self._strata[name]) for name in STRATA if self._strata[name]
            },
        )


def _is_draft(attempt: Attempt) -> bool:
    """Tell whether the realizer wrote something that was read; without violations alone it is not accepted."""
    return attempt.has_usable_draft and not attempt.is_repair


class _Rounds:
    """Which round realized a record: its attempts by the realizer, in all passes, counted from 1."""

    def __init__(self) -> None:
        self._realized: Counter[int] = Counter()
        self._attempted: Counter[int] = Counter()
        self._without_draft: Counter[int] = Counter()

    def add(self, record: Sequence[Attempt], last: Attempt) -> None:
        calls = [attempt for attempt in record if not attempt.is_repair]
        for number, attempt in enumerate(calls, start=1):
            self._attempted[number] += 1
            self._without_draft[number] += not attempt.has_usable_draft
            self._realized[number] += attempt is last and last.status is RecordStatus.REALIZED

    def shares(self, n: int, rounds: int | None) -> list[RoundShare]:
        """Give the share of `n` records realized within each round, at least `rounds` of them."""
        most = max([rounds or 0, *self._attempted])
        realized = accumulate(self._realized[number] for number in range(1, most + 1))
        return [
            RoundShare(
                round=number,
                realized=Share(count, n),
                attempted=self._attempted[number],
                without_draft=self._without_draft[number],
            )
            for number, count in enumerate(realized, start=1)
        ]


class _Drafts:
    """Violations of some drafts, by variable and kind."""

    def __init__(self) -> None:
        self.n = 0
        self.kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.touched: Counter[str] = Counter()
        self.variables: tuple[str, ...] = ()

    def add(self, draft: Attempt) -> None:
        self.n += 1
        self.variables = self.variables or tuple(draft.skeleton)
        for violation in draft.violations:
            self.kinds[violation.variable][violation.kind] += 1
        self.touched.update({violation.variable for violation in draft.violations})


def _by_variable(first: _Drafts, every: _Drafts) -> dict[str, VariableViolations]:
    return {
        name: VariableViolations(
            in_first=Share(first.touched[name], first.n),
            first_by_kind=dict(first.kinds[name].most_common()),
            by_kind=dict(every.kinds[name].most_common()),
        )
        for name in [*first.variables, *sorted(every.kinds.keys() - set(first.variables))]
    }


class _States:
    """What first drafts wrote instead of each imposed state."""

    def __init__(self) -> None:
        self._imposed: Counter[tuple[str, str]] = Counter()
        self._overridden: Counter[tuple[str, str]] = Counter()
        self._written: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def add(self, first: Attempt) -> None:
        states = _states(first)
        self._imposed.update(states.items())
        for name, instead in _written_instead(first).items():
            if name in states:
                self._overridden[name, states[name]] += 1
                self._written[name, states[name]][instead] += 1

    def overrides(self) -> list[StateOverride]:
        """Give each imposed state that was not written as such, the surest first."""
        found = [
            StateOverride(
                variable=name,
                state=state,
                overridden=Share(count, self._imposed[name, state]),
                written=dict(self._written[name, state].most_common()),
            )
            for (name, state), count in self._overridden.items()
        ]
        return sorted(found, key=_surest_first)


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
