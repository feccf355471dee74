"""``generate --realizer openai`` over real sockets, against a server that does everything wrong now and then."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

N = 40
STATUSES = {"realized", "repaired", "unrealized"}
OFTEN = {"429": 0.08} | dict.fromkeys(["503", "500", "drop", "empty", "truncated", "refusal", "garbage"], 0.06)
# With this seed of the server each fault meets one of the first 18 requests.
FAULTS = ["--seed", "15"] + [
    option for kind, share in (OFTEN | {"slow": 0.02}).items() for option in ("--fault", f"{kind}:{share}")
]


def generate(url, run, *options, n=N):
    server = ("--realizer", "openai", "--base-url", url, "--model", "simulated")
    return ("generate", "asia", "-n", n, "--seed", 2, *server, "-o", run.path, *options)


def last_error(done):
    """Give the message and the hint, each one line, of a command that failed."""
    assert "Traceback" not in done.stderr
    message, hint = done.stderr.splitlines()[-2:]
    assert message.startswith("error: ")
    assert hint.startswith("  → ")
    return message, hint


SCENARIOS = {
    "faults": (FAULTS, (), N),
    "hang": (("--fault", "hang:.1"), ("--timeout", "0.7"), 20),
    "unwilling": (("--fault", "refusal"), ("--rounds", "1"), 6),
    "refused": (("--fault", "401"), (), N),
    "not served": ((), ("--model", "another/model"), N),
}


@pytest.fixture(scope="module")
def outcome(running_server, run_cli, run_directory, tmp_path_factory):
    """Give what became of a scenario. They run side by side: most of their time is waiting."""
    folder = tmp_path_factory.mktemp("http")

    def play(name):
        of_server, of_run, n = SCENARIOS[name]
        run = run_directory(folder / name)
        with running_server("--retry-after", "0.05", *of_server) as server:
            return run_cli(*generate(server.url, run, *of_run, n=n)), run

    with ThreadPoolExecutor() as pool:
        played = {name: pool.submit(play, name) for name in SCENARIOS}
        yield lambda name: played[name].result()


def test_a_run_survives_every_fault(outcome, skeletons):
    done, run = outcome("faults")
    assert done.returncode == 0, done.stderr
    assert f"{N} of {N} skeletons accounted for" in done.stdout
    run.check_complete(N)
    frame, lines = run.frame(), run.lines()
    assert set(frame["status"]) <= STATUSES
    drawn = [{name: row[f"skeleton.{name}"] for name in lines[0]["skeleton"]} for _, row in frame.iterrows()]
    assert drawn == skeletons(N, "--seed", 2)
    errors = [line["error"] for line in lines if line["error"]]
    assert any("empty answer" in error for error in errors)
    assert all("\n" not in error for error in errors)
    assert any(line["finish"] == "length" for line in lines), "a truncated answer is known as such"
    refusals = [line for line in lines if "can't help" in (line["draft"] or "") and line["finish"] != "repair"]
    assert refusals
    assert all(line["violations"] for line in refusals)
    kept = frame[frame["status"] != "unrealized"]
    assert not kept["text"].str.contains("Bad gateway|chatcmpl").any()
    assert "not an LLM" in done.stderr, "a simulator behind HTTP is none either"


def test_requests_that_hang_are_given_up_and_sent_again(outcome):
    done, run = outcome("hang")
    assert done.returncode == 0, done.stderr
    run.check_complete(20)


def test_a_refusal_is_no_part_of_a_repaired_text(outcome):
    done, run = outcome("unwilling")
    assert done.returncode == 0, done.stderr
    run.check_complete(6)
    frame = run.frame()
    assert set(frame["status"]) == {"repaired"}
    assert not frame["text"].str.contains("can't help").any()


def test_a_server_that_refuses_everything_stops_the_run_at_once(outcome):
    done, run = outcome("refused")
    assert done.returncode == 3
    message, hint = last_error(done)
    assert "HTTP 401" in message
    assert "OPENAI_API_KEY" in hint
    assert run.lines() == []


def test_a_model_that_is_not_served(outcome):
    done, run = outcome("not served")
    assert done.returncode == 2
    message, hint = last_error(done)
    assert "another/model" in message
    assert "simulated" in hint
    assert not run.path.exists()


def test_a_server_that_dies_stops_the_run_and_the_same_command_completes_it(
    running_server, start_cli, run_cli, run_directory, tmp_path
):
    run = run_directory(tmp_path / "run")
    with running_server("--latency", "0.1") as server:
        arguments = generate(server.url, run, "--concurrency", "8", "--max-retries", "2")
        process = start_cli(*arguments)
        run.wait_for_lines(15, process)
        server.kill()
        died = time.monotonic()
        output, complaints = process.communicate(timeout=30)
    assert process.returncode == 3
    assert time.monotonic() - died < 15
    assert output == ""
    assert "Traceback" not in complaints
    message, hint = complaints.splitlines()[-2:]
    assert message.startswith(f"error: {server.url}: the server is gone")
    assert re.search(r"→ start it again.* resume.*causalsynth generate asia -n 40 ", hint)
    assert str(run.path) in hint
    ledger, lines = run.ledger, run.lines()
    assert not [line["error"] for line in lines if line["error"]], "no attempt is spent on a server that is gone"

    with running_server(port=server.port):
        done = run_cli(*arguments)
    assert done.returncode == 0, done.stderr
    assert run.ledger.startswith(ledger)
    run.check_complete(N)
