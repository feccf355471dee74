"""How many requests the simulated server answers at once; the rest wait in line, as in vLLM."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from causalsynth.serve.metrics import ServerMetrics

__all__ = ["Capacity"]


class Capacity:
    """Places for running requests, first come, first served. Nobody is ever sent away.

    Parameters
    ----------
    max_num_seqs
        Completions that run at once.
    metrics
        Its gauges follow.
    """

    def __init__(self, max_num_seqs: int, metrics: ServerMetrics) -> None:
        self._places = asyncio.Semaphore(max_num_seqs)
        self._metrics = metrics

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place; wait for it where all are taken. Leaving the line early is counted right as well."""
        self._metrics.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._metrics.waiting -= 1
        self._metrics.running += 1
        try:
            yield
        finally:
            self._metrics.running -= 1
            self._places.release()
