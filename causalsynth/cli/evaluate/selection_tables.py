"""The report on selection as tables for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from causalsynth.cli.evaluate.printing import counted, interval, percent, table

if TYPE_CHECKING:
    from causalsynth.evaluate.selection import SelectionReport

__all__ = ["render_selection"]

_MOST_ROWS = 10
_LEVEL = 0.05


def render_selection(report: "SelectionReport") -> RenderableType:
    """Lay out the divergences of each method, and which strata are accepted least."""
    from causalsynth.evaluate.selection import verdict

    parts: list[RenderableType] = [
        _methods(report),
        _bounds(report),
        *(Text(line) for line in _explanation(report)),
        Text(""),
    ]
    parts.append(_strata(report))
    if rows := list(_shifted(report)):
        heads = ("method", "variable = state", "target", "accepted", "p-value")
        parts.append(table("Marginals that acceptance shifts (p adjusted for all variables)", heads, rows[:_MOST_ROWS]))
    return Group(*parts, Text(verdict(report)))


def _methods(report: "SelectionReport") -> Table:
    from causalsynth.evaluate.selection.verdict import written

    rows = [
        (
            name,
            percent(method.mean_acceptance),
            written(method.chi2),
            _ends(method.chi2_interval),
            written(method.tv),
            _ends(method.tv_interval),
            written(method.kl),
            f"{method.p_value:.2g}",
        )
        for name, method in report.methods.items()
    ]
    heads = ("method", "accepted", "chi2", "95% interval", "TV", "95% interval", "KL", "p, no selection")
    return table(f"Accepted against target, {report.n} records", heads, rows)


def _ends(ends: tuple[float, float] | None) -> str:
    from causalsynth.evaluate.selection.verdict import written

    return "-" if ends is None else f"{written(ends[0])} to {written(ends[1])}"


def _bounds(report: "SelectionReport") -> Table:
    rows = [
        (
            name,
            "-" if method.bound_chi2 is None else f"{method.bound_chi2:.4f}",
            f"{method.bound_tv:.4f}",
            "-" if method.effective_sample_size is None else f"{method.effective_sample_size:.0f}",
        )
        for name, method in report.methods.items()
    ]
    return table("Whatever the strata", ("method", "chi2 at most", "TV at most", "worth under --weights"), rows)


def _explanation(report: "SelectionReport") -> list[str]:
    if report.strata_of == "skeleton":
        strata = f"Strata: skeletons that occur five times or more; {report.pooled} rarer records by their probability."
    else:
        strata = (
            "Strata: levels of difficulty, predicted from the facts without the record itself, as skeletons hardly"
            " repeat. chi2, TV and KL are those of the strata: of the skeletons they are lower bounds."
        )
    target = "the graph's own" if report.target == "exact" else "those of all records"
    return [
        f"{strata} Their probabilities are {target}, and 'accepted' goes by them: `realizability` counts records.",
        "chi2, TV and KL are corrected for chance (the plain figures are too large). 'At most' is what the mean"
        " acceptance alone allows. Worth: how many unweighted records as good as the accepted ones, weighted.",
    ]


def _strata(report: "SelectionReport") -> Table:
    rows = (
        (
            stratum.name,
            f"{stratum.target:.4f}",
            counted(stratum.first),
            percent(stratum.first.rate),
            counted(stratum.last),
            percent(stratum.last.rate),
            interval(stratum.last),
        )
        for stratum in report.strata[:_MOST_ROWS]
    )
    heads = ("stratum", "target", "at first", "share", "within K", "share", "95% interval")
    return table("Least accepted", heads, rows)


def _shifted(report: "SelectionReport") -> Iterator[tuple[str, ...]]:
    """Give the state of each significantly shifted variable that lost most."""
    for name, method in report.methods.items():
        for variable, marginal in sorted(method.marginals.items(), key=lambda item: -item[1].tv):
            if marginal.p_value < _LEVEL:
                state = min(marginal.target, key=lambda each: marginal.accepted[each] - marginal.target[each])
                target, accepted = marginal.target[state], marginal.accepted[state]
                yield name, f"{variable} = {state}", f"{target:.4f}", f"{accepted:.4f}", f"{marginal.p_value:.2g}"
