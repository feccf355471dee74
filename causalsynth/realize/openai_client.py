"""The official client: how it is opened, and what its exceptions mean."""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from causalsynth.errors import CausalSynthError, OverloadedError, TransientError
from causalsynth.realize.chat_wire import unreadable
from causalsynth.realize.transport import UnreachableError, error_of_status, retry_after

if TYPE_CHECKING:
    import openai

__all__ = ["open_client", "timed_out", "translated"]

# By name: httpx (openai 2), httpx2 (openai 3) and aiohttp each have classes of their own.
_UNREACHABLE = frozenset({"ConnectError", "UnsupportedProtocol", "ClientConnectorError"})
_BROKEN = frozenset({"ServerDisconnectedError", "ClientOSError", "ClientPayloadError"})


def open_client(url: str, api_key: str | None, timeout_s: float, headers: Mapping[str, str]) -> "openai.AsyncOpenAI":
    """Open a client without retries, over aiohttp where it can.

    Its transport over httpx looks through all open connections for each request and keeps but 100 of them; with
    hundreds of requests at once that takes about half of the client's processor time. Both are its own: no HTTP
    client of ours is injected.
    """
    import openai

    try:
        http_client = openai.DefaultAioHttpClient(timeout=timeout_s)
    except RuntimeError:  # openai 2 without its extra `aiohttp`
        http_client = None
    return openai.AsyncOpenAI(
        base_url=url,
        api_key=api_key or os.environ.get("OPENAI_API_KEY") or "EMPTY",
        timeout=timeout_s,
        max_retries=0,
        default_headers=dict(headers),
        http_client=http_client,
    )


def translated(error: "openai.APIError", timeout_s: float) -> CausalSynthError:
    """Give the error that an exception of the client stands for.

    Parameters
    ----------
    error
        The exception.
    timeout_s
        How long was waited.
    """
    import openai

    if isinstance(error, openai.APIStatusError):
        return error_of_status(error.status_code, error.message, retry_after(error.response.headers))
    if not isinstance(error, openai.APIConnectionError):
        return unreadable(error.message)
    causes = list(_causes(error))
    names = {type(cause).__name__ for cause in causes}
    reason = f"{type(causes[-1]).__name__}: {causes[-1]}" if causes else error.message
    if names & _UNREACHABLE:
        return UnreachableError(f"no connection ({reason})", hint="is the server running?")
    # Over aiohttp a connection that broke is said to have timed out.
    if isinstance(error, openai.APITimeoutError) and not names & _BROKEN:
        return timed_out(timeout_s)
    return TransientError(f"the connection broke ({reason})", hint="the server's own log says more")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give the HTTP library's exceptions behind the client's, the outer ones first."""
    cause = error.__cause__
    while cause is not None and not isinstance(cause, OSError):
        yield cause
        cause = cause.__cause__
    if cause is not None and type(cause).__name__ in _UNREACHABLE | _BROKEN:
        yield cause  # some of aiohttp's are OSErrors by descent


def timed_out(timeout_s: float) -> OverloadedError:
    """Give the error of a call that took too long."""
    return OverloadedError(f"no answer within {timeout_s:g} s", hint="send less at once, or allow more time")
