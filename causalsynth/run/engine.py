"""Many loops at once: fixed workers that take the next unfinished record until none is left.

There is no barrier between rounds, and one record's failure touches no other. The order in which records are *begun*
is their index; the order in which they end is the realizer's affair and decides nothing.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping

from causalsynth.domain.mention import MentionPlan
from causalsynth.errors import CausalSynthError
from causalsynth.extract import Findings
from causalsynth.ledger import REPAIR, Attempt, LoggedViolation
from causalsynth.loop import Case, Loop, Trial
from causalsynth.realize.chat import Completion
from causalsynth.run.store import LedgerState, Store
from causalsynth.scm import SCM
from causalsynth.verify import verify

__all__ = ["cases", "check_plan", "run_records", "to_attempt"]

_CHUNK = 4096
"""Skeletons drawn at a time: memory stays bounded whatever n."""


def cases(scm: SCM, n: int, seed: int, plan: MentionPlan, finished: set[int]) -> Iterator[Case]:
    """Yield the records still to be written, by index."""
    for start in range(0, n, _CHUNK):
        indices = range(start, min(start + _CHUNK, n))
        if finished.issuperset(indices):
            continue
        skeletons = scm.sample(len(indices), seed=seed, start=start)
        mentioned = plan.mentioned_in(skeletons, seed)
        for index in indices:
            if index not in finished:
                skeleton = skeletons[index - start]
                yield Case(seed=seed, index=index, skeleton=skeleton, mentioned=mentioned[index - start])


def check_plan(plan: MentionPlan, scm: SCM, n: int, seed: int) -> None:
    """Make sure that the plan's formulas give probabilities for all records, before any is written (InputError)."""
    if plan.needs_rows:
        for start in range(0, n, _CHUNK):
            plan.check_rows(scm.sample(min(_CHUNK, n - start), seed=seed, start=start))


async def run_records(
    loop: Loop,
    pending: Iterator[Case],
    store: Store,
    state: LedgerState,
    *,
    workers: int,
    interventions: Mapping[str, str],
    on_attempt: Callable[[Attempt], None] = lambda attempt: None,
) -> None:
    """Close the loop for every pending record.

    Parameters
    ----------
    loop
        What the records share.
    pending
        Records to be written; taken one by one, as workers become free.
    store
        Takes every attempt before it counts.
    state
        Attempts of records that an earlier run left unfinished: they go on where they stood.
    workers
        Records under way at once.
    interventions
        For the ledger's ``do``.
    on_attempt
        Called after each attempt is stored; must be quick.

    Raises
    ------
    CausalSynthError
        The first error that stops the run as a whole; what is stored stays stored.
    """

    async def work() -> None:
        for case in pending:
            past = [_to_trial(loop, case, attempt) for attempt in state.past(case.index)]
            async for trial in loop.close(case, past):
                attempt = to_attempt(case, trial, interventions)
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


def to_attempt(case: Case, trial: Trial, interventions: Mapping[str, str]) -> Attempt:
    """Give the ledger line of a trial."""
    return Attempt(
        i=case.index,
        k=trial.k,
        t=time.time(),
        skeleton=case.skeleton,
        do=interventions,
        draft=trial.draft,
        values=trial.findings.values_by_variable() if trial.findings else None,
        violations=tuple(
            LoggedViolation(
                variable=violation.variable,
                kind=str(violation.kind),
                expected=violation.expected,
                found=violation.found,
                spans=violation.spans,
            )
            for violation in trial.violations
        ),
        finish=trial.finish,
        usage=_usage(trial.completion),
        latency_s=trial.latency_s,
        error=trial.error,
        final=trial.status is not None,
        status=trial.status,
    )


def _usage(completion: Completion | None) -> dict[str, int]:
    if completion is None:
        return {}
    counts = {"prompt": completion.prompt_tokens, "completion": completion.completion_tokens}
    return {key: count for key, count in counts.items() if count is not None}


def _to_trial(loop: Loop, case: Case, attempt: Attempt) -> Trial:
    """Make the trial of a stored attempt: its draft is read again, which costs less than storing spans."""
    if attempt.draft is None or attempt.error is not None:
        return Trial(k=attempt.k, draft=attempt.draft, error=attempt.error)
    findings: Findings = loop.extractor.extract(attempt.draft)
    violations = verify(findings, case.skeleton, loop.domain.lexicon, mentioned=case.mentioned)
    return Trial(
        k=attempt.k,
        draft=attempt.draft,
        findings=findings,
        violations=violations,
        repair=attempt.finish == REPAIR,
    )
