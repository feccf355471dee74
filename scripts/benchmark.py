"""Compare realizers and methods on the bundled graphs: what is realized, what is lost on the way, and what it costs.

    python scripts/benchmark.py -o runs/benchmark                                  # embedded realizers
    python scripts/benchmark.py -o runs/benchmark --base-url URL --model NAME      # and a served model

Each graph, realizer and seed is a run directory of its own. Whatever ends it, the same command goes on where it
stopped: what is written is not written again, what is evaluated not evaluated again. At the end the folder holds
``benchmark.json`` (every figure), ``benchmark.md`` (tables) and, with matplotlib, ``*.svg``.

Four methods are told from each run's one ledger, so that they share their first drafts
(`causalsynth.evaluate.methods`): no verification, rejection, the loop, the loop with fallback.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product, repeat
from pathlib import Path

from benchmark_cell import evaluate_cell
from benchmark_figures import draw
from benchmark_tables import markdown

from causalsynth import CausalSynthError, __version__
from causalsynth.files import replacing
from causalsynth.ledger import ledger_files

GRAPHS = ("asia", "alarm", "mimic_struct", "payments")
REALIZERS = ("grammar", "simulated:.1", "simulated:.3", "simulated:.6", "tiny:U", "tiny:B")
EVALUATED = "benchmark.json"


@dataclass(frozen=True)
class Cell:
    """One run: a graph, a realizer, a seed."""

    graph: str
    realizer: str
    seed: int

    def directory(self, out: Path) -> Path:
        """Give its run directory."""
        return out / f"{self.graph}-{self.realizer.replace(':', '-').replace('/', '_')}-{self.seed}"

    def options(self, given: argparse.Namespace) -> list[str]:
        """Give the realizer's options of ``causalsynth generate``."""
        name, _, setting = self.realizer.partition(":")
        if name == "simulated":
            return ["--realizer", name, "--behaviour", f"strength={setting}"]
        if name == "tiny":
            return ["--realizer", name, "--model", setting, "--corrections", "rewrite"]
        if name == "server":
            return ["--realizer", "openai", "--base-url", given.base_url, "--model", setting]
        return ["--realizer", name]


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Compare realizers and methods on the bundled graphs.")
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder of all run directories")
    parser.add_argument("--graphs", nargs="+", default=GRAPHS, choices=GRAPHS, help="[all four]")
    parser.add_argument("--realizers", nargs="*", default=REALIZERS, help=f"[{' '.join(REALIZERS)}]")
    parser.add_argument("--base-url", help="of an OpenAI-compatible server, whose model is added to the realizers")
    parser.add_argument("--model", help="as the server lists it")
    parser.add_argument("-n", type=int, default=1000, help="records of each run [%(default)s]")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], help="a run for each [0 1 2]")
    parser.add_argument("--rounds", type=int, default=5, help="attempts for each record [%(default)s]")
    parser.add_argument("--jobs", type=int, default=2, help="runs at once [%(default)s]")
    given = parser.parse_args(arguments)
    if (given.base_url is None) != (given.model is None):
        parser.error("--base-url and --model go together")
    return given


def cells(given: argparse.Namespace) -> Iterator[Cell]:
    """Give all runs; the tiny models write notes on ASIA and nothing else."""
    realizers = [*given.realizers, *([f"server:{given.model}"] if given.model else [])]
    for graph, realizer, seed in product(given.graphs, realizers, given.seeds):
        if graph == "asia" or not realizer.startswith("tiny"):
            yield Cell(graph, realizer, seed)


def write(cell: Cell, given: argparse.Namespace) -> int:
    """Do or resume a run; give the exit code."""
    where = [
        "-n",
        str(given.n),
        "--seed",
        str(cell.seed),
        "--rounds",
        str(given.rounds),
        "-o",
        cell.directory(given.out),
    ]
    command = [sys.executable, "-m", "causalsynth", "generate", cell.graph, *where, *cell.options(given), "--json"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(done.stderr[-1000:], file=sys.stderr)
    return done.returncode


def save(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all."""
    with replacing(path) as new:
        new.write_text(text, encoding="utf-8")


def evaluated(cell: Cell, given: argparse.Namespace) -> dict[str, object]:
    """Give a run's figures, taken anew where the run or the package has changed since."""
    directory = cell.directory(given.out)
    ledger = sum(path.stat().st_size for path in ledger_files(directory))
    taken_from = {"version": __version__, "ledger_bytes": ledger}
    kept = directory / EVALUATED
    if kept.exists():
        found: dict[str, object] = json.loads(kept.read_text(encoding="utf-8"))
        if found["taken_from"] == taken_from:
            return found
    found = {
        "graph": cell.graph,
        "realizer": cell.realizer,
        "seed": cell.seed,
        **evaluate_cell(directory),
        "taken_from": taken_from,
    }
    save(kept, json.dumps(found, indent=1) + "\n")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; the exit code is that of ``causalsynth`` for the same failure."""
    given = parse(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    every = list(cells(given))
    with ThreadPoolExecutor(given.jobs) as pool:
        codes = pool.map(lambda cell: write(cell, given), every)
        for cell, code in zip(every, codes, strict=True):
            print(f"{cell.directory(given.out)}: {'written' if code == 0 else f'stopped with code {code}'}", flush=True)
            if code:
                pool.shutdown(cancel_futures=True)
                return code
    try:
        with ProcessPoolExecutor(given.jobs) as processes:
            found = list(processes.map(evaluated, every, repeat(given)))
    except CausalSynthError as error:
        print(f"error: {error.message}\n  → {error.hint}", file=sys.stderr)
        return error.exit_code
    tables = markdown(found)
    save(given.out / "benchmark.json", json.dumps(found, indent=1) + "\n")
    save(given.out / "benchmark.md", tables)
    print(tables)
    for figure in draw(found, given.out):
        print(figure)
    return 0


if __name__ == "__main__":
    sys.exit(main())
