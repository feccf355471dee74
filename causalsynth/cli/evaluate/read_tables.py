"""A reading as tables for people."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from causalsynth.cli.evaluate.printing import counted, interval, percent, table

if TYPE_CHECKING:
    from rich.table import Table

    from causalsynth.evaluate.intervals import Share
    from causalsynth.evaluate.readers import ReadingReport

__all__ = ["render_reading"]

_MOST_ROWS = 12


def render_reading(report: "ReadingReport") -> RenderableType:
    """Lay out what was read against the skeletons."""
    whole = report.whole
    parts: list[RenderableType] = [
        Text(
            f"Reading {report.name} ({report.kind}): every fact read as in the skeleton in {counted(whole)} texts"
            f" ({percent(whole.rate)}; 95% interval {interval(whole)})."
        ),
        _variables(report),
        _states(report),
    ]
    parts.extend(Text(line) for line in _explanation(report))
    return Group(*parts)


def _variables(report: "ReadingReport") -> "Table":
    rows = [
        (
            name,
            str(entry.right.n),
            percent(entry.right.rate),
            interval(entry.right),
            str(entry.not_read),
            _kappa(entry.kappa),
            percent(entry.extractor.rate),
            _kappa(entry.extractor_kappa),
            _beyond(entry.beyond_guessing),
        )
        for name, entry in report.by_variable.items()
    ]
    heads = (
        "variable",
        "texts",
        "as skeleton",
        "95% interval",
        "not read",
        "kappa",
        "as extractor",
        "kappa",
        "unguessable",
    )
    return table("Against the skeletons, and against the loop's extractor", heads, rows)


def _kappa(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _beyond(share: "Share") -> str:
    return "-" if share.rate is None else f"{share.count}/{share.n}"


def _states(report: "ReadingReport") -> "Table":
    rows = sorted(_worst(report), key=lambda row: row[0])
    heads = ("fact", "read so", "share", "95% interval", "read instead")
    return table("Facts that are read least often", heads, [row[1] for row in rows[:_MOST_ROWS]])


def _worst(report: "ReadingReport") -> Iterable[tuple[float, tuple[str, ...]]]:
    for name, entry in report.by_variable.items():
        confusion = entry.confusion
        heads = [*confusion.classes, "not read"]
        for place, (state, share) in enumerate(confusion.recall.items()):
            if share.rate is None:
                continue
            instead = sorted(
                (
                    (count, head)
                    for head, count in zip(heads, confusion.counts[place], strict=True)
                    if head != state and count
                ),
                reverse=True,
            )
            said = ", ".join(f"{head} {count}" for count, head in instead)
            yield share.rate, (f"{name} = {state}", counted(share), percent(share.rate), interval(share), said or "-")


def _explanation(report: "ReadingReport") -> list[str]:
    lines = [
        "Unguessable: texts read right, of those whose fact does not follow from the record's other facts by a guess"
        " without any text. A reader that goes by the company that a fact keeps gets few of them."
    ]
    if report.kind == "probe":
        lines.append(
            "The probe learns from the skeletons what words stand for. What it reads wrong is the text's fault or its"
            " own, so these shares are lower bounds of what the texts say right, unless all texts err alike."
        )
    if leaks := {name: entry.leaked for name, entry in report.by_variable.items() if entry.leaked}:
        told = ", ".join(f"{name} {count}" for name, count in leaks.items())
        lines.append(f"Read although the text was to keep silent: {told}.")
    lines.append(f"`evaluate ci` shows the values `{report.name}` beside the skeletons from now on.")
    return lines
