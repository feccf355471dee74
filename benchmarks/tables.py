"""Lay the results out as text."""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["comparison_lines", "network_lines"]

Report = Mapping[str, Any]


def comparison_lines(report: Report) -> Iterator[str]:
    """Show what each sampler cost, and how many times ours the others cost."""
    yield f"{report['network']}, {report['variables']} variables, {report['rows']:,} rows, {_how(report)}"
    yield _machine_line(report["machine"])
    yield ""
    yield f"{'sampler':30} {'CPU s':>9} {'wall s':>9} {'process CPU s':>14} {'peak MB':>9} {'before MB':>10}"
    for name, result in report["samplers"].items():
        figures = result["median"]
        yield (
            f"{name:30} {figures['cpu_s']:9.3f} {figures['wall_s']:9.3f} {figures['process_cpu_s']:14.3f} "
            f"{figures['peak_mb']:9.0f} {figures['rss_before_mb']:10.0f}"
        )
    for name, why in report["skipped"].items():
        yield f"{name:30} {why}"
    yield ""
    yield f"{'times causalsynth':30} {'CPU':>9} {'by round':>9} {'process CPU':>14} {'peak':>9} {'by round':>10}"
    for name, ratios in report["ratios"].items():
        cpu, process, peak = ratios["cpu_s"], ratios["process_cpu_s"], ratios["peak_mb"]
        yield (
            f"{name:30} {cpu['of_medians']:9.2f} {cpu['by_round']:9.2f} {process['of_medians']:14.2f} "
            f"{peak['of_medians']:9.2f} {peak['by_round']:10.2f}"
        )
    yield ""
    if (report["network"], report["rows"]) != ("alarm", 1_000_000):
        yield "The goals are stated for alarm, 1,000,000 rows."
    yield from _goal_lines(report)


def network_lines(report: Report) -> Iterator[str]:
    """Show what a cell costs in each network, dearest last."""
    yield f"every network, about {report['cells']:,} cells each, {_how(report)}"
    yield _machine_line(report["machine"])
    yield ""
    columns = f"{'variables':>9} {'states':>7} {'rows':>10} {'ns/cell':>9} {'ns/cell/state':>14} {'x alarm':>8}"
    yield f"{'network':12} {columns}"
    rows = report["networks"]
    for name in sorted(rows, key=lambda name: rows[name]["multiple_of_alarm"]):
        row = rows[name]
        yield (
            f"{name:12} {row['variables']:9} {row['states']:7.2f} {row['rows']:10,} {row['ns_per_cell']:9.2f} "
            f"{row['ns_per_cell_per_state']:14.2f} {row['multiple_of_alarm']:8.2f}"
        )
    yield ""
    yield "states: mean number of states of the network's variables"
    yield from _goal_lines(report)


def _how(report: Report) -> str:
    rounds = report["rounds"]
    return f"median of {rounds} rounds, fresh processes" if rounds > 1 else "1 round, fresh processes"


def _machine_line(machine: Report) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return f"{machine['processor']}, {machine['cores']} cores, one thread used; Python {machine['python']}, {versions}"


def _goal_lines(report: Report) -> Iterator[str]:
    for goal in report["goals"]:
        yield f"{'pass' if goal['met'] else 'MISS'}  {goal['text']}: {goal['value']:.2f}"
