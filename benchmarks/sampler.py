"""Compare the sampler with its peers: CPU time and memory, each figure from a fresh process.

    python benchmarks/sampler.py [--network alarm] [--rows 1000000] [--rounds 5] [--peers pgmpy,pyagrum]
    python benchmarks/sampler.py --all-networks [--cells 40000000] [--rounds 5]

The first form draws the same number of rows with every sampler. A round runs each of them once, one after the other,
and every round begins with another one. The second form runs our sampler alone on every network that pgmpy ships.
`benchmarks/README.md` says what is counted; `benchmarks/probe.py` does the counting.
"""

import argparse
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import mean, median
from typing import Any

from goals import KEPT, OURS, comparison_goals, medians, network_goal, ratios
from peers import NEEDS, missing
from tables import comparison_lines, network_lines

from causalsynth.errors import CausalSynthError, ThresholdError
from causalsynth.scm import SCM, find_graph, pgmpy_graphs

__all__ = ["main"]

_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)

Run = dict[str, float]


@dataclass(frozen=True, slots=True)
class Network:
    """A network as plain BIF, and its size."""

    path: Path
    variables: int
    states: float
    """The mean number of states of its variables."""


class ProbeError(CausalSynthError):
    """A measuring process failed."""


@contextmanager
def plain_networks(names: Sequence[str]) -> Iterator[dict[str, Network]]:
    """Lay uncompressed copies of the networks into a temporary folder, so that all samplers read the same file."""
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for name in names:
            source = find_graph(name)
            content = source.read_bytes()
            path = Path(folder) / f"{Path(name).name.removesuffix('.gz').removesuffix('.bif')}.bif"
            path.write_bytes(gzip.decompress(content) if source.name.endswith(".gz") else content)
            model = SCM.from_bif(path)
            states = mean(len(model.states(variable)) for variable in model.variables)
            found[name] = Network(path, len(model.variables), states)
        yield found


