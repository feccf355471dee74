"""The engine ray on a cluster of this machine: the same records, whatever dies. ``make test-ray``."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from causalsynth.ledger import read_ledger

pytestmark = pytest.mark.ray

N = 60
BEHAVIOUR = "strength=.8,omit=.2,obey=.6"


def command(out, *options, n=N):
    arguments = ["generate", "asia", "-n", n, "--seed", 5, "-o", out, *options]
    return [sys.executable, "-m", "causalsynth", *map(str, arguments)]


def simulated(out, *options, n=N):
    return command(out, "--realizer", "simulated", "--behaviour", BEHAVIOUR, *options, n=n)


def finish(arguments, code=0):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == code, done.stderr
    return done


def content(folder):
    return {(a.i, a.k): (a.skeleton, a.draft, a.values, a.violations, a.status) for a in read_ledger(folder)}


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    folder = tmp_path_factory.mktemp("local")
    finish(simulated(folder))
    return content(folder)


def test_the_records_are_those_of_the_local_engine(local, tmp_path):
    done = finish(simulated(tmp_path, "--engine", "ray"))
    assert content(tmp_path) == local
    assert "Traceback" not in done.stderr


def test_a_run_begun_here_is_finished_there(local, tmp_path):
    finish(simulated(tmp_path, "--max-total-tokens", 30_000), code=4)
    begun = content(tmp_path)
    assert 0 < len(begun) < len(local)
    finish(simulated(tmp_path, "--engine", "ray", "--max-total-tokens", 10**9))
    assert content(tmp_path) == local
    assert begun.items() <= local.items()


def actors():
    """Process numbers of the actors that write: Ray names its processes after what they do."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                name = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if name.startswith(b"ray::") and b"_Writer" in name:
                found.append(int(entry.name))
    return found


def test_killed_actors_cost_nothing_but_what_they_had_in_hand(local, tmp_path):
    killed = set()
    with subprocess.Popen(simulated(tmp_path, "--engine", "ray"), stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 240
        while process.poll() is None and time.monotonic() < deadline:
            for pid in actors():
                if len(killed) < 2 and pid not in killed:
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
            time.sleep(0.05)
        errors = process.stderr.read()
    assert process.returncode == 0, errors
    assert len(killed) == 2, "the run was over before its actors were killed"
    assert content(tmp_path) == local


def test_a_dead_server_ends_the_run_with_the_command_that_goes_on(tmp_path):
    arguments = [sys.executable, "-m", "causalsynth", "simulate-server", "asia", "--port", "0", "--latency", "0.3"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as server:
        url = server.stdout.readline().split()[0]
        options = ("--realizer", "openai", "--base-url", url, "--model", "simulated", "--max-retries", 1)
        options = (*options, "--engine", "ray", "--concurrency", 4)
        run = subprocess.Popen(command(tmp_path, *options), stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 120
        while not (tmp_path / "attempts.jsonl").exists() or not (tmp_path / "attempts.jsonl").stat().st_size:
            assert run.poll() is None, run.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        server.kill()
        errors = run.communicate(timeout=120)[1]
    assert run.returncode == 3, errors
    assert "resume with" in errors
    assert "Traceback" not in errors
    assert read_ledger(tmp_path)
