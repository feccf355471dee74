"""An audit as tables for people."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rich.console import Group, RenderableType
from rich.text import Text

from causalsynth.cli.evaluate.printing import table
from causalsynth.cli.evaluate.read_tables import render_reading

if TYPE_CHECKING:
    from causalsynth.evaluate.readers.audit import AuditPlan, AuditReport

__all__ = ["render_audit", "render_plan"]


class Made(Protocol):
    """A sheet that was made."""

    plan: "AuditPlan"
    sheet: Path
    name: str


def render_plan(made: Made) -> RenderableType:
    """Say what was drawn, and what to do with it."""
    plan = made.plan
    rows = [(name, str(plan.strata[name]), str(len(drawn))) for name, drawn in plan.drawn.items()]
    allowed = "none of them" if plan.errors == 0 else f"at most {plan.errors}" + (" in each" if len(rows) > 1 else "")
    return Group(
        table("Texts to be read", _HEADS, rows),
        Text(
            f"If {allowed} says otherwise than its skeleton, at most {plan.bound:g} of the run's texts do, at"
            f" {plan.confidence:.0%} confidence."
            f" The sheet is {made.sheet}: fill in the column `answer`, a copy for each annotator, and take it back with"
            f" --sheet. It doesn't show the skeletons; don't look them up."
        ),
    )


_MOST_NAMED = 20
_HEADS = ("stratum", "texts", "to be read")


def render_audit(report: "AuditReport") -> RenderableType:
    """Lay out what people read, and what that bounds."""
    rows = [
        (name, str(entry.documents), f"{entry.wrong.n} of {entry.drawn}", str(entry.wrong.count), f"{entry.upper:.4f}")
        for name, entry in report.strata.items()
    ]
    verdict = "holds" if report.met else "does not hold" if report.complete else "is not shown yet: read on"
    parts: list[RenderableType] = [
        table(
            "Texts with a fact read otherwise than in the skeleton",
            ("stratum", "texts", "read", "wrong", "at most"),
            rows,
        ),
        Text(
            f"At {report.confidence:.0%} confidence at most {report.upper:.4f} of the texts are wrong:"
            f" the bound of {report.bound:g} {verdict}."
        ),
    ]
    if report.wrong_records:
        shown = ", ".join(map(str, report.wrong_records[:_MOST_NAMED]))
        parts.append(Text(f"Records that are wrong: {shown}{' …' * (len(report.wrong_records) > _MOST_NAMED)}."))
    if report.left_open:
        parts.append(Text("Left open: " + ", ".join(f"{who} {count}" for who, count in report.left_open.items()) + "."))
    if report.alpha is not None:
        low = sorted((a, name) for name, a in report.alpha_by_variable.items() if a is not None)[:3]
        least = ", ".join(f"{name} {alpha:.3f}" for alpha, name in low)
        parts.append(
            Text(
                f"Annotators agree with Krippendorff's alpha {report.alpha:.3f}"
                + (f" (least on {least})" if least else "")
                + f"; {report.disputed} cells are disputed."
            )
        )
    return Group(*parts, render_reading(report.reading))
