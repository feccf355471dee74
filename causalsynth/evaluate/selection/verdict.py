"""What the figures on selection come to, in plain sentences."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from causalsynth.evaluate.selection.report import SelectionReport

__all__ = ["verdict", "written"]

_LEAST_SHOWN = 0.001


def verdict(report: "SelectionReport") -> str:
    """Say whether iterating helped, whether the condition is met under which it must, and what is left."""
    return " ".join([_iterating(report), _condition(report), _left(report)])


def written(value: float) -> str:
    """Write a divergence: to four places, or to one digit where it is too small for them."""
    return f"{value:.4f}" if value == 0 or abs(value) >= _LEAST_SHOWN else f"{value:.0e}"


def _iterating(report: "SelectionReport") -> str:
    before, after = report.methods["rejection"].chi2, report.methods["loop"].chi2
    if report.methods["rejection"].accepted.count == report.n:
        return "All first attempts were accepted: nothing was selected, and there was nothing to iterate on."
    interval = report.change_interval
    figures = f"chi2 {written(before)} with first attempts alone, {written(after)} within K rounds"
    if interval is not None:
        figures += f"; 95% interval of the change {written(interval[0])} to {written(interval[1])}"
    if report.helped is None:
        return f"Whether iterating changed the selection bias can't be told from {report.n} records ({figures})."
    did = "helped: it lowered" if report.helped else "HURT: it raised"
    return f"Iterating {did} the selection bias ({figures})."


def _condition(report: "SelectionReport") -> str:
    overtaking = report.overtaking
    if overtaking.met is None:
        evenly = "is" if report.lorenz_dominates else "is not"
        return (
            "Whether no stratum overtakes another, the condition under which iterating cannot hurt, can't be told:"
            f" in the estimates {overtaking.in_estimates} of {overtaking.pairs} pairs do, none significantly. What the"
            f" condition is for, acceptance spread more evenly at every share of the target, {evenly} so in the"
            " estimates."
        )
    if overtaking.met:
        return "No stratum overtakes another in the estimates: the condition under which iterating cannot hurt is met."
    worst = overtaking.significant[0]
    return (
        f"The condition under which iterating cannot hurt is violated: [{worst.ahead}] overtakes [{worst.behind}]"
        f" (accepted at first {worst.first[0]:.3f} and {worst.first[1]:.3f},"
        f" in the end {worst.last[0]:.3f} and {worst.last[1]:.3f})."
    )


def _left(report: "SelectionReport") -> str:
    loop, fallback = report.methods["loop"], report.methods.get("fallback")
    if loop.accepted.count == loop.accepted.n:
        return "The loop drops no record here."
    left = f"What the loop drops is {'a selection' if loop.p_value < 0.05 else 'no detectable selection'}" + (
        f" (p = {loop.p_value:.2g})."
    )
    if fallback is None:
        return f"{left} The run has no fallback: its records that are not realized are dropped or known to be wrong."
    if fallback.accepted.count == fallback.accepted.n:
        return f"{left} With the fallback nothing is dropped, and the selection bias is exactly 0."
    return f"{left} With the fallback {fallback.accepted.n - fallback.accepted.count} records are still dropped."
