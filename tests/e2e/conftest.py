"""What the end-to-end tests share: the command line and the simulated server, each as a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from warm_process import CapturedProcess, WarmProcess

LONGEST_S = 60
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}


def command(*arguments):
    return [sys.executable, "-m", "causalsynth", *map(str, arguments)]


@pytest.fixture(scope="session")
def warm_cli():
    """Give the address of ``warm_cli.py``, which forks processes that have the imports done and asia compiled."""
    with tempfile.TemporaryDirectory() as folder:  # tmp_path may be too long for a socket's address
        address = Path(folder) / "warm"
        program = [sys.executable, str(Path(__file__).with_name("warm_cli.py")), str(address)]
        with subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
        ) as warm:
            assert warm.stdout.readline() == "ready\n"
            yield address
            warm.stdin.close()


@pytest.fixture(scope="session")
def run_cli(warm_cli):
    """Run ``causalsynth ARGUMENTS`` in a forked process, and wait for it; two may run at a time."""
    most = threading.Semaphore(2)

    def run(*arguments, cwd=None, script=None):
        with most:
            return CapturedProcess(warm_cli, [*map(str, arguments)], cwd=cwd, script=script).completed()

    return run


@contextmanager
def _killed_at_the_end(process):
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _real_process(*arguments):
    return subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    )


@pytest.fixture(scope="session")
def running_cli():
    """Start ``python -m causalsynth ARGUMENTS``; what still runs at the end is killed."""
    return lambda *arguments: _killed_at_the_end(_real_process(*arguments))


@pytest.fixture
def start_cli(warm_cli):
    """Start commands that are killed at the end of the test at the latest: forked, or `real` ones."""
    with ExitStack() as stack:

        def start(*arguments, real=False):
            process = _real_process(*arguments) if real else CapturedProcess(warm_cli, arguments)
            return stack.enter_context(_killed_at_the_end(process))

        yield start


@dataclass(frozen=True)
class Server:
    """A simulated server in a process of its own."""

    url: str
    process: WarmProcess

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1].removesuffix("/v1"))

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def running_server(warm_cli):
    """Run ``simulate-server``, and read its address from the line that it prints."""

    @contextmanager
    def running(*options, port=0):
        arguments = ["simulate-server", "asia", "--port", port, *options]
        reading, writing = os.pipe()
        with open(reading) as output:  # noqa: PTH123
            process = WarmProcess(warm_cli, arguments, longest_s=0, descriptors=[0, writing, 2])
            os.close(writing)
            try:
                url = output.readline().split(" ", 1)[0]
                assert url.startswith("http://127.0.0.1:")
                yield Server(url, process)
            finally:
                process.kill()
                process.wait()

    return running


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
