"""The report on fidelity as tables for people."""

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from causalsynth.cli.evaluate.printing import table

if TYPE_CHECKING:
    from causalsynth.evaluate.fidelity import FidelityReport, Figures

__all__ = ["render_fidelity"]


def render_fidelity(report: "FidelityReport") -> RenderableType:
    """Lay out how far each table is from the skeletons and from the law."""
    parts: list[RenderableType] = []
    if report.silent:
        parts.append(Text(f"Never stated, and not compared: {', '.join(report.silent)}."))
    if report.empty:
        parts.append(Text(f"Without any record: {', '.join(report.empty)}."))
    parts.append(_against_skeletons(report))
    if report.law_rows is not None:
        parts.append(_against_law(report))
    parts.extend(Text(line) for line in _explanation(report))
    return Group(*parts)


def _against_skeletons(report: "FidelityReport") -> Table:
    rows = (
        (
            name,
            str(each.rows),
            str(sum(each.indefinite.values())),
            *_figures(each.figures),
            f"{each.peer.cmd:.4f}",
        )
        for name, each in report.against_skeletons.items()
    )
    heads = (
        "values",
        "rows",
        "lacking",
        "TV",
        "worst variable",
        "TV of pairs",
        "worst pair",
        "CMD",
        "CMD squared",
    )
    return table(f"Against the {report.n} skeletons (no noise of sampling: the same records)", heads, rows)


def _figures(figures: "Figures") -> tuple[str, str, str, str, str]:
    marginals = figures.marginals
    variable, most = marginals.worst_single
    pair = marginals.worst_pair
    return (
        f"{marginals.single:.4f}",
        f"{variable} {most:.3f}" if most else "-",
        "-" if marginals.pairs is None else f"{marginals.pairs:.4f}",
        f"{pair[0][0]}, {pair[0][1]} {pair[1]:.3f}" if pair and pair[1] else "-",
        f"{figures.correlation.value:.4f}",
    )


def _against_law(report: "FidelityReport") -> Table:
    rows = []
    for name, each in report.against_law.items():
        marginals, largest, near = each.figures.marginals, each.redraws.largest, each.nearest
        values = (marginals.single, marginals.pairs, each.figures.correlation.value)
        rows.append(
            (
                name,
                str(each.rows),
                *(_beside(value, most) for value, most in zip(values, largest, strict=True)),
                "-" if near is None else f"{near.value:.4f}",
                "-" if near is None else f"{near.null[0]:.4f} to {near.null[1]:.4f}",
                "-" if near is None else f"{near.p:.2g}",
            )
        )
    how = "exact" if not report.law_rows else f"simulated with {report.law_rows} rows"
    heads = ("values", "rows", "TV (redrawn)", "TV of pairs (redrawn)", "CMD (redrawn)", "NNAA", "if of one law", "p")
    return table(f"Against the graph's law ({how})", heads, rows)


def _beside(value: float | None, most: float | None) -> str:
    if value is None or most is None:
        return "-"
    return f"{value:.4f} ({most:.4f}){'!' if value > most else ' '}"


def _explanation(report: "FidelityReport") -> list[str]:
    lines = [
        "TV: total variation distance of marginals, 0 to 1, averaged over variables or pairs. CMD: Frobenius norm of"
        " the difference of association matrices; squared: on the scale of other papers (V², eta², Yates).",
    ]
    if report.law_rows is None:
        return lines
    lines.append(
        f"Redrawn: the largest of {report.redraws} fresh samples of as many rows. What is above it is marked !; a"
        f" faithful table is above it with probability 1/{report.redraws + 1} a figure."
    )
    lines.append(
        "NNAA: how often a row's nearest neighbour is of its own table rather than of a fresh sample; near .5 they"
        " can't be told apart."
    )
    if report.withheld:
        lines.append(f"Withheld from some texts, and not compared with the law: {', '.join(report.withheld)}.")
    if "extracted" in report.against_skeletons:
        lines.append(
            "Caution: values that the loop's own extractor reads from accepted texts equal the skeletons by"
            " construction. Independent readings say whether the texts do."
        )
    return lines
