"""The public door: skeletons in, texts out, in this process."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalsynth.domain import Domain
from causalsynth.domain.mention import MentionPlan
from causalsynth.errors import InputError
from causalsynth.ledger import Attempt, latest_by_key, read_ledger
from causalsynth.realize.chat import ChatModel
from causalsynth.realize.embedded import embedded
from causalsynth.run.breaker import GuardedModel
from causalsynth.run.concurrency import Limiter, Limits, watched
from causalsynth.run.config import RunConfig
from causalsynth.run.directory import Manifest, open_directory, write_json
from causalsynth.run.engine import run_records
from causalsynth.run.job import Job
from causalsynth.run.progress import Display, SilentDisplay
from causalsynth.run.records import Record, records_of, summarize, to_frame
from causalsynth.run.store import LedgerState, MemoryStore, Store
from causalsynth.scm import SCM

if TYPE_CHECKING:
    import pandas

__all__ = ["RunResult", "agenerate", "generate", "run"]


@dataclass(frozen=True, repr=False)
class RunResult:
    """What a run gave.

    Attributes
    ----------
    attempts
        Every attempt, sorted by record and attempt.
    summary
        Counts, tokens and seconds, as in ``summary.json``.
    directory
        Where the run is written; None for one in memory.
    plan, seed
        Say which variables each text was to state.
    """

    attempts: tuple[Attempt, ...]
    summary: Mapping[str, Any]
    directory: Path | None = None
    plan: MentionPlan | None = None
    seed: int = 0

    def __repr__(self) -> str:
        counts = ", ".join(f"{self.summary[status]} {status}" for status in ("realized", "repaired", "unrealized"))
        where = f", in {self.directory}" if self.directory else ""
        return f"<RunResult: {self.summary['n']} records ({counts}){where}>"

    @cached_property
    def records(self) -> list[Record]:
        """One record a skeleton, by index."""
        return records_of(self.attempts)

    def to_frame(self) -> "pandas.DataFrame":
        """Give the records as a table; for its columns see `causalsynth.run.records.to_frame`."""
        records = self.records
        if self.plan is None:
            return to_frame(records)
        mentioned = self.plan.mentioned_by({record.index: record.skeleton for record in records}, self.seed)
        return to_frame(records, mentioned)


def generate(
    scm: SCM,
    domain: Domain,
    realizer: ChatModel | str = "grammar",
    *,
    n: int,
    seed: int = 0,
    out: str | Path | None = None,
    **settings: Any,
) -> RunResult:
    """Write one text for each of `n` skeletons of `scm`, and wait for it.

    The same as `agenerate`, for code without an event loop of its own. A realizer that is handed in gives its
    connections back at the end, because the event loop that they belong to ends as well.

    Raises
    ------
    InputError
        Called from a running event loop (a notebook's, say): use ``await agenerate(…)`` there.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_generate_and_close(scm, domain, realizer, n=n, seed=seed, out=out, **settings))
    raise InputError(
        "generate() was called where an event loop is running", hint="write: await causalsynth.agenerate(…)"
    )


async def _generate_and_close(scm: SCM, domain: Domain, realizer: ChatModel | str, **settings: Any) -> RunResult:
    try:
        return await agenerate(scm, domain, realizer, **settings)
    finally:
        if not isinstance(realizer, str):
            await realizer.aclose()


async def agenerate(
    scm: SCM,
    domain: Domain,
    realizer: ChatModel | str = "grammar",
    *,
    n: int,
    seed: int = 0,
    out: str | Path | None = None,
    **settings: Any,
) -> RunResult:
    """Write one text for each of `n` skeletons of `scm`.

    Parameters
    ----------
    scm
        The model; with interventions, if any (``scm.do(smoke="yes")``).
    domain
        How its variables are spoken of; must word all of them.
    realizer
        Who writes: ``"grammar"`` or ``"simulated"`` (embedded, no LLM), or any `ChatModel`, such as
        ``OpenAIServer(base_url=…, model=…)``. One that is handed in stays open.
    n
        Records.
    seed
        Noise, skeleton, prompt and every choice for record i are functions of (seed, i).
    out
        Run directory; a run found there is resumed. None keeps everything in memory.
    **settings
        ``rounds``, ``restart_after``, ``fallback``, ``mention``, ``prompts``, ``temperature``, ``top_p``,
        ``max_tokens``, ``concurrency``, and ``behaviour`` of the simulated realizer: see `RunConfig`. ``mention`` may
        also be a `MentionPlan`, the path of its file, or probabilities of silence (`MentionPlan.missing`).

    Returns
    -------
    RunResult
        All attempts, and records derived from them. Every skeleton is there: realized, repaired or unrealized.

    Raises
    ------
    InputError
        A setting is wrong, domain and model don't fit, or `out` holds another run.
    ServerError
        The realizer can't be reached; what is finished is in the ledger.
    """
    domain.check_against(scm)
    behaviour = _take_settings(settings, realizer)
    if "mention" in settings:
        settings["mention"] = MentionPlan.one_line(settings["mention"], scm.supports)
    if isinstance(realizer, str):
        name, model = realizer, embedded(realizer, scm, domain, behaviour=behaviour)
    else:
        name, model = "custom", realizer
    config = make_config(
        graph=scm.name,
        n=n,
        seed=seed,
        do=dict(scm.interventions),
        realizer=name,
        model=model.name,
        **settings,
    )
    job = Job.prepare(config, scm, domain)
    return await run(job, model, directory=Path(out) if out is not None else None)


_SETTINGS = (
    "rounds",
    "restart_after",
    "fallback",
    "mention",
    "prompts",
    "temperature",
    "top_p",
    "max_tokens",
    "concurrency",
    "behaviour",
)


def _take_settings(settings: Mapping[str, Any], realizer: ChatModel | str) -> str | None:
    """Refuse settings that would have no effect; give the simulated realizer's behaviour."""
    for name in settings:
        if name not in _SETTINGS:
            close = get_close_matches(name, _SETTINGS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(_SETTINGS)}"
            raise InputError(f"generate() has no setting {name!r}", hint=hint)
    behaviour = settings.get("behaviour")
    if behaviour is not None and not isinstance(realizer, str):
        raise InputError("behaviour= is for the embedded realizer 'simulated'", hint="set it on your own realizer")
    return behaviour


def make_config(**settings: Any) -> RunConfig:
    """Make a configuration, or say in one line what is wrong with it (InputError)."""
    from pydantic import ValidationError

    try:
        return RunConfig(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{name}: {reason}" if name else reason, hint="see `causalsynth generate --help`") from error


async def run(
    job: Job,
    model: ChatModel,
    *,
    directory: Path | None = None,
    extend: bool = False,
    server: Mapping[str, Any] | None = None,
    make_display: Callable[[int, int], Display] | None = None,
) -> RunResult:
    """Do or resume a run.

    Parameters
    ----------
    job
        What the run is; recorded in the manifest.
    model
        Who writes.
    directory
        Run directory, or None for memory.
    extend
        Whether a directory's run may be given more records.
    server
        What the server said of itself, for the manifest.
    make_display
        ``(n, done) → Display``; silent where not given.

    Raises
    ------
    As `agenerate`.
    """
    config = job.config
    limits = Limits.parse(config.concurrency)
    with ExitStack() as stack:
        store, state = _open_store(directory, job.manifest(model, server), stack, extend=extend)
        done = sum(index < config.n for index in state.finished)
        display = make_display(config.n, done) if make_display else SilentDisplay()
        limiter = Limiter(limits)
        with display:
            async with watched(model, limiter) as writer:
                await run_records(job, GuardedModel(writer), store, state, slots=limiter, on_attempt=display.attempted)
    return _result(store, directory, job, model, limiter)


def _open_store(
    directory: Path | None, manifest: Manifest, stack: ExitStack, *, extend: bool
) -> tuple[Store, LedgerState]:
    """Open where attempts go, to be closed with `stack`, and tell how far the run is."""
    if directory is None:
        return MemoryStore(), LedgerState()
    ledger, state = open_directory(directory, manifest, extend=extend)
    return stack.enter_context(ledger), state


def _result(store: Store, directory: Path | None, job: Job, model: ChatModel, limiter: Limiter) -> RunResult:
    n, seed = job.config.n, job.config.seed
    concurrency = {"concurrency": limiter.to_json()}
    if isinstance(store, MemoryStore):
        attempts = latest_by_key(store.attempts)
        summary = summarize(attempts, n, realizer=model.name, is_llm=model.is_llm) | concurrency
        return RunResult(tuple(attempts), summary, plan=job.plan, seed=seed)
    from causalsynth.tables import write_table

    assert directory is not None
    attempts = read_ledger(directory)
    summary = summarize(attempts, n, realizer=model.name, is_llm=model.is_llm) | concurrency
    result = RunResult(tuple(attempts), summary, directory, job.plan, seed)
    write_json(directory / "summary.json", summary)
    write_table(result.to_frame(), directory / "records.parquet")
    return result
