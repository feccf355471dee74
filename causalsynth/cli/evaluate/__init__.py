"""``causalsynth evaluate``: what a run achieved, and whether the causal structure came through. One file a command."""

import typer

from causalsynth.cli.evaluate.audit import audit
from causalsynth.cli.evaluate.backdoor import backdoor
from causalsynth.cli.evaluate.ci import ci
from causalsynth.cli.evaluate.effects import effects
from causalsynth.cli.evaluate.everything import everything
from causalsynth.cli.evaluate.fidelity import fidelity
from causalsynth.cli.evaluate.read import read
from causalsynth.cli.evaluate.realizability import realizability
from causalsynth.cli.evaluate.selection import selection

__all__ = ["app"]

app = typer.Typer(
    help="Prove with numbers what a run achieved and what it lost.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(realizability)
app.command()(ci)
app.command()(selection)
app.command()(backdoor)
app.command()(fidelity)
app.command()(read)
app.command()(audit)
app.command()(effects)
app.command("all")(everything)
