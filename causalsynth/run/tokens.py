"""What a run's realized texts cost in tokens, beside what other ways to get them would have cost.

Three ways, on the same records:

- **run**: what was done, corrections by edits or by rewriting.
- **rewriting**: the same rounds, each correction asking for the whole document. A round by edits is charged the
  document that came of it (where none came, the draft that it was for), and the rewriting prompt in place of its own.
- **rejection**: no corrections, but independent first attempts until one is accepted (`causalsynth.rejection`).

What no server counted is estimated: four tokens for three words. For documents that came of edits that is scaled by
what the server counted for documents that it wrote.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus
from causalsynth.loop import Case, Trial, Turn, latest_draft
from causalsynth.realize.simulated import approximate_tokens
from causalsynth.rejection import FirstAttempts
from causalsynth.run.job import Job
from causalsynth.verify import Kind, Violation

__all__ = ["TokenAccount", "account_tokens"]


@dataclass(slots=True)
class _Tokens:
    prompt: float = 0.0
    completion: float = 0.0

    def add(self, other: "_Tokens") -> None:
        self.prompt += other.prompt
        self.completion += other.completion

    def to_json(self, notes: int) -> dict[str, object]:
        each = (
            {"prompt": round(self.prompt / notes, 1), "completion": round(self.completion / notes, 1)}
            if notes
            else None
        )
        return {**_sums(self), "per_realized": each}


class TokenAccount:
    """Counts records as they are read.

    Parameters
    ----------
    job
        The run: its prompts tell what a rewriting prompt would have been.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._realized = 0
        self._counted = True
        self._run, self._corrections = _Tokens(), _Tokens()
        self._rounds = self._by_edits = self._failed_edits = 0
        self._of_edits = _Tokens()
        """What rounds by edits cost."""
        self._instead = _Tokens()
        """What they would have cost as rewriting, in estimated tokens: prompts as a difference."""
        self._answered, self._estimated = 0.0, 0.0
        """Tokens of whole documents, as counted and as estimated."""
        self._first = FirstAttempts()

    def add(self, record: Sequence[Attempt]) -> None:
        """Take in all attempts of one record."""
        self._realized += any(attempt.status is RecordStatus.REALIZED for attempt in record)
        trials: list[Trial] = []
        for attempt in (attempt for attempt in record if not attempt.is_repair):
            self._count(attempt, trials)
            trials = [] if attempt.final else [*trials, _trial(attempt)]

    def _count(self, attempt: Attempt, trials: Sequence[Trial]) -> None:
        tokens = self._cost(attempt, trials)
        self._run.add(tokens)
        if attempt.edits is None and attempt.draft is not None and "completion" in attempt.usage:
            self._answered += attempt.usage["completion"]
            self._estimated += approximate_tokens(attempt.draft)
        if not trials and attempt.k == 1:
            accepted = attempt.status is RecordStatus.REALIZED
            self._first.add(attempt.skeleton, accepted=accepted, prompt=tokens.prompt, completion=tokens.completion)
        if self._job.loop.turn(trials) is not Turn.TASK:
            self._rounds += 1
            self._corrections.add(tokens)
        if attempt.edits is not None and any(trial.usable for trial in trials):
            self._charge_rewriting(attempt, trials, tokens)

    def _charge_rewriting(self, attempt: Attempt, trials: Sequence[Trial], tokens: _Tokens) -> None:
        loop, before = self._job.loop, latest_draft(trials)
        self._by_edits += 1
        self._failed_edits += attempt.error is not None
        self._of_edits.add(tokens)
        sent = loop.correct(before, Turn.EDITS, structured=(attempt.edits or "").startswith("{"))
        rewriting = loop.correct(before, Turn.REWRITE)
        self._instead.prompt += approximate_tokens(rewriting.content) - approximate_tokens(sent.content)
        self._instead.completion += approximate_tokens(attempt.draft or before.draft or "")

    def _cost(self, attempt: Attempt, trials: Sequence[Trial]) -> _Tokens:
        """Give what an attempt took: as counted, else estimated; nothing where no answer came."""
        answer = attempt.draft if attempt.edits is None else attempt.edits
        if answer is None:
            return _Tokens(attempt.usage.get("prompt", 0), attempt.usage.get("completion", 0))
        prompt, completion = attempt.usage.get("prompt"), attempt.usage.get("completion")
        if prompt is None or completion is None:
            self._counted = False
            prompt = self._prompt(attempt, trials) if prompt is None else prompt
            completion = approximate_tokens(answer) if completion is None else completion
        return _Tokens(prompt, completion)

    def _prompt(self, attempt: Attempt, trials: Sequence[Trial]) -> int:
        job = self._job
        seed = job.config.seed
        (mentioned,) = job.plan.mentioned_by({attempt.i: attempt.skeleton}, seed)
        case = Case(seed=seed, index=attempt.i, skeleton=attempt.skeleton, mentioned=mentioned)
        return sum(approximate_tokens(message.content) for message in job.loop.chat(case, trials))

    def to_json(self) -> dict[str, object]:
        """Give ``token_account`` of ``summary.json``.

        ``counted`` tells whether the server counted all tokens of the run. Each way has its tokens and those for each
        realized text, null where there is none; ``rejection`` realizes all records, and ``at_least`` tells that its
        figure is a lower bound. ``corrections`` holds the same for the correction rounds alone.
        """
        ratio = self._answered / self._estimated if self._answered else 1.0
        saved = _Tokens(ratio * self._instead.prompt, ratio * self._instead.completion - self._of_edits.completion)
        rewriting = _Tokens(self._run.prompt + saved.prompt, self._run.completion + saved.completion)
        rounds = _Tokens(self._corrections.prompt + saved.prompt, self._corrections.completion + saved.completion)
        return {
            "counted": self._counted,
            "realized": self._realized,
            "run": self._run.to_json(self._realized),
            "rewriting": rewriting.to_json(self._realized),
            "rejection": self._rejection(),
            "corrections": {
                "rounds": self._rounds,
                "by_edits": self._by_edits,
                "failed_edits": self._failed_edits,
                "run": _sums(self._corrections),
                "rewriting": _sums(rounds),
            },
        }

    def _rejection(self) -> dict[str, object] | None:
        groups = self._first.groups()
        if not groups.all:
            return None
        total, n = _Tokens(), sum(group.n for group in groups.all)
        for group in groups.all:
            total.add(_Tokens(group.prompt * group.tries, group.completion * group.tries))
        return {
            **total.to_json(n),
            "first_accepted": sum(group.accepted for group in groups.all),
            "first_attempts": n,
            "strata": len(groups.strata),
            "pooled": groups.pool.n if groups.pool else 0,
            "at_least": groups.at_least,
        }


def _sums(tokens: _Tokens) -> dict[str, int]:
    return {"prompt": round(tokens.prompt), "completion": round(tokens.completion)}


def _trial(attempt: Attempt) -> Trial:
    """Make a trial as far as it decides what is asked next, without reading its draft again."""
    return Trial(
        k=attempt.k,
        draft=attempt.draft,
        edits=attempt.edits,
        error=attempt.error,
        violations=tuple(map(_violation, attempt.violations)),
    )


def _violation(logged: LoggedViolation) -> Violation:
    return Violation(logged.variable, Kind(logged.kind), logged.expected, logged.found, logged.spans)


def account_tokens(job: Job, attempts: Iterable[Attempt]) -> dict[str, object]:
    """Give the account of attempts sorted by ``(i, k)``, as `TokenAccount.to_json` has it."""
    account = TokenAccount(job)
    for _, record in groupby(attempts, key=lambda attempt: attempt.i):
        account.add(list(record))
    return account.to_json()
