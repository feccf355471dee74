"""Between the loop and the ledger: a trial as a ledger line, and a ledger line as the trial that it was."""

import time
from collections.abc import Iterable, Mapping

from causalsynth.ledger import REPAIR, Attempt, LoggedViolation
from causalsynth.loop import Case, Loop, Trial
from causalsynth.realize.chat import Completion
from causalsynth.verify import verify

__all__ = ["to_attempt", "to_trials"]


def to_attempt(case: Case, trial: Trial, interventions: Mapping[str, str], *, retry: int = 0) -> Attempt:
    """Give the ledger line of a trial, made in the pass `retry` over failed records."""
    return Attempt(
        i=case.index,
        k=trial.k,
        retry=retry,
        t=time.time(),
        skeleton=case.skeleton,
        do=interventions,
        draft=trial.draft,
        edits=trial.edits,
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


def to_trials(loop: Loop, case: Case, attempts: Iterable[Attempt]) -> list[Trial]:
    """Make the trials of an unfinished record's stored attempts, in order."""
    return [_to_trial(loop, case, attempt) for attempt in attempts]


def _to_trial(loop: Loop, case: Case, attempt: Attempt) -> Trial:
    """Make the trial of a stored attempt: its draft is read again, which costs less than storing spans."""
    if attempt.draft is None or attempt.error is not None:
        return Trial(k=attempt.k, draft=attempt.draft, edits=attempt.edits, error=attempt.error)
    findings = loop.extractor.extract(attempt.draft)
    violations = verify(findings, case.skeleton, loop.domain.lexicon, mentioned=case.mentioned)
    return Trial(
        k=attempt.k,
        draft=attempt.draft,
        edits=attempt.edits,
        findings=findings,
        violations=violations,
        repair=attempt.finish == REPAIR,
    )
