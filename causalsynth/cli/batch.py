"""``causalsynth batch``: a run whose requests and answers travel in files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from causalsynth.cli import run_options as options
from causalsynth.cli.options import command, mention_in_one_line, parse_do

if TYPE_CHECKING:
    from causalsynth.run.batch import Ingested, Prepared

__all__ = ["app"]

_SHOWN_REASONS = 5

app = typer.Typer(
    help="Batch files in OpenAI's format, for `vllm run-batch` and hosted services, a round at a time.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def prepare(
    directory: Annotated[Path, typer.Argument(metavar="RUNDIR", help="Run directory; made if it isn't there.")],
    graph: Annotated[str | None, typer.Option(help="Bundled name, file or folder; needed to begin a run.")] = None,
    n: Annotated[int | None, options.N] = None,
    model: Annotated[str | None, options.MODEL] = None,
    seed: Annotated[int | None, options.SEED] = None,
    do: Annotated[list[str] | None, options.DO] = None,
    rounds: Annotated[int | None, options.ROUNDS] = None,
    restart_after: Annotated[int | None, options.RESTART_AFTER] = None,
    corrections: Annotated[str | None, options.CORRECTIONS] = None,
    fallback: Annotated[str | None, options.FALLBACK] = None,
    mention: Annotated[str | None, options.MENTION] = None,
    domain: Annotated[str | None, options.DOMAIN] = None,
    prompts: Annotated[str | None, options.PROMPTS] = None,
    temperature: Annotated[float | None, options.TEMPERATURE] = None,
    max_tokens: Annotated[int | None, options.MAX_TOKENS] = None,
    extend: Annotated[int | None, options.EXTEND] = None,
    file_requests: Annotated[int | None, typer.Option(min=1, help="Most requests a file [50000].")] = None,
    file_mb: Annotated[float | None, typer.Option(help="Most MB a file [200].")] = None,
    tokens_field: Annotated[
        str | None,
        typer.Option(metavar="FIELD", help="max_tokens, or max_completion_tokens for OpenAI's reasoning models."),
    ] = None,
    structured_output: Annotated[
        bool | None,
        typer.Option(
            "--structured-output/--no-structured-output", help="Whether to ask for edits as JSON, held to a schema."
        ),
    ] = None,
    json_output: Annotated[bool, options.JSON] = False,
) -> None:
    """Write the next request of every unfinished record into RUNDIR/batch.

    A new run needs --graph, -n and --model, and takes the options of `generate`; after that RUNDIR alone will do.
    """
    from causalsynth.run.batch import prepare as prepare_requests

    given = {
        "graph": graph,
        "n": extend if extend is not None else n,
        "model": model,
        "seed": seed,
        "do": parse_do(do) if do else None,
        "rounds": rounds,
        "restart_after": restart_after,
        "corrections": corrections,
        "fallback": fallback,
        "mention": _plan(mention, graph, directory),
        "domain": domain,
        "prompts": prompts,
        "temperature": temperature,
        "max_tokens": max_tokens,
    }
    service = {
        "requests": file_requests,
        "megabytes": file_mb,
        "tokens_field": tokens_field,
        "structured_output": structured_output,
    }
    prepared = prepare_requests(
        directory, _without_none(given), extend=extend is not None, service=_without_none(service)
    )
    if json_output:
        print(json.dumps(prepared.to_json()))
    else:
        _show_prepared(prepared, directory)


@app.command()
def ingest(
    directory: Annotated[Path, typer.Argument(metavar="RUNDIR", help="The run whose requests were answered.")],
    results: Annotated[list[Path], typer.Argument(metavar="RESULTS", help="Output and error files, in any order.")],
    json_output: Annotated[bool, options.JSON] = False,
) -> None:
    """Judge the answers, append them to the ledger, and say what is left. The same files again add nothing."""
    from causalsynth.run.batch import ingest as ingest_results

    ingested = ingest_results(directory, results)
    if json_output:
        print(json.dumps(ingested.to_json()))
    else:
        _show_ingested(ingested, directory)


def _plan(mention: str | None, graph: str | None, directory: Path) -> str | None:
    """Give a mention plan in one line; it is read with the graph that it is about."""
    if mention is None:
        return None
    from causalsynth.run.directory import read_manifest

    manifest = read_manifest(directory)
    named = graph or (manifest["config"]["graph"] if manifest else None)
    return mention_in_one_line(mention, named) if named else mention


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _show_prepared(prepared: "Prepared", directory: Path) -> None:
    if not prepared.files:
        print(f"All {prepared.n} records are finished; there is nothing to ask.")
        return
    print(f"{_told_rounds(prepared.by_round)}; {prepared.finished} of {prepared.n} records are finished")
    for path in prepared.files:
        print(f"  {path}")
    first = prepared.files[0]
    answers = first.with_name(first.name.replace("requests", "answers"))
    print(f"Have them answered  vllm run-batch -i {first} -o {answers} --model {prepared.model}")
    print(f"Then                {command('batch', 'ingest', str(directory), str(answers))}")


def _told_rounds(by_round: Mapping[int, int]) -> str:
    """Write ``150 requests (round 1: 38, round 2: 112)``."""
    parts = ", ".join(f"round {number}: {count}" for number, count in sorted(by_round.items()))
    return f"{sum(by_round.values())} requests ({parts})"


def _show_ingested(ingested: "Ingested", directory: Path) -> None:
    from causalsynth.run.summary import statuses

    print(f"{ingested.judged} answers judged")
    for count, what in (
        (ingested.refused, "requests refused: each cost its record a round"),
        (ingested.failed, "requests failed: they cost nothing and are asked again"),
        (ingested.stale, "results of requests that are not open: answered before, or of another round"),
        (ingested.repeated, "further lines for the same request"),
    ):
        if count:
            print(f"{count} {what}")
    for reason, count in sorted(ingested.reasons.items(), key=lambda each: -each[1])[:_SHOWN_REASONS]:
        print(f"  {count} × {reason}")
    for path in ingested.torn:
        print(f"{path}: its last line is cut off and was left out")
    summary = ingested.summary
    print(f"{summary['finished']} of {summary['n']} records are finished: {statuses(summary)}")
    if ingested.open_by_round:
        print(f"Left: {_told_rounds(ingested.open_by_round)}")
        print(f"Next                {command('batch', 'prepare', str(directory))}")
    else:
        print(f"Go on with          {command('evaluate', 'ci', str(directory))}")
