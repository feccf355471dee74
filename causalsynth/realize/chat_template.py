"""From a chat to the tokens that a model in this process continues."""

from collections.abc import Sequence
from typing import Any

from causalsynth.errors import InputError, RejectedError
from causalsynth.realize.chat import Message

__all__ = ["chat_tokens", "check_room"]


def chat_tokens(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """Give the token ids of a chat by the model's own template.

    Parameters
    ----------
    tokenizer
        Hugging Face's.
    messages
        The chat; the model's turn follows.

    Raises
    ------
    InputError
        The model has no chat template.
    RejectedError
        The template refuses this chat.
    """
    if getattr(tokenizer, "chat_template", None) is None:
        raise InputError("the model has no chat template", hint="take one that was tuned for chats")
    chat = [{"role": message.role, "content": message.content} for message in messages]
    try:
        text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    except Exception as error:  # templates raise whatever they like: jinja2's errors, their own
        raise RejectedError(f"the chat template refuses ({error})", hint="see the model's tokenizer") from error
    # The template writes the special tokens itself.
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def check_room(prompt: int, answer: int, context: int | None) -> None:
    """Make sure that prompt and answer fit the model's context, all in tokens; None: it has no bound that is known.

    Raises
    ------
    RejectedError
        They don't. The wording is that of a vLLM server's 400.
    """
    if context is not None and prompt + answer > context:
        raise RejectedError(
            f"{prompt} tokens of prompt and up to {answer} of answer exceed the model's context of {context}",
            hint="allow shorter answers (--max-tokens), or take a model with more context",
        )
