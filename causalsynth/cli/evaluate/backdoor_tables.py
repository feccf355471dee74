"""The report on the semantic backdoor as tables for people."""

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from causalsynth.cli.evaluate.printing import counted, interval, kinds, percent, table

if TYPE_CHECKING:
    from causalsynth.evaluate.backdoor import BackdoorReport, ReaderOverrides, Trend

__all__ = ["render_backdoor"]

_MOST_ROWS = 10


def render_backdoor(report: "BackdoorReport") -> RenderableType:
    """Lay out override rates by surprise and by fact."""
    parts: list[RenderableType] = [Text(line) for line in _lines(report)]
    parts.append(_bands(report))
    if any(fact.overridden.count for fact in report.facts):
        parts.append(_facts(report))
    return Group(*parts, Text(_caution(report)))


def _lines(report: "BackdoorReport") -> list[str]:
    return [
        f"First drafts of {report.records} records: {counted(report.overridden)} facts overridden"
        f" ({percent(report.overridden.rate)}), {report.omitted.count} omitted"
        f" ({percent(report.omitted.rate)}). In last drafts {report.after.count} are still overridden"
        f" ({percent(report.after.rate)}).",
        f"Overridden by something that the graph holds likelier: {counted(report.towards_usual)}.",
        *(_reader(name, each) for name, each in report.readers.items() if name != "extracted"),
        f"{_trend('Odds of an override per bit of surprise', report.trend)};"
        f" {_trend('within variables', report.trend_within)}.",
    ]


def _reader(name: str, found: "ReaderOverrides") -> str:
    return (
        f"In final texts the reading {name} has {counted(found.overridden)} facts otherwise"
        f" ({percent(found.overridden.rate)}), its own mistakes among them;"
        f" {_trend('odds per bit of surprise', found.trend)}."
    )


def _trend(what: str, trend: "Trend | None") -> str:
    if trend is None:
        return f"{what}: no trend can be fitted (fewer than 5 overrides, or none but the most surprising)"
    low, high = trend.interval
    return f"{what}: x {trend.odds_ratio:.2f} (95% interval {low:.2f} to {high:.2f}, p = {trend.p_value:.2g})"


def _bands(report: "BackdoorReport") -> Table:
    rows = (
        (
            band.name,
            str(band.overridden.n),
            percent(band.overridden.rate),
            interval(band.overridden),
            percent(band.omitted.rate),
            percent(band.after.rate),
            *(percent(share.rate) for share in band.read.values()),
        )
        for band in report.by_surprise
    )
    heads = ["surprise of the fact", "facts", "overridden", "95% interval", "omitted", "in last drafts"]
    heads += [f"in final texts, {name}" for name in report.readers]
    return table("Are surprising facts overridden?", heads, rows)


def _facts(report: "BackdoorReport") -> Table:
    rows = (
        (
            f"{fact.variable} = {fact.imposed}",
            "-" if fact.surprise is None else f"{fact.surprise:.2f}",
            counted(fact.overridden),
            percent(fact.overridden.rate),
            interval(fact.overridden),
            kinds(fact.written),
            str(fact.omitted),
            counted(fact.after),
        )
        for fact in report.facts[:_MOST_ROWS]
        if fact.overridden.count
    )
    heads = ("imposed", "bits", "overridden", "share", "95% interval", "written instead", "omitted", "after the loop")
    return table("Facts that first drafts override", heads, rows)


def _caution(report: "BackdoorReport") -> str:
    caution = (
        "Surprise is -log2 of the fact's probability given all other facts, by the graph without interventions."
        " What drafts say is what the loop's own extractor reads; in accepted texts it finds no override by"
        " construction."
    )
    if report.unknown:
        caution += f" Not counted, as probabilities aren't known: {', '.join(report.unknown)}."
    return caution
