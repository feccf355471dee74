"""Any server that speaks OpenAI's chat completions: vLLM first of all, others as they come.

The official client is imported when the first instance is made. It gets no HTTP client of ours and does no
retries of its own: retries are `causalsynth.realize.transport`'s, one bounded loop around one HTTP call.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from causalsynth.errors import CausalSynthError, InputError, OverloadedError, ServerError, TransientError
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.chat_request import chat_fields
from causalsynth.realize.server_probe import (
    SIMULATOR,
    ServerLoad,
    ServerProbe,
    check_model,
    checked_url,
    root_url,
    server_load,
)
from causalsynth.realize.transport import (
    CallObserver,
    CallOutcome,
    TransportPolicy,
    UnreachableError,
    error_of_status,
    outcome_of,
    retry_after,
    retrying,
)

if TYPE_CHECKING:
    import openai

__all__ = ["OpenAIServer"]

_PROBE_TIMEOUT_S = 10.0
_OWN_FIELDS = frozenset({"model", "messages", "stream", "n"})


class OpenAIServer:
    """A model behind an OpenAI-compatible server.

    Parameters
    ----------
    base_url
        Where it is, e.g. ``http://localhost:8000/v1``.
    model
        The name it is served under.
    api_key
        Key; ``OPENAI_API_KEY`` or ``"EMPTY"`` where not given.
    timeout_s
        Longest time for one HTTP call, from connecting to the answer's last byte.
    transport
        How often failed calls are sent again.
    extra_body
        Further fields of every request, e.g. ``{"top_k": 40}``. Servers tend to ignore what they don't know
        without a word.
    headers
        Further HTTP headers of every request.
    observer
        Is told of every HTTP call as soon as it ends.
    sleep
        How to wait between calls, in seconds.

    Raises
    ------
    InputError
        `base_url` is no address, `timeout_s` isn't positive, or `extra_body` sets a field that is set here.
    """

    is_llm = True
    """Becomes False where `probe` finds ``causalsynth simulate-server``."""

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str | None = None,
        timeout_s: float = 120.0,
        transport: TransportPolicy | None = None,
        extra_body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        observer: CallObserver | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if not timeout_s > 0:
            raise InputError(f"timeout of {timeout_s} seconds", hint="give a positive number")
        if clash := sorted(_OWN_FIELDS.intersection(extra_body or {})):
            raise InputError(f"extra_body sets {', '.join(clash)}", hint="these fields can't be set there")
        self.base_url = checked_url(base_url)
        self.model = model
        self.name = f"openai:{model}"
        self.observer = observer
        self._timeout_s = timeout_s
        self._transport = transport or TransportPolicy()
        self._extra_body = dict(extra_body or {})
        self._sleep = sleep
        self._api_key = api_key
        self._headers = dict(headers or {})
        self._opened: tuple[asyncio.AbstractEventLoop, openai.AsyncOpenAI] | None = None

    @property
    def _client(self) -> "openai.AsyncOpenAI":
        """The client of the running event loop: its connections can't outlive the loop that they were made on."""
        loop = asyncio.get_running_loop()
        if self._opened is None or self._opened[0] is not loop:
            self._opened = loop, _client(self.base_url, self._api_key, self._timeout_s, self._headers)
        return self._opened[1]

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Answer `messages`; an empty answer is a completion, too.

        Raises
        ------
        OverloadedError, TransientError
            After all retries.
        RejectedError
            The server won't take this request.
        ServerError
            The server refuses every request, or is dead: no connection could be made several times in a row
            and ``/health`` doesn't answer either.
        """
        request = self._request(messages, sampling)
        loop = retrying(self._transport, self._sleep)
        calls = 0

        async def call() -> Completion:
            nonlocal calls
            calls += 1
            return await self._observed_call(request, retried=calls > 1)

        try:
            completion: Completion = await loop(call)
        except UnreachableError as error:
            if await self.is_healthy() is not False:
                raise
            message = f"{self.base_url}: the server is gone ({error.message})"
            raise ServerError(message, hint="start it again") from error
        return replace(completion, transport_retries=calls - 1)

    def _request(self, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
        extra = {"extra_body": self._extra_body} if self._extra_body else {}
        return chat_fields(self.model, messages, sampling) | extra

    async def _observed_call(self, request: Mapping[str, Any], *, retried: bool) -> Completion:
        began = time.monotonic()
        failure: CausalSynthError | None = None
        completion: Completion | None = None
        try:
            completion = await self._call(request)
        except CausalSynthError as error:
            failure = error
            raise
        finally:
            if self.observer and (completion or failure):
                self.observer(
                    CallOutcome(
                        outcome=outcome_of(failure),
                        seconds=time.monotonic() - began,
                        completion_tokens=completion.completion_tokens if completion else None,
                        retry_after=getattr(failure, "retry_after", None),
                        retried=retried,
                    )
                )
        return completion

    async def _call(self, request: Mapping[str, Any]) -> Completion:
        import openai

        try:
            # The client's own timeout is for each read; a server that trickles would never meet it.
            async with asyncio.timeout(self._timeout_s):
                # The overloads of `create` can't be met by a mapping of fields.
                answer = await cast(Any, self._client.chat.completions).create(**request)
        except openai.APIError as error:
            raise self._translated(error) from error
        except TimeoutError as error:
            raise self._timed_out() from error
        except ValueError as error:  # 200 and application/json, but not JSON
            raise _unreadable("not JSON") from error
        return _completion(answer)

    def _translated(self, error: "openai.APIError") -> CausalSynthError:
        import openai

        if isinstance(error, openai.APIStatusError):
            return error_of_status(error.status_code, error.message, retry_after(error.response.headers))
        if isinstance(error, openai.APITimeoutError):
            return self._timed_out()
        if not isinstance(error, openai.APIConnectionError):
            return _unreadable(error.message)
        cause = error.__cause__
        reason = f"{type(cause).__name__}: {cause}" if cause else error.message
        # By name: httpx (openai 2) and httpx2 (openai 3) each have a class of their own.
        if type(cause).__name__ in ("ConnectError", "UnsupportedProtocol"):
            return UnreachableError(f"no connection ({reason})", hint="is the server running?")
        return TransientError(f"the connection broke ({reason})", hint="the server's own log says more")

    def _timed_out(self) -> OverloadedError:
        return OverloadedError(f"no answer within {self._timeout_s:g} s", hint="send less at once, or allow more time")

    async def is_healthy(self) -> bool | None:
        """Ask ``/health``: False where nothing answers or the engine is down, None where there is no page."""
        import openai

        try:
            await self._page("/health")
        except openai.APIStatusError as error:
            return None if error.status_code < 500 else False
        except openai.APIError:
            return False
        return True

    async def load(self) -> ServerLoad | None:
        """Ask ``/metrics`` how many requests run and wait; None where that isn't to be had."""
        import openai

        try:
            return server_load(await self._page("/metrics"))
        except openai.APIError:
            return None

    async def probe(self) -> ServerProbe:
        """Find out whether the model is to be had, and what the server says of itself.

        Raises
        ------
        ServerError
            The server can't be reached or refuses.
        InputError
            It doesn't serve the model, or no model was named; the hint names those served.
        """
        cards = await self._model_cards()
        served = tuple(str(card.id) for card in cards)
        check_model(self.model, served, self.base_url)
        card = cards[served.index(self.model)]
        owner = str(getattr(card, "owned_by", None) or "")
        longest = getattr(card, "max_model_len", None)
        if owner == SIMULATOR:
            self.is_llm = False
        return ServerProbe(
            url=self.base_url,
            models=served,
            model=self.model,
            max_model_len=longest if isinstance(longest, int) else None,
            health=await self.is_healthy(),
            server=f"{owner} {await self._version()}".strip(),
            has_metrics=await self.load() is not None,
            is_simulator=owner == SIMULATOR,
        )

    async def _model_cards(self) -> list[Any]:
        import openai

        try:
            page: Any = await self._client.models.list(timeout=min(self._timeout_s, _PROBE_TIMEOUT_S))
        except openai.APIError as error:
            found = self._translated(error)
            hint = found.hint if isinstance(found, ServerError) else "start the server, or give its base URL"
            raise ServerError(f"{self.base_url}: {found.message}", hint=hint) from error
        except ValueError as error:
            raise self._no_model_list() from error
        cards = getattr(page, "data", None)
        if not isinstance(cards, list) or any(getattr(card, "id", None) is None for card in cards):
            raise self._no_model_list()
        return cards

    def _no_model_list(self) -> ServerError:
        return ServerError(
            f"{self.base_url}/models: not a list of models",
            hint="give the base URL, which usually ends in /v1",
        )

    async def _version(self) -> str:
        import openai

        try:
            answer = await self._client.get(f"{root_url(self.base_url)}/version", cast_to=object)
        except (openai.APIError, ValueError):
            return ""
        return str(answer.get("version", "")) if isinstance(answer, dict) else ""

    async def _page(self, path: str) -> str:
        """Fetch a page beside ``/v1`` over the client's own connections, proxies and key."""
        return await self._client.get(
            root_url(self.base_url) + path,
            cast_to=str,
            options={"timeout": min(self._timeout_s, _PROBE_TIMEOUT_S)},
        )

    async def aclose(self) -> None:
        """Close the connections."""
        opened, self._opened = self._opened, None
        if opened is not None and opened[0] is asyncio.get_running_loop():
            await opened[1].close()


def _client(url: str, api_key: str | None, timeout_s: float, headers: Mapping[str, str] | None) -> "openai.AsyncOpenAI":
    from openai import AsyncOpenAI

    key = api_key or os.environ.get("OPENAI_API_KEY") or "EMPTY"
    return AsyncOpenAI(base_url=url, api_key=key, timeout=timeout_s, max_retries=0, default_headers=dict(headers or {}))


def _unreadable(what: str) -> TransientError:
    return TransientError(f"the answer is no chat completion: {what}", hint="the server's own log says more")


def _completion(answer: Any) -> Completion:
    """Read an answer that the client parsed without checking it against its types."""
    choices = getattr(answer, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    if message is None:
        raise _unreadable("it has no choices")
    content = getattr(message, "content", None)
    usage = getattr(answer, "usage", None)
    return Completion(
        text=content if isinstance(content, str) else "",
        finish=str(getattr(choice, "finish_reason", None) or "stop"),
        prompt_tokens=getattr(usage, "prompt_tokens", None),
        completion_tokens=getattr(usage, "completion_tokens", None),
    )
