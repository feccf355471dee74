"""``causalsynth evaluate effects``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from causalsynth.cli.evaluate.options import GraphOption, JsonOption, RunArgument
from causalsynth.cli.evaluate.printing import note, print_report
from causalsynth.cli.evaluate.source import opened

if TYPE_CHECKING:
    from causalsynth.evaluate.effects import AdjustmentKind

__all__ = ["effects"]


def effects(
    rundir: RunArgument,
    graph: GraphOption = None,
    treatment: Annotated[
        str | None,
        typer.Option("--treatment", metavar="X[=x]", help="Whose effect; all categorical causes by default."),
    ] = None,
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="Y[=y]", help="On what; what causes nothing further by default.")
    ] = None,
    control: Annotated[
        str | None,
        typer.Option("--control", metavar="x0", help="Value to compare with [no, none … or the last state]."),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against", metavar="RUNDIR", help="A run under do(), or twins; may be repeated [RUNDIR/twins/*]."
        ),
    ] = None,
    adjust: Annotated[str, typer.Option("--adjust", help="Which valid set: minimal, parents or optimal.")] = "minimal",
    most: Annotated[int, typer.Option("--most", min=1, help="Effects at most, where none is asked for.")] = 12,
    as_json: JsonOption = False,
) -> None:
    """Compare effects that the texts' values give with the model's own: adjusted for, under do(), and in twins."""
    from causalsynth.cli.evaluate.effects_tables import render_effects
    from causalsynth.errors import InputError
    from causalsynth.evaluate.effects import effects as evaluate
    from causalsynth.evaluate.effects import read_effects, twin_directories
    from causalsynth.evaluate.rundir import open_run

    kind = _kind(adjust)
    if control is not None and treatment is None:
        raise InputError("--control is of one treatment", hint="give --treatment too")
    run = opened(rundir, graph)
    if run.plan.skeletons is not None:
        note(f"the facts are those of {run.plan.skeletons}, not drawn from the graph: they need not show its effects")
    asked = None if treatment is None and outcome is None else read_effects(run.scm, treatment, outcome, control)
    if against is None:
        against = twin_directories(rundir)
    others = [open_run(path, graph) for path in against]
    for other in others:
        if not other.scm.interventions:
            note(f"{other.directory} is under no intervention: there is nothing to set against")
    print_report(evaluate(run, asked, against=others, kind=kind, most=most), render_effects, as_json=as_json)


def _kind(text: str) -> "AdjustmentKind":
    from causalsynth.errors import InputError
    from causalsynth.evaluate.effects import AdjustmentKind

    try:
        return AdjustmentKind(text)
    except ValueError:
        raise InputError(f"--adjust {text}: no such set", hint=f"there are {', '.join(AdjustmentKind)}") from None
