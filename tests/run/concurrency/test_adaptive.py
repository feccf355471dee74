"""The limit by itself, on a clock of its own, beside a server that is a heap of completion times."""

import heapq
import random
from itertools import pairwise

import pytest

from causalsynth.realize.server_probe import ServerLoad
from causalsynth.realize.transport import CallOutcome, Outcome
from causalsynth.run.concurrency import AdaptiveLimit, Limits

AUTO = Limits.parse("auto")


def complaint(seconds=0.0, retry_after=None):
    return CallOutcome(outcome=Outcome.OVERLOADED, seconds=seconds, retry_after=retry_after)


class Play:
    """A client that always sends as many requests as it may, and a server that runs `capacity` of them at a time.

    The server queues the others; with `refuses`, it answers them at once by 429. Latencies are uniform on half to one
    and a half of `latency`.
    """

    def __init__(self, limits, capacity, *, latency=1.0, refuses=False, polls=False, demand=10_000, seed=0):
        self.now = 0.0
        self.limit = AdaptiveLimit(limits, self.now)
        self.capacity, self.latency, self.refuses, self.demand = capacity, latency, refuses, demand
        self.rng = random.Random(seed)
        self.ends = []  # of what runs: (time, when it was sent)
        self.queue = []  # of what waits: when it was sent
        self.next_poll = 2.0 if polls else float("inf")
        self.done = 0

    @property
    def active(self):
        return len(self.ends) + len(self.queue)

    def run(self, seconds):
        """Let time pass; give completions per second over it."""
        end, before = self.now + seconds, self.done
        while self.now < end:
            self.send()
            self.step(end)
        return (self.done - before) / seconds

    def send(self):
        while self.active < min(self.limit.limit, self.demand) and self.now >= self.limit.held_until:
            if len(self.ends) < self.capacity:
                self.start(self.now)
            elif self.refuses:
                self.limit.on_call(self.now, complaint(), self.active + 1)
                return
            else:
                self.queue.append(self.now)

    def start(self, sent):
        heapq.heappush(self.ends, (self.now + self.latency * self.rng.uniform(0.5, 1.5), sent))

    def step(self, end):
        at, sent = self.ends[0] if self.ends else (end, None)
        if self.next_poll < at:
            self.now, self.next_poll = self.next_poll, self.next_poll + 2.0
            self.limit.on_load(self.now, ServerLoad(running=len(self.ends), waiting=len(self.queue)), self.active)
            return
        self.now = at
        if sent is None:
            return
        tokens = self.rng.randrange(100, 200)
        done = CallOutcome(outcome=Outcome.DONE, seconds=at - sent, completion_tokens=tokens)
        self.limit.on_call(self.now, done, self.active)
        heapq.heappop(self.ends)
        self.done += 1
        if self.queue:
            self.start(self.queue.pop(0))


@pytest.mark.parametrize(("text", "start"), [("auto", 32), ("7", 7), ("8-16", 16), ("64-128", 64), ("300", 300)])
def test_it_starts_at_32_within_its_limits(text, start):
    assert AdaptiveLimit(Limits.parse(text), 0.0).limit == start


@pytest.mark.parametrize("capacity", [48, 200, 700])
@pytest.mark.parametrize("signs", [{}, {"polls": True}])
def test_a_server_that_queues_is_used_to_its_capacity(capacity, signs):
    play = Play(AUTO, capacity, **signs)
    play.run(20)
    assert play.run(30) > 0.9 * capacity


@pytest.mark.parametrize(("signs", "most"), [({}, 2.5), ({"polls": True}, 1.3)])
def test_growth_that_brings_nothing_is_taken_back(signs, most):
    play = Play(AUTO, 100, **signs)
    play.run(30)
    limits = []
    for _ in range(200):
        play.run(1)
        limits.append(play.limit.limit)
    assert max(limits) < most * 100
    assert bool(play.limit.cuts) == bool(signs)  # what is taken back without a complaint or a queue is no cut


def test_a_server_that_complains_is_left_room_and_used_all_the_same():
    play = Play(AUTO, 100, refuses=True)
    play.run(20)
    assert play.run(300) > 0.75 * 100
    assert 0 < play.limit.cuts < 60


def test_with_room_it_doubles_to_the_upper_limit_once_a_round():
    play = Play(AUTO, 10_000)
    play.run(12)
    assert [change.limit for change in play.limit.changes] == [64, 128, 256, 512, 1024]
    times = [change.t_s for change in play.limit.changes]
    assert all(later - earlier > 0.5 for earlier, later in pairwise(times))


