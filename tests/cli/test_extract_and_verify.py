"""``causalsynth extract`` and ``verify`` from the outside."""

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

from causalsynth.cli import main

WARD = Path(__file__).parents[1] / "ward"


def run(*arguments):
    """Run a command in this process, with its messages and exit code."""
    out, err = io.StringIO(), io.StringIO()
    command = ["causalsynth", *map(str, arguments)]
    with (
        patch.object(sys, "argv", command),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as left,
    ):
        main()
    return subprocess.CompletedProcess(command, left.value.code, out.getvalue(), err.getvalue())


def write(path, *lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_extract_in_a_process_of_its_own(tmp_path):
    notes = write(tmp_path / "notes.jsonl", {"id": "a", "text": "He smokes daily. No TB."}, {"id": 2, "text": "\ud800"})
    command = [sys.executable, "-m", "causalsynth", "extract", "asia", notes, "-o", tmp_path / "out.jsonl", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n"] == 2
    first, second = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert first["values"]["smoke"] == "yes"
    assert first["findings"]["tub"] == {"status": "stated", "value": "no", "spans": [[20, 22]], "implied": False}
    assert second["id"] == 2
    assert set(second["values"].values()) == {None}


def test_the_input_is_not_overwritten(tmp_path):
    notes = write(tmp_path / "notes.jsonl", {"id": "a", "text": "He smokes daily."})
    before = notes.read_bytes()
    done = run("extract", "asia", notes, "-o", tmp_path / "." / "notes.jsonl")
    assert (done.returncode, notes.read_bytes()) == (2, before)
    assert "is the input, and would be overwritten" in done.stderr


def test_verify(tmp_path):
    notes = write(
        tmp_path / "notes.jsonl",
        {"id": "a", "text": "He smokes daily.", "skeleton": {"smoke": "yes"}},
        {"id": "b", "text": "He smokes daily.", "skeleton": {"smoke": "no"}},
    )
    done = run("verify", "asia", notes, "-o", tmp_path / "out.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["n"], summary["accepted"], summary["violations"]) == (2, 1, {"wrong": 1})
    good, bad = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert (good["accepted"], good["violations"], good["correction"]) == (True, [], "")
    assert bad["accepted"] is False
    violation = bad["violations"][0]
    assert (violation["variable"], violation["kind"], violation["expected"]) == ("smoke", "wrong", "no")
    assert violation["found"] == "yes"
    assert violation["span"] == violation["spans"][0]
    assert bad["correction"].startswith("- smoke = no:")


def test_extract_gives_numbers_as_numbers(tmp_path):
    notes = write(tmp_path / "notes.jsonl", {"id": 1, "text": "Temperature 37.0 °C. Pulse 80 bpm."})
    done = run("extract", WARD, notes, "-o", tmp_path / "out.jsonl")
    assert done.returncode == 0, done.stderr
    line = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert line["values"] == {"sex": None, "fever": None, "temperature": 37.0, "pulse": 80, "visits": None}
    assert line["findings"]["pulse"]["value"] == 80


def test_verify_takes_numbers_and_numbers_as_text(tmp_path):
    text = "Temperature 37.0 °C. Pulse 80 bpm."
    skeletons = [
        {"temperature": 37.0, "pulse": 80},
        {"temperature": 37, "pulse": "80"},
        {"temperature": "37.0 °C", "pulse": 80.0},
        {"temperature": 37.04},
        {"temperature": 37.1},
    ]
    lines = [{"id": i, "text": text, "skeleton": skeleton} for i, skeleton in enumerate(skeletons)]
    done = run("verify", WARD, write(tmp_path / "notes.jsonl", *lines), "-o", tmp_path / "out.jsonl")
    assert done.returncode == 0, done.stderr
    verdicts = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [verdict["accepted"] for verdict in verdicts] == [True, True, True, True, False]
    (violation,) = verdicts[-1]["violations"]
    assert (violation["kind"], violation["expected"], violation["found"]) == ("wrong", "37.1", "37.0")
    assert "which means 37.0 °C" in verdicts[-1]["correction"]


@pytest.mark.parametrize("value", ["high", True, None, "37 °F", [37.0]])
def test_a_skeleton_s_number_must_be_one(tmp_path, value):
    notes = write(tmp_path / "notes.jsonl", {"id": 1, "text": "", "skeleton": {"temperature": value}})
    done = run("verify", WARD, notes, "-o", tmp_path / "out.jsonl")
    assert done.returncode == 2
    assert f"{notes}:1: skeleton: temperature is a number" in done.stderr
    assert "give a number in °C" in done.stderr


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "not a JSON object"),
        ("[1]", "not a JSON object"),
        ('{"id": "a"}', "'text'"),
        ('{"text": "a"}', "'id'"),
        ('{"id": "a", "text": "a"}', "'skeleton'"),
        ('{"id": "a", "text": "a", "skeleton": {"smok": "yes"}}', "smok"),
        ('{"id": "a", "text": "a", "skeleton": {"smoke": "maybe"}}', "maybe"),
        ("[" * 100_000, "not a JSON object"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path, line, message):
    notes = tmp_path / "notes.jsonl"
    notes.write_text('{"id": 1, "text": "", "skeleton": {"smoke": "yes"}}\n\n' + line + "\n", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    out.write_text("before", encoding="utf-8")
    done = run("verify", "asia", notes, "-o", out)
    assert done.returncode == 2
    assert f"{notes}:3: " in done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_text(encoding="utf-8") == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.jsonl", "out.jsonl"]


def test_unknown_graph_and_missing_file(tmp_path):
    assert run("extract", "azia", tmp_path / "n.jsonl", "-o", tmp_path / "o.jsonl").returncode == 2
    assert run("extract", "asia", tmp_path / "n.jsonl", "-o", tmp_path / "o.jsonl").returncode == 2
