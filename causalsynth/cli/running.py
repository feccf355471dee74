"""Do a run from the command line: progress on standard error, and what an interruption leaves to be done."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from causalsynth.cli.options import to_resume
from causalsynth.errors import BudgetError, InterruptedRunError, ServerError

if TYPE_CHECKING:
    from causalsynth.realize.chat import ChatModel
    from causalsynth.run.config import RunConfig
    from causalsynth.run.directory import Intent
    from causalsynth.run.job import Job
    from causalsynth.run.result import RunResult

__all__ = ["do_run"]


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
        raise InterruptedRunError(f"interrupted; what is finished is in {directory}", hint=to_resume()) from None
    except (ServerError, BudgetError) as error:
        begun = (directory / "manifest.json").exists()
        hint = to_resume(error.hint, how="resume with" if begun else "then run")
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


def _stop_on_signals() -> None:
    """Cancel the run in order on SIGINT and SIGTERM, also where a shell has the former ignored for its background."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)


def _introduce(model: "ChatModel", config: "RunConfig", directory: Path) -> None:
    note = "" if model.is_llm else "  (not an LLM: nothing here says how a large language model would do)"
    print(f"{config.n} records of {config.graph}, written by {model.name}{note}\n→ {directory}", file=sys.stderr)
