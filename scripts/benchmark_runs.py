"""Write the benchmark's runs, each by a process of its own, and stop all of them where one is stopped."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Cell", "Server", "Writer"]


@dataclass(frozen=True)
class Server:
    """A served model is asked there, with further options of ``causalsynth generate``."""

    base_url: str
    options: Sequence[str] = ()


@dataclass(frozen=True)
class Cell:
    """One run: a graph, a realizer, a seed."""

    graph: str
    realizer: str
    seed: int

    def directory(self, out: Path) -> Path:
        """Give its run directory."""
        return out / f"{self.graph}-{self.realizer.replace(':', '-').replace('/', '_')}-{self.seed}"

    def options(self, server: Server | None) -> list[str]:
        """Give the realizer's options of ``causalsynth generate``."""
        name, _, setting = self.realizer.partition(":")
        if name == "simulated":
            return ["--realizer", name, "--behaviour", f"strength={setting}"]
        if name == "tiny":
            return ["--realizer", name, "--model", setting, "--corrections", "rewrite"]
        if name == "server" and server:
            return ["--realizer", "openai", "--base-url", server.base_url, "--model", setting, *server.options]
        return ["--realizer", name]


@dataclass
class Writer:
    """Writes runs of `n` records in folders of `out`."""

    out: Path
    n: int
    rounds: int
    server: Server | None
    _running: set[subprocess.Popen[str]] = field(default_factory=set)

    def write(self, cells: Sequence[Cell], jobs: int) -> int:
        """Do or resume runs; give the first exit code that isn't 0, after which none is begun."""
        with ThreadPoolExecutor(jobs) as pool:
            try:
                for cell, code in zip(cells, pool.map(self._one, cells), strict=True):
                    told = "written" if code == 0 else f"stopped with code {code}"
                    print(f"{cell.directory(self.out)}: {told}", flush=True)
                    if code:
                        return code
            except KeyboardInterrupt:
                self._stop()
                raise
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        return 0

    def _one(self, cell: Cell) -> int:
        directory = cell.directory(self.out)
        where = ["-n", str(self.n), "--seed", str(cell.seed), "--rounds", str(self.rounds)]
        command = [sys.executable, "-m", "causalsynth", "generate", cell.graph, *where, "-o", str(directory), "--json"]
        command += cell.options(self.server)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
            self._running.add(run)
            assert run.stderr is not None
            for line in run.stderr:  # a served model takes hours: say how far it is
                if line.strip():
                    print(f"[{directory.name}] {line.rstrip()}", file=sys.stderr, flush=True)
        self._running.discard(run)
        return run.returncode

    def _stop(self) -> None:
        """End the runs in order, as their own Ctrl-C does; a terminal's has reached them, others have not."""
        for run in list(self._running):
            run.send_signal(signal.SIGTERM)
