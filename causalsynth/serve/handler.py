"""How one chat request is answered: its fault, its place in line, its time, its text."""

import asyncio
import itertools
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from causalsynth.errors import CausalSynthError, InputError, RejectedError
from causalsynth.realize.brief import FACTS_HEADING
from causalsynth.realize.chat import ChatModel, Completion, Sampling
from causalsynth.realize.simulated import approximate_tokens
from causalsynth.scm.noise import stream
from causalsynth.serve.capacity import Capacity
from causalsynth.serve.faults import Fault, Faults
from causalsynth.serve.least_answer import example
from causalsynth.serve.metrics import ServerMetrics
from causalsynth.serve.options import ServerOptions
from causalsynth.serve.protocol import (
    BadRequestError,
    ChatRequest,
    chat_answer,
    chat_chunks,
    error_body,
    parse_request,
)

__all__ = ["FAULT_HEADER", "REFUSAL", "ChatHandler"]

FAULT_HEADER = "x-simulate-fault"
"""Request header that names the fault which this request is to meet, or ``none``."""
REFUSAL = "I'm sorry, but I can't help with that."
_NO_BRIEF = "I am a simulator and can only write documents from a list of facts."
_SLOWER, _LEAST_SLOW_S = 10.0, 1.0
_OVERLOADED = frozenset({429, 503, 529})
_GARBAGE = (("text/html", "<html><body>Bad gateway</body></html>"), ("application/json", '{"id": "chatcmpl-'))


