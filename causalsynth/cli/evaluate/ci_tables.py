"""The report on independence as tables for people."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from causalsynth.cli.evaluate.printing import percent, signed, table
from causalsynth.cli.options import told_do

if TYPE_CHECKING:
    from causalsynth.evaluate.independence import (
        Band,
        FamilyFit,
        IndependenceReport,
        TripleOutcome,
        ValuesReport,
    )

__all__ = ["render_independence"]

_MOST_ROWS = 10


def render_independence(report: "IndependenceReport") -> RenderableType:
    """Lay out false-positive rates and power, side by side."""
    parts: list[RenderableType] = [Text(line) for line in _preamble(report)]
    parts.append(_figures(report))
    if report.paired_difference:
        parts.append(_differences(report))
    parts.extend(Text(line) for line in _explanation(report))
    if bands := _bands(report):
        parts.append(bands)
    if report.values and (arcs := _arcs(report)):
        parts.append(arcs)
    before: ValuesReport | None = None
    for name, values in report.values.items():
        parts.extend(_details(name, values, before, report.alpha))
        before = before or values
    if report.structure:
        parts.append(_structure(report))
    parts.append(Text("What this means", style="bold"))
    parts.extend(Text(f"- {line}") for line in report.verdict)
    return Group(*parts)


def _preamble(report: "IndependenceReport") -> Iterator[str]:
    if report.interventions:
        yield f"Under {told_do(report.interventions)}: tested against the mutilated graph."
    if report.silent:
        silent = ", ".join(report.silent)
        yield f"Told not to mention: {silent}. No test involves them; that silence is not the text's."
    if report.withheld:
        yield _withheld(report)
    if report.sampled is not None:
        yield f"The graph implies {report.implied} independencies; {report.sampled}, drawn by seed, are tested."
    reasons: dict[str, int] = {}
    for item in report.left_out:
        reasons[item.reason] = reasons.get(item.reason, 0) + 1
    for reason, count in reasons.items():
        yield f"Left out of power: {count} arc test{'s' * (count > 1)}; {reason}."


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


def _figures(report: "IndependenceReport") -> Table:
    title = f"Test {report.test} at alpha = {report.alpha:g}"
    if sets := max((values.data_sets for values in report.values.values()), default=1) - 1:
        title += f", {sets + 1} data sets"
    rows = [_figures_row(name, values) for name, values in report.values.items()]
    heads = (
        "values",
        "false positives",
        "tests",
        "untestable",
        "uniform p",
        "power",
        "by model",
        "arc tests",
        "rows",
        "unclear",
    )
    return table(title, heads, rows)


def _figures_row(name: str, values: "ValuesReport") -> tuple[str, ...]:
    uniform = values.uniformity
    return (
        name,
        _with_error(values.false_positives.rate, values.fpr_se),
        str(values.false_positives.n),
        percent(values.untestable.rate),
        "-" if uniform is None or uniform.p_value is None else f"{uniform.p_value:.2g}",
        _with_error(values.power.rate, values.power_se),
        "-" if values.expected_power is None else f"{values.expected_power:.3f}",
        str(values.power.n),
        str(values.rows),
        str(values.indefinite_rows),
    )


def _differences(report: "IndependenceReport") -> Table:
    rows = [
        (
            name,
            _signed_with_error(pair.fpr, pair.fpr_se),
            str(pair.n_null),
            _signed_with_error(pair.power, pair.power_se),
            str(pair.rows),
        )
        for name, pair in report.paired_difference.items()
    ]
    heads = ("values", "false positives", "tests", "power", "rows")
    return table(f"Differences from {report.reference}, test by test on the same records", heads, rows)


def _with_error(value: float | None, error: float | None) -> str:
    return "-" if value is None else f"{value:.3f}" + ("" if error is None else f" +- {error:.3f}")


def _signed_with_error(value: float | None, error: float | None) -> str:
    return signed(value) + ("" if value is None or error is None else f" +- {error:.3f}")


def _explanation(report: "IndependenceReport") -> Iterator[str]:
    yield (
        "False positives: the share of independencies implied by the graph that the test rejects; good is"
        f" near alpha ({report.alpha:g}), give or take the standard error, and the same as on the skeletons."
    )
    yield (
        "Power: the share of tests on the graph's arcs that see the dependence; good is near 1, or as high as"
        " on the skeletons. Data without any structure have a low false-positive rate, but no power."
    )
    if report.paired_difference:
        yield "The difference from the skeletons is the figure that matters: it is what the text did."


def _bands(report: "IndependenceReport") -> Table | None:
    rows = []
    for what, bands_of in (("|Z| = ", _by_given), ("rows per cell ", _by_density)):
        labels = dict.fromkeys(band.label for values in report.values.values() for band in bands_of(values))
        for label in labels:
            cells = [_band_cell(label, bands_of(values)) for values in report.values.values()]
            rows.append((what + label, *cells))
    heads = ("independencies with", *(f"{name}: rejected" for name in report.values))
    return table("False positives by kind of test", heads, rows) if rows else None


def _by_given(values: "ValuesReport") -> "Sequence[Band]":
    return values.by_given


def _by_density(values: "ValuesReport") -> "Sequence[Band]":
    return values.by_density


def _band_cell(label: str, bands: "Sequence[Band]") -> str:
    for band in bands:
        if band.label == label:
            share = band.false_positives
            left = f", {band.untestable} untestable" if band.untestable else ""
            return f"{share.count} of {share.n} ({_with_error(share.rate, band.se)}){left}"
    return "-"


def _arcs(report: "IndependenceReport") -> Table | None:
    """Show how often each arc is seen, those first that are seen least."""
    seen: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    expected: dict[tuple[str, str], list[float | None]] = {}
    first = next(iter(report.values))
    for name, values in report.values.items():
        for test in values.arc_tests:
            arc = test.triple[0], test.triple[1]
            count, tests = seen.setdefault(arc, {}).get(name, (0, 0))
            seen[arc][name] = count + test.rejections, tests + test.tests
            if name == first:
                expected.setdefault(arc, []).append(test.expected_power)
    weakest = sorted(seen, key=lambda arc: (min(count / tests for count, tests in seen[arc].values()), arc))
    rows = [
        (
            f"{cause} -> {effect}",
            _mean_power(expected.get((cause, effect), [])),
            *(f"{count} of {tests}" for count, tests in seen[cause, effect].values()),
        )
        for cause, effect in weakest[:_MOST_ROWS]
    ]
    more = f", the {_MOST_ROWS} weakest of {len(weakest)}" if len(weakest) > _MOST_ROWS else ""
    return table(f"Arcs seen{more}", ("arc", "power by model", *report.values), rows) if rows else None


def _mean_power(powers: Sequence[float | None]) -> str:
    known = [power for power in powers if power is not None]
    return f"{sum(known) / len(known):.2f}" if known and len(known) == len(powers) else "-"


def _details(
    name: str, values: "ValuesReport", before: "ValuesReport | None", alpha: float
) -> Iterator[RenderableType]:
    """Show single tests, unless they are those of the values `before`."""
    if values.rejected and (before is None or values.rejected != before.rejected):
        title = f"{name}: implied independencies that are rejected"
        yield table(title, _OUTCOME_HEADS, _outcome_rows(values.rejected))
    if values.unseen and (before is None or values.unseen != before.unseen):
        yield table(f"{name}: arcs that are not seen", _OUTCOME_HEADS, _outcome_rows(values.unseen))
    misfit = values.misfit(alpha)
    if misfit and (before is None or misfit != before.misfit(alpha)):
        title = f"{name}: variables that do not follow the model's table given their parents"
        yield table(title, ("variable", "p-value (Holm)", "X2", "rows"), _family_rows(misfit))


_OUTCOME_HEADS = ("x", "y", "given", "p-value", "effect size")


def _outcome_rows(outcomes: "Sequence[TripleOutcome]") -> Iterable[tuple[str, ...]]:
    for outcome in outcomes[:_MOST_ROWS]:
        x, y, given = outcome.triple
        effect = "-" if math.isnan(outcome.effect_size) else f"{outcome.effect_size:.3f}"
        yield x, y, ", ".join(given) or "-", f"{outcome.p_value:.2g}", effect


def _family_rows(fits: "Sequence[FamilyFit]") -> Iterable[tuple[str, ...]]:
    for fit in fits[:_MOST_ROWS]:
        yield fit.variable, f"{fit.adjusted:.2g}", f"{fit.statistic:.1f}", str(fit.n)


def _structure(report: "IndependenceReport") -> Table:
    rows = [
        (name, str(check.shd), str(len(check.missing)), str(len(check.extra)), str(len(check.turned)))
        for name, check in report.structure.items()
    ]
    heads = ("values", "distance (SHD)", "arcs missing", "arcs extra", "otherwise directed")
    return table("What the PC algorithm learns, against the true CPDAG", heads, rows)
