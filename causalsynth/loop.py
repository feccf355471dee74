"""The closed loop for ONE skeleton: ask, read back, correct, until the text says exactly the facts.

Nothing here knows of files, of other records or of concurrency. What to send next, and what to make of the answer, are
pure functions of the trials so far: a record interrupted after any of them goes on where it stood, and who carries
request and answer (a server now, a file overnight) makes no difference.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import lru_cache
from typing import Any, Literal

from causalsynth.domain import Domain
from causalsynth.edits import EDIT_SCHEMA, EditError, NoEditsError, NumberedText, parse_edits
from causalsynth.errors import RealizerError
from causalsynth.extract import Extractor, Findings, Status
from causalsynth.ledger import REPAIR, RecordStatus
from causalsynth.realize.chat import ChatModel, Completion, Message, Sampling, takes_schema
from causalsynth.realize.prompts import Prompts
from causalsynth.repair import repair
from causalsynth.scm.noise import stream
from causalsynth.scm.support import Value
from causalsynth.verify import Kind, Violation, correction, verify

__all__ = ["Case", "Loop", "LoopLimits", "Request", "Trial", "Turn", "latest_draft", "next_turn"]

_LONGEST_TOKEN, _ALWAYS_READ = 128, 32_768
_CUT = ("length", "content_filter")
"""A text that ends in mid-sentence is no document, whatever it says up to there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopLimits:
    """When to start afresh and when to give up."""

    rounds: int = 5
    """Attempts of the realizer, K."""
    restart_after: int = 2
    """Corrections without fewer violations after which the draft is dropped and the task asked anew."""
    corrections: Literal["edits", "rewrite"] = "edits"
    """What a correction asks for: the edits alone, or the whole document."""
    fallback: bool = True
    """Whether the deterministic repair writes what the realizer would not."""
    temperature: float | None = 0.7
    top_p: float | None = None
    max_tokens: int = 1024

    @property
    def longest_answer(self) -> int:
        """Most characters of an answer within `max_tokens`, generously.

        The longest tokens of the usual vocabularies have 128 characters (a run of spaces). Small limits are left alone:
        the embedded realizers don't count tokens, and reading so much takes no time.
        """
        return max(_ALWAYS_READ, _LONGEST_TOKEN * self.max_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One record to be written: a pure function of (seed, index)."""

    seed: int
    index: int
    skeleton: Mapping[str, Value]
    mentioned: frozenset[str] | None = None
    """Variables to state; None: all."""
    spent: int = 0
    """Attempts of earlier passes over this record: they count no rounds here, and no attempt number is used twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One attempt and what the extractor and the verifier made of it."""

    k: int
    draft: str | None
    """The document: what was answered, or the draft before with the answered edits applied."""
    edits: str | None = None
    """The answer as it came where edits were asked for."""
    findings: Findings | None = None
    violations: tuple[Violation, ...] = ()
    completion: Completion | None = None
    latency_s: float | None = None
    error: str | None = None
    repair: bool = False
    """Whether the deterministic fallback wrote it, not the realizer."""
    status: RecordStatus | None = None
    """Set on the record's last trial."""

    @property
    def usable(self) -> bool:
        """Whether there is a draft to be judged and corrected."""
        return self.draft is not None and self.error is None

    @property
    def states_a_fact(self) -> bool:
        """Whether the draft states any fact, right or wrong: a refusal doesn't."""
        return any(finding.status is Status.STATED for finding in (self.findings or {}).values())

    @property
    def finish(self) -> str | None:
        """How the draft ended; ``"repair"`` for the fallback's."""
        if self.repair:
            return REPAIR
        return self.completion.finish if self.completion else None


@dataclass(frozen=True, slots=True)
class Request:
    """What to send for a record's next attempt."""

    messages: tuple[Message, ...]
    sampling: Sampling


@dataclass(frozen=True, slots=True)
class Loop:
    """What all records of a run share: domain, prompts, limits."""

    domain: Domain
    prompts: Prompts
    limits: LoopLimits = field(default_factory=LoopLimits)
    extractor: Extractor = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "extractor", Extractor(self.domain.lexicon))

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel without the extractor: it is compiled anew in less time than its tables take to be read."""
        return Loop, (self.domain, self.prompts, self.limits)

    async def close(self, case: Case, model: ChatModel, past: Sequence[Trial] = ()) -> AsyncGenerator[Trial, None]:
        """Yield trials until one is accepted, repaired or given up; the last one carries the status.

        Parameters
        ----------
        case
            The record.
        model
            Who writes.
        past
            Its trials so far, none of them the last, when a run is resumed.

        Raises
        ------
        ServerError
            The realizer can't be reached: no trial is spent on it.
        """
        trials = list(past)
        structured = takes_schema(model)
        while (request := self.request(case, trials, structured=structured)) is not None:
            trial = await self._attempt(case, trials, request, model)
            trials.append(trial)
            yield trial
            if trial.status is not None:
                return
        yield self.fall_back(case, trials)

    async def _attempt(self, case: Case, trials: Sequence[Trial], request: Request, model: ChatModel) -> Trial:
        started = time.perf_counter()
        answer: Completion | RealizerError
        try:
            answer = await model.complete(request.messages, request.sampling)
        except RealizerError as error:
            answer = error
        latency_s = time.perf_counter() - started
        # An embedded realizer never waits: let others, and Ctrl-C, have their turn. Here, so that what is read next is
        # followed by its request at once, before the rest of a burst of answers is read.
        await asyncio.sleep(0)
        if isinstance(answer, RealizerError):
            return self.lost(case, trials, answer.message, latency_s=latency_s)
        return self.judge(case, trials, answer, latency_s=latency_s)

    def request(self, case: Case, trials: Sequence[Trial], *, structured: bool = False) -> Request | None:
        """Give what to send after `trials`; None when the rounds are spent and `fall_back` has the last word.

        Parameters
        ----------
        case, trials
            The record and its attempts so far.
        structured
            Whether who answers can be held to a JSON schema (`takes_schema`). It changes the form of an edit list only,
            and `judge` reads both.
        """
        limits = self.limits
        if len(trials) >= limits.rounds:
            return None
        k = case.spent + len(trials) + 1
        sampling = Sampling(
            seed=stream(case.seed, "attempt", case.index, k).getrandbits(31),
            temperature=limits.temperature,
            top_p=limits.top_p,
            max_tokens=limits.max_tokens,
            schema=EDIT_SCHEMA if structured and self.turn(trials) is Turn.EDITS else None,
        )
        return Request(self.chat(case, trials, structured=structured), sampling)

    def chat(self, case: Case, trials: Sequence[Trial], *, structured: bool = False) -> tuple[Message, ...]:
        """Give the chat to send after `trials`: the task, and while corrections help the latest draft with its own.

        What all records share comes first, then what all turns of a record share, so that a server computes it once.
        """
        ask = self.prompts.ask(
            self.domain.lexicon, case.skeleton, seed=case.seed, index=case.index, mentioned=case.mentioned
        )
        turn = self.turn(trials)
        if turn is Turn.TASK:
            return ask
        latest = latest_draft(trials)
        last = self.correct(latest, turn, structured=structured)
        return (*ask, Message("assistant", latest.draft or ""), last)

    def correct(self, latest: Trial, turn: "Turn", *, structured: bool = False) -> Message:
        """Give the last turn of a chat that corrects a draft: by its edits, or by writing it anew."""
        draft = latest.draft or ""
        if turn is Turn.EDITS:
            return self._edit_turn(latest, _numbered(draft), structured=structured)
        return self.prompts.correct(correction(latest.violations, draft, self.domain.lexicon))

    def _edit_turn(self, latest: Trial, draft: NumberedText, *, structured: bool) -> Message:
        """Name the violations by sentence, and where to put what is missing: behind the last sentence with a fact."""
        concerned = draft.numbers_at(span for violation in latest.violations for span in violation.spans)
        missing = any(violation.kind is Kind.MISSING for violation in latest.violations)
        stated = draft.numbers_at(span for finding in (latest.findings or {}).values() for span in finding.spans)
        last = stated[-1] if stated else len(draft.sentences)
        place = last if missing or not concerned else concerned[0]
        return self.prompts.correct_by_edits(
            correction(latest.violations, draft.text, self.domain.lexicon, numbered=draft),
            draft,
            shown={*concerned, place},
            place=place,
            missing=missing,
            structured=structured,
        )

    def turn(self, trials: Sequence[Trial]) -> "Turn":
        """Tell what the attempt after `trials` asks for."""
        turn = next_turn(trials, self.limits.restart_after)
        if turn is not Turn.EDITS:
            return turn
        # Edits keep what is there: of a refusal or small talk nothing must be kept.
        whole = self.limits.corrections == "rewrite" or not latest_draft(trials).states_a_fact
        return Turn.REWRITE if whole else Turn.EDITS

    def judge(
        self, case: Case, trials: Sequence[Trial], completion: Completion, *, latency_s: float | None = None
    ) -> Trial:
        """Make the trial of an answer to `request(case, trials)`: read it back and compare it with the skeleton.

        Where edits were asked for and none came, the answer is taken for a whole document if it is a better one.
        """
        if not completion.text.strip():
            reason = f"empty answer ({completion.finish})"
            return self.lost(case, trials, reason, completion=completion, latency_s=latency_s)
        if len(completion.text) > (longest := self.limits.longest_answer):
            reason = (
                f"an answer of {len(completion.text)} characters, which {self.limits.max_tokens} tokens can't have:"
                " the server doesn't keep max_tokens"
            )
            beginning = replace(completion, text=completion.text[:longest])
            return self.lost(case, trials, reason, completion=beginning, latency_s=latency_s)
        if completion.finish in _CUT:
            reason = f"the text was cut ({completion.finish})"
            return self.lost(case, trials, reason, completion=completion, latency_s=latency_s)
        if self.turn(trials) is not Turn.EDITS:
            return self._read(case, trials, completion, completion.text, latency_s=latency_s)
        latest = latest_draft(trials)
        try:
            draft = _numbered(latest.draft or "").edited(parse_edits(completion.text))
        except EditError as error:
            if isinstance(error, NoEditsError):
                whole = self._read(case, trials, completion, completion.text, latency_s=latency_s)
                if len(whole.violations) < len(latest.violations):
                    return whole
            return self.lost(case, trials, f"edits: {error}", completion=completion, latency_s=latency_s)
        return self._read(case, trials, completion, draft, edits=completion.text, latency_s=latency_s)

    def _read(
        self,
        case: Case,
        trials: Sequence[Trial],
        completion: Completion,
        draft: str,
        *,
        edits: str | None = None,
        latency_s: float | None = None,
    ) -> Trial:
        latest = trials[-1] if trials else None
        if latest is not None and latest.findings is not None and latest.draft == draft:
            findings = latest.findings  # a correction that changed nothing
        else:
            findings = self.extractor.extract(draft)
        violations = verify(findings, case.skeleton, self.domain.lexicon, mentioned=case.mentioned)
        return Trial(
            k=case.spent + len(trials) + 1,
            draft=draft,
            edits=edits,
            findings=findings,
            violations=violations,
            completion=completion,
            latency_s=latency_s,
            status=self._given_up(trials) if violations else RecordStatus.REALIZED,
        )

    def lost(
        self,
        case: Case,
        trials: Sequence[Trial],
        error: str,
        *,
        completion: Completion | None = None,
        latency_s: float | None = None,
    ) -> Trial:
        """Make the trial of a call that brought no draft, or one that can't be used."""
        k = case.spent + len(trials) + 1
        answer = completion.text if completion else None
        asked_for_edits = self.turn(trials) is Turn.EDITS
        return Trial(
            k=k,
            draft=answer if answer and answer.strip() and not asked_for_edits else None,
            edits=answer if asked_for_edits else None,
            error=error,
            completion=completion,
            latency_s=latency_s,
            status=self._given_up(trials),
        )

    def _given_up(self, trials: Sequence[Trial]) -> RecordStatus | None:
        """Give the status of the attempt after `trials` if it is the last one."""
        return RecordStatus.UNREALIZED if len(trials) + 1 >= self.limits.rounds and not self.limits.fallback else None

    def fall_back(self, case: Case, trials: Sequence[Trial]) -> Trial:
        """Repair the best draft; a record that can't be repaired is kept as it is and says so."""
        drafts = [trial for trial in trials if trial.usable]
        best = min(drafts, key=lambda trial: len(trial.violations), default=None)
        draft = best.draft if best else None
        rng = stream(case.seed, "repair", case.index)
        repaired = repair(draft, case.skeleton, case.mentioned, self.domain, self.extractor, rng)
        k = case.spent + len(trials) + 1
        if repaired is None:
            violations = best.violations if best else ()
            return Trial(k=k, draft=draft, violations=violations, repair=True, status=RecordStatus.UNREALIZED)
        findings = self.extractor.extract(repaired)
        return Trial(k=k, draft=repaired, findings=findings, repair=True, status=RecordStatus.REPAIRED)


