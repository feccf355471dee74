"""A realizer that gives its answers again: what a server costs then is its protocol alone, not its prose."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace

from causalsynth.realize.chat import ChatModel, Completion, Message, Sampling

__all__ = ["Remembered"]


class Remembered:
    """Answers the same request as it did before.

    Parameters
    ----------
    model
        Who answers the first time; its answer must be a function of the request, as that of the embedded realizers is.
    size
        Answers kept, at least 1; the one that was not asked for longest goes first.
    """

    def __init__(self, model: ChatModel, size: int) -> None:
        self.name = model.name
        self.is_llm = model.is_llm
        self._model = model
        self._size = size
        self._answers: OrderedDict[Hashable, Completion] = OrderedDict()

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Give the answer that is known, or ask for one."""
        key = _key(messages, sampling)
        known = self._answers.get(key)
        if known is None:
            known = self._answers[key] = await self._model.complete(messages, sampling)
            if len(self._answers) > self._size:
                self._answers.popitem(last=False)
        else:
            self._answers.move_to_end(key)
        return known

    async def aclose(self) -> None:
        """Close the realizer."""
        await self._model.aclose()


def _key(messages: Sequence[Message], sampling: Sampling) -> Hashable:
    """Give what the same requests have alike; a JSON schema can't be hashed, but the same one reads the same."""
    if sampling.schema is None:
        return tuple(messages), sampling
    return tuple(messages), replace(sampling, schema=None), repr(sampling.schema)
