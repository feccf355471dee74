"""What can go wrong on the way to a server, and how often a call is sent again.

Only the transport is retried here. A text that says the wrong thing is the loop's business.

====================================================  ==================================================
signal                                                error
====================================================  ==================================================
408, 429, 503, 529, timeout                           `OverloadedError`: wait (``Retry-After``), send less
500, 502, 504, other 5xx, 409, 425, broken            `TransientError`: send again
connection, an answer that isn't a chat completion
400, 413, 422, other 4xx                              `RejectedError`: not sent again
401, 403, 404                                         `ServerError`: every other call would fail as well
====================================================  ==================================================
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random
from tenacity.stop import stop_before_delay
from tenacity.wait import wait_exponential

from causalsynth.errors import (
    CausalSynthError,
    InputError,
    OverloadedError,
    RealizerError,
    RejectedError,
    ServerError,
    TransientError,
)

__all__ = [
    "CallObserver",
    "CallOutcome",
    "Outcome",
    "TransportPolicy",
    "UnreachableError",
    "error_of_status",
    "outcome_of",
    "retry_after",
    "with_retries",
]

T = TypeVar("T")

_OVERLOADED = frozenset({408, 429, 503, 529})
_TRANSIENT = frozenset({409, 425})
_REMEDY = {
    401: "set OPENAI_API_KEY to a key that this server takes",
    403: "this key may not use the model; ask for access or take another key",
    404: "check the model's name and the base URL, which usually ends in /v1",
}


class UnreachableError(TransientError):
    """No connection could be made: nothing listens, or the name has no address."""


class Outcome(StrEnum):
    """How one HTTP call ended."""

    DONE = "done"
    OVERLOADED = "overloaded"
    TRANSIENT = "transient"
    REJECTED = "rejected"
    FATAL = "fatal"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """One HTTP call as a concurrency limiter wants to know it.

    Attributes
    ----------
    outcome
        How it ended.
    seconds
        Wall time of this call alone, waits before it left out.
    completion_tokens
        As the server counts them; None where it doesn't or the call failed.
    retry_after
        Seconds that the server asked to wait, if it did.
    retried
        True where the same request had failed before: no evidence that there is room for more.
    """

    outcome: Outcome
    seconds: float
    completion_tokens: int | None = None
    retry_after: float | None = None
    retried: bool = False


class CallObserver(Protocol):
    """Is told of every HTTP call, failed ones as well, as soon as it ends and before any wait."""

    def __call__(self, outcome: CallOutcome, /) -> None:
        """Take note; must not block and must not raise."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportPolicy:
    """How often, and for how long, one call is sent again.

    Attributes
    ----------
    max_retries
        Calls after the first.
    budget_s
        No wait may end later than this many seconds after the first call began. A single call takes at most
        the timeout, so that the whole takes at most ``budget_s`` + timeout.
    first_wait_s, longest_wait_s
        The wait before retry k is ``min(first · 2**(k-1), longest)`` plus up to ``first`` at random, unless
        the server says ``Retry-After``, which then is the least wait.
    max_unreachable
        Failed connections within one call before ``/health`` decides whether the server is dead.
    """

    max_retries: int = 5
    budget_s: float = 300.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    max_unreachable: int = 4

    def __post_init__(self) -> None:
        counts = min(self.max_retries + 1, self.max_unreachable) >= 1
        if not counts or min(self.budget_s, self.first_wait_s, self.longest_wait_s) < 0:
            raise InputError(f"{self}: out of range", hint="counts and seconds can't be negative")


def error_of_status(status: int, message: str, wait: float | None = None) -> CausalSynthError:
    """Give the error that an HTTP status stands for.

    Parameters
    ----------
    status
        400 or above.
    message
        What the server said; shortened to one line.
    wait
        Seconds from ``Retry-After``.
    """
    text = f"HTTP {status}: {_one_line(message)}"
    if status in _OVERLOADED:
        return OverloadedError(text, hint="the server has too much to do; send less", retry_after=wait)
    if status in _TRANSIENT or status >= 500:
        return TransientError(text, hint="the server's own log says more", retry_after=wait)
    if status in _REMEDY:
        return ServerError(text, hint=_REMEDY[status])
    return RejectedError(text, hint="the server won't take this request, however often it is sent")


def _one_line(message: str, longest: int = 300) -> str:
    line = " ".join(message.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def outcome_of(error: CausalSynthError | None) -> Outcome:
    """Give the outcome that an error, or None, stands for."""
    if error is None:
        return Outcome.DONE
    for kind, outcome in (
        (OverloadedError, Outcome.OVERLOADED),
        (TransientError, Outcome.TRANSIENT),
        (RejectedError, Outcome.REJECTED),
    ):
        if isinstance(error, kind):
            return outcome
    return Outcome.FATAL


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Read ``Retry-After`` (RFC 9110, section 10.2.3: seconds or a date) or ``retry-after-ms``.

    Returns
    -------
    float or None
        Seconds from `now`, at least 0; None where the header is missing or means nothing.
    """
    milliseconds = _seconds(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _seconds(value)
    if value is None or seconds is not None:
        return seconds
    try:
        then = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - (now or datetime.now(UTC))).total_seconds())


def _seconds(value: str | None) -> float | None:
    try:
        seconds = float(value) if value is not None else math.nan
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


async def with_retries(
    send: Callable[[int], Awaitable[T]],
    policy: TransportPolicy,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> T:
    """Send one request, and send it again where that may help.

    Parameters
    ----------
    send
        Sends it; is told how often it was sent before.
    policy
        How often and how long.
    sleep
        How to wait; a limiter may lend its slot to others meanwhile.

    Raises
    ------
    CausalSynthError
        The last call's, or one that no further call would mend.
    """
    began = time.monotonic()
    try:
        return await send(0)  # the loop costs more than a call's own sending, so it is for those that failed
    except RealizerError as error:
        if not error.retryable:
            raise
        first = error
    sent = 0

    async def call() -> T:
        nonlocal sent
        sent += 1
        if sent == 1:
            raise first
        return await send(sent - 1)

    answer: T = await _retrying(policy, sleep, spent_s=time.monotonic() - began)(call)
    return answer


def _retrying(policy: TransportPolicy, sleep: Callable[[float], Awaitable[None]], spent_s: float) -> AsyncRetrying:
    """Make the tenacity loop of one request, `spent_s` seconds after it was first sent."""
    growing = wait_exponential(multiplier=policy.first_wait_s, max=policy.longest_wait_s)
    jitter = wait_random(0, policy.first_wait_s)

    def wait(state: RetryCallState) -> float:
        asked = _asked_to_wait(state)
        return (growing(state) if asked is None else asked) + jitter(state)

    enough = stop_after_attempt(policy.max_retries + 1) | stop_before_delay(max(0.0, policy.budget_s - spent_s))
    unreachable = 0

    def stop(state: RetryCallState) -> bool:
        nonlocal unreachable
        unreachable = unreachable + 1 if isinstance(_failure(state), UnreachableError) else 0
        return unreachable >= policy.max_unreachable or enough(state)

    return AsyncRetrying(
        retry=retry_if_exception(lambda error: isinstance(error, RealizerError) and error.retryable),
        wait=wait,
        stop=stop,
        sleep=sleep,
        reraise=True,
    )


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _asked_to_wait(state: RetryCallState) -> float | None:
    error = _failure(state)
    return error.retry_after if isinstance(error, RealizerError) else None
