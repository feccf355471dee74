"""Between a realizer and the limiter: how calls end, how long the server's queue is, and when a call waits."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Protocol, runtime_checkable

from causalsynth.errors import RealizerError
from causalsynth.realize.chat import ChatModel, Completion, Message, Sampling, takes_schema
from causalsynth.realize.server_probe import ServerLoad
from causalsynth.realize.transport import CallObserver, CallOutcome, outcome_of
from causalsynth.run.concurrency.limiter import Limiter

__all__ = ["watched"]

POLL_S = 2.0
_GIVE_UP_AFTER = 2


@runtime_checkable
class _Transport(Protocol):
    """A realizer that makes HTTP calls, and sends them again where need be, by itself."""

    observer: CallObserver | None
    sleep: Callable[[float], Awaitable[None]]


@runtime_checkable
class _Served(_Transport, Protocol):
    """One that can ask its server how much there is to do."""

    async def load(self) -> ServerLoad | None: ...


@asynccontextmanager
async def watched(model: ChatModel, limiter: Limiter) -> AsyncIterator[ChatModel]:
    """Let `limiter` hear of everything that becomes of `model`'s calls, as long as the block lasts.

    Parameters
    ----------
    model
        The realizer. One with HTTP calls of its own has each of them observed, by its own observer as well, and lends
        its slot while it waits between two; of any other each completion counts as one call.
    limiter
        Whose slots the calls are made in.

    Yields
    ------
    ChatModel
        Who is to be asked instead.
    """
    poll = asyncio.create_task(_poll(model, limiter)) if limiter.adapts and isinstance(model, _Served) else None
    try:
        if isinstance(model, _Transport):
            with _attached(model, limiter):
                yield model
        else:
            yield _Observed(model, limiter)
    finally:
        if poll is not None:
            poll.cancel()
            with suppress(asyncio.CancelledError):
                await poll


@contextmanager
def _attached(model: _Transport, limiter: Limiter) -> Iterator[None]:
    observer, sleep = model.observer, model.sleep

    def observe(call: CallOutcome) -> None:
        limiter.observe(call)
        if observer is not None:
            observer(call)

    model.observer, model.sleep = observe, limiter.lend
    try:
        yield
    finally:
        model.observer, model.sleep = observer, sleep


async def _poll(model: _Served, limiter: Limiter) -> None:
    """Ask for the server's load again and again; a server that never tells it is asked twice."""
    ever, missed = False, 0
    while ever or missed < _GIVE_UP_AFTER:
        await asyncio.sleep(POLL_S)
        load = await model.load()
        if load is None:
            missed += 1
        else:
            ever = True
            limiter.observe_load(load)


class _Observed:
    """A realizer whose completions are reported as calls."""

    def __init__(self, model: ChatModel, limiter: Limiter) -> None:
        self.name = model.name
        self.is_llm = model.is_llm
        self._model = model
        self._limiter = limiter

    @property
    def structured_output(self) -> bool:
        """Whether the model behind it holds its answers to a schema."""
        return takes_schema(self._model)

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Call the model behind it, and tell the limiter how the call went."""
        began = time.monotonic()
        try:
            completion = await self._model.complete(messages, sampling)
        except RealizerError as error:
            self._report(began, error, None)
            raise
        tokens = completion.completion_tokens if isinstance(completion, Completion) else None
        self._report(began, None, tokens)
        return completion

    def _report(self, began: float, error: RealizerError | None, tokens: int | None) -> None:
        self._limiter.observe(
            CallOutcome(
                outcome=outcome_of(error),
                seconds=time.monotonic() - began,
                completion_tokens=tokens,
                retry_after=error.retry_after if error else None,
            )
        )

    async def aclose(self) -> None:
        await self._model.aclose()
