"""The command line: one file a command, and the one place where an error becomes a message and an exit code."""

import io
import os
import sys
from typing import NoReturn

import typer

from causalsynth._version import __version__
from causalsynth.cli import batch, domain, evaluate
from causalsynth.cli.counterfactual import counterfactual
from causalsynth.cli.demo import demo
from causalsynth.cli.doctor import doctor
from causalsynth.cli.extract import extract
from causalsynth.cli.generate import generate
from causalsynth.cli.graphs import graphs
from causalsynth.cli.probes import probes
from causalsynth.cli.sample import sample
from causalsynth.cli.simulate_server import simulate_server
from causalsynth.cli.verify import verify
from causalsynth.errors import CausalSynthError, InterruptedRunError

__all__ = ["app", "main"]

app = typer.Typer(
    name="causalsynth",
    help="Text with known causal truth: draw facts, have them written, read them back, correct, prove what was kept.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(generate)
app.add_typer(evaluate.app, name="evaluate")
app.command()(sample)
app.command()(probes)
app.command()(counterfactual)
app.command()(graphs)
app.command()(extract)
app.command()(verify)
app.add_typer(batch.app, name="batch")
app.add_typer(domain.app, name="domain")
app.command()(doctor)
app.command()(demo)
app.command()(simulate_server)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"causalsynth {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    """Text with known causal truth: draw facts, have them written, read them back, correct, prove what was kept."""


def main() -> NoReturn:
    """Run the command line, and leave with the exit code that CLI documents.

    Set ``CAUSALSYNTH_DEBUG=1`` for tracebacks.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal can't show is written as \xe9, not refused
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except CausalSynthError as error:
        if os.environ.get("CAUSALSYNTH_DEBUG"):
            raise
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  → {error.hint}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(InterruptedRunError.exit_code)
    except BrokenPipeError:
        # The reader of a pipe (head, less) has gone; nothing is left to say and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        # Standard output on a full disk, say. Files have messages of their own.
        print(f"error: {error}\n  → is there room on the disk that the output goes to?", file=sys.stderr)
        sys.exit(1)
    sys.exit(0)
