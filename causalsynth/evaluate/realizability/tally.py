"""Count a ledger, record by record."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.realizability.drafts import Drafts, States, by_kind, by_variable, is_draft
from causalsynth.evaluate.realizability.report import RealizabilityReport
from causalsynth.evaluate.realizability.rounds import Rejection, Rounds
from causalsynth.evaluate.strata import STRATA, stratum_of
from causalsynth.ledger import Attempt, RecordStatus, final_line

__all__ = ["realizability"]


def realizability(
    attempts: Iterable[Attempt],
    *,
    planned: int | None = None,
    rounds: int | None = None,
    log_probability: Mapping[int, float] | None = None,
    styles: Mapping[int, str] | None = None,
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
    styles
        Record index → style that its text was asked for in (`causalsynth.evaluate.styles`).
    """
    tally = _Tally(log_probability or {}, styles or {})
    for _, lines in groupby(attempts, key=lambda attempt: attempt.i):
        tally.add(list(lines))
    return tally.report(planned, rounds)


class _Tally:
    """Counts records as they are read; memory does not grow with them."""

    def __init__(self, log_probability: Mapping[int, float], styles: Mapping[int, str]) -> None:
        self._log_probability = log_probability
        self._styles = styles
        self._statuses: Counter[RecordStatus] = Counter()
        self._unfinished = 0
        self._rounds = Rounds()
        self._rejection = Rejection()
        self._first = Drafts()
        self._all = Drafts()
        self._states = States()
        self._strata: Counter[str] = Counter()
        self._realized_strata: Counter[str] = Counter()
        self._by_style: Counter[str] = Counter()
        self._realized_styles: Counter[str] = Counter()

    def add(self, record: Sequence[Attempt]) -> None:
        """Take in all attempts of one record, by `k`."""
        last = final_line(record)
        if last is None or last.status is None:
            self._unfinished += 1
            return
        self._statuses[last.status] += 1
        self._rounds.add(record, last)
        self._rejection.add(record, last)
        drafts = [attempt for attempt in record if is_draft(attempt)]
        for draft in drafts:
            self._all.add(draft)
        if drafts:
            self._first.add(drafts[0])
            self._states.add(drafts[0])
        realized = last.status is RecordStatus.REALIZED
        if last.i in self._log_probability:
            stratum = stratum_of(self._log_probability[last.i])
            self._strata[stratum] += 1
            self._realized_strata[stratum] += realized
        if (style := self._styles.get(last.i)) is not None:
            self._by_style[style] += 1
            self._realized_styles[style] += realized

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
            rejection=self._rejection.compared(),
            by_kind=by_kind(self._first, self._all),
            by_variable=by_variable(self._first, self._all),
            by_state=self._states.overrides(),
            by_stratum={
                name: Share(self._realized_strata[name], self._strata[name]) for name in STRATA if self._strata[name]
            },
            by_style={
                name: Share(self._realized_styles[name], self._by_style[name]) for name in sorted(self._by_style)
            },
        )
