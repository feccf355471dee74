"""Gives out slots, each for one record's requests, one at a time: as many as `AdaptiveLimit` allows."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from causalsynth.realize.server_probe import ServerLoad
from causalsynth.realize.transport import CallOutcome
from causalsynth.run.concurrency.adaptive import AdaptiveLimit
from causalsynth.run.concurrency.limits import Limits

__all__ = ["Limiter"]

_MOST_UNDER_WAY = 2
"""Times the upper limit: else each record that waits while a server refuses all would draw another one in."""

Queue = deque["asyncio.Future[None]"]


class Limiter:
    """Slots for records: who holds one may have one request under way.

    A record that waits before it sends a request again lends its slot to another one. The records under way,
    those that wait included, are never more than twice the upper limit. Belongs to one event loop.

    Parameters
    ----------
    limits
        Fewest and most requests at once.
    clock
        In seconds; never goes back.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._adaptive = AdaptiveLimit(limits, clock())
        self._active = 0
        self._lent = 0
        self._returning: Queue = deque()
        self._arriving: Queue = deque()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def allowed(self) -> int:
        """How many slots there are now."""
        return self._adaptive.limit

    @property
    def adapts(self) -> bool:
        """Whether their number may change."""
        return self._adaptive.adapts

    async def acquire(self) -> None:
        """Wait for a slot for a new record."""
        await self._take(self._arriving)

    def stays(self) -> bool:
        """Tell whether who holds a slot may begin a new record in it: nobody comes first, and it wasn't taken away."""
        return self._active <= self.allowed and not self._returning and not self._is_held()

    def release(self) -> None:
        """Give a slot back."""
        self._active -= 1
        self._admit()

    async def lend(self, seconds: float) -> None:
        """Wait before a request is sent again, and let others have the slot meanwhile.

        Whoever comes back goes before new records. To be called by who holds a slot, and holds one again afterwards,
        even if cancelled.

        Parameters
        ----------
        seconds
            How long at least.
        """
        self._lent += 1
        self.release()
        try:
            await asyncio.sleep(seconds)
            await self._take(self._returning)
        except BaseException:
            self._active += 1
            raise
        finally:
            self._lent -= 1

    def observe(self, call: CallOutcome) -> None:
        """Take note of one HTTP call that has ended."""
        self._adaptive.on_call(self._clock(), call, self._active)
        self._admit()

    def observe_load(self, load: ServerLoad) -> None:
        """Take note of how much the server has to do."""
        self._adaptive.on_load(self._clock(), load, self._active)

    def to_json(self) -> dict[str, Any]:
        """Give the summary's ``concurrency``: the limits, and how the number of slots changed."""
        return self._adaptive.to_json()

    async def _take(self, queue: Queue) -> None:
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        self._admit()
        if turn.done():  # nobody is made to wait who need not
            return
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                with suppress(ValueError):  # passed over already
                    queue.remove(turn)
            else:  # the slot was given just before
                self.release()
            raise

    def _admit(self) -> None:
        """Let in whoever may have a slot now, those that come back first."""
        if self._is_held():
            return
        while self._active < self.allowed and (queue := self._next_queue()):
            turn = queue.popleft()
            if turn.done():
                continue  # cancelled, and its waiter has yet to hear of it
            self._active += 1
            turn.set_result(None)

    def _next_queue(self) -> Queue | None:
        if self._returning:
            return self._returning
        under_way = self._active + self._lent
        return self._arriving if under_way < _MOST_UNDER_WAY * self._adaptive.limits.high else None

    def _is_held(self) -> bool:
        """Tell whether the server asked for silence; when it is over, those that wait are let in."""
        left = self._adaptive.held_until - self._clock()
        if left <= 0:
            return False
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(left, self._end_hold)
        return True

    def _end_hold(self) -> None:
        self._alarm = None
        self._admit()
