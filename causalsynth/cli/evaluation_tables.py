"""Evaluation reports as tables for people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from causalsynth.cli.options import told_do

if TYPE_CHECKING:
    from causalsynth.evaluate.independence import IndependenceReport, TripleOutcome, ValuesReport
    from causalsynth.evaluate.intervals import Share
    from causalsynth.evaluate.realizability import RealizabilityReport

__all__ = ["render", "render_independence", "render_realizability"]

_MOST_ROWS = 10


def render(report: "RealizabilityReport | IndependenceReport") -> RenderableType:
    """Lay out a report."""
    from causalsynth.evaluate.realizability import RealizabilityReport

    if isinstance(report, RealizabilityReport):
        return render_realizability(report)
    return render_independence(report)


def render_realizability(report: "RealizabilityReport") -> RenderableType:
    """Lay out what the realizer achieved."""
    parts: list[RenderableType] = [Text(line) for line in _realized_lines(report)]
    parts.append(_rounds(report))
    if any(entry.violations for entry in report.by_variable.values()):
        parts.append(_variables(report))
    if report.by_state:
        parts.append(_states(report))
    if report.by_stratum:
        parts.append(_strata(report))
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
        f"Realized: {_counted(share)} records ({_percent(share.rate)}; 95% interval {_interval(share)}),"
        f" repaired: {report.repaired}, unrealized: {report.unrealized}.",
        "Realized means that a draft of the realizer itself said exactly the facts, without the fallback's"
        " repair. Every record counts, so nothing is hidden by dropping it.",
    ]


def _rounds(report: "RealizabilityReport") -> Table:
    heads = ["within rounds", "tried", "realized so far", "share", "95% interval"]
    rows = [
        [
            str(entry.round),
            str(entry.attempted),
            _counted(entry.realized),
            _percent(entry.realized.rate),
            _interval(entry.realized),
        ]
        for entry in report.by_round
    ]
    if any(entry.without_draft for entry in report.by_round):
        heads.insert(2, "no draft")
        for row, entry in zip(rows, report.by_round, strict=True):
            row.insert(2, str(entry.without_draft))
    return _table("How fast", heads, rows)


def _variables(report: "RealizabilityReport") -> Table:
    touched = [(name, entry) for name, entry in report.by_variable.items() if entry.violations]
    rows = (
        (
            name,
            _counted(entry.in_first),
            _percent(entry.in_first.rate),
            str(entry.violations),
            _kinds(entry.by_kind),
        )
        for name, entry in sorted(touched, key=lambda item: -item[1].violations)
    )
    heads = ("variable", "wrong in first drafts", "share", "violations in all drafts", "of which")
    return _table("Which variables go wrong", heads, rows)


def _strata(report: "RealizabilityReport") -> Table:
    rows = (
        (name, _counted(share), _percent(share.rate), _interval(share)) for name, share in report.by_stratum.items()
    )
    heads = ("probability of the facts", "realized", "share", "95% interval")
    return _table("Are surprising facts harder?", heads, rows)


def _states(report: "RealizabilityReport") -> Table:
    rows = (
        (
            f"{entry.variable} = {entry.state}",
            _counted(entry.overridden),
            _percent(entry.overridden.rate),
            _interval(entry.overridden),
            _kinds(entry.written),
        )
        for entry in report.by_state[:_MOST_ROWS]
    )
    heads = ("fact given", "not said so", "share", "95% interval", "written instead")
    return _table("Facts that first drafts override", heads, rows)


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
            parts.append(_table(title, _OUTCOME_HEADS, _outcome_rows(values.rejected)))
        if values.unseen:
            title = f"{name}: arcs that are not seen"
            parts.append(_table(title, _OUTCOME_HEADS, _outcome_rows(values.unseen)))
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
            _signed(pair.fpr) + ("" if pair.fpr_se is None else f" +- {pair.fpr_se:.3f}"),
            str(pair.n_null),
            "",
            _signed(pair.power),
            "",
            "",
        )
        for name, pair in report.paired_difference.items()
    )
    heads = ("values", "false positives", "tests", "untestable", "power", "arcs (tests)", "rows not definite")
    return _table(title, heads, rows)


def _figures_row(name: str, values: "ValuesReport") -> tuple[str, ...]:
    rate = values.false_positives.rate
    return (
        name,
        "-" if rate is None or values.fpr_se is None else f"{rate:.3f} +- {values.fpr_se:.3f}",
        str(values.false_positives.n),
        _percent(values.untestable.rate),
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


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False)
    for position, head in enumerate(heads):
        table.add_column(head, justify="left" if position == 0 else "right")
    for row in rows:
        # Names of states and variables are the user's: Text, lest a `[bold]` in them be taken for markup.
        table.add_row(*(Text(cell) for cell in row))
    return table


def _counted(share: "Share") -> str:
    return f"{share.count} of {share.n}"


def _percent(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.1%}"


def _interval(share: "Share") -> str:
    low, high = share.interval
    return f"{low:.1%} to {high:.1%}"


def _kinds(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.3f}"
