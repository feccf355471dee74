"""A run carried by batch files, each answered over HTTP, beside the same run done by ``generate``."""

import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ANSWER = Path(__file__).with_name("answer_batch.py")
CAUSALSYNTH = Path(__file__).with_name("warm_process.py")
SCRIPT = Path(__file__).parents[2] / "scripts" / "vllm_batches.sh"
N = 16
SAME = ("--seed", 3, "--rounds", 3, "--model", "simulated")
BEGIN = ("--graph", "asia", "-n", N, *SAME)


def answer(url, path):
    """Have a request file answered, and give the file of answers."""
    answers = path.with_name(path.name.replace("requests", "answers"))
    subprocess.run([sys.executable, ANSWER, "--url", url, "-i", path, "-o", answers], check=True, timeout=60)
    return answers


@pytest.fixture(scope="module")
def url(running_server):
    """Run a server without faults."""
    with running_server() as server:
        yield server.url


@pytest.fixture
def batch(run_cli):
    """Run ``causalsynth batch … --json`` and give its document."""

    def run(*arguments, code=0):
        done = run_cli("batch", *arguments, "--json")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if code == 0 else done.stderr

    return run


def generate(url, run):
    server = ("--realizer", "openai", "--base-url", url, "-o", run.path)
    return ("generate", "asia", "-n", N, *SAME, *server, "--json")


def told(run):
    """Give what a ledger says apart from times, by record and attempt."""
    kept = (
        "i",
        "k",
        "skeleton",
        "draft",
        "values",
        "violations",
        "finish",
        "usage",
        "error",
        "final",
        "status",
        "edits",
    )
    return sorted(
        ({key: line.get(key) for key in kept} for line in run.lines()), key=lambda line: (line["i"], line["k"])
    )


@contextmanager
def recorded(url):
    """Put a proxy before a server that keeps every body it passes on."""
    bodies = []

    class Handler(BaseHTTPRequestHandler):
        def pass_on(self, data=None):
            call = urllib.request.Request(
                url.removesuffix("/v1") + self.path, data, {"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(call, timeout=30) as got:
                body = got.read()
            self.send_response(200)
            self.send_header("Content-Type", got.headers["Content-Type"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.pass_on()

        def do_POST(self):
            data = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(json.loads(data))
            self.pass_on(data)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", bodies
        finally:
            server.shutdown()


def canonical(bodies):
    return sorted(json.dumps(body, sort_keys=True) for body in bodies)


def test_files_ask_what_generate_asks_and_end_in_the_same_ledger(url, run_cli, run_directory, batch, tmp_path):
    by_files, by_calls = run_directory(tmp_path / "files"), run_directory(tmp_path / "calls")
    asked, given = [], (*BEGIN, "--structured-output")
    with recorded(url) as (proxy, bodies):
        while (prepared := batch("prepare", by_files.path, *given, "--file-requests", 7))["files"]:
            files = [Path(path) for path in prepared["files"]]
            assert len(files) == -(-prepared["requests"] // 7)
            asked += [json.loads(line)["body"] for path in files for line in path.read_text().splitlines()]
            ingested = batch("ingest", by_files.path, *(answer(url, path) for path in reversed(files)))
            assert ingested["judged"] == prepared["requests"]
            given = ()
        assert not bodies, "the answerer went to the server itself"
        done = run_cli(*generate(proxy, by_calls))
        assert done.returncode == 0, done.stderr
    probe = [body for body in bodies if "hello" in body["messages"][0]["content"]]
    assert len(probe) == 1, "what generate asks once, to know the server"
    assert canonical(asked) == canonical(body for body in bodies if body not in probe)
    assert any("response_format" in body for body in asked), "some correction asked for edits as JSON"
    assert len(asked) > N, "some record needed a correction"
    by_files.check_complete(N)
    assert told(by_files) == told(by_calls)
    assert not by_files.summary()["realizer_is_llm"], "answers of the simulator are known as such"
    manifests = [json.loads((run.path / "manifest.json").read_text()) for run in (by_files, by_calls)]
    assert manifests[0]["fingerprint"] == manifests[1]["fingerprint"]


def test_generate_and_batch_files_take_turns(url, run_cli, run_directory, batch, tmp_path):
    run, alone = run_directory(tmp_path / "run"), run_directory(tmp_path / "alone")
    stopped = run_cli(*generate(url, run), "--max-total-tokens", 2500, "--concurrency", 2)
    assert stopped.returncode == 4, stopped.stderr
    begun = run.ledger
    prepared = batch("prepare", run.path)
    assert 0 < prepared["finished"] < N
    batch("ingest", run.path, *(answer(url, Path(path)) for path in prepared["files"]))
    assert run.ledger.startswith(begun)
    assert len(run.ledger) > len(begun) > 0
    for each in (run, alone):
        done = run_cli(*generate(url, each))
        assert done.returncode == 0, done.stderr
    run.check_complete(N)
    assert told(run) == told(alone)


@pytest.mark.skipif(not shutil.which("bash"), reason="the script is written for bash")
def test_the_script_takes_in_what_was_answered_and_carries_the_run_to_its_end(
    url, warm_cli, running_server, run_directory, batch, tmp_path
):
    run = run_directory(tmp_path / "run")
    program = tmp_path / "bin" / "causalsynth"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{CAUSALSYNTH}" "$@"\n')
    program.chmod(0o755)
    (requests,) = batch("prepare", run.path, *BEGIN, "--rounds", 1)["files"]
    kinds = ("400", "429", "500", "drop", "empty", "truncated", "garbage")
    with running_server(*(option for kind in kinds for option in ("--fault", f"{kind}:.1"))) as server:
        answer(server.url, Path(requests))
    environment = os.environ | {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "WARM_CLI": str(warm_cli),
        "RUN_BATCH": f"{sys.executable} {ANSWER} --url {url}",
    }
    done = subprocess.run(
        ["bash", SCRIPT, run.path], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "failed: they cost nothing" in done.stdout
    assert "every record is finished" in done.stdout
    run.check_complete(N)
    errors = [line["error"] for line in run.lines() if line["error"]]
    assert any("HTTP 400" in error for error in errors), "a refused request costs its round"
    assert not any("HTTP 429" in error or "HTTP 500" in error or "completion" in error for error in errors)
