"""``summary.json``: what a run came to, derived from its ledger and from nothing else, in one pass."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from causalsynth.ledger import Attempt, RecordStatus, final_line

__all__ = ["Summary", "statuses", "summarize"]

_TOKENS = ("prompt", "completion")


class Summary:
    """Counts records as they are read; memory does not grow with them."""

    def __init__(self) -> None:
        self._statuses: Counter[RecordStatus] = Counter()
        self._attempts = 0
        self._failed = 0
        self._first_error: str | None = None
        self._tokens: dict[str, int | None] = dict.fromkeys(_TOKENS)
        self._begin, self._end = float("inf"), float("-inf")
        self._seconds = 0.0

    def add(self, record: Sequence[Attempt]) -> None:
        """Take in all attempts of one record."""
        last = final_line(record)
        if last is not None and last.status is not None:
            self._statuses[last.status] += 1
        for attempt in record:
            self._count(attempt)

    def _count(self, attempt: Attempt) -> None:
        self._attempts += not attempt.is_repair
        if attempt.error is not None:
            self._failed += 1
            self._first_error = self._first_error or attempt.error
        for kind in _TOKENS:
            if kind in attempt.usage:
                self._tokens[kind] = (self._tokens[kind] or 0) + attempt.usage[kind]
        self._begin, self._end = min(self._begin, attempt.t), max(self._end, attempt.t)
        self._seconds += attempt.latency_s or 0.0

    def to_json(self, n: int, *, realizer: str, is_llm: bool) -> dict[str, object]:
        """Give the document.

        ``finished`` and the statuses count records, each by the line that ends it. ``seconds`` runs from the first line
        to the last, pauses between resumed runs included; ``realizer_seconds`` is the sum of all calls.
        """
        return {
            "n": n,
            "finished": self._statuses.total(),
            **{str(status): self._statuses[status] for status in RecordStatus},
            "attempts": self._attempts,
            "failed_calls": self._failed,
            "first_error": self._first_error,
            "tokens": dict(self._tokens),
            "seconds": round(max(0.0, self._end - self._begin), 3) if self._attempts else 0.0,
            "realizer_seconds": round(self._seconds, 3),
            "realizer": realizer,
            "realizer_is_llm": is_llm,
        }


def summarize(attempts: Iterable[Attempt], n: int, *, realizer: str, is_llm: bool) -> dict[str, object]:
    """Give the summary of attempts in any order; for its keys see `Summary.to_json`."""
    summary = Summary()
    ordered = sorted(attempts, key=lambda attempt: (attempt.i, attempt.k))
    for _, record in groupby(ordered, key=lambda attempt: attempt.i):
        summary.add(list(record))
    return summary.to_json(n, realizer=realizer, is_llm=is_llm)


def statuses(summary: Mapping[str, Any]) -> str:
    """Write what a summary counts, for people: ``90 realized, 8 repaired, 2 unrealized``."""
    return ", ".join(f"{summary[status]} {status}" for status in RecordStatus)
