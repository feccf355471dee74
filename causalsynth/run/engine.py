"""Many loops at once: fixed workers that take the next unfinished record until none is left.

There is no barrier between rounds, and one record's failure touches no other. The order in which records are *begun*
is their index; the order in which they end is the realizer's affair and decides nothing.
"""

import asyncio
from collections.abc import Callable, Iterator

from causalsynth.errors import CausalSynthError
from causalsynth.ledger import Attempt
from causalsynth.realize.chat import ChatModel
from causalsynth.run.job import Job
from causalsynth.run.shard import Shard
from causalsynth.run.state import LedgerState
from causalsynth.run.store import Store
from causalsynth.run.trials import to_attempt, to_trials

__all__ = ["run_records"]


async def run_records(
    job: Job,
    model: ChatModel,
    store: Store,
    state: LedgerState,
    *,
    workers: int,
    shard: Shard | None = None,
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
    workers
        Records under way at once.
    shard
        Whose records; None: all.
    on_attempt
        Called after each attempt is stored; must be quick.

    Raises
    ------
    CausalSynthError
        The first error that stops the run as a whole; what is stored stays stored.
    """
    pending = job.cases(state, shard)

    async def work() -> None:
        for case in pending:
            past = to_trials(job.loop, case, state.past(case.index))
            async for trial in job.loop.close(case, model, past):
                attempt = to_attempt(case, trial, job.scm.interventions, retry=state.retry)
                store.append(attempt)
                on_attempt(attempt)
                await asyncio.sleep(0)  # an embedded realizer never waits: let others, and Ctrl-C, have their turn

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
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
