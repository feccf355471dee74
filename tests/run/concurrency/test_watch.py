"""The limiter beside a real HTTP server, and beside realizers that have none."""

import asyncio
import json

import causalsynth
from causalsynth import SCM, Domain, Grammar, OpenAIServer
from causalsynth.errors import OverloadedError
from causalsynth.realize.chat import Message, Sampling
from causalsynth.realize.transport import TransportPolicy
from causalsynth.run.concurrency import Limiter, Limits, watch, watched
from causalsynth.serve import Fault, FaultScript, ServerOptions, SimulatedBehaviour, running_server

ASIA, WORDS = SCM.from_bif("asia"), Domain.load("asia")
CHAT = [
    Message("system", "You write notes."),
    Message("user", "Style: clinic_note\nFacts to state:\n- smoke = yes: the patient smokes"),
]
HONEST = SimulatedBehaviour.parse("strength=0,omit=0,hedge=0,relapse=0")


async def write(url, n, *, out=None, **settings):
    model = OpenAIServer(url, "simulated", transport=TransportPolicy(first_wait_s=0.01))
    try:
        return await causalsynth.agenerate(ASIA, WORDS, model, n=n, seed=1, out=out, **settings)
    finally:
        await model.aclose()


async def test_the_queue_of_a_server_is_found_in_its_metrics(monkeypatch, tmp_path):
    monkeypatch.setattr(watch, "POLL_S", 0.1)
    options = ServerOptions(port=0, latency=0.2, max_num_seqs=8)
    async with running_server("asia", options, behaviour=HONEST) as url:
        result = await write(url, 60, out=tmp_path, concurrency="2-64")
    told = json.loads((tmp_path / "summary.json").read_text())["concurrency"]
    assert told == result.summary["concurrency"]
    assert (told["limits"], result.summary["realized"]) == ([2, 64], 60)
    assert told["cuts"] >= 2
    assert told["final"] < 32
    assert "waiting" in told["changes"][0]["reason"]


async def test_a_wait_before_a_retry_lends_the_slot():
    """One request at a time; the first is answered 429, wait a second."""
    options = ServerOptions(port=0, retry_after=1.0)
    limiter, ended = Limiter(Limits(1, 1)), []
    async with running_server("asia", options, behaviour=HONEST, faults=FaultScript([Fault.TOO_MANY])) as url:
        model = OpenAIServer(url, "simulated")

        async def ask(name):
            await limiter.acquire()
            completion = await writer.complete(CHAT, Sampling(seed=name))
            limiter.release()
            ended.append((name, completion.transport_retries))

        async with watched(model, limiter) as writer, asyncio.TaskGroup() as group:
            for name in range(3):
                group.create_task(ask(name))
        await model.aclose()
    assert ended == [(1, 0), (2, 0), (0, 1)]


async def test_what_was_attached_is_taken_off_again_and_the_own_observer_still_hears():
    heard = []
    async with running_server("asia", behaviour=HONEST) as url:
        model = OpenAIServer(url, "simulated", observer=heard.append)
        own = model.observer, model.sleep
        async with watched(model, Limiter(Limits(1, 4))) as writer:
            assert model.observer is not own[0]
            await writer.complete(CHAT, Sampling(seed=1))
        assert ((model.observer, model.sleep), len(heard)) == (own, 1)
        await model.aclose()


class Remote(Grammar):
    """A realizer of somebody's own: it waits, and of more than `capacity` calls at once it refuses some."""

    def __init__(self, capacity):
        super().__init__(WORDS)
        self.capacity, self.active, self.most = capacity, 0, 0

    async def complete(self, messages, sampling):
        self.active += 1
        self.most = max(self.most, self.active)
        try:
            if self.active > self.capacity:
                raise OverloadedError("too many", hint="send less")
            await asyncio.sleep(0.05)
            return await super().complete(messages, sampling)
        finally:
            self.active -= 1


async def test_any_realizer_that_waits_is_asked_more_at_once():
    result = await causalsynth.agenerate(ASIA, WORDS, model := Remote(10_000), n=600, seed=1, rounds=1)
    assert result.summary["concurrency"]["peak"] >= model.most > 32


async def test_any_realizer_that_complains_is_asked_less():
    limiter, refused = Limiter(Limits(2, 100)), 0
    async with watched(Remote(20), limiter) as writer:

        async def ask(name):
            nonlocal refused
            await limiter.acquire()
            try:
                await writer.complete(CHAT, Sampling(seed=name))
            except OverloadedError:
                refused += 1
            finally:
                limiter.release()

        async with asyncio.TaskGroup() as group:
            for name in range(60):
                group.create_task(ask(name))
    assert refused >= 12
    assert (limiter.to_json()["cuts"], limiter.allowed) == (1, 25)


async def test_a_server_without_metrics_is_asked_for_them_twice(monkeypatch):
    monkeypatch.setattr(watch, "POLL_S", 0.005)

    class Silent(Grammar):
        observer, sleep, asked = None, staticmethod(asyncio.sleep), 0

        async def load(self):
            Silent.asked += 1

    async with watched(Silent(WORDS), Limiter(Limits(1, 8))):
        await asyncio.sleep(0.1)
    assert Silent.asked == 2
