"""A run that is stopped at any moment, by any signal, goes on where it stood when the same command is given again."""

import json
import random
import shlex
import shutil
import signal
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

N = 40
KILLS = 3
UNPROBED = ("--corrections", "rewrite")  # else each start would wait 15 s for what a hanging server makes of a schema
SLOW = ("--latency", "0.09", "--max-num-seqs", "8")


class Recorder(ThreadingHTTPServer):
    """Passes requests on to a server, and keeps what was asked: request seed → chat.

    The seed of a request is a function of (seed, record, attempt), so it says which attempt it is.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream):
        super().__init__(("127.0.0.1", 0), _Forwarder)
        self.upstream = upstream.removesuffix("/v1")
        self.chats = {}
        self.requests = 0
        self.contradictions = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def note(self, body):
        request = json.loads(body)
        self.requests += 1
        if self.chats.setdefault(request["seed"], request["messages"]) != request["messages"]:
            self.contradictions.append(request["seed"])

    def handle_error(self, request, client_address):
        """Say nothing: clients that are killed leave broken connections."""


class _Forwarder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _forward(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))) or None
        if body:
            self.server.note(body)
        request = urllib.request.Request(self.server.upstream + self.path, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            content, kind = answer.read(), answer.headers["content-type"]
        self.send_response(200)
        self.send_header("content-type", kind or "text/plain")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _forward

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def recording(upstream):
    with Recorder(upstream) as recorder:
        thread = threading.Thread(target=recorder.serve_forever, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            recorder.shutdown()
            thread.join()


def generate(url, run, *options):
    server = ("--realizer", "openai", "--base-url", url, "--model", "simulated")
    return ("generate", "asia", "-n", N, "--seed", 11, *server, "-o", run.path, "--concurrency", 8, *options)


@pytest.fixture(scope="module")
def slow_server(running_server):
    with running_server(*SLOW) as server:
        yield server


@pytest.fixture(scope="module")
def undisturbed_runs(slow_server, run_cli, run_directory, tmp_path_factory):
    """Two runs that nobody stopped, at different concurrency: their directories, and what they asked the server."""
    folder = tmp_path_factory.mktemp("undisturbed")

    def play(concurrency):
        run = run_directory(folder / concurrency)
        with recording(slow_server.url) as recorder:
            done = run_cli(*generate(recorder.url, run), "--concurrency", concurrency)
        assert done.returncode == 0, done.stderr
        run.check_complete(N)
        return run, recorder.chats

    with ThreadPoolExecutor() as pool:
        return list(pool.map(play, ["8", "auto"]))


@pytest.fixture
def undisturbed(undisturbed_runs):
    return undisturbed_runs[0]


def complete_part(ledger):
    return ledger[: ledger.rfind(b"\n") + 1]


def check_same_records(run, undisturbed):
    """Check order, skeletons, texts and values; the simulated server's answer is a function of chat and seed."""
    frame, expected = run.frame(), undisturbed.frame()
    assert frame.equals(expected), frame.compare(expected)


def test_kill_9_loses_only_what_was_under_way(undisturbed, slow_server, start_cli, run_cli, run_directory, tmp_path):
    expected, chats = undisturbed
    run = run_directory(tmp_path / "run")
    rng = random.Random(5)
    with recording(slow_server.url) as recorder:
        for _ in range(KILLS):
            before = complete_part(run.ledger)
            process = start_cli(*generate(recorder.url, run))
            run.wait_for_lines(rng.randrange(1, 9), process)
            time.sleep(rng.uniform(0, 0.3))
            process.kill()
            process.communicate()
            assert process.returncode == -signal.SIGKILL, "the run was over before the kill"
            assert run.ledger.startswith(before), "a complete line was lost or changed"
            assert len(complete_part(run.ledger)) > len(before)
        before = complete_part(run.ledger)
        with (run.path / "attempts.jsonl").open("ab") as file:
            file.write(b'{"v":1,"i":0,"k":9,"t":17')  # what a crash in the middle of a write leaves
        done = run_cli(*generate(recorder.url, run), "--json")
    assert done.returncode == 0, done.stderr
    assert run.ledger.startswith(before)
    run.check_complete(N)
    check_same_records(run, expected)
    assert recorder.contradictions == []
    assert recorder.chats == chats
    # … and each start asks once what the server makes of a schema.
    most = len(chats) + KILLS * (8 + 1)
    assert len(chats) <= recorder.requests <= most, "only what was under way is asked again"


