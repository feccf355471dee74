"""Chat completions as they go over the wire, whoever carries them: a connection now, a batch file overnight."""

from collections.abc import Sequence
from typing import Any

from causalsynth.errors import TransientError, printable
from causalsynth.realize.chat import Completion, Message, Sampling

__all__ = ["chat_fields", "completion_of", "unreadable"]

_MOST_TOKENS = 10**9
_LONGEST_REASON = 40


def chat_fields(model: str, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
    """Give the fields of a request to ``/v1/chat/completions``; what `sampling` leaves open is left out.

    Parameters
    ----------
    model
        The name it is served under.
    messages, sampling
        As `causalsynth.realize.chat.ChatModel.complete` takes them.
    """
    schema = sampling.schema
    named = {"name": "answer", "schema": schema, "strict": True}
    fields = {
        "seed": sampling.seed,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "response_format": None if schema is None else {"type": "json_schema", "json_schema": named},
    }
    return {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        **{name: value for name, value in fields.items() if value is not None},
    }


def completion_of(answer: object) -> Completion:
    """Read the body of an answer that nobody has checked yet.

    Raises
    ------
    TransientError
        It is no chat completion.
    """
    answer = answer if isinstance(answer, dict) else {}
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise unreadable("it has no choices")
    content, usage = message.get("content"), answer.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Completion(
        text=content if isinstance(content, str) else "",
        finish=printable(str(choice.get("finish_reason") or "stop"))[:_LONGEST_REASON],
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
    )


def _count(value: object) -> int | None:
    """Take a count for one only if it can be: some servers write texts, or nothing."""
    return value if type(value) is int and 0 <= value <= _MOST_TOKENS else None


def unreadable(what: str) -> TransientError:
    """Give the error of an answer that is none."""
    return TransientError(f"the answer is no chat completion: {what}", hint="the server's own log says more")
