"""Many loops at once: each unfinished record is begun as soon as a slot is free for it.

There is no barrier between rounds, and one record's failure touches no other. The order in which records are *begun*
is their index; the order in which they end is the realizer's affair and decides nothing.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Protocol

from causalsynth.errors import CausalSynthError
from causalsynth.ledger import Attempt
from causalsynth.loop import Case
from causalsynth.realize.chat import ChatModel
from causalsynth.run.job import Job
from causalsynth.run.store import LedgerState, Store
from causalsynth.run.trials import to_attempt, to_trials

__all__ = ["Slots", "run_records"]


class Slots(Protocol):
    """Bounds the records under way; one that is not begun costs nothing."""

    async def acquire(self) -> None:
        """Wait until one more may be begun."""
        ...

    def release(self) -> None:
        """Say that one has ended."""
        ...


async def run_records(
    job: Job,
    model: ChatModel,
    store: Store,
    state: LedgerState,
    *,
    slots: Slots,
    on_attempt: Callable[[Attempt], None] = lambda attempt: None,
) -> None:
    """Close the loop for every record that `state` does not know as finished.

    Parameters
    ----------
    job
        What the records share.
    model
        Who writes.
    store
        Takes every attempt before it counts.
    state
        How far an earlier run came; records that it left unfinished go on where they stood.
    slots
        How many records may be under way.
    on_attempt
        Called after each attempt is stored; must be quick.

    Raises
    ------
    CausalSynthError
        The first error that stops the run as a whole; what is stored stays stored.
    """

    async def close(case: Case) -> None:
        try:
            past = to_trials(job.loop, case, state.past(case.index))
            async for trial in job.loop.close(case, model, past):
                attempt = to_attempt(case, trial, job.scm.interventions)
                store.append(attempt)
                on_attempt(attempt)
                await asyncio.sleep(0)  # an embedded realizer never waits: let others, and Ctrl-C, have their turn
        finally:
            slots.release()

    try:
        async with asyncio.TaskGroup() as group:
            for case in job.cases(state.finished):
                await slots.acquire()
                group.create_task(close(case))
    except BaseExceptionGroup as group:
        # Not except*: before Python 3.11.4 that would wrap the error in a group again.
        raise _first(group) from None
    finally:
        store.sync()


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Choose the error to show: one raised on purpose before any other."""
    leaves = list(_leaves(group))
    return next((leaf for leaf in leaves if isinstance(leaf, CausalSynthError)), leaves[0])


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
