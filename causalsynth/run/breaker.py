"""The circuit breaker: an outage stops the run instead of spending every record's rounds on it.

A failed call is charged to its record only if the server answers others meanwhile: then the fault is this request's.
Where nothing comes through, calls are sent again, and after `MOST_FAILURES` failures in a row the run stops. No attempt
is written for an outage, so the resumed run finds every record as it was.
"""

import asyncio
from collections.abc import Sequence

from causalsynth.errors import InputError, RealizerError, RejectedError, ServerError, TransientError
from causalsynth.realize.chat import ChatModel, Completion, Message, Sampling, takes_schema

__all__ = ["MOST_FAILURES", "GuardedModel"]

MOST_FAILURES = 5
"""Failures in a row, each after all its transport retries, that mean an outage.

With calls that fail independently with probability p after their retries, a run of n calls is stopped by mistake with
probability below n·p⁵: 1e-6 for n = 10⁴ and p = 1 %.
"""


class GuardedModel:
    """A realizer behind a circuit breaker.

    Parameters
    ----------
    model
        The realizer, with its own transport retries.
    """

    def __init__(self, model: ChatModel) -> None:
        self.name = model.name
        self.is_llm = model.is_llm
        self._model = model
        self._answered = 0
        self._failed_in_a_row = 0

    @property
    def structured_output(self) -> bool:
        """Whether the model behind it holds its answers to a schema."""
        return takes_schema(self._model)

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Answer through the realizer.

        Raises
        ------
        RealizerError
            This call failed, and others came through meanwhile.
        ServerError
            `MOST_FAILURES` calls in a row failed.
        """
        answered_before = self._answered
        while True:
            try:
                completion = await self._ask(messages, sampling)
            except RealizerError as error:
                if self._is_its_own_fault(error, answered_before):
                    raise
                self._note_failure(error)
            else:
                self._answered += 1
                self._failed_in_a_row = 0
                return completion

    async def _ask(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Call the realizer, and hold it to what the Protocol promises."""
        try:
            completion: object = await self._model.complete(messages, sampling)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Not ours: passed on, it would end this worker without a word, and its record with it.
            raise TransientError("the realizer's call was cancelled from within") from None
        if not isinstance(completion, Completion):
            raise InputError(
                f"{self.name}: complete() gave a {type(completion).__name__}, not a Completion",
                hint="return causalsynth.Completion(text=…)",
            )
        return completion

    def _is_its_own_fault(self, error: RealizerError, answered_before: int) -> bool:
        """Tell whether the server is well: it answered another call since, or refuses just this one."""
        if isinstance(error, RejectedError):
            return self._answered > 0
        return self._answered > answered_before

    def _note_failure(self, error: RealizerError) -> None:
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= MOST_FAILURES:
            raise ServerError(
                f"{self._failed_in_a_row} calls in a row failed, the last with: {error.message}",
                hint=error.hint or "see the server's log",
            ) from error

    async def aclose(self) -> None:
        """Close the realizer."""
        await self._model.aclose()
