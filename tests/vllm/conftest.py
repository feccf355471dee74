"""A real vLLM server on the CPU, serving one of the tiny models; started once."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = "causalsynth-tiny-B"
CONTEXT = 512
START_S = 600
"""A machine with little to spare takes minutes for what takes 25 s otherwise."""


@dataclass(frozen=True)
class VLLM:
    url: str
    folder: Path
    """The model's."""
    python: str

    @property
    def flags(self):
        return "--realizer", "openai", "--base-url", self.url, "--model", MODEL, "--corrections", "rewrite"


@pytest.fixture(scope="session")
def causalsynth(tmp_path_factory):
    """Run ``causalsynth ARGUMENTS`` in a process of its own."""
    cwd = tmp_path_factory.mktemp("cwd")

    def run(*arguments, wait=True):
        process = subprocess.Popen(
            [sys.executable, "-m", "causalsynth", *map(str, arguments)],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if not wait:
            return process
        out, err = process.communicate(timeout=START_S)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    return run


@pytest.fixture(scope="session")
def python():
    """The Python that has vLLM."""
    found = os.environ.get("VLLM_PYTHON")
    assert found, "run these tests by: make test-vllm"
    return found


@pytest.fixture(scope="session")
def vllm(tmp_path_factory, python):
    """A server of the model B; its log is printed if it doesn't come up."""
    folder = tmp_path_factory.mktemp("model") / MODEL
    subprocess.run([sys.executable, ROOT / "scripts" / "export_tiny_realizer.py", "B", "-o", folder], check=True)
    port = _free_port()
    log = folder.with_suffix(".log")
    serve = [ROOT / "scripts" / "serve_vllm.sh", folder, "--cpu", "--python", python]
    flags = ["--name", MODEL, "--port", str(port), "--max-model-len", str(CONTEXT), "--", "--dtype", "float32"]
    with log.open("w") as output:
        process = subprocess.Popen([*serve, *flags], stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield VLLM(f"http://127.0.0.1:{port}/v1", folder, python)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def _wait_for(url, process, log):
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(1)
        else:
            return
    pytest.fail(f"vLLM did not come up; the end of its log:\n{log.read_text()[-3000:]}")


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