class ChatHandler:
    """Answers ``POST /v1/chat/completions``.

    Parameters
    ----------
    realizer
        Who writes.
    options
        Latency, capacity, lengths.
    faults
        What goes wrong, by the request's number.
    metrics
        Is kept up to date.
    """

    def __init__(self, realizer: ChatModel, options: ServerOptions, faults: Faults, metrics: ServerMetrics) -> None:
        self._realizer = realizer
        self._options = options
        self._faults = faults
        self._metrics = metrics
        self._capacity = Capacity(options.max_num_seqs, metrics)
        self._numbers = itertools.count()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        number = next(self._numbers)
        try:
            chat = parse_request(await request.read())
            fault = self._fault_of(request, number)
            if fault is not None and fault.status is not None:
                return self._failed(fault.status)
            self._check(chat)
            return await self._answer(request, chat, number, fault)
        except BadRequestError as error:
            body = error_body(error.status, error.message, error.param)
            return web.json_response(body, status=error.status)

    def _fault_of(self, request: web.Request, number: int) -> Fault | None:
        named = request.headers.get(FAULT_HEADER)
        if named is None:
            return self._faults.draw(number)
        try:
            return None if named == "none" else Fault.parse(named)
        except InputError as error:
            raise BadRequestError(str(error), param=FAULT_HEADER) from error

    def _failed(self, status: int) -> web.Response:
        wait = {"retry-after": f"{self._options.retry_after:g}"} if status in _OVERLOADED else None
        return web.json_response(error_body(status, "simulated fault"), status=status, headers=wait)

    def _check(self, chat: ChatRequest) -> None:
        """Refuse an unknown model (vLLM takes a missing one for its own) and chats that are too long."""
        if chat.model and chat.model != self._options.model:
            raise BadRequestError(f"The model `{chat.model}` does not exist.", param="model", status=404)
        prompt = sum(approximate_tokens(message.content) for message in chat.chat)
        if chat.schema_of_answer and self._options.structured_output == "refuse":
            raise BadRequestError("response_format: json_schema is not supported", param="response_format")
        answer = chat.longest or 1
        if prompt + answer > self._options.max_model_len:
            raise BadRequestError(
                f"This model's maximum context length is {self._options.max_model_len} tokens, but {answer} "
                f"output tokens were requested for a prompt of {prompt} input tokens.",
                param="input_tokens",
            )

    async def _answer(
        self, request: web.Request, chat: ChatRequest, number: int, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is Fault.DROP:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        async with self._capacity.place():
            try:
                return await self._run(request, chat, number, fault)
            except asyncio.CancelledError:
                self._metrics.finished["abort"] += 1
                raise

    async def _run(
        self, request: web.Request, chat: ChatRequest, number: int, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is Fault.HANG:
            await asyncio.Event().wait()
        seconds = self._seconds(number, fault)
        if fault is Fault.GARBAGE:
            await asyncio.sleep(seconds)
            kind, text = _GARBAGE[number % 2]
            return web.Response(text=text, content_type=kind)
        completions = [_spoilt(completion, fault) for completion in await self._complete(chat, number)]
        if chat.stream:
            return await self._stream(request, chat, number, completions, seconds)
        await asyncio.sleep(seconds)
        self._count(completions)
        return web.json_response(chat_answer(*self._identity(number), completions))

    def _seconds(self, number: int, fault: Fault | None) -> float:
        """How long request `number` takes: uniform on [0.5, 1.5) of the mean."""
        seconds = self._options.latency
        if seconds:
            seconds *= 0.5 + stream(self._options.seed, "latency", number).random()
        return max(_LEAST_SLOW_S, seconds * _SLOWER) if fault is Fault.SLOW else seconds

    async def _complete(self, chat: ChatRequest, number: int) -> Sequence[Completion]:
        seed = chat.seed
        if seed is None:
            seed = stream(self._options.seed, "request", number).getrandbits(31)
        longest = chat.longest or self._options.max_model_len
        messages = chat.chat
        schema = chat.schema_of_answer if self._options.structured_output == "honour" else None
        try:
            completions = [
                await self._realizer.complete(messages, Sampling(seed=seed + each, max_tokens=longest, schema=schema))
                for each in range(chat.n or 1)
            ]
            return [completion if schema is None else _held_to(schema, completion) for completion in completions]
        except RejectedError as error:
            if any(FACTS_HEADING in message.content for message in messages):
                raise BadRequestError(str(error), param="messages") from error
            # A probe's small talk; an LLM would answer it as well.
            tokens = sum(approximate_tokens(message.content) for message in messages)
            said = _NO_BRIEF if schema is None else example(schema)
            count = approximate_tokens(said)
            return [Completion(text=said, prompt_tokens=tokens, completion_tokens=count)] * (chat.n or 1)
        except CausalSynthError as error:
            raise BadRequestError(str(error), status=500) from error

    async def _stream(
        self,
        request: web.Request,
        chat: ChatRequest,
        number: int,
        completions: Sequence[Completion],
        seconds: float,
    ) -> web.StreamResponse:
        usage = bool(chat.stream_options and chat.stream_options.include_usage)
        chunks = list(chat_chunks(*self._identity(number), completions, usage=usage))
        response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for chunk in chunks:
            await asyncio.sleep(seconds / len(chunks))
            await response.write(f"data: {json.dumps(chunk)}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        self._count(completions)
        return response

    def _identity(self, number: int) -> tuple[str, str, int]:
        return f"chatcmpl-{number:08x}", self._options.model, int(time.time())

    def _count(self, completions: Sequence[Completion]) -> None:
        self._metrics.prompt_tokens += completions[0].prompt_tokens or 0
        for completion in completions:
            self._metrics.generation_tokens += completion.completion_tokens or 0
            self._metrics.finished[completion.finish] += 1


def _held_to(schema: Mapping[str, Any], completion: Completion) -> Completion:
    """Give an answer that is JSON: the realizer's, or the least one of the schema where it knows no such schema."""
    if completion.text.startswith("{") or completion.finish != "stop":
        return completion
    text = example(schema)
    return replace(completion, text=text, completion_tokens=approximate_tokens(text))


def _spoilt(completion: Completion, fault: Fault | None) -> Completion:
    if fault is Fault.EMPTY:
        return replace(completion, text="", finish="stop", completion_tokens=0)
    if fault is Fault.REFUSAL:
        return replace(completion, text=REFUSAL, finish="stop", completion_tokens=approximate_tokens(REFUSAL))
    if fault is Fault.TRUNCATED:
        half = completion.text[: len(completion.text) // 2]
        return replace(completion, text=half, finish="length", completion_tokens=approximate_tokens(half))
    return completion
