"""Many loops at once: each unfinished record is begun as soon as a slot is free for it.

There is no barrier between rounds, and one record's failure touches no other. The order in which records are *begun*
is their index; the order in which they end is the realizer's affair and decides nothing.

Whoever has an answer reads it and sends the next request, of its record or of a new one, before anybody else has a
turn. Servers answer in bursts: if all of a burst were read first and the requests sent after it, the server would have
nothing to do meanwhile.
"""

import asyncio
from contextlib import aclosing
from typing import Protocol

from causalsynth.errors import first_cause
from causalsynth.loop import Case
from causalsynth.realize.chat import ChatModel
from causalsynth.run.intake import Intake
from causalsynth.run.job import Job
from causalsynth.run.shard import Shard
from causalsynth.run.state import LedgerState
from causalsynth.run.trials import to_attempt, to_trials

__all__ = ["Slots", "run_records"]


class Slots(Protocol):
    """Bounds the records under way; one that is not begun costs nothing."""

    async def acquire(self) -> None:
        """Wait until one more may be begun."""
        ...

    def stays(self) -> bool:
        """Tell whether another one may be begun at once where one has ended, without giving its slot back."""
        ...

    def release(self) -> None:
        """Say that one has ended."""
        ...


async def run_records(
    job: Job,
    model: ChatModel,
    intake: Intake,
    state: LedgerState,
    *,
    slots: Slots,
    shard: Shard | None = None,
) -> bool:
    """Close the loop for every record that `state` does not know as finished.

    Parameters
    ----------
    job
        What the records share.
    model
        Who writes.
    intake
        Takes every attempt, and says when to begin no further call.
    state
        How far an earlier run came; records that it left unfinished go on where they stood.
    slots
        How many records may be under way.
    shard
        Whose records; None: all.

    Returns
    -------
    bool
        Whether all of them are finished; False where a budget was spent before.

    Raises
    ------
    CausalSynthError
        The first error that stops the run as a whole; what is stored stays stored.
    """
    left = False
    cases = job.cases(state, shard)

    async def work(case: Case | None) -> None:
        nonlocal left
        try:
            while case is not None:
                if not await _write(case, job, model, intake, state):
                    left = True
                case = next(cases, None) if slots.stays() and not intake.is_over else None
        finally:
            slots.release()

    try:
        async with asyncio.TaskGroup() as group:
            while True:
                await slots.acquire()  # before a record is taken: else it would wait while later ones are begun
                case = next(cases, None)
                if case is None or intake.is_over:
                    left = left or case is not None
                    slots.release()
                    break
                group.create_task(work(case))
    except BaseExceptionGroup as group:
        # Not except*: before Python 3.11.4 that would wrap the error in a group again.
        raise first_cause(group) from None
    finally:
        intake.store.sync()
    return not left


async def _write(case: Case, job: Job, model: ChatModel, intake: Intake, state: LedgerState) -> bool:
    """Write one record; tell whether it was finished before a budget was spent."""
    past = to_trials(job.loop, case, state.past(case.index))
    async with aclosing(job.loop.close(case, model, past)) as trials:
        async for trial in trials:
            attempt = to_attempt(case, trial, job.scm.interventions, retry=state.retry)
            intake.take(attempt)
            if not attempt.final and intake.is_over:
                return False
    return True
