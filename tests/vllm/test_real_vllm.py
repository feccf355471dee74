"""The command line against a real vLLM server: everything that only a server of the kind people use can show."""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections import Counter
from itertools import product

import pytest

from causalsynth.domain import Domain
from causalsynth.errors import RejectedError
from causalsynth.realize.chat import Message, Sampling
from causalsynth.realize.openai_server import OpenAIServer
from causalsynth.realize.prompts import Prompts
from causalsynth.realize.tiny import Tiny
from causalsynth.realize.tiny.short_form import VARIABLES

pytestmark = pytest.mark.vllm

ASIA = Domain.load("asia")
PROMPTS = Prompts.load("clinical_note")
MODEL = "causalsynth-tiny-B"
EVEN = [flag for name in VARIABLES for flag in ("--do", f"{name}~yes:.5,no:.5")]
"""Every assignment of states is as likely as any other: half of them are impossible under ASIA."""


@pytest.fixture
async def server(vllm):
    model = OpenAIServer(vllm.url, MODEL)
    yield model
    await model.aclose()


def attempts(directory):
    """Give the ledger's complete lines."""
    lines = (directory / "attempts.jsonl").read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


async def test_the_server_writes_what_the_embedded_realizer_writes(server):
    embedded = Tiny(ASIA, "B")
    skeletons = [dict(zip(VARIABLES, states, strict=True)) for states in product(("yes", "no"), repeat=8)][::8]
    chats = [PROMPTS.ask(ASIA.lexicon, facts, seed=1, index=index) for index, facts in enumerate(skeletons)]
    greedy = Sampling(seed=1, temperature=0.0, max_tokens=200)
    served = await asyncio.gather(*(server.complete(chat, greedy) for chat in chats))
    own = [await embedded.complete(chat, greedy) for chat in chats]
    assert {completion.prompt_tokens for completion in served} == {len(VARIABLES) + 3}, "the template's short form"
    same = sum(one.text == other.text for one, other in zip(served, own, strict=True))
    # Where two tokens are all but equally probable, rounding decides.
    assert same >= len(chats) - 2, f"{same} of {len(chats)}"
    await embedded.aclose()


def test_a_run_realizes_more_in_each_round_and_loses_nothing(vllm, causalsynth, tmp_path):
    run = "generate", "asia", "-n", "120", *vllm.flags, *EVEN, "--max-tokens", "200", "-o", tmp_path / "run", "--json"
    done = causalsynth(*run)
    assert done.returncode == 0, done.stderr
    assert "not an LLM" in done.stderr
    summary = json.loads(done.stdout)
    assert summary["realized"] + summary["repaired"] + summary["unrealized"] == 120
    assert summary["tokens"]["completion"] > 120
    report = json.loads(causalsynth("evaluate", "realizability", tmp_path / "run", "--json").stdout)
    rates = [row["rate"] for row in report["by_round"]]
    assert rates == sorted(rates)
    assert rates[-1] > rates[0] + 0.1, rates
    again = causalsynth(*run)
    assert json.loads(again.stdout)["attempts"] == summary["attempts"], "a finished run asks nothing"


def test_a_run_goes_on_after_kill_9(vllm, causalsynth, tmp_path):
    directory = tmp_path / "run"
    run = "generate", "asia", "-n", "200", *vllm.flags, *EVEN, "--max-tokens", "200", "-o", directory
    process = causalsynth(*run, wait=False)
    until = time.monotonic() + 300
    ledger = directory / "attempts.jsonl"
    while time.monotonic() < until and not (ledger.exists() and ledger.read_bytes().count(b"\n") >= 40):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    before = attempts(directory)
    assert before
    done = causalsynth(*run)
    assert done.returncode == 0, done.stderr
    after = attempts(directory)
    assert after[: len(before)] == before, "every complete line is kept"
    assert max(Counter((line["i"], line["k"]) for line in after).values()) == 1, "nothing is written twice"
    assert {line["i"] for line in after if line["final"]} == set(range(200))


async def test_schemas_are_obeyed_and_unknown_fields_ignored_without_a_word(server, vllm):
    probe = await server.probe(structured_output=True)
    assert probe.structured_output is True
    assert probe.server.startswith("vllm")
    assert server.is_llm is False, "a tiny model must not pass for a large one"
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    old = OpenAIServer(vllm.url, MODEL, extra_body={"guided_json": schema, "no_such_field": 1})
    answer = await old.complete(_chat(), Sampling(seed=1, temperature=0.0, max_tokens=200))
    await old.aclose()
    assert answer.text.strip(), "200, and a note"
    assert not answer.text.lstrip().startswith("{"), "guided_json is gone from vLLM since 0.12"


async def test_the_queue_can_be_read(server):
    assert await server.load() is not None
    many = range(400)  # enough for the page to be read while some are under way
    loads = []
    async with asyncio.TaskGroup() as group:
        writing = [group.create_task(server.complete(_chat(), Sampling(seed=seed, max_tokens=200))) for seed in many]
        while not all(task.done() for task in writing):
            loads.append(await server.load())
            await asyncio.sleep(0.05)
    assert None not in loads, "a busy server answers, and doesn't end"
    assert 0 < max(load.running + load.waiting for load in loads) <= len(many)


async def test_a_prompt_that_is_too_long_is_rejected_and_not_sent_again(server):
    calls = []
    server.observer = calls.append
    with pytest.raises(RejectedError):
        await server.complete((Message("user", "breathless " * 4000),), Sampling(seed=1, max_tokens=16))
    assert len(calls) == 1


def test_wrong_models_and_dead_servers_have_their_exit_codes(vllm, causalsynth):
    run = "generate", "asia", "-n", "2", "--realizer", "openai", "--corrections", "rewrite"
    wrong = causalsynth(*run, "--base-url", vllm.url, "--model", "llama")
    assert wrong.returncode == 2
    assert MODEL in wrong.stderr, "names what is served"
    long = causalsynth(*run, "--base-url", vllm.url, "--model", MODEL, "--max-tokens", "512")
    assert long.returncode == 2
    assert "context of 512 tokens" in long.stderr
    assert causalsynth(*run, "--base-url", "http://127.0.0.1:9/v1", "--model", MODEL).returncode == 3


def test_batch_files_are_answered_by_vllm_itself(vllm, causalsynth, tmp_path):
    directory = tmp_path / "run"
    begun = causalsynth(
        *("batch", "prepare", directory, "--graph", "asia", "-n", "25", "--model", MODEL, *EVEN),
        *("--corrections", "rewrite", "--rounds", "2", "--max-tokens", "200"),
    )
    assert begun.returncode == 0, begun.stderr
    answers = tmp_path / "answers.jsonl"
    subprocess.run(
        [
            *(vllm.python, "-m", "vllm.entrypoints.openai.run_batch"),
            *("-i", *directory.glob("batch/requests-*.jsonl"), "-o", answers),
            *("--model", vllm.folder, "--served-model-name", MODEL),
            *("--max-model-len", "512", "--enforce-eager", "--dtype", "float32", "--no-enable-chunked-prefill"),
        ],
        env=os.environ | {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "HF_HUB_OFFLINE": "1"},
        check=True,
        capture_output=True,
    )
    done = causalsynth("batch", "ingest", directory, answers)
    assert done.returncode == 0, done.stderr
    first = attempts(directory)
    assert {(line["i"], line["k"]) for line in first} == {(index, 1) for index in range(25)}
    assert any(line["status"] == "realized" for line in first)


def _chat():
    return PROMPTS.ask(ASIA.lexicon, dict.fromkeys(VARIABLES, "no"), seed=1, index=0)