def probe(sampler: str, network: Path, rows: int, seed: int) -> Run | str:
    """Measure one sampler in a fresh process; a text says why it can't be measured here."""
    script = Path(__file__).with_name("probe.py")
    environment = os.environ | dict.fromkeys(_ONE_THREAD, "1") | {"PYTHONHASHSEED": "0"}
    command = [sys.executable, str(script), sampler, str(network), str(rows), str(seed)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise ProbeError(f"measuring {sampler} on {network.name} failed: {last}", hint=f"run {' '.join(command[1:])}")
    result = json.loads(done.stdout.splitlines()[-1])
    return str(result["unavailable"]) if "unavailable" in result else result


def compare(
    samplers: Sequence[str], network: Path, rows: int, rounds: int
) -> tuple[dict[str, list[Run]], dict[str, str]]:
    """Measure the samplers interleaved; gives the runs of each, and why others were skipped."""
    measured: dict[str, list[Run]] = {sampler: [] for sampler in samplers}
    skipped: dict[str, str] = {}
    for turn in range(rounds):
        first = turn % len(samplers)
        for sampler in (*samplers[first:], *samplers[:first]):
            if sampler in skipped:
                continue
            _progress(f"round {turn + 1} of {rounds}: {sampler}")
            result = probe(sampler, network, rows, seed=turn)
            if isinstance(result, str):
                skipped[sampler] = result
            else:
                measured[sampler].append(result)
    return {sampler: runs for sampler, runs in measured.items() if runs}, skipped


def sweep(networks: Mapping[str, Network], cells: int, rounds: int) -> dict[str, dict[str, float]]:
    """Measure our sampler on every network, about `cells` cells each; rounds go through all of them."""
    rows = {name: max(1, round(cells / network.variables)) for name, network in networks.items()}
    costs: dict[str, list[float]] = {name: [] for name in networks}  # ns per cell
    names = list(networks)
    for turn in range(rounds):
        first = turn * len(names) // rounds
        for name in (*names[first:], *names[:first]):
            _progress(f"round {turn + 1} of {rounds}: {name}")
            run = probe(OURS, networks[name].path, rows[name], seed=turn)
            assert not isinstance(run, str), run
            costs[name].append(run["cpu_s"] * 1e9 / (rows[name] * networks[name].variables))
    _progress("")
    return {name: _network_row(networks, name, rows[name], costs) for name in names}


def _network_row(
    networks: Mapping[str, Network], name: str, rows: int, costs: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """Put one network's figures together; multiples are taken round by round, then their median."""
    by_round = [
        (own / networks[name].states) / (alarm / networks["alarm"].states)
        for own, alarm in zip(costs[name], costs["alarm"], strict=True)
    ]
    cost = median(costs[name])
    return {
        "variables": networks[name].variables,
        "states": networks[name].states,
        "rows": rows,
        "ns_per_cell": cost,
        "ns_per_cell_per_state": cost / networks[name].states,
        "multiple_of_alarm": median(by_round),
    }


def machine() -> dict[str, object]:
    """Say what the figures were measured on."""
    info = Path("/proc/cpuinfo")
    models = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    versions = {}
    for package in ("causalsynth", "numpy", *NEEDS.values()):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {
        "processor": models[0].partition(":")[2].strip() if models else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions,
    }


def comparison(options: argparse.Namespace) -> dict[str, Any]:
    """Run the first form."""
    absent = {peer: why for peer in options.peers if (why := missing(peer))}
    samplers = [OURS, KEPT, *(peer for peer in options.peers if peer not in absent)]
    with plain_networks([options.network]) as networks:
        network = networks[options.network]
        measured, skipped = compare(samplers, network.path, options.rows, options.rounds)
    _progress("")
    against = {name: runs for name, runs in measured.items() if name != OURS}
    fields = ("cpu_s", "process_cpu_s", "peak_mb")
    return {
        "network": options.network,
        "variables": network.variables,
        "rows": options.rows,
        "rounds": options.rounds,
        "machine": machine(),
        "samplers": {name: {"median": medians(runs), "rounds": runs} for name, runs in measured.items()},
        "skipped": absent | skipped,
        "ratios": {
            name: {field: ratios(runs, measured[OURS], field) for field in fields} for name, runs in against.items()
        },
        "goals": [goal.as_json() for goal in comparison_goals(measured)],
    }


def all_networks(options: argparse.Namespace) -> dict[str, Any]:
    """Run the second form."""
    with plain_networks(sorted(pgmpy_graphs())) as networks:
        table = sweep(networks, options.cells, options.rounds)
    goal = network_goal({name: row["multiple_of_alarm"] for name, row in table.items()})
    return {
        "cells": options.cells,
        "rounds": options.rounds,
        "machine": machine(),
        "networks": table,
        "goals": [goal.as_json()],
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and give the exit code."""
    options = _options(argv)
    try:
        report = all_networks(options) if options.all_networks else comparison(options)
    except CausalSynthError as error:
        print(f"error: {error.message}", *([f"hint: {error.hint}"] if error.hint else []), sep="\n", file=sys.stderr)
        return error.exit_code
    lines = network_lines(report) if options.all_networks else comparison_lines(report)
    print(json.dumps(report, indent=2) if options.json else "\n".join(lines))
    missed = not all(goal["met"] for goal in report["goals"])
    return ThresholdError.exit_code if options.check and missed else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare the sampler with its peers.")
    parser.add_argument("--network", default="alarm", help="a name or a BIF file (default: alarm)")
    parser.add_argument("--rows", type=_count, default=1_000_000, help="rows drawn by each sampler")
    parser.add_argument("--rounds", type=_count, default=5, help="measurements of each")
    parser.add_argument("--peers", type=_peers, default=list(NEEDS), help=f"of {','.join(NEEDS)}; '' for none")
    parser.add_argument("--all-networks", action="store_true", help="our sampler on every network instead")
    parser.add_argument("--cells", type=_count, default=40_000_000, help="rows times variables, with --all-networks")
    parser.add_argument("--json", action="store_true", help="print JSON, every round included")
    parser.add_argument("--check", action="store_true", help="exit with 5 if a goal is missed")
    return parser.parse_args(argv)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _peers(text: str) -> list[str]:
    peers = [peer.strip() for peer in text.split(",") if peer.strip()]
    for peer in (peer for peer in peers if peer not in NEEDS):
        raise argparse.ArgumentTypeError(f"there is no peer {peer!r}, only {', '.join(NEEDS)}")
    return list(dict.fromkeys(peers))


def _progress(text: str) -> None:
    """Say on a terminal what is being measured; nothing ends up in a file."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
