"""Measure the engine beside bare load generators that send the same requests, and ``auto`` beside fixed concurrency.

    python benchmarks/engine.py [--n 1000] [--rounds 3] [--writes]     throughput, and processor time a call
    python benchmarks/engine.py --adapt [--seconds 20]                 how many requests at once: auto against 8 to 512

The server is ``causalsynth simulate-server`` in a process of its own. All begin records in the same order and send a
record's requests one after another: only its answers tell what to ask next. Everything that is compared is measured in
the same rounds, in fresh processes, one after the other; seconds differ between machines and hours, so trust the
ratios.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["Server", "main", "split"]

GENERATORS = ("aiohttp", "openai", "client")
NAMES = {
    "engine": "causalsynth generate",
    "aiohttp": "aiohttp alone",
    "openai": "openai alone, as it comes",
    "client": "our client alone",
}
FIXED = ("8", "16", "32", "64", "128", "256", "512")
GOAL_RATIO, GOAL_CPU_MS, GOAL_AUTO = 0.9, 2.0, 0.8


class Server:
    """A server process, and what it has cost."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self.url = url

    def cpu_s(self) -> float:
        """Give its processor seconds so far, user and system."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(graph: str, *options: str) -> Iterator[Server]:
    """Run a simulated server."""
    command = [sys.executable, "-m", "causalsynth", "simulate-server", graph, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Server(process, process.stdout.readline().split()[0])
        finally:
            process.terminate()


def measure(kind: str, url: str, requests: Path | str, **options: object) -> dict[str, Any]:
    """Measure once, in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("engine_load.py")), kind, url, str(requests)]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def split(engine: Mapping[str, Any], client: Mapping[str, Any]) -> dict[str, float]:
    """Divide the engine's processor time among its parts, in ms a call.

    Parameters
    ----------
    engine
        Figures of a run; its ``parts`` were timed within it.
    client
        Figures of our client alone on the same requests.
    """
    calls = engine["calls"]
    parts = {"client": 1000 * client["cpu_s"] / client["calls"]}
    parts |= {name: 1000 * seconds / calls for name, seconds in engine["parts"].items()}
    total = 1000 * engine["cpu_s"] / calls
    return {**parts, "rest": total - sum(parts.values()), "all": total}


