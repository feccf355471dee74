"""``causalsynth generate``: the main job."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from causalsynth.cli import run_options as options
from causalsynth.cli.options import count_or_share, mention_in_one_line, parse_do
from causalsynth.cli.run_tables import show_run
from causalsynth.cli.running import do_run
from causalsynth.cli.twins import pair_twins, plan_twins, twin_runs

if TYPE_CHECKING:
    from causalsynth.evaluate.realizability import RealizabilityReport
    from causalsynth.run.config import RunConfig
    from causalsynth.run.result import RunResult

__all__ = ["generate"]


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
    from causalsynth.evaluate.realizability import require
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
    report = _figures(result, config.n, wanted=most is not None)
    if json_output:
        print(json.dumps(_document(result, twin_results)))
    else:
        show_run(result, report, paired)
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


def _figures(result: "RunResult", n: int, *, wanted: bool) -> "RealizabilityReport | None":
    """Count what was realized; None where nothing is new, unless it is wanted: reading all texts again takes long."""
    from causalsynth.evaluate.realizability import realizability

    return realizability(result.iter_attempts(), planned=n) if result.had_work or wanted else None


def _document(result: "RunResult", twins: "Mapping[str, RunResult]") -> dict[str, Any]:
    """Give what ``--json`` prints: the run's summary, and those of its twins by world."""
    summaries = {name: dict(twin.summary) for name, twin in twins.items()}
    return {**result.summary, **({"twins": summaries} if summaries else {})}
