"""Print a report as tables for people, or as one JSON document."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from causalsynth.evaluate.everything import Report
    from causalsynth.evaluate.intervals import Share

__all__ = ["counted", "interval", "kinds", "note", "percent", "print_report", "signed", "table"]


R = TypeVar("R", bound="Report")


def print_report(report: R, render: "Callable[[R], RenderableType]", *, as_json: bool) -> None:
    """Print a report on standard output, laid out by `render` unless it is wanted as JSON."""
    if as_json:
        sys.stdout.write(json.dumps(report.to_json(), indent=2, allow_nan=False) + "\n")
        return
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 120)  # a file or a pipe has no width: don't fold its tables
    console.print(render(report))


def note(text: str) -> None:
    """Say on standard error what a reader of the figures should know."""
    sys.stderr.write(f"note: {text}\n")


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> "Table":
    """Lay out rows of text; the first column is aligned left, the others right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    laid_out = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False)
    for position, head in enumerate(heads):
        laid_out.add_column(head, justify="left" if position == 0 else "right")
    for row in rows:
        # Names of states and variables are the user's: Text, lest a `[bold]` in them be taken for markup.
        laid_out.add_row(*(Text(cell) for cell in row))
    return laid_out


def counted(share: "Share") -> str:
    """Write ``3 of 10``."""
    return f"{share.count} of {share.n}"


def percent(rate: float | None) -> str:
    """Write ``30.0%``, or ``-`` for no rate."""
    return "-" if rate is None else f"{rate:.1%}"


def interval(share: "Share") -> str:
    """Write a share's exact 95 % interval."""
    low, high = share.interval
    return f"{low:.1%} to {high:.1%}"


def kinds(counts: Mapping[str, int]) -> str:
    """Write ``omission 3, contradiction 1``."""
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def signed(value: float | None) -> str:
    """Write a difference with its sign."""
    return "-" if value is None else f"{value:+.3f}"
