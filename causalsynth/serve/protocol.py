"""The part of OpenAI's chat protocol that the simulated server speaks, in vLLM's shapes.

Unknown fields are ignored, as vLLM does; errors are ``{"error": {"message", "type", "param", "code"}}``, as
vLLM has them since 0.12.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from causalsynth.realize.chat import Completion, Message
from causalsynth.realize.server_probe import SIMULATOR

__all__ = ["BadRequestError", "ChatRequest", "chat_answer", "chat_chunks", "error_body", "parse_request"]

_WORDS_A_CHUNK = 8


class BadRequestError(Exception):
    """The request can't be answered; the server says why. Never leaves `causalsynth.serve`."""

    def __init__(self, message: str, *, param: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.status = status


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _TextPart(_Lenient):
    type: Literal["text"]
    text: str


class _Turn(_Lenient):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | tuple[_TextPart, ...] | None = None

    def message(self) -> Message:
        parts = self.content if isinstance(self.content, tuple) else ()
        text = self.content if isinstance(self.content, str) else "\n".join(part.text for part in parts)
        return Message("system" if self.role == "developer" else self.role, text)


class _StreamOptions(_Lenient):
    include_usage: bool | None = False


class _NamedSchema(_Lenient):
    schema_: Annotated[dict[str, Any], Field(alias="schema")]


class _ResponseFormat(_Lenient):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: _NamedSchema | None = None


class ChatRequest(_Lenient):
    """A request to ``/v1/chat/completions``."""

    model: str | None = None
    messages: Annotated[tuple[_Turn, ...], Field(min_length=1)]
    seed: Annotated[int | None, Field(ge=0, lt=2**63)] = None
    n: Annotated[int | None, Field(ge=1, le=128)] = 1
    max_tokens: Annotated[int | None, Field(ge=1)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1)] = None
    temperature: Annotated[float | None, Field(ge=0)] = None
    top_p: Annotated[float | None, Field(gt=0, le=1)] = None
    stream: bool | None = False
    stream_options: _StreamOptions | None = None
    response_format: _ResponseFormat | None = None

    @property
    def chat(self) -> list[Message]:
        """The turns as realizers take them."""
        return [turn.message() for turn in self.messages]

    @property
    def schema_of_answer(self) -> Mapping[str, Any] | None:
        """JSON schema that the answer has to meet, if the request gives one."""
        named = self.response_format.json_schema if self.response_format else None
        return named.schema_ if named else None

    @property
    def longest(self) -> int | None:
        """Most tokens of the answer, if the request says so."""
        return self.max_completion_tokens or self.max_tokens


def parse_request(body: bytes) -> ChatRequest:
    """Read a request.

    Raises
    ------
    BadRequestError
        No JSON, or a field is missing or wrong.
    """
    try:
        document = json.loads(body)
    except ValueError as error:
        raise BadRequestError(f"JSON decode error: {error}") from error
    try:
        return ChatRequest.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        param = str(first["loc"][0]) if first["loc"] else None
        raise BadRequestError(f"{place}: {first['msg']}" if place else first["msg"], param=param) from error


def error_body(status: int, message: str, param: str | None = None) -> dict[str, Any]:
    """Give the body of an error answer."""
    kinds = {400: "BadRequestError", 404: "NotFoundError", 429: "RateLimitError", 500: "InternalServerError"}
    return {"error": {"message": message, "type": _kind(status, kinds), "param": param, "code": status}}


def _kind(status: int, kinds: dict[int, str]) -> str:
    known = {int(each): each.phrase for each in HTTPStatus}
    return kinds.get(status) or known.get(status, "Error")


def chat_answer(identity: str, model: str, created: int, completions: Sequence[Completion]) -> dict[str, Any]:
    """Give the body of an answer that isn't streamed; all `completions` answer one prompt."""
    return {
        "id": identity,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "system_fingerprint": SIMULATOR,
        "choices": [
            {
                "index": index,
                "message": {"role": "assistant", "content": completion.text},
                "logprobs": None,
                "finish_reason": completion.finish,
            }
            for index, completion in enumerate(completions)
        ],
        "usage": _usage(completions),
    }


def chat_chunks(
    identity: str, model: str, created: int, completions: Sequence[Completion], *, usage: bool
) -> Iterator[dict[str, Any]]:
    """Cut an answer into the chunks of a stream: the role, the text a few words at a time, the finish reason.

    Parameters
    ----------
    identity, model, created, completions
        As in `chat_answer`.
    usage
        Whether a last chunk without choices tells the token counts.
    """
    head = {"id": identity, "object": "chat.completion.chunk", "created": created, "model": model}
    for index, completion in enumerate(completions):
        yield {**head, "choices": [_delta(index, {"role": "assistant", "content": ""})]}
        for piece in _pieces(completion.text):
            yield {**head, "choices": [_delta(index, {"content": piece})]}
        yield {**head, "choices": [_delta(index, {}, completion.finish)]}
    if usage:
        yield {**head, "choices": [], "usage": _usage(completions)}


def _delta(index: int, delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}


def _pieces(text: str) -> Iterator[str]:
    words = text.split(" ")
    for at in range(0, len(words) if text else 0, _WORDS_A_CHUNK):
        yield (" " if at else "") + " ".join(words[at : at + _WORDS_A_CHUNK])


def _usage(completions: Sequence[Completion]) -> dict[str, int]:
    prompt = completions[0].prompt_tokens or 0
    generated = sum(completion.completion_tokens or 0 for completion in completions)
    return {"prompt_tokens": prompt, "completion_tokens": generated, "total_tokens": prompt + generated}
