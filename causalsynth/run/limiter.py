"""How many requests may be under way at once.

Additive increase, multiplicative decrease on the server's own complaints (429, 503, 529, timeouts). vLLM queues
rather than complains, so on it the upper bound is what counts.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from causalsynth.errors import InputError
from causalsynth.realize.chat import ChatModel, Completion, Message, Sampling, takes_schema
from causalsynth.realize.transport import CallObserver, CallOutcome, Outcome

__all__ = ["LimitedModel", "Limiter", "Limits"]

AUTO_LOW, AUTO_HIGH = 4, 32
_CUT = 0.75
_EPISODE_S = 2.0
"""Complaints within this time after a cut belong to the same episode and cut no further."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Fewest and most requests under way at once."""

    low: int
    high: int

    @classmethod
    def parse(cls, text: str) -> "Limits":
        """Read ``auto``, ``N`` or ``LO-HI``.

        Raises
        ------
        InputError
            Anything else.
        """
        if text == "auto":
            return cls(AUTO_LOW, AUTO_HIGH)
        low, dash, high = text.partition("-")
        try:
            limits = cls(int(low), int(high if dash else low))
        except ValueError:
            limits = cls(0, 0)
        if not 1 <= limits.low <= limits.high <= 10_000:
            raise InputError(
                f"--concurrency {text}: not a number of requests",
                hint="give auto, a number such as 32, or 8-64",
            )
        return limits


class Limiter:
    """Gives out leave to send, within `Limits`, fewer after each complaint.

    Belongs to one event loop.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._allowed = float(limits.high)
        self._active = 0
        self._turn = asyncio.Condition()
        self._cut_at = float("-inf")
        self.cuts = 0
        """How often the server's complaints led to fewer requests."""

    @property
    def allowed(self) -> int:
        """How many may be under way now."""
        return int(self._allowed)

    @asynccontextmanager
    async def leave(self) -> AsyncIterator[None]:
        """Wait for leave to send; it is given back on the way out."""
        async with self._turn:
            await self._turn.wait_for(lambda: self._active < self.allowed)
            self._active += 1
        try:
            yield
            self._allowed = min(float(self._limits.high), self._allowed + 1 / self._allowed)
        finally:
            self._active -= 1
            async with self._turn:
                self._turn.notify(2)

    def observe(self, outcome: CallOutcome) -> None:
        """Take note of one HTTP call: where the server complained, allow fewer, once an episode."""
        if outcome.outcome is not Outcome.OVERLOADED:
            return
        now = asyncio.get_running_loop().time()
        if now - self._cut_at < _EPISODE_S:
            return
        self._cut_at = now
        self.cuts += 1
        self._allowed = max(float(self._limits.low), self._allowed * _CUT)


@runtime_checkable
class _Observable(Protocol):
    observer: CallObserver | None


class LimitedModel:
    """A realizer that waits for the limiter's leave before each call.

    Parameters
    ----------
    model
        The realizer itself.
    limiter
        Shared by all records of a run.
    """

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
        """Answer through the realizer, when it is this call's turn."""
        async with self._limiter.leave():
            return await self._model.complete(messages, sampling)

    @contextmanager
    def observed(self) -> Iterator[None]:
        """Let the limiter hear of every HTTP call for as long as the run lasts, unless somebody else already does."""
        model = self._model
        if not isinstance(model, _Observable) or model.observer is not None:
            yield
            return
        model.observer = self._limiter.observe
        try:
            yield
        finally:
            model.observer = None

    async def aclose(self) -> None:
        """Close the realizer."""
        await self._model.aclose()
