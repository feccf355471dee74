"""The report on independence as tables for people."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from causalsynth.cli.evaluate.printing import percent, signed, table
from causalsynth.cli.options import told_do

if TYPE_CHECKING:
    from causalsynth.evaluate.independence import IndependenceReport, TripleOutcome, ValuesReport

__all__ = ["render_independence"]

_MOST_ROWS = 10


def render_independence(report: "IndependenceReport") -> RenderableType:
    """Lay out false-positive rates and power, side by side."""
    parts: list[RenderableType] = []
    if report.interventions:
        parts.append(Text(f"Under {told_do(report.interventions)}: tested against the mutilated graph."))
    if report.silent:
        silent = ", ".join(report.silent)
        parts.append(Text(f"Told not to mention: {silent}. No test involves them; that silence is not the text's."))
    if report.withheld:
        parts.append(Text(_withheld(report)))
    parts.append(_figures(report))
    parts.extend(Text(line) for line in _explanation(report))
    for name, values in report.values.items():
        if values.rejected:
            title = f"{name}: implied independencies that are rejected"
            parts.append(table(title, _OUTCOME_HEADS, _outcome_rows(values.rejected)))
        if values.unseen:
            title = f"{name}: arcs that are not seen"
            parts.append(table(title, _OUTCOME_HEADS, _outcome_rows(values.unseen)))
    return Group(*parts)


def _withheld(report: "IndependenceReport") -> str:
    told = "; ".join(
        f"{item.variable} in {item.records} records ({item.mechanism}"
        + (f" given {', '.join(item.given)})" if item.given else ")")
        for item in report.withheld
    )
    line = f"Told not to mention: {told}. These cells are missing from all values, skeletons too."
    if report.selected:
        line += f" {report.selected} independencies are not tested: among records selected so, they need not hold."
    return line


_OUTCOME_HEADS = ("x", "y", "given", "p-value", "effect size")


def _outcome_rows(outcomes: "Sequence[TripleOutcome]") -> Iterable[tuple[str, ...]]:
    for outcome in outcomes[:_MOST_ROWS]:
        x, y, given = outcome.triple
        yield x, y, ", ".join(given) or "-", f"{outcome.p_value:.2g}", f"{outcome.effect_size:.3f}"


def _figures(report: "IndependenceReport") -> Table:
    title = f"Test {report.test} at alpha = {report.alpha:g}"
    rows = [_figures_row(name, values) for name, values in report.values.items()]
    rows.extend(
        (
            f"{name}, difference",
            signed(pair.fpr) + ("" if pair.fpr_se is None else f" +- {pair.fpr_se:.3f}"),
            str(pair.n_null),
            "",
            signed(pair.power),
            "",
            "",
        )
        for name, pair in report.paired_difference.items()
    )
    heads = ("values", "false positives", "tests", "untestable", "power", "arcs (tests)", "rows not definite")
    return table(title, heads, rows)


def _figures_row(name: str, values: "ValuesReport") -> tuple[str, ...]:
    rate = values.false_positives.rate
    return (
        name,
        "-" if rate is None or values.fpr_se is None else f"{rate:.3f} +- {values.fpr_se:.3f}",
        str(values.false_positives.n),
        percent(values.untestable.rate),
        "-" if values.power.rate is None else f"{values.power.rate:.3f}",
        f"{values.arcs} ({values.power.n})",
        f"{values.indefinite_rows} of {values.rows}",
    )


def _explanation(report: "IndependenceReport") -> list[str]:
    lines = [
        "False positives: the share of independencies implied by the graph that the test rejects; good is"
        f" near alpha ({report.alpha:g}), give or take the standard error, and the same as on the skeletons.",
        "Power: the share of tests on the graph's arcs that see the dependence; good is near 1, or as high as"
        " on the skeletons. Data without any structure have a low false-positive rate, but no power.",
    ]
    if report.paired_difference:
        lines.append("The difference from the skeletons is the figure that matters: it is what the text did.")
    if "extracted" in report.values:
        lines.append(
            "Caution: values that the loop's own extractor reads from accepted texts equal the skeletons by "
            "construction. Here they test whether records were selected, not whether the text is right."
        )
    return lines
