"""The one Protocol that every realizer meets, and the plain values that pass through it.

A realizer is anything that answers a chat: an LLM behind a server, an LLM in this process, or one of the embedded
ones that are no large language models (`grammar`, `simulated`, `tiny`). All are asked the same way and see the same
prompt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

__all__ = ["ChatModel", "Completion", "Message", "Realizer", "Sampling", "takes_schema"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How one completion is to be drawn.

    Attributes
    ----------
    seed
        A function of (run seed, record index, attempt): below 2**31, as vLLM takes it.
    temperature
        Softmax temperature; None leaves it to the server.
    top_p
        Nucleus mass; None leaves it to the server.
    max_tokens
        Upper bound on the completion's length in tokens.
    schema
        JSON schema that the answer has to meet; None: free text. Asked only of a model that `takes_schema`.
    """

    seed: int
    temperature: float | None = 0.7
    top_p: float | None = None
    max_tokens: int = 1024
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What came back.

    Attributes
    ----------
    text
        The answer; may be empty.
    finish
        ``"stop"``, ``"length"`` (cut at `Sampling.max_tokens`), ``"content_filter"``, or what the server said.
    prompt_tokens, completion_tokens
        As the server counts them; None where it doesn't.
    transport_retries
        How often the call was sent again before it came through.
    """

    text: str
    finish: str = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    transport_retries: int = 0


class Realizer(Protocol):
    """Who writes, as a run directory tells it; not every one answers calls (`causalsynth.run.batch`)."""

    name: str
    """What the run directory calls it, e.g. ``openai:meta-llama/Llama-3.3-70B-Instruct``."""
    is_llm: bool
    """False for the embedded realizers: the output then says so."""


class ChatModel(Realizer, Protocol):
    """Answers a chat. One instance serves many records at once, on one event loop."""

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Answer `messages`.

        Raises
        ------
        RealizerError
            This call failed, after transport retries.
        ServerError
            Every further call would fail as well.
        """
        ...

    async def aclose(self) -> None:
        """Give back connections; a later call opens them again, if need be on another event loop."""
        ...


def takes_schema(model: ChatModel) -> bool:
    """Tell whether a model holds its answers to `Sampling.schema`.

    It says so by an attribute ``structured_output``. None of a realizer's duties: one that lacks it is asked for plain
    text.
    """
    return getattr(model, "structured_output", None) is True
