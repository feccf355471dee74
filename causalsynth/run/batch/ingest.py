"""In: answers judged by the loop, and appended to the run's own ledger."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causalsynth.errors import RunDirectoryError, ServerError
from causalsynth.loop import Case, Trial
from causalsynth.run.batch.answer_index import AnswerIndex
from causalsynth.run.batch.answers import Answer, AnswerKind
from causalsynth.run.batch.custom_id import CustomId
from causalsynth.run.batch.opening import OpenRun, note_simulator, open_run
from causalsynth.run.batch.prepare import append
from causalsynth.run.breaker import MOST_FAILURES
from causalsynth.run.directory import read_manifest
from causalsynth.run.result import derive
from causalsynth.run.trials import to_trials

__all__ = ["Ingested", "ingest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What the results brought, and what is left.

    Attributes
    ----------
    judged
        Answers that were new.
    refused
        Requests that the service would not take, each of which cost its record a round.
    failed
        Requests without an answer by no fault of their own: they cost nothing.
    stale
        Results of requests that are not open (any more): answered before, or of another round.
    repeated
        Further lines for the same request.
    reasons
        Why requests had no answer: how often each reason was given.
    torn
        Files that end in mid-line.
    open_by_round
        Records still to be answered, by the round that is next.
    summary
        As in ``summary.json``.
    """

    judged: int
    refused: int
    failed: int
    stale: int
    repeated: int
    reasons: Mapping[str, int]
    torn: tuple[Path, ...]
    open_by_round: Mapping[int, int]
    summary: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Give the document that ``batch ingest --json`` prints."""
        return {
            "judged": self.judged,
            "refused": self.refused,
            "failed": self.failed,
            "stale": self.stale,
            "repeated": self.repeated,
            "reasons": dict(self.reasons),
            "torn": [str(path) for path in self.torn],
            "open": sum(self.open_by_round.values()),
            "open_by_round": {str(number): count for number, count in sorted(self.open_by_round.items())},
            "summary": dict(self.summary),
        }


def ingest(directory: str | Path, results: Iterable[str | Path]) -> Ingested:
    """Judge what came back, and write it into the ledger.

    Any files in any order, with lines missing or repeated; the same results again add nothing. Killed at any moment
    it has lost nothing: the same command goes on.

    Parameters
    ----------
    directory
        The run directory.
    results
        Output and error files of the service.

    Raises
    ------
    InputError
        A line is no result, or of another run. Nothing is written then.
    ServerError
        Not one request was answered: no record is charged for that.
    RunDirectoryError
        The directory holds no run, can't be written, or another process writes there.
    """
    directory = Path(directory)
    if read_manifest(directory) is None:
        raise RunDirectoryError(f"{directory}: holds no run", hint="give the directory that `batch prepare` wrote")
    with open_run(directory) as run:
        answers = AnswerIndex.read(map(Path, results), run.fingerprint)
        intake = _Intake(run, answers)
        for case in run.job.cases(run.state):
            intake.take(case)
        if answers.is_simulated:
            note_simulator(run)
    intake.check_progress()
    result = derive(directory, run.job, run.author)
    return intake.result(result.summary)


class _Intake:
    """Goes through the open records, and counts."""

    def __init__(self, run: OpenRun, answers: AnswerIndex) -> None:
        self._run = run
        self._answers = answers
        self._charges = _charges_refusals(run, answers)
        self._counts: Counter[AnswerKind] = Counter()
        self._uncharged = 0
        self._open: Counter[int] = Counter()

    def take(self, case: Case) -> None:
        """Judge a record's answers, round by round, and close it if its rounds are spent."""
        loop, rounds = self._run.job.loop, self._run.job.config.rounds
        past = self._run.state.past(case.index)
        if case.index not in self._answers.records and len(past) < rounds:
            self._open[len(past) + 1] += 1
            return
        trials = to_trials(loop, case, past)
        while len(trials) < rounds:
            answer = self._answers.find(CustomId.of(self._run.fingerprint, loop, case, trials))
            trial = self._judge(case, trials, answer) if answer else None
            if trial is None:
                self._open[len(trials) + 1] += 1
                return
            append(self._run, case, trial)
            trials.append(trial)
            if trial.status is not None:
                return
        append(self._run, case, loop.fall_back(case, trials))

    def _judge(self, case: Case, trials: list[Trial], answer: Answer) -> Trial | None:
        """Make the trial of a result; None where it costs nothing."""
        if answer.kind is AnswerKind.REFUSED and not self._charges:
            self._uncharged += 1
            return None
        self._counts[answer.kind] += 1
        if answer.completion is not None:
            return self._run.job.loop.judge(case, trials, answer.completion)
        if answer.kind is AnswerKind.REFUSED and answer.error is not None:
            return self._run.job.loop.lost(case, trials, answer.error.message)
        return None

    def check_progress(self) -> None:
        """Make sure that something came through.

        Raises
        ------
        ServerError
            Every request failed, and some of them are open.
        """
        unanswered = self._counts[AnswerKind.FAILED] + self._uncharged
        if unanswered and not self._answers.count(AnswerKind.ANSWERED) + self._counts[AnswerKind.REFUSED]:
            reason = max(self._answers.reasons, key=self._answers.reasons.__getitem__)
            raise ServerError(
                f"none of {unanswered} requests was answered; most often: {reason}",
                hint="no record is charged for it; see to that, and have the same files answered again",
            )

    def result(self, summary: Mapping[str, Any]) -> Ingested:
        """Say what was done."""
        used = self._counts.total() + self._uncharged
        return Ingested(
            judged=self._counts[AnswerKind.ANSWERED],
            refused=self._counts[AnswerKind.REFUSED],
            failed=self._counts[AnswerKind.FAILED] + self._uncharged,
            stale=len(self._answers) - used,
            repeated=self._answers.repeated,
            reasons=self._answers.reasons,
            torn=tuple(self._answers.torn),
            open_by_round=dict(self._open),
            summary=summary,
        )


def _charges_refusals(run: OpenRun, answers: AnswerIndex) -> bool:
    """Tell whether a refusal is its request's own fault: others came through, as in `causalsynth.run.breaker`."""
    if answers.count(AnswerKind.ANSWERED):
        return True
    answered_before = bool(run.state.finished) or run.state.spent.completion > 0
    return answered_before and answers.count(AnswerKind.REFUSED) < MOST_FAILURES
