"""The public door: skeletons in, texts out, in this process."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from causalsynth.domain import Domain
from causalsynth.domain.mention import MentionPlan
from causalsynth.errors import BudgetError, InputError
from causalsynth.realize.chat import ChatModel
from causalsynth.realize.embedded import embedded
from causalsynth.run.breaker import GuardedModel
from causalsynth.run.budget import Budget
from causalsynth.run.collector import rarely_collected
from causalsynth.run.concurrency import Limiter, Limits, watched
from causalsynth.run.config import RunConfig
from causalsynth.run.directory import Intent, Manifest, open_directory
from causalsynth.run.engine import run_records
from causalsynth.run.intake import Intake
from causalsynth.run.job import Job
from causalsynth.run.progress import Display, SilentDisplay
from causalsynth.run.result import RunResult, derive, in_memory
from causalsynth.run.shard import Shard
from causalsynth.run.state import LedgerState
from causalsynth.run.store import MemoryStore, Store
from causalsynth.scm import SCM

__all__ = ["agenerate", "generate", "make_config", "run"]

RESUME = Intent()


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
    extend: bool = False,
    retry_failed: bool = False,
    shard: str | None = None,
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
    extend
        Whether the run found there may be given more records.
    retry_failed
        Whether its records that are not realized are tried again; how they are written may then differ.
    shard
        ``"2/8"``: write the second of eight shares of the records, beside seven other processes.
    **settings
        ``rounds``, ``restart_after``, ``corrections``, ``fallback``, ``mention``, ``skeletons``, ``prompts``,
        ``temperature``, ``top_p``, ``max_tokens``, ``concurrency``, ``max_total_tokens``, ``max_cost`` with ``price``,
        ``max_failures``, ``max_time``, and ``behaviour`` of the simulated realizer: see `RunConfig`. ``mention`` may
        also be a `MentionPlan`, the path of its file, or probabilities of silence (`MentionPlan.missing`).
        ``skeletons`` is the path of a table with the facts of the records.

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
    BudgetError
        A budget is spent; what is finished is in the ledger.
    """
    domain.check_against(scm)
    chosen = _checked(settings, realizer, scm)
    if isinstance(realizer, str):
        model = embedded(realizer, scm, domain, behaviour=chosen.get("behaviour"))
        names = {"realizer": realizer}  # as on the command line, so that either resumes what the other began
    else:
        model = realizer
        names = {"realizer": "custom", "model": model.name}
    config = make_config(graph=scm.name, n=n, seed=seed, do=dict(scm.interventions), **names, **chosen)
    job = Job.prepare(config, scm, domain)
    intent = Intent(extend=extend, retry=retry_failed, shard=Shard.parse(shard) if shard is not None else None)
    return await run(job, model, directory=Path(out) if out is not None else None, intent=intent)


_SETTINGS = (
    "rounds",
    "restart_after",
    "corrections",
    "fallback",
    "mention",
    "skeletons",
    "prompts",
    "temperature",
    "top_p",
    "max_tokens",
    "concurrency",
    "behaviour",
    "engine",
    "workers",
    "gpus_per_worker",
    "max_total_tokens",
    "max_cost",
    "price",
    "max_failures",
    "max_time",
)


def _checked(settings: Mapping[str, Any], realizer: ChatModel | str, scm: SCM) -> dict[str, Any]:
    """Refuse settings that would have no effect; give the others as `RunConfig` takes them."""
    for name in settings:
        if name not in _SETTINGS:
            close = get_close_matches(name, _SETTINGS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(_SETTINGS)}"
            raise InputError(f"generate() has no setting {name!r}", hint=hint)
    chosen = dict(settings)
    if not isinstance(realizer, str):
        if chosen.get("engine") == "ray":
            raise InputError(
                "engine='ray' opens its realizers by name, each actor its own", hint="name it, not build it"
            )
        if chosen.get("behaviour") is not None:
            raise InputError("behaviour= is for the embedded realizer 'simulated'", hint="set it on your own realizer")
    if chosen.get("skeletons") is not None:
        chosen["skeletons"] = str(chosen["skeletons"])
    if "mention" in chosen:
        chosen["mention"] = MentionPlan.one_line(chosen["mention"], scm.supports)
    return chosen


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
    intent: Intent = RESUME,
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
    intent
        What is to be done in the directory, beside resuming: more records, another try, a share only.
    server
        What the server said of itself, for the manifest.
    make_display
        ``(n, done) → Display``; silent where not given.

    Raises
    ------
    As `agenerate`.
    """
    config = job.config
    limiter = Limiter(Limits.parse(config.concurrency))
    budget = Budget.of(config)
    with ExitStack() as stack:
        store, state = _open_store(directory, job.manifest(model, server), stack, intent)
        display = make_display(*_count(config.n, state, intent.shard)) if make_display else SilentDisplay()
        budget.spent = state.spent
        with display, rarely_collected():
            intake = Intake(store=store, budget=budget, show=display.attempted)
            finished = await _write(job, model, intake, state, intent.shard, limiter)
    concurrency = limiter.to_json() if config.engine == "local" else None
    if isinstance(store, MemoryStore):
        result = in_memory(store.attempts, job, model, concurrency=concurrency)
    else:
        assert directory is not None
        result = derive(directory, job, model, partly=intent.shard is not None, concurrency=concurrency)
    if not finished:
        left = config.n - result.summary["finished"]
        raise BudgetError(f"{budget.reason}; {left} of {config.n} records are left", hint="allow more to go on")
    return result


async def _write(
    job: Job,
    model: ChatModel,
    intake: Intake,
    state: LedgerState,
    shard: Shard | None,
    limiter: Limiter,
) -> bool:
    """Close the loop for what is left, on the engine that the run asks for; False where a budget was spent before."""
    config = job.config
    if config.engine == "ray":
        from causalsynth.run.ray_engine import RayActors, run_on_ray

        actors = RayActors(count=config.workers, gpus=config.gpus_per_worker)
        return await run_on_ray(job, intake, state, actors=actors, shard=shard)
    async with watched(model, limiter) as writer:
        return await run_records(job, GuardedModel(writer), intake, state, slots=limiter, shard=shard)


def _open_store(
    directory: Path | None, manifest: Manifest, stack: ExitStack, intent: Intent
) -> tuple[Store, LedgerState]:
    """Open where attempts go, to be closed with `stack`, and tell how far the run is."""
    if directory is None:
        if intent != RESUME:
            raise InputError("extend, retry_failed and shard are for a run directory", hint="give out=")
        return MemoryStore(), LedgerState()
    ledger, state = open_directory(directory, manifest, intent)
    return stack.enter_context(ledger), state


def _count(n: int, state: LedgerState, shard: Shard | None) -> tuple[int, int]:
    """Count the records that are this process's, and those of them that are finished."""
    planned = n if shard is None else shard.size(n)
    return planned, planned - len(state.unfinished(range(n), shard))