def throughput(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the engine and the bare generators, interleaved."""
    extra = () if options.writes else ("--cache", "10000000")
    latency = ("--latency", str(options.latency), "--max-num-seqs", str(max(256, options.in_flight)))
    rounds: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, server(options.graph, *latency, *extra) as at:
        requests = Path(folder) / "requests.jsonl"
        shared = {"graph": options.graph, "n": options.n, "concurrency": options.in_flight}
        measure("record", at.url, requests, **shared)
        for number in range(options.rounds):
            kinds = ["engine", *GENERATORS]
            figures: dict[str, Any] = {}
            for kind in kinds[number % len(kinds) :] + kinds[: number % len(kinds)]:
                before = at.cpu_s()
                figures[kind] = measure(kind, at.url, requests, **shared)
                figures[kind]["server_cpu_s"] = at.cpu_s() - before
            rounds.append(figures)
    return {"in_flight": options.in_flight, "latency": options.latency, "writes": options.writes, "rounds": rounds}


def adaptation(options: argparse.Namespace) -> dict[str, Any]:
    """Measure ``auto`` from a cold start and fixed numbers, each for so many seconds on the same server."""
    queue = (
        "--latency",
        str(options.queue_latency),
        "--max-num-seqs",
        str(options.max_num_seqs),
        "--cache",
        "10000000",
    )
    found = {}
    with server(options.graph, *queue) as at:
        # Else the first one would wait for the server to write what the others get from its cache.
        measure("timed", at.url, "-", graph=options.graph, n=1_000_000, concurrency=256, seconds=options.seconds)
        for concurrency in ("auto", *options.fixed):
            settings = {"graph": options.graph, "n": 1_000_000, "concurrency": concurrency}
            found[concurrency] = measure("timed", at.url, "-", **settings, seconds=options.seconds)
            rate = found[concurrency]["calls"] / found[concurrency]["seconds"]
            print(f"{concurrency:>5} {rate:8.1f} calls/s", file=sys.stderr, flush=True)
    return {"max_num_seqs": options.max_num_seqs, "latency": options.queue_latency, "by_concurrency": found}


def _rate(figures: Mapping[str, Any]) -> float:
    return float(figures["calls"] / figures["seconds"])


def _served(figures: Mapping[str, Any]) -> float:
    """Give the server's processor time in ms a call; it worked before the clock started as well."""
    return float(1000 * figures["server_cpu_s"] / (figures["calls"] + figures["before"]))


def show_throughput(report: Mapping[str, Any]) -> Iterator[str]:
    """Write the tables: rates, then processor time."""
    rounds = report["rounds"]
    prose = "writes each note" if report["writes"] else "gives answers from its cache"
    yield f"{report['in_flight']} in flight, {1000 * report['latency']:g} ms; the server {prose}; {len(rounds)} rounds"
    yield f"\n{'':28} {'calls/s':>8} {'engine/it':>10} {'CPU ms/call':>12} {'server CPU ms/call':>19}"
    for kind in NAMES:
        rate = median(_rate(figures[kind]) for figures in rounds)
        ratio = median(_rate(figures["engine"]) / _rate(figures[kind]) for figures in rounds)
        cpu = median(1000 * figures[kind]["cpu_s"] / figures[kind]["calls"] for figures in rounds)
        served = median(_served(figures[kind]) for figures in rounds)
        yield f"{NAMES[kind]:28} {rate:8.1f} {ratio:10.2f} {cpu:12.2f} {served:19.2f}"
    yield f"\n{'Engine, CPU ms a call':28} {'':8} {'share':>10}"
    parts = [split(figures["engine"], figures["client"]) for figures in rounds]
    for name in parts[0]:
        ms = median(part[name] for part in parts)
        yield f"{name:28} {ms:8.2f} {median(part[name] / part['all'] for part in parts):10.0%}"
    notes = median(figures["engine"]["notes"] / figures["engine"]["seconds"] for figures in rounds)
    yield f"\n{notes:.1f} notes/s"


def show_adaptation(report: Mapping[str, Any]) -> Iterator[str]:
    """Write the table of rates, and what ``auto`` did."""
    found = report["by_concurrency"]
    best = max((name for name in found if name != "auto"), key=lambda name: _rate(found[name]))
    yield f"--max-num-seqs {report['max_num_seqs']}, {1000 * report['latency']:g} ms"
    yield f"\n{'concurrency':>12} {'calls/s':>8} {'of the best':>12}"
    for name, figures in found.items():
        yield f"{name:>12} {_rate(figures):8.1f} {_rate(figures) / _rate(found[best]):12.2f}"
    told = found["auto"]["concurrency"]
    yield f"\nauto: limit at the end {told['final']}, highest {told['peak']}, {told['cuts']} cuts"
    for change in told["changes"]:
        yield f"{change['t_s']:8.1f} s {change['limit']:6} {change['reason']}"


def missed(report: Mapping[str, Any]) -> list[str]:
    """Name the goals that were not met."""
    if "by_concurrency" in report:
        found = report["by_concurrency"]
        share = _rate(found["auto"]) / max(_rate(found[name]) for name in found if name != "auto")
        return [] if share >= GOAL_AUTO else [f"auto reaches {share:.0%} of the best fixed number, not {GOAL_AUTO:.0%}"]
    rounds = report["rounds"]
    ratio = median(_rate(figures["engine"]) / _rate(figures["aiohttp"]) for figures in rounds)
    cpu = median(1000 * figures["engine"]["cpu_s"] / figures["engine"]["calls"] for figures in rounds)
    goals = {
        f"{ratio:.0%} of the bare generator's calls/s, not {GOAL_RATIO:.0%}": ratio >= GOAL_RATIO,
        f"{cpu:.2f} ms of CPU a call, not {GOAL_CPU_MS:g}": cpu <= GOAL_CPU_MS,
    }
    return [goal for goal, met in goals.items() if not met]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print the table; 5 where a goal was missed under ``--check``."""
    parser = argparse.ArgumentParser(description="Measure the engine beside bare load generators.")
    parser.add_argument("--graph", default="asia")
    parser.add_argument("--n", type=int, default=1000, help="notes in each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, default=256)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--writes", action="store_true", help="let the server write each note, as it usually does")
    parser.add_argument("--adapt", action="store_true", help="measure auto against fixed numbers instead")
    parser.add_argument("--fixed", type=lambda text: tuple(text.split(",")), default=FIXED, metavar="N,N,…")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each of these")
    parser.add_argument("--max-num-seqs", type=int, default=64)
    parser.add_argument("--queue-latency", type=float, default=0.8)
    parser.add_argument("--json", action="store_true", help="every single measurement")
    parser.add_argument("--check", action="store_true", help="exit with 5 if a goal is missed")
    options = parser.parse_args(argv)
    report = adaptation(options) if options.adapt else throughput(options)
    lines = show_adaptation(report) if options.adapt else show_throughput(report)
    print(json.dumps(report) if options.json else "\n".join(lines))
    failures = missed(report)
    for failure in failures:
        print(f"missed: {failure}", file=sys.stderr)
    return 5 if failures and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