def test_records_do_not_depend_on_concurrency(undisturbed_runs):
    (run, chats), (other, other_chats) = undisturbed_runs
    check_same_records(other, run)
    assert other_chats == chats


def interrupt(process, number):
    """Send a signal; give the command that the message says resumes the run."""
    process.send_signal(number)
    output, complaints = process.communicate(timeout=10)
    assert process.returncode == 130, complaints
    assert output == ""
    message, hint = complaints.splitlines()[-2:]
    assert message.startswith("error: interrupted; what is finished is in "), complaints
    for noise in ("Traceback", "never retrieved", "destroyed"):
        assert noise not in complaints
    python, dash_m, package, *arguments = shlex.split(hint.partition("resume with: ")[2])
    assert shutil.which(python) == sys.executable
    assert (dash_m, package) == ("-m", "causalsynth"), "as it was called"
    return arguments


@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, signal.SIGTERM],
    ids=lambda number: number.name,
)
def test_a_signal_leaves_the_command_that_resumes(
    number, undisturbed, slow_server, start_cli, run_cli, run_directory, tmp_path
):
    expected, _ = undisturbed
    run = run_directory(tmp_path / "my run")
    arguments = [*map(str, generate(slow_server.url, run))]
    process = start_cli(*arguments, real=number is signal.SIGINT)
    run.wait_for_lines(10, process)
    assert interrupt(process, number) == arguments
    before = run.ledger
    assert len(run.lines()) >= 10
    done = run_cli(*arguments)
    assert done.returncode == 0, done.stderr
    assert run.ledger.startswith(before)
    run.check_complete(N)
    check_same_records(run, expected)


@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, signal.SIGTERM],
    ids=lambda number: number.name,
)
def test_a_signal_stops_an_embedded_realizer_as_well(number, start_cli, run_directory, tmp_path):
    run = run_directory(tmp_path / "run")
    process = start_cli(
        "generate", "asia", "-n", 5000, "--realizer", "simulated", "-o", run.path, real=number is signal.SIGTERM
    )
    run.wait_for_lines(20, process)
    interrupt(process, number)
    assert len(run.lines()) >= 20


@pytest.fixture(scope="module")
def occupied(running_server, running_cli, run_directory, tmp_path_factory):
    """A run under way whose server never answers: its directory, its process, its address."""
    run = run_directory(tmp_path_factory.mktemp("occupied") / "run")
    with running_server("--fault", "hang") as server, running_cli(*generate(server.url, run, *UNPROBED)) as process:
        run.wait_for_start(process)
        yield run, process, server.url


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="resume"),
        pytest.param(("--extend", N + 10), id="extend"),
    ],
)
def test_a_second_process_is_sent_away(options, occupied, run_cli):
    run, first, url = occupied
    before = run.contents()
    second = run_cli(*generate(url, run, *UNPROBED), *options)
    assert second.returncode == 2
    assert second.stdout == ""
    assert "another process is writing this run" in second.stderr.splitlines()[-2]
    assert "Traceback" not in second.stderr
    assert first.poll() is None
    assert run.contents() == before, "a command that is refused changes nothing"


def test_a_signal_stops_a_run_whose_server_hangs(occupied):
    run, process, _ = occupied
    interrupt(process, signal.SIGINT)
    assert run.lines() == []
