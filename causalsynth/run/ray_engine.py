"""The same loop on a Ray cluster: Ray Data hands record numbers to actors and brings their ledger lines back.

```
record numbers ─► Ray Data ─► actors: job, realizer, loop ─► ledger lines ─► this process: the one ledger
```

An actor has the whole job and a realizer of its own (an HTTP client, or a model in its own process and GPU), and closes
the loop of some records at once; there is no barrier between rounds. What it finishes travels back as ledger lines, and
only this process writes them down. A killed actor is started again by Ray, and what it had under way is done anew.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from causalsynth.errors import CausalSynthError, InputError, first_cause
from causalsynth.ledger import Attempt, parse_line
from causalsynth.run.breaker import GuardedModel
from causalsynth.run.concurrency import Limiter, Limits, watched
from causalsynth.run.intake import Intake
from causalsynth.run.job import Job
from causalsynth.run.realizers import open_realizer
from causalsynth.run.shard import Shard
from causalsynth.run.state import LedgerState
from causalsynth.run.trials import to_attempt, to_trials

__all__ = ["RayActors", "run_on_ray"]

_BLOCKS_AT_ONCE = 4
"""Blocks that one actor has in hand: while the last records of one come in, others keep the server busy."""
_LARGEST_BLOCK = 32
"""Records that travel together. What a killed actor had in hand is done anew: at most `_BLOCKS_AT_ONCE` blocks."""
_LEAST_BLOCKS = 8
"""Blocks for each actor, so that all have work to the end."""

_COLUMNS = ("line", "error", "message", "hint")


@dataclass(frozen=True, slots=True, kw_only=True)
class RayActors:
    """How many actors, and what each of them needs.

    Attributes
    ----------
    count
        Actors; each has the run's ``--concurrency`` for itself.
    gpus, cpus
        Of each; a model in the actor's process needs a GPU.
    """

    count: int = 2
    gpus: float = 0.0
    cpus: float = 1.0


class _Writer:
    """One actor: closes the loop of the records that it is given."""

    def __init__(self, job: Job, resumption: Mapping[int, tuple[int, tuple[str, ...]]], retry: int) -> None:
        self._job = job
        self._resumption = resumption
        self._retry = retry
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True, name="causalsynth").start()
        self._limiter = Limiter(Limits.parse(job.config.concurrency))
        self._stack = AsyncExitStack()
        self._model = self._do(self._open())

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self) -> GuardedModel:
        model, _ = await open_realizer(self._job)
        return GuardedModel(await self._stack.enter_async_context(watched(model, self._limiter)))

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[str]]:
        """Write the records ``batch["i"]``.

        Gives their ledger lines; the last row holds instead the error that stops the run, if there is one. As a value:
        an exception would lose the lines, and arrive wrapped, without its hint.
        """
        lines: list[str] = []
        error = self._do(self._write([int(index) for index in batch["i"]], lines))
        rows = [(line, "", "", "") for line in lines]
        if error is not None:
            rows.append(("", type(error).__name__, error.message, error.hint))
        return {name: [row[place] for row in rows] for place, name in enumerate(_COLUMNS)}

    async def _write(self, indices: Iterable[int], lines: list[str]) -> CausalSynthError | None:
        try:
            async with asyncio.TaskGroup() as group:
                for index in indices:
                    group.create_task(self._close(index, lines))
        except BaseExceptionGroup as errors:
            error = first_cause(errors)
            if not isinstance(error, CausalSynthError):
                raise error from None
            return error
        return None

    async def _close(self, index: int, lines: list[str]) -> None:
        spent, known = self._resumption.get(index, (0, ()))
        case = self._job.case(index, spent)
        past = to_trials(self._job.loop, case, map(parse_line, known))
        await self._limiter.acquire()
        try:
            async for trial in self._job.loop.close(case, self._model, past):
                lines.append(to_attempt(case, trial, self._job.scm.interventions, retry=self._retry).to_line())
        finally:
            self._limiter.release()


async def run_on_ray(
    job: Job,
    intake: Intake,
    state: LedgerState,
    *,
    actors: RayActors,
    shard: Shard | None = None,
) -> bool:
    """Close the loop for every record that `state` does not know as finished, on a Ray cluster.

    The cluster is the one that this process is connected to or ``RAY_ADDRESS`` names; without, one on this machine is
    started and stopped again. A budget is looked at as records come in, so it may be passed by what all actors have in
    hand. Parameters, result and errors are otherwise those of `causalsynth.run.engine.run_records`.

    Raises
    ------
    InputError
        Ray isn't installed.
    """
    if find_spec("ray") is None:
        raise InputError("--engine ray: Ray is not installed", hint="pip install 'causalsynth[ray]'")
    indices = state.unfinished(range(job.config.n), shard)
    left = set(indices)
    try:
        async with aclosing(_arriving(lambda: _attempts(job, state, indices, actors))) as attempts:
            async for attempt in attempts:
                if attempt.i not in left:
                    continue  # done twice, because an actor died after its lines had left it
                intake.take(attempt)
                if attempt.final:
                    left.remove(attempt.i)
                    if left and intake.is_over:
                        return False
    finally:
        intake.store.sync()
    if left:
        raise CausalSynthError(f"Ray lost {len(left)} records", hint="run the command again: it goes on with them")
    return True


async def _arriving(make: Callable[[], Iterator[Attempt]]) -> AsyncGenerator[Attempt, None]:
    """Give what a blocking iterator gives, waited for in a thread, so that Ctrl-C is heard meanwhile."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[Attempt | BaseException | None] = asyncio.Queue()
    over = threading.Event()

    def tell(item: Attempt | BaseException | None) -> None:
        with suppress(RuntimeError):  # the event loop is gone, and nobody listens
            loop.call_soon_threadsafe(queue.put_nowait, item)

    def pump() -> None:
        try:
            for attempt in make():
                if over.is_set():
                    return
                tell(attempt)
            tell(None)
        except BaseException as error:
            tell(error)

    with _connected():
        threading.Thread(target=pump, daemon=True, name="causalsynth-ray").start()
        try:
            while (item := await queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            over.set()


@contextmanager
def _connected() -> Iterator[None]:
    """Be connected to Ray for the time of a run."""
    import ray

    ours = not ray.is_initialized()
    if ours:
        ray.init(log_to_driver=False, logging_level="ERROR", include_dashboard=False)
    try:
        yield
    finally:
        if ours:
            ray.shutdown()


def _attempts(job: Job, state: LedgerState, indices: list[int], actors: RayActors) -> Iterator[Attempt]:
    """Give the attempts as Ray brings them: each record's in order, records in any."""
    import ray
    from ray.data import ActorPoolStrategy, DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    block = max(1, min(_LARGEST_BLOCK, len(indices) // (actors.count * _LEAST_BLOCKS)))
    resumption = {i: held for i in indices if (held := _held(state, i)) is not None}
    rows = ray.data.from_items(
        [{"i": index} for index in indices], override_num_blocks=-(-len(indices) // block)
    ).map_batches(
        _Writer,
        batch_size=None,
        compute=ActorPoolStrategy(
            size=actors.count,
            max_tasks_in_flight_per_actor=_BLOCKS_AT_ONCE,
            enable_true_multi_threading=True,
        ),
        fn_constructor_args=(job, resumption, state.retry),
        num_cpus=actors.cpus,
        num_gpus=actors.gpus,
        max_concurrency=_BLOCKS_AT_ONCE,
    )
    for row in rows.iter_rows():
        if row["error"]:
            raise _error(row)
        yield parse_line(row["line"], source="ray")


def _held(state: LedgerState, index: int) -> tuple[int, tuple[str, ...]] | None:
    """Give what an actor must know of a record that was begun: attempts of earlier passes, lines of this one."""
    spent, past = state.spent_on(index), state.past(index)
    return (spent, tuple(attempt.to_line() for attempt in past)) if spent or past else None


def _error(row: Mapping[str, Any]) -> CausalSynthError:
    """Make the error anew that an actor sent."""
    from causalsynth import errors

    kind = getattr(errors, str(row["error"]), CausalSynthError)
    error: CausalSynthError = kind(str(row["message"]), hint=str(row["hint"]))
    return error
