"""When to allow more requests at once and when fewer: a state machine without clock, tasks or I/O.

It starts at `START` and doubles after every clean round in which the limit was used, until one of three things shows
that the server has enough: it complains (429, 503, 529, a timeout), its ``/metrics`` show a queue in two polls, or
twice as many requests brought less than 5 % more tokens per second. From then on it adds 5 % a round and takes away a
fifth at each complaint or queue, once an episode. vLLM queues rather than complains, and a queue costs no throughput,
so without ``/metrics`` the third sign is what counts: growth that brings nothing is taken back.

A *round* is as many successes as requests are allowed, and at least `ROUND_S`. Not every success is evidence that more
would go well: one after a retry isn't, nor one whose call began before the last cut or doubling, or ended while the
server recovers.
"""

from dataclasses import dataclass
from typing import Any

from causalsynth.realize.server_probe import ServerLoad
from causalsynth.realize.transport import CallOutcome, Outcome
from causalsynth.run.concurrency.limits import Limits

__all__ = ["AdaptiveLimit", "Change"]

START = 32
ROUND_S = 0.5
"""A shorter round says too little about throughput."""
RECOVERY_S = 2.0
"""How long after a complaint (and after the wait that it asked for) others belong to the same episode."""
LONGEST_HOLD_S = 60.0
QUEUED_POLLS = 2

_STEP, _CUT = 0.05, 0.8
_DOUBLING_GAIN = 1.05
_USED = 0.8
_QUEUE_FLOOR, _QUEUE_SHARE = 4, 0.1
_PROBE, _LEAST_PROBE, _PROBE_GAIN = 1.5, 8, 1.10
"""Steps are judged together, once they come to half as many again (and to 8): the gain of one is lost in the noise.
What only noise gave is never taken back later, as a queue loses nothing: so more is asked of them than of a doubling.
"""
_REST, _LONGEST_REST = 16, 256
"""Rounds without growth after growth that brought nothing; doubled each time."""
_MOST_CHANGES = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the limit.

    Attributes
    ----------
    t_s
        Seconds since the start.
    limit
        Requests allowed from then on.
    reason
        Why, in a few words.
    """

    t_s: float
    limit: int
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Give the object of the summary's ``changes``."""
        return {"t_s": round(self.t_s, 3), "limit": self.limit, "reason": self.reason}


@dataclass(slots=True)
class _Round:
    """What came back since `began`; None: since the first success that is evidence, which itself doesn't count."""

    began: float | None = None
    clean: int = 0
    work: int = 0
    crowded: int = 0

    def add(self, now: float, call: CallOutcome, *, evidence: bool, crowded: bool) -> None:
        if self.began is None:
            self.began = now if evidence else None
            return
        # All that comes back is throughput. A server that counts no tokens is judged by answers per second.
        self.work += 1 if call.completion_tokens is None else call.completion_tokens
        self.clean += evidence
        self.crowded += evidence and crowded

    def seconds(self, now: float) -> float:
        return 0.0 if self.began is None else now - self.began


@dataclass(frozen=True, slots=True)
class _Base:
    """What growth is compared with: how much came back per second at an earlier limit."""

    limit: float
    rate: float


