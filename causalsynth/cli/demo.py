"""``causalsynth demo``: the main job in small, with embedded parts only."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from causalsynth.cli.options import command

if TYPE_CHECKING:
    from rich.table import Table

    from causalsynth.evaluate.independence import IndependenceReport
    from causalsynth.evaluate.realizability import RealizabilityReport
    from causalsynth.run.records import Record

__all__ = ["demo"]

_GRAPH = "asia"
_RECORDS = 100
_SEED = 1


def demo(
    directory: Annotated[Path, typer.Argument(help="Where to write the run.")] = Path("runs/demo"),
) -> None:
    """Write 100 ASIA notes with the embedded realizer, evaluate them, and say where to look."""
    from rich.console import Console

    from causalsynth.cli.running import do_run
    from causalsynth.evaluate.independence import independence
    from causalsynth.evaluate.realizability import realizability
    from causalsynth.evaluate.rundir import value_frames
    from causalsynth.run.generate import make_config
    from causalsynth.scm import SCM

    result = do_run(make_config(graph=_GRAPH, n=_RECORDS, seed=_SEED), directory)
    scm = SCM.load(_GRAPH)
    realized = realizability(result.attempts, planned=_RECORDS)
    tested = independence(value_frames(result.attempts, scm.variables), scm)
    console = Console()
    _show_note(result.records[0])
    console.print(_verdict(realized, tested))
    print(
        f"The arcs of rare causes need more records than {_RECORDS} to be seen. The notes are composed by a grammar,\n"
        "not by a language model, so they show that the pipeline holds, and nothing about any model.\n"
    )
    print(f"Texts and values      {directory}/records.parquet")
    print(f"Every attempt         {directory}/attempts.jsonl")
    simulated = command("generate", _GRAPH, "-n", "200", "--realizer", "simulated", "--rounds", "5")
    served = command("generate", _GRAPH, "-n", "200", "--realizer", "openai", "--base-url", "URL", "--model", "NAME")
    print(f"The figures in full   {command('evaluate', 'realizability', str(directory))}")
    print(f"                      {command('evaluate', 'ci', str(directory))}")
    print(f"See the loop at work  {simulated}")
    print(f"With an LLM           {served}")


def _show_note(record: "Record") -> None:
    facts = ", ".join(f"{name} = {state}" for name, state in record.skeleton.items())
    print(f"\nOne of the notes ({record.index}):\n")
    for paragraph in (record.text or "").splitlines():
        print(textwrap.fill(paragraph, 96, initial_indent="    ", subsequent_indent="    "))
    print(f"\nThe facts behind it: {facts}\n")


def _verdict(realized: "RealizabilityReport", tested: "IndependenceReport") -> "Table":
    """Lay out what a newcomer wants to know: the facts as drawn beside the facts as read from the notes."""
    from rich import box
    from rich.table import Table

    table = Table(title="The facts as drawn from the ASIA network, and as read back from the notes", box=box.SIMPLE)
    for head in ("", "as drawn", "as read", "good is"):
        table.add_column(head, justify="left" if head in ("", "good is") else "right", no_wrap=True)
    n = realized.realized.n
    kept = n - realized.unrealized
    drawn, read = tested.values["skeleton"], tested.values["extracted"]
    table.add_row("Records", f"{n}", f"{n}", "none dropped")
    table.add_row("Notes that say exactly their facts", "", f"{kept} of {n}", "all")
    table.add_row("… of these without a repair", "", f"{realized.realized.count} of {n}", "all")
    for what, as_drawn, as_read, good in (
        ("Independencies wrongly rejected", drawn.false_positives, read.false_positives, "near 5 %, as drawn"),
        ("Arcs of the graph that are seen", drawn.power, read.power, "high, as drawn"),
    ):
        table.add_row(what, _percent(as_drawn.rate), _percent(as_read.rate), good)
    return table


def _percent(rate: float | None) -> str:
    return "not testable" if rate is None else f"{100 * rate:.0f} %"