def test_who_does_not_use_the_limit_gets_no_higher_one():
    play = Play(AUTO, 10_000, demand=20)
    play.run(100)
    assert play.limit.changes == []


def test_a_fixed_number_stays_whatever_happens():
    play = Play(Limits(50, 50), 10, refuses=True)
    play.limit.on_call(0.0, complaint(retry_after=30), 50)
    play.limit.on_load(0.0, ServerLoad(running=10, waiting=40), 50)
    assert (play.limit.limit, play.limit.cuts, play.limit.held_until) == (50, 0, float("-inf"))


def test_one_cut_an_episode_and_never_below_the_least():
    limit = AdaptiveLimit(Limits(20, 32), 0.0)
    limit.on_call(10.0, complaint(), 32)
    limit.on_call(10.1, complaint(seconds=0.01), 32)  # the server recovers
    limit.on_call(70.0, complaint(seconds=61.0), 32)  # timed out, but sent before the cut
    assert (limit.limit, limit.cuts) == (25, 1)
    for now in (100.0, 110.0, 120.0):
        limit.on_call(now, complaint(), 25)
    assert (limit.limit, limit.cuts) == (20, 2)


def test_retry_after_holds_everything_back_and_the_episode_lasts_as_long():
    limit = AdaptiveLimit(AUTO, 0.0)
    limit.on_call(10.0, complaint(retry_after=7.0), 32)
    limit.on_call(18.0, complaint(retry_after=7.0), 32)
    assert (limit.held_until, limit.cuts) == (17.0, 1)
    limit.on_call(20.0, complaint(retry_after=3600.0), 25)
    assert limit.held_until == 80.0  # a minute at most
    assert "wait 60 s" in limit.changes[-1].reason


def succeed(limit, now, count, **kw):
    """So many successes, evenly over a second."""
    for step in range(count):
        limit.on_call(now + step / count, CallOutcome(outcome=Outcome.DONE, seconds=0.0, **kw), limit.limit)


def test_what_succeeds_after_a_retry_or_while_the_server_recovers_is_no_evidence():
    limit = AdaptiveLimit(AUTO, 0.0)
    succeed(limit, 0.0, 1000, retried=True)
    assert limit.limit == 32
    limit.on_call(1.0, complaint(), 32)
    succeed(limit, 1.5, 1000)
    assert limit.limit == 25
    succeed(limit, 3.5, 40)
    assert limit.limit > 25


def test_a_5xx_ends_the_round_without_a_cut():
    limit = AdaptiveLimit(AUTO, 0.0)
    for _ in range(20):
        succeed(limit, 0.0, 31)
        limit.on_call(1.0, CallOutcome(outcome=Outcome.TRANSIENT, seconds=0.1), 32)
    assert (limit.limit, limit.cuts) == (32, 0)


def test_a_queue_counts_when_seen_twice_and_once_the_last_cut_shows():
    limit = AdaptiveLimit(AUTO, 0.0)
    few, many = ServerLoad(running=100, waiting=9), ServerLoad(running=100, waiting=11)
    for now, load in enumerate([many, few, many, few]):
        limit.on_load(float(now), load, 32)
    assert limit.cuts == 0
    limit.on_load(5.0, many, 32)
    limit.on_load(6.0, many, 32)
    assert (limit.limit, limit.cuts) == (25, 1)
    for now in range(7, 20):
        limit.on_load(float(now), many, 32)  # 32 of ours are still there: what was cut isn't gone yet
    assert limit.cuts == 1
    assert "11 waiting, 100 running" in limit.changes[-1].reason


def test_the_summary_says_what_changed_when_and_why():
    limit = AdaptiveLimit(Limits(4, 64), 100.0)
    succeed(limit, 100.0, 34)
    limit.on_call(102.5, complaint(), 64)
    told = limit.to_json()
    assert {key: told[key] for key in ("limits", "final", "peak", "cuts")} == {
        "limits": [4, 64],
        "final": 51,
        "peak": 64,
        "cuts": 1,
    }
    assert [(change["limit"], change["reason"]) for change in told["changes"]] == [
        (64, "a clean round"),
        (51, "the server complains"),
    ]
    assert told["changes"][1]["t_s"] == 2.5
