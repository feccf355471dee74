"""A run of two rounds that scripted answers carry: no server, every fault on demand."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from causalsynth.ledger import read_ledger
from causalsynth.run.batch import ingest, prepare

SETTINGS = {"graph": "asia", "n": 6, "seed": 5, "model": "m", "rounds": 2}


def answered(request, text="I'd rather not.", finish="stop"):
    """Give the output line of a request that was answered."""
    body = {
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 7},
    }
    response = {"status_code": 200, "request_id": "r", "body": body}
    return {"id": "b", "custom_id": request["custom_id"], "response": response, "error": None}


def refused(request, status=400):
    """Give the line of a request that got an error status, as OpenAI's error files have it."""
    response = {"status_code": status, "request_id": "r", "body": {"error": {"message": "too long", "code": "x"}}}
    return {"id": "b", "custom_id": request["custom_id"], "response": response, "error": None}


def refused_by_vllm(request, status=400):
    """Give the line that ``vllm run-batch`` writes for it."""
    error = {"error": {"message": "too long", "type": "BadRequestError", "param": None, "code": status}}
    response = {"status_code": status, "request_id": "r", "body": None}
    return {"id": "b", "custom_id": request["custom_id"], "response": response, "error": error}


def expired(request, code="batch_expired"):
    """Give the line of a request that was never executed."""
    return {"id": "b", "custom_id": request["custom_id"], "response": None, "error": {"code": code, "message": "late"}}


class Run:
    """A run directory and the steps taken there."""

    def __init__(self, path):
        self.path = path
        self._files = 0

    def prepare(self, **settings):
        prepared = prepare(self.path, settings or None)
        self.requests = [json.loads(line) for file in prepared.files for line in file.read_text().splitlines()]
        return prepared

    def file(self, *lines):
        """Write a result file; a line may also be the text itself."""
        self._files += 1
        path = self.path.parent / f"results-{self._files}.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines]
        path.write_text("".join(texts))
        return path

    def ingest(self, *files):
        return ingest(self.path, files)

    @property
    def ledger(self):
        return (self.path / "attempts.jsonl").read_bytes()

    def attempts(self):
        return read_ledger(self.path)


@pytest.fixture
def lines():
    """Give the lines that services write."""
    return SimpleNamespace(answered=answered, refused=refused, refused_by_vllm=refused_by_vllm, expired=expired)


@pytest.fixture
def run(tmp_path: Path):
    """Begin a run, its first requests written."""
    begun = Run(tmp_path / "run")
    begun.prepare(**SETTINGS)
    return begun
