"""The report on realizability as tables for people."""

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from causalsynth.cli.evaluate.printing import counted, interval, kinds, percent, table

if TYPE_CHECKING:
    from causalsynth.evaluate.realizability import RealizabilityReport, RejectionSampling

__all__ = ["render_realizability"]

_MOST_ROWS = 10


def render_realizability(report: "RealizabilityReport") -> RenderableType:
    """Lay out what the realizer achieved."""
    parts: list[RenderableType] = [Text(line) for line in _realized_lines(report)]
    parts.append(_rounds(report))
    parts.extend(Text(line) for line in _rejection_lines(report.rejection))
    if report.by_kind:
        parts.append(_kinds(report))
    if any(entry.violations for entry in report.by_variable.values()):
        parts.append(_variables(report))
    if report.by_state:
        parts.append(_states(report))
    if report.by_stratum:
        parts.append(_strata(report))
    if report.by_style:
        parts.append(_styles(report))
    return Group(*parts)


def _realized_lines(report: "RealizabilityReport") -> list[str]:
    share = report.realized
    lines: list[str] = []
    if not report.complete:
        planned = "an unknown number of" if report.planned is None else str(report.planned)
        lines.append(
            f"Incomplete: {share.n} of {planned} planned records are finished, {report.unfinished} under way."
            " The figures are those of the finished ones; the same `generate` command goes on."
        )
    if not share.n:
        return [*lines, "No record is finished."]
    return [
        *lines,
        f"Realized: {counted(share)} records ({percent(share.rate)}; 95% interval {interval(share)}),"
        f" repaired: {report.repaired}, unrealized: {report.unrealized}."
        f" With repair {counted(report.with_repair)} state every fact ({percent(report.with_repair.rate)}).",
        "Realized means that a draft of the realizer itself said exactly the facts, without the fallback's"
        " repair. Every record counts, so nothing is hidden by dropping it.",
    ]


def _rounds(report: "RealizabilityReport") -> Table:
    heads = ["within rounds", "tried", "realized so far", "share", "95% interval"]
    rows = [
        [
            str(entry.round),
            str(entry.attempted),
            counted(entry.realized),
            percent(entry.realized.rate),
            interval(entry.realized),
        ]
        for entry in report.by_round
    ]
    if any(entry.without_draft for entry in report.by_round):
        heads.insert(2, "no draft")
        for row, entry in zip(rows, report.by_round, strict=True):
            row.insert(2, str(entry.without_draft))
    return table("How fast", heads, rows)


def _rejection_lines(rejection: "RejectionSampling") -> list[str]:
    if not rejection.accepted.n:
        return []
    line = (
        f"Rejection sampling on the same first attempts would have dropped {counted(rejection.lost)} records"
        f" ({percent(rejection.lost.rate)}; 95% interval {interval(rejection.lost)})"
    )
    if rejection.calls_per_text is None or rejection.calls_for_all is None:
        return [f"{line}: all of them."]
    loop = rejection.loop_calls_per_text
    least = "at least " if rejection.at_least else ""
    return [
        f"{line}. Calls for each text: {rejection.calls_per_text:.2f} by dropping,"
        f" {least}{rejection.calls_for_all / rejection.accepted.n:.2f} by trying each skeleton until it is accepted;"
        f" the loop took {'-' if loop is None else f'{loop:.2f}'}.",
        "",
    ]


def _kinds(report: "RealizabilityReport") -> Table:
    rows = (
        (kind, counted(entry.in_first), percent(entry.in_first.rate), interval(entry.in_first), str(entry.violations))
        for kind, entry in report.by_kind.items()
    )
    heads = ("kind of violation", "first drafts with it", "share", "95% interval", "violations in all drafts")
    return table("How drafts go wrong", heads, rows)


def _variables(report: "RealizabilityReport") -> Table:
    touched = [(name, entry) for name, entry in report.by_variable.items() if entry.violations]
    rows = (
        (
            name,
            counted(entry.in_first),
            percent(entry.in_first.rate),
            str(entry.violations),
            kinds(entry.by_kind),
        )
        for name, entry in sorted(touched, key=lambda item: -item[1].violations)
    )
    heads = ("variable", "wrong in first drafts", "share", "violations in all drafts", "of which")
    return table("Which variables go wrong", heads, rows)


def _strata(report: "RealizabilityReport") -> Table:
    rows = ((name, counted(share), percent(share.rate), interval(share)) for name, share in report.by_stratum.items())
    heads = ("probability of the facts", "realized", "share", "95% interval")
    return table("Are surprising facts harder?", heads, rows)


def _styles(report: "RealizabilityReport") -> Table:
    rows = ((name, counted(share), percent(share.rate), interval(share)) for name, share in report.by_style.items())
    return table("Are some styles harder?", ("style", "realized", "share", "95% interval"), rows)


def _states(report: "RealizabilityReport") -> Table:
    rows = (
        (
            f"{entry.variable} = {entry.state}",
            counted(entry.overridden),
            percent(entry.overridden.rate),
            interval(entry.overridden),
            kinds(entry.written),
        )
        for entry in report.by_state[:_MOST_ROWS]
    )
    heads = ("fact given", "not said so", "share", "95% interval", "written instead")
    return table("Facts that first drafts override", heads, rows)
