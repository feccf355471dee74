"""Compare the conditional independence tests with their peers, on data drawn exactly from networks.

    python benchmarks/ci_tests.py [--networks alarm,asia,insurance] [--rows 500,1000,5000,20000] [--replicates 30]
    python benchmarks/ci_tests.py --speed [--rounds 5]

The first form draws replicates, runs every test on all implied independencies and on arcs, and prints how often each
rejects. The second measures tests per second of process CPU time on ALARM, n = 5,000, |Z| = 1, with one thread.
`docs/evaluation/independence-tests.md` says what the figures mean.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from ci_figures import Cell, Goal, calibration_goals, cell_lines, rate, speed_goals
from ci_peers import PREPARE, Ask, absent
from numpy.typing import NDArray

from causalsynth.errors import ThresholdError
from causalsynth.evaluate.ci_tests import run_tests
from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.independence.triples import arc_triples, null_triples
from causalsynth.graph import Independence
from causalsynth.scm import SCM

__all__ = ["main"]

ALPHA = 0.05
OURS = ("x2", "mc", "mc_sequential", "g2", "x2_adjusted", "cmh")
MORE_REPLICATES = {"asia": 8}
"""ASIA has few triples: it takes more replicates to know a rate as well."""

Flags = NDArray[np.bool_]


@dataclass(slots=True)
class Tally:
    """What one test answered, a replicate an item."""

    nulls: list[Flags] = field(default_factory=list)
    arcs: list[Flags] = field(default_factory=list)
    seconds: float = 0.0


def calibrate(
    network: str, rows: int, replicates: int, tests: Sequence[str], most_triples: int | None = None
) -> list[Cell]:
    """Draw replicates and count who rejects what."""
    scm = SCM.load(network)
    nulls, arcs = null_triples(scm.graph, most=most_triples), arc_triples(scm.graph)
    tallies = {name: Tally() for name in tests}
    null_testable: list[Flags] = []
    arc_testable: list[Flags] = []
    for replicate in range(replicates):
        _progress(f"{network}, n = {rows:,}: replicate {replicate + 1} of {replicates}")
        frame = scm.sample(rows, seed=replicate).to_frame()
        table = CodedTable.from_frame(frame, scm.supports)
        null_testable.append(_testable(table, nulls))
        arc_testable.append(_testable(table, arcs))
        for name, tally in tallies.items():
            ask = PREPARE[name](frame) if name in PREPARE else _ours(table, name, replicate)
            start = time.process_time()
            tally.nulls.append(ask(nulls, ALPHA))
            tally.seconds += time.process_time() - start
            tally.arcs.append(ask(arcs, ALPHA))
    _progress("")
    sizes = np.array([len(given) for _, _, given in nulls])
    return [_cell(network, rows, name, tally, null_testable, arc_testable, sizes) for name, tally in tallies.items()]


def _ours(table: CodedTable, name: str, seed: int) -> Ask:
    def ask(triples: Sequence[Independence], alpha: float) -> Flags:
        return np.array([result.p_value <= alpha for result in run_tests(table, triples, test=name, seed=seed)], bool)

    return ask


def _testable(table: CodedTable, triples: Sequence[Independence]) -> Flags:
    return np.array([result.testable for result in run_tests(table, triples, test="x2")], bool)


def _cell(
    network: str,
    rows: int,
    name: str,
    tally: Tally,
    null_testable: Sequence[Flags],
    arc_testable: Sequence[Flags],
    sizes: NDArray[np.int64],
) -> Cell:
    fpr, error = rate(tally.nulls, null_testable)
    by_given = {}
    for size in np.unique(sizes).tolist():
        counted = [use & (sizes == size) for use in null_testable]
        by_given[size] = (*rate(tally.nulls, counted), max(int(use.sum()) for use in counted))
    untestable = [~use for use in null_testable]
    return Cell(
        network=network,
        rows=rows,
        test=name,
        replicates=len(tally.nulls),
        fpr=fpr,
        fpr_se=error,
        power=rate(tally.arcs, arc_testable)[0],
        untestable=float(np.mean(untestable)),
        untestable_rejected=rate(tally.nulls, untestable)[0],
        seconds=tally.seconds,
        by_given=by_given,
    )


def speeds(tests: Sequence[str], peers: Sequence[str], rounds: int) -> dict[str, float]:
    """Give tests per second of process CPU time, in the round that was disturbed least; each runs all in turn."""
    scm = SCM.load("alarm")
    frame = scm.sample(5000, seed=1).to_frame()
    table = CodedTable.from_frame(frame, scm.supports)
    triples = [triple for triple in null_triples(scm.graph) if len(triple[2]) == 1]
    asks: dict[str, Ask] = {name: _ours(table, name, 0) for name in tests}
    asks |= {name: PREPARE[name](frame) for name in peers}
    taken: dict[str, list[float]] = {name: [] for name in asks}
    for turn in range(rounds + 1):  # the first warms up
        names = [*asks][turn % len(asks) :] + [*asks][: turn % len(asks)]
        for name in names:
            _progress(f"round {turn} of {rounds}: {name}")
            start = time.process_time()
            asks[name](triples, ALPHA)
            if turn:
                taken[name].append(time.process_time() - start)
    _progress("")
    return {name: len(triples) / min(seconds) for name, seconds in taken.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and give the exit code."""
    options = _options(argv)
    missing = {peer: why for peer in PREPARE if (why := absent(peer))}
    peers = [peer for peer in PREPARE if peer not in missing and peer.split()[0] in options.peers]
    show: Callable[[argparse.Namespace, Sequence[str], Mapping[str, str]], list[Goal]]
    show = _show_speed if options.speed else _show_calibration
    goals = show(options, peers, missing)
    return ThresholdError.exit_code if options.check and not all(goal.met for goal in goals) else 0


