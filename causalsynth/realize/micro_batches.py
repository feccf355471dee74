"""Calls that come one by one, done several at a time in a thread of their own."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

__all__ = ["MicroBatches"]

T = TypeVar("T")
R = TypeVar("R")

_GATHER_S = 0.002
"""How long the first of a batch waits for others: calls that end together begin together again."""


class MicroBatches(Generic[T, R]):
    """Does what is handed in while one batch is under way as the next batch.

    Parameters
    ----------
    work
        Takes 1 to `most` items and gives as many results in their order; called in the thread, one batch at a time.
    most
        Items in one batch.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._thread: ThreadPoolExecutor | None = None
        self._task: asyncio.Task[None] | None = None

    async def do(self, item: T) -> R:
        """Do one item; what `work` raises, every item of its batch raises."""
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await result

    async def _drain(self) -> None:
        while True:
            await asyncio.sleep(_GATHER_S)
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            batch = [(item, result) for item, result in batch if not result.done()]  # given up by who asked
            if batch:
                await self._do_batch(batch)
            if not self._waiting:
                return

    async def _do_batch(self, batch: Sequence[tuple[T, "asyncio.Future[R]"]]) -> None:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="micro-batches")
        try:
            done = asyncio.get_running_loop().run_in_executor(self._thread, self._work, [item for item, _ in batch])
            results = await done
        except asyncio.CancelledError:  # closed meanwhile: who waits must hear of it
            for _, result in batch:
                result.cancel()
            raise
        except Exception as error:
            for _, result in batch:
                if not result.done():
                    result.set_exception(error)
        else:
            for (_, result), value in zip(batch, results, strict=True):
                if not result.done():
                    result.set_result(value)

    async def aclose(self) -> None:
        """Cancel what waits and what is under way, and end the thread after the batch that it is at."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        for _, result in self._waiting:
            result.cancel()
        self._waiting.clear()
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.shutdown)
