"""Write texts for many graphs and seeds with a model behind a vLLM server.

    scripts/serve_vllm.sh Qwen/Qwen3-8B &
    python scripts/batch_generate.py --model Qwen/Qwen3-8B --graphs asia alarm --seeds 0 1 2 -n 1000 -o runs/batch

Each graph and seed has a run directory of its own, ``runs/batch/asia-0`` and so on. Whatever ends it, the same command
goes on where it stopped; what is finished is not asked again. At the end ``runs/batch/summary.json`` holds all counts.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import causalsynth
from causalsynth import SCM, CausalSynthError, Domain, OpenAIServer, agenerate

COUNTS = ("n", "realized", "repaired", "unrealized", "attempts")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Write texts for many graphs and seeds with a served model.")
    parser.add_argument("--base-url", default="http://localhost:8000/v1", help="of the server [%(default)s]")
    parser.add_argument("--model", required=True, help="as the server lists it")
    parser.add_argument("--graphs", nargs="+", default=["asia"], help="bundled names, files or folders [asia]")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], help="a run for each [0]")
    parser.add_argument("-n", type=int, default=1000, help="records of each run [%(default)s]")
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder of all run directories")
    parser.add_argument("--rounds", type=int, default=5, help="attempts for each record [%(default)s]")
    parser.add_argument("--temperature", type=float, default=0.7, help="[%(default)s]")
    parser.add_argument("--concurrency", default="auto", help="requests under way at once: auto, N or LO-HI")
    return parser.parse_args(arguments)


async def write_all(given: argparse.Namespace) -> list[Mapping[str, Any]]:
    """Do or resume every run, one after the other, over one set of connections; give a row of counts for each."""
    server = OpenAIServer(given.base_url, given.model)
    try:
        await server.probe(structured_output=True)  # is the model there? and may edits be asked for as JSON?
        rows = []
        for graph, seed in product(given.graphs, given.seeds):
            result = await agenerate(
                SCM.load(graph),
                Domain.load(graph),
                server,
                n=given.n,
                seed=seed,
                out=given.out / f"{Path(graph).stem}-{seed}",
                rounds=given.rounds,
                temperature=given.temperature,
                concurrency=given.concurrency,
            )
            row = {"graph": graph, "seed": seed} | {name: result.summary[name] for name in COUNTS}
            rows.append(row)
            print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
        return rows
    finally:
        await server.aclose()


def main() -> int:
    """Run the script; the exit code is that of ``causalsynth`` for the same failure."""
    given = parse()
    try:
        rows = asyncio.run(write_all(given))
    except CausalSynthError as error:
        print(f"error: {error.message}\n  → {error.hint}", file=sys.stderr)
        return error.exit_code
    document = {"version": causalsynth.__version__, "model": given.model, "runs": rows}
    (given.out / "summary.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
