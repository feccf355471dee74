"""What the end-to-end tests share: the command line and the simulated server, each as a process of its own."""

import json
import os
import queue
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

LONGEST_S = 60
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}


def command(*arguments):
    return [sys.executable, "-m", "causalsynth", *map(str, arguments)]


class WarmCLI:
    """Runs one command after the other by ``warm_cli.py``."""

    def __init__(self, folder):
        self._out, self._err = folder / "out", folder / "err"
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("warm_cli.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )

    def run(self, arguments, cwd):
        self._out.write_text("")
        self._err.write_text("")
        task = {"arguments": arguments, "cwd": str(cwd), "out": str(self._out), "err": str(self._err)}
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, self._out.read_text(), self._err.read_text())


@pytest.fixture(scope="session")
def run_cli(tmp_path_factory):
    """Run ``causalsynth ARGUMENTS`` in a process with the imports done, and wait for it; two may run at a time."""
    idle = queue.Queue()
    everyone = [WarmCLI(tmp_path_factory.mktemp("warm")) for _ in range(2)]
    for warm in everyone:
        idle.put(warm)

    def run(*arguments, cwd=None):
        warm = idle.get()
        try:
            return warm.run([*map(str, arguments)], cwd or Path.cwd())
        finally:
            idle.put(warm)

    yield run
    for warm in everyone:
        warm.process.communicate()


@contextmanager
def _running_cli(*arguments):
    """Start ``causalsynth ARGUMENTS``; what still runs at the end is killed."""
    process = subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def running_cli():
    return _running_cli


@pytest.fixture
def start_cli():
    """Start commands that are killed at the end of the test at the latest."""
    with ExitStack() as stack:
        yield lambda *arguments: stack.enter_context(_running_cli(*arguments))


@dataclass(frozen=True)
class Server:
    """A simulated server in a process of its own."""

    url: str
    process: subprocess.Popen

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1].removesuffix("/v1"))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@contextmanager
def _running_server(*options, port=0):
    """Run ``simulate-server``, and read its address from the line that it prints."""
    arguments = command("simulate-server", "asia", "--port", port, *options)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        try:
            url = process.stdout.readline().split(" ", 1)[0]
            assert url.startswith("http://127.0.0.1:")
            yield Server(url, process)
        finally:
            process.kill()


@pytest.fixture(scope="session")
def running_server():
    return _running_server


def wait_until(condition, process):
    """Wait for `condition`; fail if `process` ends before."""
    deadline = time.monotonic() + LONGEST_S
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.01)


@dataclass(frozen=True)
class RunDirectory:
    """What a run left on disk, read without the package's own readers."""

    path: Path

    @property
    def ledger(self):
        file = self.path / "attempts.jsonl"
        return file.read_bytes() if file.exists() else b""

    def lines(self):
        """Parse the ledger, which must be whole: every line ends, and is a JSON object."""
        assert not self.ledger or self.ledger.endswith(b"\n")
        return [json.loads(line) for line in self.ledger.splitlines()]

    def summary(self):
        return json.loads((self.path / "summary.json").read_text())

    def frame(self):
        import pandas

        return pandas.read_parquet(self.path / "records.parquet")

    def contents(self):
        return {file.name: file.read_bytes() for file in sorted(self.path.iterdir())}

    def wait_for_start(self, process):
        """Wait until `process` has made the run directory."""
        wait_until((self.path / "manifest.json").exists, process)

    def wait_for_lines(self, count, process):
        """Wait until the ledger has `count` lines more; fail if the process that writes it ends before."""
        wanted = self.ledger.count(b"\n") + count
        wait_until(lambda: self.ledger.count(b"\n") >= wanted, process)

    def check_complete(self, n):
        """Check that each of `n` records left exactly once, by the ledger and by the table."""
        lines = self.lines()
        assert len({(line["i"], line["k"]) for line in lines}) == len(lines), "an attempt stands twice"
        assert sorted(line["i"] for line in lines if line["final"]) == list(range(n))
        for i in range(n):
            attempts = [line for line in lines if line["i"] == i]
            assert [line["k"] for line in attempts] == list(range(1, len(attempts) + 1)), "an attempt is missing"
            assert attempts[-1]["final"]
        assert self.frame()["_index"].tolist() == list(range(n))


@pytest.fixture(scope="session")
def run_directory():
    return RunDirectory


@pytest.fixture(scope="session")
def skeletons(run_cli, tmp_path_factory):
    """Draw what ``causalsynth sample`` draws: a list of skeletons, by index."""

    @cache
    def draw(n, *options):
        import pandas

        table = tmp_path_factory.mktemp("sample") / "rows.parquet"
        done = run_cli("sample", "asia", "-n", n, "-o", table, *options)
        assert done.returncode == 0, done.stderr
        return pandas.read_parquet(table).drop(columns="_index", errors="ignore").to_dict("records")

    return draw
