"""``generate --twins``: each record's twin, written with the noise of the record."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from causalsynth.cli import app
from causalsynth.errors import InputError
from causalsynth.ledger import read_ledger
from causalsynth.run.twins import twin_name
from causalsynth.scm import SCM

N = 60


def generate(out, *options, n=N):
    arguments = ["generate", "asia", "-n", str(n), "--seed", "5", "-o", str(out), "--json", *options]
    return CliRunner().invoke(app, arguments)


@pytest.fixture(scope="module")
def rundir(tmp_path_factory):
    out = tmp_path_factory.mktemp("twins") / "run"
    result = generate(out, "--twins", "smoke=yes", "--twins", "bronc~yes:.5,no:.5")
    assert result.exit_code == 0, result.output
    return out


def test_twins_are_the_counterfactuals_of_the_very_records(rundir):
    twins = rundir / "twins" / "smoke=yes"
    facts = SCM.load("asia").sample(N, seed=5)
    expected = list(SCM.load("asia").counterfactual(facts, {"smoke": "yes"}))
    pairs = pd.read_parquet(twins / "pairs.parquet")
    assert list(pairs["_index"]) == list(range(N))
    for name in facts.variables:
        assert list(pairs[f"fact.skeleton.{name}"]) == [row[name] for row in facts]
        assert list(pairs[f"twin.skeleton.{name}"]) == [row[name] for row in expected]
        assert list(pairs[f"twin.extracted.{name}"]) == [row[name] for row in expected]
    # Style and wording are drawn by (seed, index) too: who keeps all facts keeps the text.
    same = [row == twin for row, twin in zip(facts, expected, strict=True)]
    assert 0 < sum(same) < N
    assert (pairs["fact.text"] == pairs["twin.text"]).tolist() == same


def test_twins_are_linked_to_their_run_and_resumed_with_it(rundir):
    manifest = json.loads((rundir / "manifest.json").read_text())
    twins = rundir / "twins" / "smoke=yes"
    of_twin = json.loads((twins / "manifest.json").read_text())
    assert of_twin["config"]["twin_of"] == manifest["fingerprint"]
    assert of_twin["config"]["do"] == {"smoke": "yes"}
    ledger = twins / "attempts.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:20]) + lines[20][:30])  # killed in the middle of a line
    again = generate(rundir, "--twins", "smoke=yes", "--extend", str(N + 10))
    assert again.exit_code == 0, again.output
    summary = json.loads(again.stdout)
    assert (summary["n"], summary["twins"]["smoke=yes"]["finished"]) == (N + 10, N + 10)
    assert [attempt.i for attempt in read_ledger(twins)] == list(range(N + 10))
    assert len(pd.read_parquet(twins / "pairs.parquet")) == N + 10


def test_wrong_twins_are_told_before_anything_is_written(tmp_path):
    for option in (["--twins", "smok=yes"], ["--twins", "smoke=maybe"], ["--twins", "smoke=yes"] * 2):
        result = generate(tmp_path / "run", *option)
        assert result.exit_code != 0
        assert not (tmp_path / "run").exists()


def test_facts_of_a_table_have_no_noise_to_keep(tmp_path):
    table = tmp_path / "facts.parquet"
    SCM.load("asia").sample(3, seed=1).to_frame().to_parquet(table)
    arguments = ["generate", "asia", "--skeletons", str(table), "-o", str(tmp_path / "run"), "--twins", "smoke=yes"]
    result = CliRunner().invoke(app, [*arguments, "-n", "3"])
    assert isinstance(result.exception, InputError)
    assert "needs the noise" in str(result.exception)


def test_worlds_of_any_name_get_a_folder():
    assert twin_name({"smoke": "yes"}) == "smoke=yes"
    assert twin_name({"a/b": "../x"}).startswith("a-b=..-x-")
    assert twin_name({"x": "<5"}) != twin_name({"x": ">5"})