def _show_speed(options: argparse.Namespace, peers: Sequence[str], missing: Mapping[str, str]) -> list[Goal]:
    found = speeds(options.tests, peers, options.rounds)
    goals = list(speed_goals(found))
    if options.json:
        print(json.dumps({"per_second": found, "skipped": missing, "goals": [goal.as_json() for goal in goals]}))
        return goals
    print("ALARM, n = 5,000, |Z| = 1, one thread: tests per CPU second")
    for name, value in found.items():
        print(f"  {name:36}{value:10,.0f}")
    _print_rest(missing, goals, "{:,.0f}")
    return goals


def _show_calibration(options: argparse.Namespace, peers: Sequence[str], missing: Mapping[str, str]) -> list[Goal]:
    tests = [*options.tests, *peers]
    cells = [
        cell
        for network in options.networks
        for rows in options.rows
        for cell in calibrate(
            network, rows, options.replicates * MORE_REPLICATES.get(network, 1), tests, options.triples
        )
    ]
    goals = list(calibration_goals(cells))
    if options.json:
        figures = [cell.as_json() for cell in cells]
        print(json.dumps({"cells": figures, "skipped": missing, "goals": [goal.as_json() for goal in goals]}))
        return goals
    print(*cell_lines(cells), sep="\n")
    _print_rest(missing, goals, "{:.4f}")
    return goals


def _print_rest(missing: Mapping[str, str], goals: Sequence[Goal], form: str) -> None:
    for peer, why in missing.items():
        print(f"{peer}: {why}")
    for goal in goals:
        print(f"{'pass' if goal.met else 'MISS'}  {goal.text}: {form.format(goal.value)}")


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare the conditional independence tests with their peers.")
    parser.add_argument("--networks", type=_names, default=["alarm", "asia", "insurance"], help="separated by commas")
    parser.add_argument("--rows", type=_numbers, default=[500, 1000, 5000, 20000], help="separated by commas")
    parser.add_argument("--replicates", type=int, default=30, help="of ASIA eight times as many")
    parser.add_argument("--peers", type=_names, default=["pgmpy", "causal-learn", "pyAgrum"], help="which packages")
    parser.add_argument("--triples", type=int, help="draw so many of the implied independencies; all by default")
    parser.add_argument("--tests", type=_names, default=list(OURS), help="which of ours")
    parser.add_argument("--speed", action="store_true", help="measure tests per second instead")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of the speed")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    parser.add_argument("--check", action="store_true", help="exit with 5 if a goal is missed")
    return parser.parse_args(argv)


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in _names(text)]


if __name__ == "__main__":
    raise SystemExit(main())
