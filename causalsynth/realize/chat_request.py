"""The body of a chat request as it goes over the wire, whoever carries it: a connection now, a batch file overnight."""

from collections.abc import Sequence
from typing import Any

from causalsynth.realize.chat import Message, Sampling

__all__ = ["chat_fields"]


def chat_fields(model: str, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
    """Give the fields of a request to ``/v1/chat/completions``; what `sampling` leaves open is left out.

    Parameters
    ----------
    model
        The name it is served under.
    messages, sampling
        As `causalsynth.realize.chat.ChatModel.complete` takes them.
    """
    fields = {
        "seed": sampling.seed,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
    }
    return {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        **{name: value for name, value in fields.items() if value is not None},
    }
