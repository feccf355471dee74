"""Any server that speaks OpenAI's chat completions: vLLM first of all, others as they come.

Requests go out by `causalsynth.realize.http_client`, which is loaded when it is first needed and sends each once:
retries are `causalsynth.realize.transport`'s, one bounded loop around one HTTP call.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from causalsynth.errors import CausalSynthError, InputError, RejectedError, ServerError, TransientError
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.chat_wire import chat_fields, completion_of
from causalsynth.realize.server_probe import (
    SCHEMA_PROBE,
    SIMULATOR,
    TINY,
    ServerLoad,
    ServerProbe,
    check_model,
    checked_url,
    meets_probe,
    root_url,
    server_load,
)
from causalsynth.realize.transport import (
    CallObserver,
    CallOutcome,
    TransportPolicy,
    UnreachableError,
    outcome_of,
    with_retries,
)

if TYPE_CHECKING:
    from causalsynth.realize.http_client import Answer, HttpClient

__all__ = ["OpenAIServer"]

_PROBE_TIMEOUT_S = 10.0
_SCHEMA_TIMEOUT_S, _SCHEMA_TOKENS = 15.0, 64
_OWN_FIELDS = frozenset({"model", "messages", "stream", "n", "response_format"})


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
        How to wait before a call is sent again, in seconds; a limiter lends the call's slot to others meanwhile.

    Raises
    ------
    InputError
        `base_url` is no address, `timeout_s` isn't positive, or `extra_body` sets a field that is set here.
    """

    is_llm = True
    """Becomes False where `probe` finds ``causalsynth simulate-server``, or one of the tiny models."""
    structured_output: bool | None = None
    """Whether the server holds answers to a JSON schema; None until `probe` has found out."""

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
        self.sleep = sleep
        self._api_key = api_key
        self._headers = dict(headers or {})
        self._opened: tuple[asyncio.AbstractEventLoop, HttpClient] | None = None

    @property
    def _client(self) -> "HttpClient":
        """The client of the running event loop: its connections can't outlive the loop that they were made on."""
        loop = asyncio.get_running_loop()
        if self._opened is None or self._opened[0] is not loop:
            from causalsynth.realize.http_client import HttpClient

            self._opened = loop, HttpClient(self.base_url, self._api_key, self._timeout_s, self._headers)
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

        async def send(retries: int) -> Completion:
            completion = await self._observed_call(request, retried=retries > 0)
            return replace(completion, transport_retries=retries) if retries else completion

        try:
            return await with_retries(send, self._transport, self.sleep)
        except UnreachableError as error:
            if await self.is_healthy() is not False:
                raise
            message = f"{self.base_url}: the server is gone ({error.message})"
            raise ServerError(message, hint="start it again") from error

    def _request(self, messages: Sequence[Message], sampling: Sampling) -> bytes:
        fields = {**chat_fields(self.model, messages, sampling), **self._extra_body}
        return json.dumps(fields, separators=(",", ":")).encode()

    async def _observed_call(self, request: bytes, *, retried: bool) -> Completion:
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

    async def _call(self, request: bytes) -> Completion:
        answer = await self._client.post(f"{self.base_url}/chat/completions", request)
        return completion_of(answer.json())

    async def is_healthy(self) -> bool | None:
        """Ask ``/health``: False where nothing answers or the engine is down, None where there is no page."""
        try:
            answer = await self._page("/health")
        except CausalSynthError:
            return False
        return answer.status < 300 or (None if answer.status < 500 else False)

    async def load(self) -> ServerLoad | None:
        """Ask ``/metrics`` how many requests run and wait; None where that isn't to be had."""
        try:
            page = await self._page("/metrics")
        except CausalSynthError:
            return None
        return server_load(page.text) if page.status < 300 else None

    async def probe(self, *, structured_output: bool = False) -> ServerProbe:
        """Find out whether the model is to be had, and what the server says of itself.

        Parameters
        ----------
        structured_output
            Whether to find out by one short request whether the server holds answers to a JSON schema.

        Raises
        ------
        ServerError
            The server can't be reached or refuses.
        InputError
            It doesn't serve the model, or no model was named; the hint names those served.
        """
        cards = await self._model_cards()
        served = tuple(str(card["id"]) for card in cards)
        check_model(self.model, served, self.base_url)
        card = cards[served.index(self.model)]
        owner = str(card.get("owned_by") or "")
        longest = card.get("max_model_len")
        if owner == SIMULATOR or self.model.startswith(TINY):
            self.is_llm = False
        if structured_output:
            self.structured_output = await self._honours_schemas()
        return ServerProbe(
            url=self.base_url,
            models=served,
            model=self.model,
            max_model_len=longest if isinstance(longest, int) else None,
            health=await self.is_healthy(),
            server=f"{owner} {await self._version()}".strip(),
            has_metrics=await self.load() is not None,
            is_simulator=owner == SIMULATOR,
            structured_output=self.structured_output,
        )

    async def _honours_schemas(self) -> bool | None:
        """Ask for an answer that only a schema brings about; None where there is no telling (overload, a fault)."""
        ask = (Message("user", "Say hello, in one word."),)
        request = self._request(ask, Sampling(seed=0, temperature=0.0, max_tokens=_SCHEMA_TOKENS, schema=SCHEMA_PROBE))
        try:
            async with asyncio.timeout(_SCHEMA_TIMEOUT_S):
                answer = await self._call(request)
        except RejectedError:
            return False
        except (CausalSynthError, TimeoutError):
            return None
        return meets_probe(answer.text)

    async def served(self) -> tuple[str, ...]:
        """Give the names of all models served, in the server's order.

        Raises
        ------
        ServerError
            The server can't be reached or refuses.
        """
        return tuple(str(card["id"]) for card in await self._model_cards())

    async def _model_cards(self) -> list[dict[str, Any]]:
        try:
            answer = await self._client.get(f"{self.base_url}/models", self._probe_timeout_s)
            answer.checked()
        except CausalSynthError as error:
            hint = error.hint if isinstance(error, ServerError) else "start the server, or give its base URL"
            raise ServerError(f"{self.base_url}: {error.message}", hint=hint) from error
        try:
            page = answer.json()
        except TransientError as error:
            raise self._no_model_list() from error
        cards = page.get("data") if isinstance(page, dict) else None
        if not isinstance(cards, list) or any(not isinstance(card, dict) or card.get("id") is None for card in cards):
            raise self._no_model_list()
        return cards

    def _no_model_list(self) -> ServerError:
        return ServerError(
            f"{self.base_url}/models: not a list of models",
            hint="give the base URL, which usually ends in /v1",
        )

    async def _version(self) -> str:
        try:
            answer = (await self._page("/version")).json()
        except CausalSynthError:
            return ""
        return str(answer.get("version", "")) if isinstance(answer, dict) else ""

    async def _page(self, path: str) -> "Answer":
        """Fetch a page beside ``/v1`` over the client's own connections, proxies and key."""
        return await self._client.get(root_url(self.base_url) + path, self._probe_timeout_s)

    @property
    def _probe_timeout_s(self) -> float:
        return min(self._timeout_s, _PROBE_TIMEOUT_S)

    async def aclose(self) -> None:
        """Close the connections."""
        opened, self._opened = self._opened, None
        if opened is not None and opened[0] is asyncio.get_running_loop():
            await opened[1].aclose()