class AdaptiveLimit:
    """How many requests may be under way, by what becomes of them.

    Parameters
    ----------
    limits
        It stays within them. Where both are equal nothing ever changes.
    now
        The time, on the clock by which everything else is told: any that doesn't go back, in seconds.

    Attributes
    ----------
    cuts
        How often complaints or a queue led to fewer requests.
    peak
        The highest limit so far.
    changes
        The changes so far, in order; the first 2,000.
    held_until
        Nothing should be sent before: the server said so (``Retry-After``).
    """

    def __init__(self, limits: Limits, now: float) -> None:
        self.limits = limits
        self.cuts = 0
        self.changes: list[Change] = []
        self.held_until = float("-inf")
        self._began = now
        self._allowed = float(max(limits.low, min(START, limits.high)))
        self.peak = self.limit
        self._doubling = True
        self._round = _Round()
        self._base: _Base | None = None
        self._evidence_from = float("-inf")
        self._recovered_at = float("-inf")
        self._queued_polls = 0
        self._rest, self._next_rest = 0, _REST

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return int(self._allowed)

    @property
    def adapts(self) -> bool:
        """Whether there is anything to decide."""
        return self.limits.low < self.limits.high

    def on_call(self, now: float, call: CallOutcome, active: int) -> None:
        """Take note of one HTTP call that has ended.

        Parameters
        ----------
        now
            The time.
        call
            What became of it.
        active
            Requests under way, this one still among them.
        """
        if not self.adapts:
            return
        if call.outcome is Outcome.OVERLOADED:
            self._on_complaint(now, call)
        elif call.outcome is Outcome.TRANSIENT:
            self._round = _Round()  # something is wrong: not the time to grow, but no reason to send less
        elif call.outcome is Outcome.DONE:
            crowded = active >= _USED * self._allowed
            self._round.add(now, call, evidence=self._is_evidence(now, call), crowded=crowded)
            if self._round.clean >= self.limit and self._round.seconds(now) >= ROUND_S:
                self._end_round(now)

    def on_load(self, now: float, load: ServerLoad, active: int) -> None:
        """Take note of one poll of the server's ``/metrics``.

        Parameters
        ----------
        now
            The time.
        load
            What runs and what waits there, other clients' requests included.
        active
            Requests of ours under way.
        """
        if not self.adapts:
            return
        queued = load.waiting > max(_QUEUE_FLOOR, _QUEUE_SHARE * load.running)
        if not queued or active > self.limit:  # the latter: the last cut has yet to take effect
            self._queued_polls = 0
            return
        self._queued_polls += 1
        if self._queued_polls >= QUEUED_POLLS:
            self._cut(now, f"the server queues: {load.waiting} waiting, {load.running} running")

    def to_json(self) -> dict[str, Any]:
        """Give the summary's ``concurrency``."""
        return {
            "limits": [self.limits.low, self.limits.high],
            "final": self.limit,
            "peak": self.peak,
            "cuts": self.cuts,
            "changes": [change.to_json() for change in self.changes],
        }

    def _is_evidence(self, now: float, call: CallOutcome) -> bool:
        """Tell whether a success says that the server has room at the present limit."""
        return not call.retried and now >= self._recovered_at and now - call.seconds >= self._evidence_from

    def _on_complaint(self, now: float, call: CallOutcome) -> None:
        self._round = _Round()
        if now < self._recovered_at or now - call.seconds < self._evidence_from:
            return  # of the same episode: it was sent before the last cut, or while the server recovers
        wait = min(call.retry_after or 0.0, LONGEST_HOLD_S)
        self._recovered_at = now + wait + RECOVERY_S
        self.held_until = now + wait
        asked = f", wait {wait:g} s" if wait else ""
        self._cut(now, f"the server complains{asked}")

    def _cut(self, now: float, reason: str) -> None:
        self._doubling = False
        self._base = None
        self._queued_polls = 0
        before = self.limit
        self._restart(now, self._allowed * _CUT, reason)
        self.cuts += self.limit < before

    def _end_round(self, now: float) -> None:
        ended, self._round = self._round, _Round(began=now)
        if self._queued_polls or ended.crowded < ended.clean / 2:
            return  # the next poll decides; or: who doesn't use what is allowed needs no more
        rate = ended.work / ended.seconds(now)
        if self._doubling:
            self._double(now, rate)
        else:
            self._climb(now, rate)

    def _double(self, now: float, rate: float) -> None:
        base = self._base
        if base is not None and rate < _DOUBLING_GAIN * base.rate:
            self._take_back(now, base, "twice as many brought no more tokens/s")
        elif self.limit >= self.limits.high:
            self._doubling = False
        else:
            self._base = _Base(self._allowed, rate)
            self._restart(now, 2 * self._allowed, "a clean round")

    def _climb(self, now: float, rate: float) -> None:
        base = self._base
        if self._rest > 0:
            self._rest -= 1
            return
        if base is None:
            self._base = _Base(self._allowed, rate)
        elif self._allowed >= max(_PROBE * base.limit, base.limit + _LEAST_PROBE):
            if rate < _PROBE_GAIN * base.rate:
                self._take_back(now, base, "half as many again brought no more tokens/s")
                return
            self._base, self._next_rest = _Base(self._allowed, rate), _REST
        self._set(now, self._allowed + max(1.0, _STEP * self._allowed), "a clean round")

    def _take_back(self, now: float, base: _Base, reason: str) -> None:
        self._doubling = False
        self._base = None
        self._rest, self._next_rest = self._next_rest, min(2 * self._next_rest, _LONGEST_REST)
        self._restart(now, base.limit, reason)

    def _restart(self, now: float, allowed: float, reason: str) -> None:
        """Allow many more or fewer; what was sent before says nothing of the new limit."""
        self._evidence_from = now
        self._round = _Round()
        self._set(now, allowed, reason)

    def _set(self, now: float, allowed: float, reason: str) -> None:
        before = self.limit
        self._allowed = min(float(self.limits.high), max(float(self.limits.low), allowed))
        self.peak = max(self.peak, self.limit)
        if self.limit != before and len(self.changes) < _MOST_CHANGES:
            self.changes.append(Change(now - self._began, self.limit, reason))
