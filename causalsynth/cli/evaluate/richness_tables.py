"""The report on richness as tables for people."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from causalsynth.cli.evaluate.printing import percent, table

if TYPE_CHECKING:
    from rich.table import Table

    from causalsynth.evaluate.richness import Change, Richness, RichnessReport

__all__ = ["render_richness"]

_HEADS = (
    "texts",
    "n",
    "words",
    "vocabulary",
    "distinct-1",
    "distinct-2",
    "MATTR",
    "MTLD",
    "alike",
    "near-dup.",
    "the same",
)


def render_richness(report: "RichnessReport") -> RenderableType:
    """Lay out the measures by stage and round, and what correcting changed."""
    parts: list[RenderableType] = [
        _stages("All records", report.stages),
        _stages("Final texts by the round that they were accepted in", report.by_round),
    ]
    if report.changes:
        parts.append(_changes(report))
    parts.extend(Text(line) for line in _explanation(report))
    return Group(*parts)


def _stages(title: str, stages: "Mapping[str, Richness]") -> "Table":
    return table(title, _HEADS, [_row(name, stage) for name, stage in stages.items()])


def _row(name: str, stage: "Richness") -> tuple[str, ...]:
    return (
        name,
        str(stage.texts),
        _figure(stage.words.mean, 1),
        str(stage.vocabulary),
        _figure(stage.distinct[1], 4),
        _figure(stage.distinct[2], 4),
        _figure(stage.mattr.mean, 3),
        _figure(stage.mtld.mean, 1),
        _figure(stage.self_similarity, 4),
        percent(stage.near_duplicates.rate),
        percent(stage.exact_duplicates.rate),
    )


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _changes(report: "RichnessReport") -> "Table":
    heads = ("measure", "records", "first draft", "final text", "difference", "95% interval", "p-value")
    return table("What correcting changed, on the same records", heads, [_change_row(one) for one in report.changes])


def _change_row(change: "Change") -> tuple[str, ...]:
    difference = change.difference
    return (
        change.measure,
        str(change.n),
        _figure(change.before, 4),
        _figure(change.after, 4),
        "-" if difference is None else f"{difference:+.4f}",
        "-" if change.interval is None else f"{change.interval[0]:+.4f} to {change.interval[1]:+.4f}",
        _figure(change.p_value, 3),
    )


def _explanation(report: "RichnessReport") -> list[str]:
    return [
        "Vocabulary and distinct-n depend on how many words there are: compare them at equal n. MATTR and MTLD don't;"
        " texts of fewer than 50 words have neither.",
        f"Alike: mean Jaccard similarity of two texts' word trigrams (at most {report.sample} texts). Near-duplicates:"
        f" texts with another one at {report.threshold:g} or above.",
        f"{report.corrected} records left with another text than their first draft. Rounds take the harder records, so"
        " only that comparison is of like with like.",
    ]