_numbered = lru_cache(maxsize=2048)(NumberedText.of)
"""A draft is numbered for the request, and again when the edits come: most of the time from here."""


class Turn(Enum):
    """What the next attempt asks for."""

    TASK = auto()
    """The document, from the task alone."""
    EDITS = auto()
    """Edits of the latest draft."""
    REWRITE = auto()
    """The whole document, corrected."""


def next_turn(trials: Sequence[Trial], patience: int) -> Turn:
    """Tell what the next attempt should ask for.

    The task alone is asked for at first, after a call without an answer or a document that can't be used, and after
    `patience` corrections in a row none of which left fewer violations than the best draft since the last start. Edits
    that could not be applied are such a correction: the draft that they were for is still there. After edits that did
    not help the whole document is asked for.
    """
    best: int | None = None
    stuck = 0
    for trial in trials:
        lost = not trial.usable
        if lost and trial.edits is None:
            best, stuck = None, 0
        elif not lost and (best is None or len(trial.violations) < best):
            best, stuck = len(trial.violations), 0
        else:
            stuck += 1
            if stuck >= patience:
                best, stuck = None, 0
    if best is None:
        return Turn.TASK
    return Turn.REWRITE if stuck and trials[-1].edits is not None else Turn.EDITS


def latest_draft(trials: Sequence[Trial]) -> Trial:
    """Give the last trial whose draft can be corrected; there is one wherever corrections are asked for."""
    return next(trial for trial in reversed(trials) if trial.usable)
