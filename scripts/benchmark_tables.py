"""The benchmark's figures over seeds, as Markdown tables."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from benchmark_cell import SKELETON

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.methods import Method

__all__ = ["Group", "groups", "markdown", "shares_by_round"]

Group = tuple[str, str]
"""A graph and a realizer, over all seeds."""

_ROWS = (SKELETON, *Method)
_HEADS = (
    "method",
    "kept",
    "right",
    "FPR",
    "power",
    "difference of FPR",
    "of power",
    "χ²",
    "ATE error",
    "tokens a text",
)


def groups(cells: Sequence[Mapping[str, Any]]) -> dict[Group, list[Mapping[str, Any]]]:
    """Give the cells of each graph and realizer, in the order in which they came."""
    found: defaultdict[Group, list[Mapping[str, Any]]] = defaultdict(list)
    for cell in cells:
        found[cell["graph"], cell["realizer"]].append(cell)
    return dict(found)


def markdown(cells: Sequence[Mapping[str, Any]]) -> str:
    """Write a table for each graph and realizer."""
    parts = []
    for (graph, realizer), own in groups(cells).items():
        seeds = len(own)
        n = sum(cell["n"] for cell in own)
        told = "" if own[0]["is_llm"] else ", not an LLM"
        parts.append(f"### {graph}, {realizer}{told}: {seeds} {'runs' if seeds > 1 else 'run'}, {n} records\n")
        parts.append(_table(own))
        shares = ", ".join(f"{share:.3f}" for share in shares_by_round(own))
        parts.append(f"Realized within 1, 2, … rounds: {shares}.\n")
    return "\n".join(parts)


def _table(cells: Sequence[Mapping[str, Any]]) -> str:
    lines = [f"| {' | '.join(_HEADS)} |", "|" + "---|" * len(_HEADS)]
    for name in _ROWS:
        rows = [cell["rows"][name] for cell in cells if name in cell["rows"]]
        if rows:
            lines.append(f"| {' | '.join(_cells(name, rows))} |")
    return "\n".join(lines) + "\n"


def _cells(name: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    kept = sum(row["kept"] for row in rows)
    right = sum(row["right"] for row in rows) if "right" in rows[0] else None
    return [
        name,
        str(kept),
        "" if right is None else _share(right, kept),
        _mean(rows, "fpr"),
        _mean(rows, "power"),
        _mean(rows, "fpr_difference", signed=True),
        _mean(rows, "power_difference", signed=True),
        _mean(rows, "chi2"),
        _mean(rows, "ate_error"),
        _mean(rows, "tokens_per_text", digits=0),
    ]


def _share(count: int, of: int) -> str:
    if not of:
        return "-"
    low, high = Share(count, of).interval
    return f"{count / of:.3f} ({low:.3f}-{high:.3f})"


def _mean(rows: Sequence[Mapping[str, Any]], key: str, *, signed: bool = False, digits: int = 3) -> str:
    """Write mean and standard error over runs: they are independent replicates."""
    found = [row[key] for row in rows if row.get(key) is not None]
    if not found:
        return ""
    mean = f"{fmean(found):{'+' if signed else ''}.{digits}f}"
    return f"{mean} ± {stdev(found) / math.sqrt(len(found)):.{digits}f}" if len(found) > 1 else mean


def shares_by_round(cells: Sequence[Mapping[str, Any]]) -> list[float]:
    """Give the share of all records that are realized within 1, 2, … rounds."""
    n = sum(cell["n"] for cell in cells)
    rounds = max(len(cell["by_round"]) for cell in cells)
    # A run in which all were realized early has no later rounds: what it had stays.
    return [sum((cell["by_round"] + cell["by_round"][-1:] * rounds)[at] for cell in cells) / n for at in range(rounds)]
