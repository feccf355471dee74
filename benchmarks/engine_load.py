"""One measurement of `engine.py`, in a process of its own: who sends the requests, how long it takes, what it costs.

    python benchmarks/engine_load.py record URL REQUESTS     write down every request that a run sends
    python benchmarks/engine_load.py engine URL REQUESTS     the run itself, and where its processor time goes
    python benchmarks/engine_load.py client URL REQUESTS     the requests, by our client alone
    python benchmarks/engine_load.py openai URL REQUESTS     by the openai package's client alone, as it comes
    python benchmarks/engine_load.py aiohttp URL REQUESTS    by aiohttp alone: as little as Python can do
    python benchmarks/engine_load.py timed URL -             a run of so many seconds, at any --concurrency

Prints one JSON object. Imports, loading, the first connections and each library's first use come before the clock.

A request that corrects a draft can't be sent before that draft has come. So the others send a record's requests one
after another, too, and begin records in the same order: with all requests sent as if none waited for another, they
would have full use of the server to the end, and the engine's last records would count against the engine.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from causalsynth.errors import BudgetError
from causalsynth.ledger import Attempt
from causalsynth.loop import Case, Loop
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.chat_wire import chat_fields
from causalsynth.realize.openai_server import OpenAIServer
from causalsynth.run import engine
from causalsynth.run.generate import make_config, run
from causalsynth.run.job import Job
from causalsynth.run.progress import SilentDisplay
from causalsynth.run.store import LedgerStore

_FIRST = 256
"""Records written before the clock starts, by each alike."""

T = TypeVar("T")
Chain = Sequence[Any]
"""One record's requests, in order."""


class Clock:
    """Wall and processor seconds (user and system) since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), _cpu()

    @property
    def seconds(self) -> float:
        """Wall seconds so far."""
        return time.perf_counter() - self._wall

    def read(self, calls: int) -> dict[str, Any]:
        """Give both, and the calls made meanwhile."""
        return {"calls": calls, "seconds": self.seconds, "cpu_s": _cpu() - self._cpu}


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Stopwatch:
    """Adds up the processor time of functions, by part of the engine, as long as its block lasts."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stack = ExitStack()

    def watch(self, owner: Any, name: str, part: str) -> None:
        """Put a clock around a function that does not call another one watched."""
        function = getattr(owner, name)
        self.seconds.setdefault(part, 0.0)

        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[part] += time.thread_time() - began

        setattr(owner, name, timed)
        self._stack.callback(setattr, owner, name, function)

    def __enter__(self) -> "Stopwatch":
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()


def _job(options: argparse.Namespace, **settings: Any) -> Job:
    given = {"graph": options.graph, "n": options.n, "seed": 1, "concurrency": options.concurrency, **settings}
    return Job.load(make_config(realizer="openai", model="simulated", base_url=options.url, **given))


class Recording:
    """Writes down what one record asks for."""

    is_llm = False

    def __init__(self, model: OpenAIServer) -> None:
        self.name = model.name
        self._model = model
        self.requests: list[Any] = []

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Ask the server."""
        self.requests.append(chat_fields(self._model.model, messages, sampling))
        return await self._model.complete(messages, sampling)

    async def aclose(self) -> None:
        """Leave the server's client open for the others."""


async def _each(things: Iterable[T], at_once: int, work: Callable[[T], Awaitable[object]]) -> None:
    """Do the work on all things, so many at a time, begun in their order."""
    pending = iter(things)

    async def worker() -> None:
        for thing in pending:
            await work(thing)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(worker())


async def record(options: argparse.Namespace) -> dict[str, Any]:
    """Write all records once: so the server knows all answers, and the others what to ask."""
    job, model = _job(options), OpenAIServer(options.url, "simulated")
    chains: list[list[Any]] = [[] for _ in range(options.n)]

    async def write(case: Case) -> None:
        recording = Recording(model)
        async for _ in job.loop.close(case, recording):
            pass
        chains[case.index] = recording.requests

    await _each(job.cases(), int(options.concurrency), write)
    await model.aclose()
    options.requests.write_text("".join(json.dumps(chain) + "\n" for chain in chains))
    return {"calls": sum(map(len, chains))}


