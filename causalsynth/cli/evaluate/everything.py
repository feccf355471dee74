"""``causalsynth evaluate all``."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from causalsynth.cli.evaluate.options import GraphOption, JsonOption, RunArgument, cores
from causalsynth.cli.evaluate.printing import note, print_report
from causalsynth.cli.evaluate.source import opened

if TYPE_CHECKING:
    from rich.console import RenderableType

    from causalsynth.evaluate.everything import EvaluationReport

__all__ = ["everything"]


def everything(
    rundir: RunArgument,
    graph: GraphOption = None,
    probe: Annotated[
        bool, typer.Option("--probe/--no-probe", help="Have a probe read the texts first, if it has not yet.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Of all draws and folds.")] = 0,
    threads: Annotated[int, typer.Option(min=0, help="Of tests and probe; 0 for one a core.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Evaluate a run in every way: readers, realizability, ci, selection, backdoor, fidelity, effects, richness.

    What can't be said is left out with a note; where a damaged file is why, the exit code is 2.
    """
    from causalsynth.evaluate.everything import evaluate_all

    run = opened(rundir, graph)
    report = evaluate_all(run, seed=seed, threads=threads or cores(), probe=probe)
    print_report(report, _render, as_json=as_json)
    for name, reason in report.skipped.items():
        note(_told(name, reason))
    if report.damaged:
        raise next(iter(report.damaged.values()))  # what can be said is printed; the exit code tells that it isn't all


def _told(name: str, reason: str) -> str:
    """Say what is missing: an evaluation, or a reading in all of them."""
    of, readers, reading = name.rpartition("readers/")
    return f"all figures are without the reading {of}{reading}: {reason}" if readers else f"no {name}: {reason}"


def _render(report: "EvaluationReport") -> "RenderableType":
    from rich.console import Group
    from rich.rule import Rule

    renderers = _renderers()
    parts: list[RenderableType] = []
    for name, found in report.reports.items():
        parts += [Rule(name, align="left", style="bold"), renderers[name.partition("/")[0]](found), ""]
    return Group(*parts)


def _renderers() -> "Mapping[str, Callable[[Any], RenderableType]]":
    from causalsynth.cli.evaluate.backdoor_tables import render_backdoor
    from causalsynth.cli.evaluate.ci_tables import render_independence
    from causalsynth.cli.evaluate.effects_tables import render_effects
    from causalsynth.cli.evaluate.fidelity_tables import render_fidelity
    from causalsynth.cli.evaluate.read_tables import render_reading
    from causalsynth.cli.evaluate.realizability_tables import render_realizability
    from causalsynth.cli.evaluate.richness_tables import render_richness
    from causalsynth.cli.evaluate.selection_tables import render_selection

    return {
        "readers": render_reading,
        "realizability": render_realizability,
        "ci": render_independence,
        "selection": render_selection,
        "backdoor": render_backdoor,
        "fidelity": render_fidelity,
        "effects": render_effects,
        "richness": render_richness,
    }
