"""How fast records were realized, and how much faster than by rejection sampling."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.realizability.counts import RejectionSampling, RoundShare
from causalsynth.ledger import Attempt, RecordStatus

__all__ = ["Rejection", "Rounds"]

_LEAST = 20
"""Records that a skeleton needs for a φ of its own."""
_MOST_STRATA = 10_000
_LEVEL = 0.05


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
    """First attempts by skeleton: what it takes to have each one accepted at its first attempt."""

    def __init__(self) -> None:
        self._all = Counter[int]()
        self._accepted = Counter[int]()
        self._pool = 0
        self._pool_accepted = 0
        self._calls = 0
        self._texts = 0

    def add(self, record: Sequence[Attempt], last: Attempt) -> None:
        """Take in a finished record and the line that ended it."""
        calls = [attempt for attempt in record if not attempt.is_repair]
        realized = last.status is RecordStatus.REALIZED
        self._calls += len(calls)
        self._texts += realized
        at_first = realized and calls[0] is last
        skeleton = hash(tuple(last.skeleton.items()))
        if skeleton in self._all or len(self._all) < _MOST_STRATA:
            self._all[skeleton] += 1
            self._accepted[skeleton] += at_first
        else:
            self._pool += 1
            self._pool_accepted += at_first

    def compared(self) -> RejectionSampling:
        """Give the comparison.

        Skeletons with fewer than 20 records are pooled. As 1/φ is convex, what a pool takes is a lower bound (Jensen's
        inequality). Where none of n was accepted φ is put at its upper limit 1 − 0.05^(1/n) (Clopper & Pearson 1934).
        """
        rare = [skeleton for skeleton, n in self._all.items() if n < _LEAST]
        pool = self._pool + sum(self._all[skeleton] for skeleton in rare)
        accepted = self._pool_accepted + sum(self._accepted[skeleton] for skeleton in rare)
        groups = [(n, self._accepted[skeleton]) for skeleton, n in self._all.items() if n >= _LEAST]
        groups += [(pool, accepted)] if pool else []
        n, hits = sum(n for n, _ in groups), sum(hits for _, hits in groups)
        return RejectionSampling(
            accepted=Share(hits, n),
            loop_calls=self._calls,
            loop_texts=self._texts,
            calls_for_all=sum(n / _rate(n, hits) for n, hits in groups) if hits else None,
            at_least=self._pool > 0 or len(rare) > 1 or any(not hits for _, hits in groups),
        )


def _rate(n: int, hits: int) -> float:
    return hits / n if hits else float(1 - _LEVEL ** (1 / n))
