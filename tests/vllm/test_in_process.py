"""``--realizer vllm``: the real engine in a process of its own environment, without a server."""

import json
import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.vllm

HERE = Path(__file__).parent
SETTINGS = {
    "PYTHONPATH": str(HERE.parents[1]),
    "HF_HUB_OFFLINE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
}


def test_vllms_engine_in_this_process(vllm):
    command = [vllm.python, str(HERE / "in_process.py"), str(vllm.folder)]
    done = subprocess.run(command, env=os.environ | SETTINGS, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(set(found["texts"])) > 1, "different seeds, different texts"
    assert found["alone"] == found["texts"][0]
    for finish, prompt, completion in found["counts"]:
        assert finish in ("stop", "length")
        assert prompt > 0
        assert 0 < completion <= 24
    assert json.loads(found["held"]) == {"word": "zebra"}
    assert "exceed the model's context of 512" in found["refused"]
