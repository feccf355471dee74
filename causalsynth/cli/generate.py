"""``causalsynth generate``: the main job."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from causalsynth.cli import run_options as options
from causalsynth.cli.options import command, count_or_share, parse_do
from causalsynth.cli.twins import pair_twins, plan_twins, twin_runs
from causalsynth.errors import BudgetError, InterruptedRunError, ServerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from causalsynth.evaluate.realizability import RealizabilityReport
    from causalsynth.realize.chat import ChatModel
    from causalsynth.run.config import RunConfig
    from causalsynth.run.directory import Intent
    from causalsynth.run.job import Job
    from causalsynth.run.result import RunResult

__all__ = ["generate", "mention_in_one_line"]


def generate(
    graph: Annotated[str, typer.Argument(help="Bundled name, .bif file, or domain folder.")],
    n: Annotated[int | None, options.N] = None,
    seed: Annotated[int, options.SEED] = 0,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Run directory [runs/GRAPH-REALIZER-CODE].")] = None,
    realizer: Annotated[
        str,
        typer.Option(
            help="grammar (embedded, no LLM), simulated (an LLM stand-in), tiny (2 million parameters, for asia:"
            " --model U or B --corrections rewrite), openai (any server); vllm, transformers (a model in this process)."
        ),
    ] = "grammar",
    base_url: Annotated[str | None, typer.Option(help="Of the server, e.g. http://localhost:8000/v1.")] = None,
    model: Annotated[str | None, options.MODEL] = None,
    model_args: Annotated[
        str | None, typer.Option(help="Of a model in this process: max_model_len=4096,dtype=bfloat16 …")
    ] = None,
    do: Annotated[list[str] | None, options.DO] = None,
    twins: Annotated[list[str] | None, options.TWINS] = None,
    skeletons: Annotated[Path | None, options.SKELETONS] = None,
    rounds: Annotated[int, options.ROUNDS] = 5,
    restart_after: Annotated[int, options.RESTART_AFTER] = 2,
    corrections: Annotated[str, options.CORRECTIONS] = "edits",
    fallback: Annotated[str, options.FALLBACK] = "repair",
    mention: Annotated[str, options.MENTION] = "all",
    behaviour: Annotated[str | None, typer.Option(help="Of the simulated realizer: strength=.5,obey=.9 …")] = None,
    domain: Annotated[str | None, options.DOMAIN] = None,
    prompts: Annotated[str | None, options.PROMPTS] = None,
    temperature: Annotated[float, options.TEMPERATURE] = 0.7,
    max_tokens: Annotated[int, options.MAX_TOKENS] = 1024,
    concurrency: Annotated[str, typer.Option(help="Requests under way at once: auto, N or LO-HI.")] = "auto",
    timeout: Annotated[float, typer.Option(min=0.01, help="Seconds to wait for one answer.")] = 120.0,
    max_retries: Annotated[int, typer.Option(min=0, help="How often a failed call is sent again.")] = 4,
    extend: Annotated[int | None, options.EXTEND] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try what isn't realized again; settings of writing may differ.")
    ] = False,
    shard: Annotated[str | None, typer.Option(help="I/M: this process writes the I-th of M shares of a run.")] = None,
    engine: Annotated[str, typer.Option(help="local, or ray: on the cluster that RAY_ADDRESS names.")] = "local",
    workers: Annotated[int, typer.Option(min=1, help="Actors of --engine ray, each with --concurrency.")] = 2,
    gpus_per_worker: Annotated[float, typer.Option(min=0, help="Of --engine ray, for a model in the actor.")] = 0.0,
    max_total_tokens: Annotated[int | None, typer.Option(min=1, help="Stop when the run has taken so many.")] = None,
    max_cost: Annotated[float | None, typer.Option(help="Stop when the run has cost so much; needs --price.")] = None,
    price: Annotated[str | None, typer.Option(help="IN,OUT: of a million tokens of prompt and of answer.")] = None,
    max_failures: Annotated[str | None, typer.Option(help="Stop after this many calls without a draft, or 2%.")] = None,
    max_time: Annotated[str | None, typer.Option(help="Stop this command after 90 (seconds), 30m, 2h.")] = None,
    max_unrealized: Annotated[str | None, typer.Option(help="Leave with code 5 above this many, or above 2%.")] = None,
    json_output: Annotated[bool, options.JSON] = False,
) -> None:
    """Draw N skeletons, have each written, read back and corrected. The same command again resumes."""
    from causalsynth.evaluate.realizability import realizability, require
    from causalsynth.run.directory import Intent
    from causalsynth.run.generate import make_config
    from causalsynth.run.realizers import check_realizer
    from causalsynth.run.shard import Shard

    config = make_config(
        graph=graph,
        n=_records(n, extend, skeletons),
        seed=seed,
        do=parse_do(do or []),
        realizer=check_realizer(realizer),
        model=model,
        base_url=base_url,
        model_args=model_args,
        behaviour=behaviour,
        domain=domain,
        prompts=prompts,
        mention=mention_in_one_line(mention, graph),
        skeletons=None if skeletons is None else str(skeletons),
        rounds=rounds,
        restart_after=restart_after,
        corrections=corrections,
        fallback=fallback,
        temperature=temperature,
        max_tokens=max_tokens,
        concurrency=concurrency,
        timeout_s=timeout,
        max_retries=max_retries,
        engine=engine,
        workers=workers,
        gpus_per_worker=gpus_per_worker,
        max_total_tokens=max_total_tokens,
        max_cost=max_cost,
        price=price,
        max_failures=max_failures,
        max_time=max_time,
    )
    most = None if max_unrealized is None else count_or_share(max_unrealized)
    intent = Intent(extend=extend is not None, retry=retry_failed, shard=None if shard is None else Shard.parse(shard))
    directory = out or default_directory(config)
    worlds = plan_twins(config, twins or [])
    result = do_run(config, directory, intent)
    twin_results = {name: do_run(*world) for name, world in twin_runs(directory, worlds, intent)}
    paired = pair_twins(directory, twin_results)
    # Nothing new: the figures are in evaluate's hands, for reading all texts again takes long.
    report = None
    if result.had_work or most is not None:
        report = realizability(result.iter_attempts(), planned=config.n)
    if json_output:
        summaries = {name: dict(twin.summary) for name, twin in twin_results.items()}
        print(json.dumps({**result.summary, **({"twins": summaries} if summaries else {})}))
    else:
        show(result, report)
        for name, path in paired.items():
            print(f"{f'Twins, {name}':<18}{path}")
    if report is not None:
        require(report, max_unrealized=most)


def _records(n: int | None, extend: int | None, skeletons: Path | None) -> int:
    """Give how many records are wanted: as many as the table of skeletons has rows, where that isn't said."""
    wanted = n if extend is None else extend
    if wanted is not None:
        return wanted
    if skeletons is None:
        raise typer.BadParameter(
            "say how many records, or give --skeletons TABLE to take one for each row", param_hint="'-n'"
        )
    from causalsynth.run.given import count_given

    return max(count_given(skeletons), 1)


