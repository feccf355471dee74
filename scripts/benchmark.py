"""Compare realizers and methods on the bundled graphs: what is realized, what is lost on the way, and what it costs.

    python scripts/benchmark.py -o runs/benchmark                                  # embedded realizers
    python scripts/benchmark.py -o runs/benchmark --base-url URL --model NAME      # and a served model
    python scripts/benchmark.py … --base-url URL --model NAME -- --max-tokens 128  # with options of `generate` for it

Each graph, realizer and seed is a run directory of its own. Whatever ends it, the same command goes on where it
stopped: what is written is not written again, what is evaluated not evaluated again. At the end the folder holds
``benchmark.json`` (every figure), ``benchmark.md`` (tables) and, with matplotlib, ``*.svg``.

Four methods are told from each run's one ledger, so that they share their first drafts
(`causalsynth.evaluate.methods`): no verification, rejection, the loop, the loop with fallback.
"""

import argparse
import json
import shlex
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product, repeat
from pathlib import Path

from benchmark_cell import evaluate_cell
from benchmark_figures import draw
from benchmark_runs import Cell, Server, Writer
from benchmark_tables import markdown

from causalsynth import CausalSynthError, __version__
from causalsynth.errors import InterruptedRunError
from causalsynth.files import replacing
from causalsynth.ledger import ledger_files

GRAPHS = ("asia", "alarm", "mimic_struct", "payments")
REALIZERS = ("grammar", "simulated:.1", "simulated:.3", "simulated:.6", "tiny:U", "tiny:B")
EVALUATED = "benchmark.json"


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; what stands after ``--`` is for ``causalsynth generate`` with the served model."""
    own, of_server = split(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        description="Compare realizers and methods on the bundled graphs.",
        usage="%(prog)s -o OUT [options] [-- options of `causalsynth generate` for the served model]",
    )
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder of all run directories")
    parser.add_argument("--graphs", nargs="+", default=GRAPHS, choices=GRAPHS, help="[all four]")
    parser.add_argument("--realizers", nargs="*", default=REALIZERS, help=f"[{' '.join(REALIZERS)}]")
    parser.add_argument("--base-url", help="of an OpenAI-compatible server, whose model is added to the realizers")
    parser.add_argument("--model", help="as the server lists it")
    parser.add_argument("-n", type=int, default=1000, help="records of each run [%(default)s]")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], help="a run for each [0 1 2]")
    parser.add_argument("--rounds", type=int, default=5, help="attempts for each record [%(default)s]")
    parser.add_argument("--jobs", type=int, default=2, help="runs at once [%(default)s]")
    given = parser.parse_args(own, argparse.Namespace(of_server=of_server))
    if (given.base_url is None) != (given.model is None):
        parser.error("--base-url and --model go together")
    if of_server and not given.model:
        parser.error(f"{shlex.join(of_server)}: for a served model alone; give --base-url and --model")
    return given


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part what stands before ``--`` from what stands after it."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return list(arguments[:at]), list(arguments[at + 1 :])


def cells(given: argparse.Namespace) -> Iterator[Cell]:
    """Give all runs; the tiny models write notes on ASIA and nothing else."""
    realizers = [*given.realizers, *([f"server:{given.model}"] if given.model else [])]
    for graph, realizer, seed in product(given.graphs, realizers, given.seeds):
        if graph == "asia" or not realizer.startswith("tiny"):
            yield Cell(graph, realizer, seed)


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
    every = list(cells(given))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it ends the runs that it began
    try:
        given.out.mkdir(parents=True, exist_ok=True)
        server = Server(given.base_url, given.of_server) if given.base_url else None
        if code := Writer(given.out, given.n, given.rounds, server).write(every, given.jobs):
            return code
        with ProcessPoolExecutor(given.jobs) as processes:
            found = list(processes.map(evaluated, every, repeat(given)))
        report(found, given.out)
    except CausalSynthError as error:
        print(f"error: {error.message}\n  → {error.hint}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"error: {error}\n  → the same command goes on, once this is mended", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted; what is done is kept\n  → the same command goes on", file=sys.stderr)
        return InterruptedRunError.exit_code
    return 0


def report(found: Sequence[Mapping[str, object]], out: Path) -> None:
    """Write figures and tables of all runs, and print the tables."""
    tables = markdown(found)
    save(out / "benchmark.json", json.dumps(found, indent=1) + "\n")
    save(out / "benchmark.md", tables)
    print(tables)
    for figure in draw(found, out):
        print(figure)


if __name__ == "__main__":
    sys.exit(main())
