"""The engine's benchmark runs, in tiny size, and its arithmetic is right. What it measures is no test's business."""

import argparse
import importlib.util
import json

import pytest
from benchmark_modules import load

from causalsynth.loop import Loop
from causalsynth.serve import ServerOptions, running_server

engine, engine_load = load("engine"), load("engine_load")


def figures(calls, seconds, cpu_s, **kw):
    return {"calls": calls, "seconds": seconds, "cpu_s": cpu_s, "server_cpu_s": 1.0, **kw}


async def test_all_send_the_same_requests_and_each_part_is_timed(tmp_path):
    async with running_server("asia", ServerOptions(port=0, cache=100)) as url:
        options = argparse.Namespace(
            graph="asia", n=6, concurrency="4", url=url, requests=tmp_path / "requests.jsonl", seconds=0.5
        )
        # The openai package is a peer to measure against, no dependency.
        kinds = [kind for kind in engine_load.KINDS if kind != "openai" or importlib.util.find_spec("openai")]
        found = {kind: await engine_load.KINDS[kind](options) for kind in kinds}
    assert found["record"]["calls"] >= 6
    assert len({found[kind]["calls"] for kind in found if kind != "timed"}) == 1
    assert found["client"]["before"] == found["aiohttp"]["before"] == found["record"]["calls"]
    assert found["engine"]["before"] >= options.n  # records of another seed: nothing of those measured is known before
    chains = [json.loads(line) for line in options.requests.read_text().splitlines()]
    assert len(chains) == options.n
    assert [len(chain[0]["messages"]) for chain in chains] == [2] * options.n  # each begins with the task alone
    assert set(found["engine"]["parts"]) == {"extraction and verification", "prompts", "ledger"}
    assert min(found["engine"]["parts"].values()) > 0
    assert Loop.request.__name__ == "request"  # the clocks are gone again
    assert found["timed"]["concurrency"]["limits"] == [4, 4]


def test_the_parts_add_up():
    run = figures(100, 2.0, 0.5, parts={"prompts": 0.1, "ledger": 0.05})
    parts = engine.split(run, figures(200, 1.0, 0.4))
    assert parts == pytest.approx({"client": 2.0, "prompts": 1.0, "ledger": 0.5, "rest": 1.5, "all": 5.0})


def test_goals_are_judged_by_ratios():
    rounds = [{"engine": figures(100, 1.0, 0.3), "aiohttp": figures(100, 0.5, 0.05)}]
    missed = engine.missed({"rounds": rounds})
    assert [goal.split()[0] for goal in missed] == ["50%", "3.00"]
    fixed = {name: figures(100, 1.0, 0.1) for name in engine.FIXED}
    assert engine.missed({"by_concurrency": {**fixed, "auto": figures(85, 1.0, 0.1)}}) == []
    assert len(engine.missed({"by_concurrency": {**fixed, "auto": figures(75, 1.0, 0.1)}})) == 1