async def run_engine(options: argparse.Namespace) -> dict[str, Any]:
    """Do the run into a directory, as anybody would."""
    job, model, ends = _job(options), OpenAIServer(options.url, "simulated"), _Ends()
    # Of another seed: prompts that are kept, and drafts, would otherwise be known when the clock starts.
    others = replace(job, config=job.config.model_copy(update={"n": min(_FIRST, options.n), "seed": 2}))
    first = await run(others, model)
    with tempfile.TemporaryDirectory() as folder, Stopwatch() as watch:
        watch.watch(Loop, "judge", "extraction and verification")
        watch.watch(Loop, "fall_back", "extraction and verification")
        watch.watch(Loop, "request", "prompts")
        watch.watch(LedgerStore, "append", "ledger")
        watch.watch(engine, "to_attempt", "ledger")
        ends.clock = Clock()
        await run(job, model, directory=Path(folder) / "run", make_display=lambda n, done: ends)
    await model.aclose()
    before = sum(not attempt.is_repair for attempt in first.attempts)
    return {**ends.figures, "before": before, "notes": options.n, "parts": watch.seconds}


class _Ends(SilentDisplay):
    """Counts calls, and reads the clock when the last record is in the ledger: what comes then is tables."""

    clock: Clock
    until = float("inf")
    calls = 0
    figures: dict[str, Any]

    def attempted(self, attempt: Attempt) -> None:
        """Count what comes in time."""
        self.calls += not attempt.is_repair and self.clock.seconds <= self.until

    def __exit__(self, *error: object) -> None:
        self.figures = self.clock.read(self.calls)


async def _all(chains: Sequence[Chain], in_flight: int, send: Callable[[Any], Awaitable[object]]) -> dict[str, Any]:
    """Send everything, so many records at a time."""

    async def follow(chain: Chain) -> None:
        for request in chain:
            await send(request)

    first = chains[:_FIRST]
    await _each(first, in_flight, follow)
    clock = Clock()
    await _each(chains, in_flight, follow)
    return {**clock.read(sum(map(len, chains))), "before": sum(map(len, first))}


def _chains(options: argparse.Namespace) -> list[Chain]:
    return [json.loads(line) for line in options.requests.read_text().splitlines()]


async def by_client(options: argparse.Namespace) -> dict[str, Any]:
    """Send by `OpenAIServer`, without loop, extractor or ledger."""
    model = OpenAIServer(options.url, "simulated")

    async def send(request: Any) -> object:
        messages, sampling = request
        return await model.complete(messages, sampling)

    def asked(request: Any) -> tuple[Sequence[Message], Sampling]:
        named = {name: request.get(name) for name in ("seed", "temperature", "top_p", "max_tokens")}
        return tuple(Message(**message) for message in request["messages"]), Sampling(**named)

    chains = [[asked(request) for request in chain] for chain in _chains(options)]
    figures = await _all(chains, int(options.concurrency), send)
    await model.aclose()
    return figures


async def by_openai(options: argparse.Namespace) -> dict[str, Any]:
    """Send by the openai package's client, with its defaults but for the five seconds in which it must connect."""
    import openai

    async with openai.AsyncOpenAI(base_url=options.url, api_key="EMPTY", timeout=600.0) as client:
        create: Any = client.chat.completions.create
        return await _all(_chains(options), int(options.concurrency), lambda request: create(**request))


async def by_aiohttp(options: argparse.Namespace) -> dict[str, Any]:
    """Send by aiohttp, and do no more with an answer than to parse its JSON."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def send(request: Any) -> object:
            async with session.post(f"{options.url}/chat/completions", json=request) as answer:
                return json.loads(await answer.read())["choices"][0]["message"]["content"]

        return await _all(_chains(options), int(options.concurrency), send)


async def timed(options: argparse.Namespace) -> dict[str, Any]:
    """Count what comes back within `--seconds`, from a cold start."""
    model, ends = OpenAIServer(options.url, "simulated"), _Ends()
    job = _job(options, max_time=f"{options.seconds:g}")
    await model.probe()  # imports the client
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "run"
        ends.clock, ends.until = Clock(), options.seconds
        with suppress(BudgetError):
            await run(job, model, directory=directory, make_display=lambda n, done: ends)
        concurrency = json.loads((directory / "summary.json").read_text())["concurrency"]
    await model.aclose()
    return {**ends.figures, "seconds": options.seconds, "concurrency": concurrency}


KINDS: dict[str, Callable[[argparse.Namespace], Awaitable[dict[str, Any]]]] = {
    "record": record,
    "engine": run_engine,
    "client": by_client,
    "openai": by_openai,
    "aiohttp": by_aiohttp,
    "timed": timed,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure once, and print the figures."""
    parser = argparse.ArgumentParser(description="One measurement of benchmarks/engine.py.")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("url")
    parser.add_argument("requests", type=Path)
    parser.add_argument("--graph", default="asia")
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--concurrency", default="256")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args(argv)
    print(json.dumps(asyncio.run(KINDS[options.kind](options))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
