"""One run of 5,000 records through a hundred kill -9's and a server that fails in every way it knows.

Takes about twenty minutes: ``make test-chaos``. ``CHAOS_RECORDS`` and ``CHAOS_KILLS`` make it smaller.
"""

import os
import random
import signal
import time
from collections import Counter

import pytest

from causalsynth.serve import Fault

pytestmark = pytest.mark.chaos

RECORDS = int(os.environ.get("CHAOS_RECORDS", "5000"))
KILLS = int(os.environ.get("CHAOS_KILLS", "100"))
SHARE = 0.10
"""Of all requests meet a fault, spread evenly over all kinds. Those for which a run stops (401, 403, 404) make further
restarts, about one in 63 requests."""
SEED = 23
FINAL = b'"final":true'


def _share(ledger: bytes, kills: int) -> float:
    """Give the records that a run may end, so that enough are left for the kills to come on a machine of any speed."""
    return (RECORDS - ledger.count(FINAL)) / kills


def _wait(process, run, offset: int, pause: float, records: float) -> None:
    """Wait until the run has written, and then for that many seconds or records, whichever comes first."""
    began = None
    while process.poll() is None:
        written = run.ledger[offset:]
        if began is None and b"\n" in written:
            began = time.monotonic()
        if began is not None and (time.monotonic() - began >= pause or written.count(FINAL) >= records):
            return
        time.sleep(0.01)


@pytest.fixture(scope="module")
def faulty_server(running_server):
    rate = SHARE / len(Fault)
    faults = [option for fault in Fault for option in ("--fault", f"{fault}:{rate:.6f}")]
    with running_server("--latency", "0.02", "--retry-after", "0.05", "--seed", "3", *faults) as server:
        yield server


def test_a_hundred_kills_lose_nothing_and_double_nothing(
    faulty_server, running_cli, run_directory, skeletons, tmp_path
):
    run = run_directory(tmp_path / "run")
    server = ("--realizer", "openai", "--base-url", faulty_server.url, "--model", "simulated", "--timeout", 2)
    arguments = ("generate", "asia", "-n", RECORDS, "--seed", SEED, *server, "-o", run.path, "--concurrency", "16-64")
    rng = random.Random(1)
    endings: Counter[int] = Counter()
    kept = b""
    while endings[-signal.SIGKILL] < KILLS:
        pause, records = rng.uniform(0.0, 2.0), rng.uniform(0.0, _share(kept, KILLS - endings[-signal.SIGKILL]))
        with running_cli(*arguments) as process:
            _wait(process, run, len(kept), pause, records)
            process.kill()
            said = process.communicate()[1]
        endings[process.returncode] += 1
        assert run.ledger.startswith(kept), "a complete line was lost or changed"
        kept = run.ledger[: run.ledger.rfind(b"\n") + 1]
        assert set(endings) <= {0, 3, -signal.SIGKILL}, said
        if process.returncode == 0:
            break
    stops = 0
    while True:
        with running_cli(*arguments) as process:
            errors = process.communicate(timeout=3600)[1]
        if process.returncode == 0:
            break
        assert process.returncode == 3, errors
        stops += 1
        assert stops < 1000
    assert endings[-signal.SIGKILL] == KILLS, f"the run was over after {endings}: more records are needed"
    assert run.ledger.startswith(kept)
    run.check_complete(RECORDS)
    final = [line for line in run.lines() if line["final"]]
    assert [line["skeleton"] for line in sorted(final, key=lambda line: line["i"])] == skeletons(
        RECORDS, "--seed", SEED
    )
    print(f"\n{endings[-signal.SIGKILL]} kills, {endings[3] + stops} stops for a refusing server, {RECORDS} records")
