"""Numbers all the way: from the graph through prompt, text, extractor and verifier to the tables."""

import json
from pathlib import Path

import pytest

WARD = Path(__file__).parents[1] / "ward"
NUMBERS = ("temperature", "pulse", "visits")
N = 30


@pytest.fixture(scope="module", params=["grammar", "simulated"])
def rundir(request, run_cli, run_directory, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param) / "run"
    behaviour = ("--behaviour", "strength=.9,omit=.2,hedge=.2") if request.param == "simulated" else ()
    arguments = ("generate", WARD, "-n", N, "--seed", 4, "--realizer", request.param, *behaviour, "-o", folder)
    done = run_cli(*arguments)
    assert done.returncode == 0, done.stderr
    before = (folder / "attempts.jsonl").read_bytes()
    assert run_cli(*arguments).returncode == 0, "the same command resumes"
    assert (folder / "attempts.jsonl").read_bytes() == before
    return run_directory(folder)


def test_every_record_leaves_with_its_numbers_said(rundir):
    rundir.check_complete(N)
    frame = rundir.frame()
    assert set(frame["status"]) <= {"realized", "repaired"}
    for name in NUMBERS:
        assert str(frame[f"skeleton.{name}"].dtype) == str(frame[f"extracted.{name}"].dtype) == "float64"
        assert (frame[f"skeleton.{name}"] - frame[f"extracted.{name}"]).abs().max() <= 0.05
        assert frame[f"unclear.{name}"].isna().all()
    assert (frame["skeleton.fever"] == frame["extracted.fever"]).all()


def test_the_ledger_holds_numbers_as_numbers(rundir):
    for line in rundir.lines():
        assert type(line["skeleton"]["temperature"]) is float
        assert type(line["skeleton"]["pulse"]) is type(line["skeleton"]["visits"]) is int
        if line["final"]:
            assert all(not isinstance(line["values"][name], str) for name in NUMBERS)


def test_skeletons_are_those_that_sample_draws(rundir, run_cli, tmp_path):
    import pandas

    table = tmp_path / "rows.parquet"
    assert run_cli("sample", WARD, "-n", N, "--seed", 4, "-o", table).returncode == 0
    rows, frame = pandas.read_parquet(table), rundir.frame()
    for name in (*NUMBERS, "sex", "fever"):
        assert rows[name].tolist() == frame[f"skeleton.{name}"].tolist()


def test_pronouns_never_contradict_the_stated_sex(rundir):
    for line in rundir.lines():
        if line["final"] and line["finish"] != "repair":
            words = line["draft"].lower().replace(".", " ").split()
            other = {"female": ("he", "his"), "male": ("she", "her")}[line["skeleton"]["sex"]]
            assert not set(other) & set(words), line["draft"]


def test_realizability_counts_numbers_by_variable_and_states_only_by_state(rundir, run_cli):
    done = run_cli("evaluate", "realizability", rundir.path, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["n"] == N
    assert set(document["by_variable"]) == {*NUMBERS, "sex", "fever"}
    assert {entry["variable"] for entry in document["by_state"]} <= {"sex", "fever"}
    assert sum(stratum["n"] for stratum in document["by_stratum"]) == N
    if document["realized"] < N or document["by_round"][0]["realized"] < N:
        assert sum(document["by_variable"][name]["violations"] for name in NUMBERS) > 0


def test_independence_is_tested_with_numbers(rundir, run_cli):
    done = run_cli("evaluate", "ci", rundir.path, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["test"] == "auto"
    tested = {name for test in document["values"]["skeleton"]["arc_tests"] for name in (test["cause"], test["effect"])}
    assert tested >= {"temperature", "pulse"}


def test_numbers_that_a_run_keeps_silent_on_are_left_out_of_the_tests(run_cli, tmp_path):
    plan = ",".join(f"-{name}" for name in NUMBERS)
    run = ("generate", WARD, "-n", 200, f"--mention={plan}", "-o", tmp_path / "run")
    assert run_cli(*run).returncode == 0
    done = run_cli("evaluate", "ci", tmp_path / "run", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["silent"] == list(NUMBERS)
    assert document["values"]["extracted"]["indefinite"] == {}


def test_what_a_run_wrote_is_verified_by_the_command(rundir, run_cli, tmp_path):
    notes = tmp_path / "notes.jsonl"
    final = [line for line in rundir.lines() if line["final"]]
    lines = [{"id": line["i"], "text": line["draft"], "skeleton": line["skeleton"]} for line in final]
    notes.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = run_cli("verify", WARD, notes, "-o", tmp_path / "out.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accepted"] == N
    altered = [line | {"skeleton": line["skeleton"] | {"pulse": line["skeleton"]["pulse"] + 1}} for line in lines]
    notes.write_text("".join(json.dumps(line) + "\n" for line in altered), encoding="utf-8")
    done = run_cli("verify", WARD, notes, "-o", tmp_path / "out.jsonl", "--json")
    assert json.loads(done.stdout) | {"output": ""} == {
        "domain": "ward",
        "n": N,
        "accepted": 0,
        "violations": {"wrong": N},
        "output": "",
    }


def test_a_lexicon_with_another_unit_is_refused_before_anything_is_written(run_cli, tmp_path):
    lexicon = tmp_path / "lexicon.yaml"
    text = (WARD / "lexicon.yaml").read_text(encoding="utf-8")
    lexicon.write_text(text.replace("unit: beats/min\n", "unit: bpm\n"), encoding="utf-8")
    done = run_cli("generate", WARD, "-n", 3, "--domain", lexicon, "-o", tmp_path / "run")
    assert done.returncode == 2
    assert "pulse: number: the unit is 'bpm', in the graph 'beats/min'" in done.stderr
    assert not (tmp_path / "run").exists()
