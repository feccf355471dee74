"""The LLM reader: a language model fills in a form about each text."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from causalsynth.errors import InputError, RealizerError, first_cause
from causalsynth.evaluate.readers.answers import AnswerFile
from causalsynth.evaluate.readers.questions import Answer, Questions
from causalsynth.evaluate.readers.reading import Reading
from causalsynth.evaluate.texts import digest_of_texts, leaving_texts
from causalsynth.realize.chat import ChatModel, Sampling, takes_schema
from causalsynth.scm.noise import stream

if TYPE_CHECKING:
    from causalsynth.domain import Domain
    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["LLMSettings", "Slots", "read_by_llm"]

_TOKENS_A_QUESTION, _TOKENS_BESIDE = 24, 128
_WARMER = 0.5


class Slots(Protocol):
    """Bounds the texts that are being read; `asyncio.Semaphore` is one."""

    async def acquire(self) -> object:
        """Wait until one more may be begun."""
        ...

    def release(self) -> None:
        """Say that one has ended."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMSettings:
    """How the model is asked.

    Attributes
    ----------
    seed
        Of its sampling, with the record's index.
    temperature
        0: its likeliest answer.
    tries
        How often a text is asked about whose answer is no form; then all its values are null.
    max_tokens
        Longest answer; None: by the number of questions.
    """

    seed: int = 0
    temperature: float = 0.0
    tries: int = 2
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.tries < 1 or self.temperature < 0 or (self.max_tokens is not None and self.max_tokens < 1):
            raise InputError(f"{self}: out of range", hint="take 1 try or more, and no negative temperature")


@dataclass(slots=True)
class _Count:
    """What came of asking."""

    asked: int = 0
    unreadable: int = 0
    failed: int = 0
    first_error: str | None = None
    unusable: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)


async def read_by_llm(
    run: "EvaluatedRun",
    model: ChatModel,
    *,
    name: str = "llm",
    domain: "Domain | None" = None,
    settings: LLMSettings | None = None,
    slots: Slots | None = None,
    on_answer: Callable[[int, int], None] = lambda done, total: None,
) -> Reading:
    """Have a language model read every text of a run.

    Each answer is kept in the run directory as it comes (`AnswerFile`), so that a reading that was stopped goes on.
    An answer that a model is held to a JSON schema for has its form; any other is read where it is JSON.

    Parameters
    ----------
    run
        The run.
    model
        Who reads. It should not be the one that wrote: what a model misunderstands it reads as it wrote it.
    name
        What the reading is to be called.
    domain
        Says what the states mean; without it their names have to do.
    settings
        How it is asked.
    slots
        How many texts may be under way; 8 where not given.
    on_answer
        Called with the texts read and all texts after each; must be quick.

    Raises
    ------
    InputError
        No name for a reading.
    ServerError
        The model can't be reached; what was answered is kept.
    """
    settings = settings or LLMSettings()
    questions = Questions.of(run.scm.supports, None if domain is None else domain.lexicon)
    texts = leaving_texts(run.attempts)
    with AnswerFile(run.directory, name) as answers:
        reader = _Reader(model, questions, settings, answers)
        read = await reader.read_all(texts, slots or asyncio.Semaphore(8), on_answer)
    return _reading(name, run, texts, read, reader)


class _Reader:
    """Asks one model about texts, and keeps what it answers."""

    def __init__(self, model: ChatModel, questions: Questions, settings: LLMSettings, answers: AnswerFile) -> None:
        self.model = model
        self.questions = questions
        self.settings = settings
        self.count = _Count()
        self._schema = questions.schema if takes_schema(model) else None
        self._answers = answers
        self._known = answers.known()
        self._most = settings.max_tokens or _TOKENS_BESIDE + _TOKENS_A_QUESTION * len(questions.supports)

    async def read_all(
        self, texts: Mapping[int, str | None], slots: Slots, on_answer: Callable[[int, int], None]
    ) -> dict[int, Answer]:
        """Read all texts, as many at once as there are slots."""
        read: dict[int, Answer] = {}
        written = {index: text for index, text in texts.items() if text is not None}

        async def work(index: int, text: str) -> None:
            try:
                if (answer := await self._read(index, text)) is not None:
                    read[index] = answer
                on_answer(len(read), len(written))
            finally:
                slots.release()

        try:
            async with asyncio.TaskGroup() as group:
                for index, text in written.items():
                    await slots.acquire()
                    group.create_task(work(index, text))
        except BaseExceptionGroup as group:
            raise first_cause(group) from None
        return read

    async def _read(self, index: int, text: str) -> Answer | None:
        """Read one text; None where no answer can be had of it."""
        for attempt in range(1, self.settings.tries + 1):
            try:
                said = await self._answer(index, text, attempt)
            except RealizerError as error:
                self.count.failed += 1
                self.count.first_error = self.count.first_error or error.message
                return None
            if (answer := self.questions.parse(said)) is not None:
                self.count.unusable.update(answer.unusable)
                return answer
        self.count.unreadable += 1
        return None

    async def _answer(self, index: int, text: str, attempt: int) -> str:
        """Give what the model says, or has said before; nothing is kept of a call that failed."""
        key = self._key(index, text, attempt)
        if (known := self._known.get(key)) is not None:
            return str(known["text"])
        self.count.asked += 1
        sampling = Sampling(
            seed=stream(self.settings.seed, "read", index, attempt).getrandbits(31),
            temperature=self._temperature(attempt),
            max_tokens=self._most,
            schema=self._schema,
        )
        completion = await self.model.complete(self.questions.ask(text), sampling)
        usage = {"prompt": completion.prompt_tokens, "completion": completion.completion_tokens}
        self.count.tokens.update({kind: count for kind, count in usage.items() if count is not None})
        self._answers.add(
            {"i": index, "key": key, "text": completion.text, "finish": completion.finish, "usage": usage}
        )
        return completion.text

    def _temperature(self, attempt: int) -> float:
        """Give that of the settings, and later a higher one: at 0 the same answer would come again."""
        return self.settings.temperature if attempt == 1 else max(self.settings.temperature, _WARMER)

    def _key(self, index: int, text: str, attempt: int) -> str:
        asked = (
            self.model.name,
            self.questions.digest,
            self._schema is not None,
            self.settings.seed,
            self._temperature(attempt),
            self._most,
            index,
            attempt,
            text,
        )
        return hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _reading(
    name: str, run: "EvaluatedRun", texts: Mapping[int, str | None], read: Mapping[int, Answer], reader: _Reader
) -> Reading:
    import pandas as pd

    count, settings = reader.count, reader.settings
    rows = [read[index].values if index in read else {} for index in texts]
    columns = {variable: [row.get(variable) for row in rows] for variable in run.scm.variables}
    notes: dict[str, Any] = {
        "is_llm": reader.model.is_llm,
        "wrote_these_texts": reader.model.name == run.plan.realizer,
        "texts": sum(text is not None for text in texts.values()),
        "read": len(read),
        "calls": count.asked,
        "tokens": dict(count.tokens),
        "unreadable_answers": count.unreadable,
        "unusable_values": dict(count.unusable),
        "failed_calls": count.failed,
        "first_error": count.first_error,
    }
    return Reading(
        name=name,
        kind="llm",
        values=pd.DataFrame(columns, index=pd.Index(texts, name="i"), dtype=object),
        texts=digest_of_texts(texts),
        settings={
            "model": reader.model.name,
            "seed": settings.seed,
            "temperature": settings.temperature,
            "structured_output": takes_schema(reader.model),
            "questions": reader.questions.digest,
        },
        notes=notes,
    )
