"""Measure one sampler once, in this process, and print what it cost as one line of JSON.

    python benchmarks/probe.py SAMPLER NETWORK.bif ROWS SEED

`benchmarks/sampler.py` starts a fresh process of this for every figure. The order of events: import the sampler and
load the network; draw WARM_UP rows, so that nobody pays for what is imported or built on first use; read the clock;
draw ROWS rows; read the clock and the memory while the rows are still held.
"""

import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from peers import PREPARE, UnavailableError

__all__ = ["WARM_UP", "main", "measure"]

WARM_UP = 1000
"""Rows drawn before the clock is read, with another seed."""

_MB = 1e6


def measure(sampler: str, network: Path, rows: int, seed: int) -> dict[str, float]:
    """Load, warm up and draw.

    Returns
    -------
    dict
        ``cpu_s`` and ``wall_s`` of drawing the rows; ``process_cpu_s`` of everything since the process began;
        ``rss_before_mb`` just before drawing; ``peak_mb``, the most that the process ever held. CPU seconds are user
        plus system time, of child processes too; 1 MB is 10**6 bytes.
    """
    draw = PREPARE[sampler](network)
    draw(WARM_UP, seed + 1_000_000)
    before, cpu, wall = _resident_mb("VmRSS"), _cpu_seconds(), time.perf_counter()
    held = draw(rows, seed)
    wall, spent = time.perf_counter() - wall, _cpu_seconds()
    peak = _resident_mb("VmHWM")
    del held
    return {
        "cpu_s": spent - cpu,
        "wall_s": wall,
        "process_cpu_s": spent,
        "rss_before_mb": before,
        "peak_mb": peak,
    }


def _cpu_seconds() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _resident_mb(field: str) -> float:
    """Read VmRSS (now) or VmHWM (peak).

    Linux counts a process's ru_maxrss from before its exec, so a large parent would show; /proc doesn't. Elsewhere
    ru_maxrss, the peak so far, stands for both.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith(field))
        return int(line.split()[1]) * 1024 / _MB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / _MB


def main(argv: Sequence[str]) -> int:
    """Print the measurement, or ``{"unavailable": why}``."""
    sampler, network, rows, seed = argv
    try:
        result: dict[str, float] | dict[str, str] = dict(measure(sampler, Path(network), int(rows), int(seed)))
    except UnavailableError as error:
        result = {"unavailable": str(error)}
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