def default_directory(config: "RunConfig") -> Path:
    """Name a run by its settings: the same command finds its run again, another one gets its own."""
    from causalsynth.run.config import fingerprint

    return Path("runs") / f"{Path(config.graph).stem}-{config.realizer}-{fingerprint(config, {})[:6]}"


def mention_in_one_line(mention: str, graph: str) -> str:
    """Give a plan in one line, whether it is given so or in a file: the manifest must hold all of it."""
    if mention == "all":
        return mention
    from causalsynth.domain.mention import MentionPlan
    from causalsynth.scm import SCM

    return MentionPlan.one_line(mention, SCM.load(graph).supports)


def do_run(config: "RunConfig", directory: Path, intent: "Intent | None" = None) -> "RunResult":
    """Do or resume a run, with progress on stderr; Ctrl-C and SIGTERM leave a ledger that is resumed.

    Raises
    ------
    InterruptedRunError
        The run was interrupted.
    """
    from causalsynth.run.directory import Intent
    from causalsynth.run.job import Job

    job = Job.load(config)
    try:
        return asyncio.run(_run(job, directory, intent or Intent()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise InterruptedRunError(
            f"interrupted; what is finished is in {directory}", hint=f"resume with: {command(*sys.argv[1:])}"
        ) from None
    except (ServerError, BudgetError) as error:
        begun = (directory / "manifest.json").exists()
        hint = f"{error.hint}; {'resume with' if begun else 'then run'}: {command(*sys.argv[1:])}"
        raise type(error)(error.message, hint=hint) from error


async def _run(job: "Job", directory: Path, intent: "Intent") -> "RunResult":
    from causalsynth.run.generate import run
    from causalsynth.run.progress import make_display
    from causalsynth.run.realizers import open_realizer

    _stop_on_signals()
    model, server = await open_realizer(job)
    _introduce(model, job.config, directory)
    try:
        return await run(
            job,
            model,
            directory=directory,
            intent=intent,
            server=server,
            make_display=lambda n, done: make_display(n, done, job.config.graph),
        )
    finally:
        await model.aclose()


def token_lines(account: "Mapping[str, Any] | None") -> list[str]:
    """Say what a realized text took, and what other ways to get it would have taken."""
    if not account or not account["realized"]:
        return []
    ways = {"run": "this run", "rewriting": "by rewriting alone", "rejection": "by rejection sampling"}
    lines = [
        "",
        f"Tokens for each realized text{'' if account['counted'] else ' (estimated, not counted)'}: prompt, answer",
    ]
    for key, way in ways.items():
        if (entry := account[key]) is not None:
            least = "  at least" if entry.get("at_least") else ""
            each = entry["per_realized"]
            lines.append(f"  {way:<22}{each['prompt']:>9,.0f}{each['completion']:>9,.0f}{least}")
    return [*lines, ""]


def _stop_on_signals() -> None:
    """Cancel the run in order on SIGINT and SIGTERM, also where a shell has the former ignored for its background."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)


def _introduce(model: "ChatModel", config: "RunConfig", directory: Path) -> None:
    note = "" if model.is_llm else "  (not an LLM: nothing here says how a large language model would do)"
    print(f"{config.n} records of {config.graph}, written by {model.name}{note}\n→ {directory}", file=sys.stderr)


def show(result: "RunResult", report: "RealizabilityReport | None") -> None:
    """Print what a run gave, and where to look; None: nothing that hasn't been printed before."""
    from rich.console import Console

    from causalsynth.cli.evaluate.realizability_tables import render_realizability

    summary, directory = result.summary, result.directory
    if report is None:
        print("Nothing was left to do.")
    else:
        Console().print(render_realizability(report))
    counts = ", ".join(f"{summary[status]} {status}" for status in ("realized", "repaired", "unrealized"))
    print(f"\n{summary['finished']} of {summary['n']} skeletons accounted for: {counts}.")
    if failed := summary["failed_calls"]:
        print(f"{failed} calls brought no draft; the first: {summary['first_error']}")
    for line in token_lines(summary.get("token_account")):
        print(line)
    assert directory is not None
    for title, name in (("Texts and values", "records.parquet"), ("Every attempt", "attempts.jsonl"), ("", "attempts")):
        if (directory / name).exists():
            print(f"{title or 'Every attempt':<18}{directory / name}")
    print(f"Go on with        {command('evaluate', 'realizability' if report is None else 'ci', str(directory))}")
