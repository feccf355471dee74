"""How fast records were realized, and how much faster than by rejection sampling."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.realizability.counts import RejectionSampling, RoundShare
from causalsynth.ledger import Attempt, RecordStatus
from causalsynth.rejection import FirstAttempts

__all__ = ["Rejection", "Rounds"]


class Rounds:
    """Which round realized a record: its attempts by the realizer, in all passes, counted from 1."""

    def __init__(self) -> None:
        self._realized: Counter[int] = Counter()
        self._attempted: Counter[int] = Counter()
        self._without_draft: Counter[int] = Counter()

    def add(self, record: Sequence[Attempt], last: Attempt) -> None:
        """Take in a finished record and the line that ended it."""
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


class Rejection:
    """First attempts by skeleton (`causalsynth.rejection`), and the loop's calls beside them."""

    def __init__(self) -> None:
        self._first = FirstAttempts()
        self._calls = 0
        self._texts = 0

    def add(self, record: Sequence[Attempt], last: Attempt) -> None:
        """Take in a finished record and the line that ended it."""
        calls = [attempt for attempt in record if not attempt.is_repair]
        realized = last.status is RecordStatus.REALIZED
        self._calls += len(calls)
        self._texts += realized
        self._first.add(last.skeleton, accepted=realized and calls[0] is last)

    def compared(self) -> RejectionSampling:
        """Give the comparison."""
        groups = self._first.groups()
        n, accepted = sum(group.n for group in groups.all), sum(group.accepted for group in groups.all)
        return RejectionSampling(
            accepted=Share(accepted, n),
            loop_calls=self._calls,
            loop_texts=self._texts,
            calls_for_all=sum(group.n * group.tries for group in groups.all) if accepted else None,
            at_least=groups.at_least,
        )
