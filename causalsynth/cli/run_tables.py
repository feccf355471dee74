"""What ``generate`` prints of a run: its figures, where to look, and what to do next."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalsynth.cli.options import command

if TYPE_CHECKING:
    from causalsynth.evaluate.realizability import RealizabilityReport
    from causalsynth.run.result import RunResult

__all__ = ["show_run", "token_lines"]

_FILES = {"records.parquet": "Texts and values", "attempts.jsonl": "Every attempt", "attempts": "Every attempt"}
"""What a run directory may hold, and how it is called; the ledger is one file, or a folder of parts."""


def show_run(result: "RunResult", report: "RealizabilityReport | None", twins: Mapping[str, Path]) -> None:
    """Print what a run gave, and where to look.

    Parameters
    ----------
    result
        The run's, in a directory.
    report
        Its figures; None: nothing that hasn't been printed before.
    twins
        World → where its texts stand.
    """
    from rich.console import Console

    from causalsynth.cli.evaluate.realizability_tables import render_realizability
    from causalsynth.run.summary import statuses

    summary, directory = result.summary, result.directory
    if report is None:
        print("Nothing was left to do.")
    else:
        Console().print(render_realizability(report))
    print(f"\n{summary['finished']} of {summary['n']} skeletons accounted for: {statuses(summary)}.")
    if failed := summary["failed_calls"]:
        print(f"{failed} calls brought no draft; the first: {summary['first_error']}")
    for line in token_lines(summary.get("token_account")):
        print(line)
    assert directory is not None
    for name, title in _FILES.items():
        if (directory / name).exists():
            print(f"{title:<18}{directory / name}")
    print(f"Go on with        {command('evaluate', 'realizability' if report is None else 'ci', str(directory))}")
    for name, path in twins.items():
        print(f"{f'Twins, {name}':<18}{path}")


def token_lines(account: Mapping[str, Any] | None) -> list[str]:
    """Say what a realized text took, and what other ways to get it would have taken."""
    if not account or not account["realized"]:
        return []
    ways = {"run": "this run", "rewriting": "by rewriting alone", "rejection": "by rejection sampling"}
    lines = [
        "",
        f"Tokens for each realized text{'' if account['counted'] else ' (estimated, not counted)'}: prompt, answer",
    ]
    for key, way in ways.items():
        if (entry := account[key]) is not None:
            least = "  at least" if entry.get("at_least") else ""
            each = entry["per_realized"]
            lines.append(f"  {way:<22}{each['prompt']:>9,.0f}{each['completion']:>9,.0f}{least}")
    return [*lines, ""]
