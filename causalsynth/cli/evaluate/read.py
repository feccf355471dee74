"""``causalsynth evaluate read``."""

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from causalsynth.cli.evaluate.options import GraphOption, JsonOption, RunArgument, cores
from causalsynth.cli.evaluate.printing import note, print_report
from causalsynth.cli.evaluate.source import domain_of, opened

if TYPE_CHECKING:
    from causalsynth.evaluate.readers import Reading
    from causalsynth.evaluate.rundir import EvaluatedRun
    from causalsynth.realize.openai_server import OpenAIServer

__all__ = ["read"]

_READERS = ("probe", "llm")
_MOST_UNREAD = "50%"
_SAY_EVERY_S = 5.0


def read(
    rundir: RunArgument,
    reader: Annotated[
        str, typer.Option(help="probe (trained on the run's texts) or llm (a language model).")
    ] = "probe",
    name: Annotated[str | None, typer.Option(help="What the reading is called [the reader's].")] = None,
    base_url: Annotated[str | None, typer.Option(help="Of the llm's server, e.g. http://localhost:8000/v1.")] = None,
    model: Annotated[str | None, typer.Option(help="The llm, as its server lists it.")] = None,
    concurrency: Annotated[str, typer.Option(help="The llm's requests under way at once: auto, N or LO-HI.")] = "auto",
    timeout: Annotated[float, typer.Option(min=0.01, help="Seconds to wait for one answer.")] = 120.0,
    max_retries: Annotated[int, typer.Option(min=0, help="How often a failed call is sent again.")] = 4,
    max_unread: Annotated[
        str | None,
        typer.Option(metavar="N|SHARE", help=f"Leave with code 5 if the llm leaves more unread [{_MOST_UNREAD}]."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Deals the probe's folds; of the llm's sampling.")] = 0,
    graph: GraphOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the values out of the texts by something other than the loop's extractor, and keep them."""
    from causalsynth.cli.evaluate.read_tables import render_reading
    from causalsynth.cli.options import count_or_share
    from causalsynth.errors import InputError
    from causalsynth.evaluate.readers import compare, write_reading
    from causalsynth.evaluate.readers.reading import check_name

    if reader not in _READERS:
        raise InputError(f"--reader {reader}: no such reader", hint=f"give one of {', '.join(_READERS)}")
    if (base_url or model or max_unread) and reader != "llm":
        raise InputError("--base-url, --model and --max-unread are of the reader llm", hint="add --reader llm")
    called = check_name(name or reader)
    most = count_or_share(max_unread or _MOST_UNREAD, option="--max-unread")
    run = opened(rundir, graph)
    if reader == "probe":
        reading = _by_probe(run, called, seed)
    else:
        server = _server(base_url, model, timeout, max_retries)
        reading = _by_llm(run, called, seed, server, concurrency)
    write_reading(rundir, reading)
    print_report(compare(run, reading), render_reading, as_json=as_json)
    if reader == "llm":
        _require(reading, most)


def _require(reading: "Reading", most: int | float) -> None:
    """Leave with code 5 where too many texts went unread: a script must not take the rest for all of them."""
    from causalsynth.errors import ThresholdError

    texts = int(reading.notes["texts"])
    unread = texts - int(reading.notes["read"])
    if unread > (most if isinstance(most, int) else most * texts):
        told = f"{most}" if isinstance(most, int) else f"{most:.4g} of them"
        raise ThresholdError(
            f"{unread} of {texts} texts were not read, more than {told}",
            hint="see the notes above for why; --max-unread N or SHARE allows more",
        )


def _by_probe(run: "EvaluatedRun", name: str, seed: int) -> "Reading":
    from causalsynth.evaluate.readers import ProbeSettings, read_by_probe

    return read_by_probe(run, name=name, settings=ProbeSettings(seed=seed, jobs=cores()))


def _server(base_url: str | None, model: str | None, timeout: float, max_retries: int) -> "OpenAIServer":
    from causalsynth.errors import InputError
    from causalsynth.realize.openai_server import OpenAIServer
    from causalsynth.realize.transport import TransportPolicy

    if not base_url:
        raise InputError("the reader llm needs a server", hint="give --base-url http://HOST:PORT/v1 and --model")
    return OpenAIServer(base_url, model or "", timeout_s=timeout, transport=TransportPolicy(max_retries=max_retries))


def _by_llm(run: "EvaluatedRun", name: str, seed: int, server: "OpenAIServer", concurrency: str) -> "Reading":
    from causalsynth.cli.options import to_resume
    from causalsynth.errors import InterruptedRunError, ServerError

    try:
        reading = asyncio.run(_ask(run, name, seed, server, concurrency))
    except KeyboardInterrupt:
        raise InterruptedRunError("interrupted; what was answered is kept", hint=to_resume()) from None
    except ServerError as error:
        raise ServerError(error.message, hint=to_resume(error.hint)) from error
    if reading.notes["wrote_these_texts"]:
        note("this model wrote these texts as well: what it misunderstands, it reads as it wrote it")
    if failed := reading.notes["failed_calls"]:
        note(
            f"{failed} texts were not read, the first for: {reading.notes['first_error']}; the same command asks again"
        )
    if unreadable := reading.notes["unreadable_answers"]:
        note(f"{unreadable} texts were not read, for no answer about them was a form; another --seed asks anew")
    return reading


async def _ask(run: "EvaluatedRun", name: str, seed: int, server: "OpenAIServer", concurrency: str) -> "Reading":
    from causalsynth.evaluate.readers import LLMSettings, read_by_llm
    from causalsynth.run.breaker import GuardedModel
    from causalsynth.run.concurrency import Limiter, Limits, watched

    limiter = Limiter(Limits.parse(concurrency))
    try:
        await server.probe(structured_output=True)
        if not server.is_llm:
            note(f"the reader `{server.model}` is not a language model; these figures say nothing of one")
        async with watched(server, limiter) as asked:
            return await read_by_llm(
                run,
                GuardedModel(asked),
                name=name,
                domain=domain_of(run),
                settings=LLMSettings(seed=seed),
                slots=limiter,
                on_answer=_Progress(),
            )
    finally:
        await server.aclose()


class _Progress:
    """Says on standard error how far it is, now and then."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if (now := time.monotonic()) - self._said >= _SAY_EVERY_S:
            self._said = now
            print(f"{done} of {total} texts read", file=sys.stderr)
