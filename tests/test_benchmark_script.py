"""The script that compares realizers and methods, on a small run of its own."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.statistical  # half a minute

SCRIPT = Path(__file__).parent.parent / "scripts" / "benchmark.py"


# One thread for each library: two tests run at once.
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def run(out):
    small = ("--graphs", "asia", "--realizers", "simulated:.9", "-n", "120", "--seeds", "0", "1", "--rounds", "2")
    command = [sys.executable, SCRIPT, "-o", out, *small]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT).stdout


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark")
    run(folder)
    return folder


def test_each_method_has_its_figures(out):
    cells = json.loads((out / "benchmark.json").read_text())
    assert [(cell["graph"], cell["realizer"], cell["seed"]) for cell in cells] == [
        ("asia", "simulated:.9", 0),
        ("asia", "simulated:.9", 1),
    ]
    for cell in cells:
        rows = cell["rows"]
        assert list(rows) == ["skeleton", "unverified", "rejection", "loop", "fallback"]
        kept = {name: row["kept"] for name, row in rows.items()}
        assert kept["fallback"] == kept["skeleton"] == 120 > kept["loop"] > kept["rejection"]
        assert cell["by_round"] == [kept["rejection"], kept["loop"]]
        assert rows["unverified"]["right"] == kept["rejection"]
        assert rows["fallback"]["chi2"] == 0
        assert rows["fallback"]["power_difference"] == 0
        assert rows["unverified"]["power_difference"] < 0, "overridden facts hide arcs"
        assert rows["rejection"]["tokens_per_text"] > rows["unverified"]["tokens_per_text"] > 0


def test_the_tables_name_what_is_no_language_model(out):
    tables = (out / "benchmark.md").read_text()
    assert "### asia, simulated:.9, not an LLM: 2 runs, 240 records" in tables
    assert tables.count("| fallback | 240 |") == 1


def test_what_is_done_is_not_done_again(out):
    ledgers = {path: path.stat().st_mtime_ns for path in out.glob("*/attempts.jsonl")}
    figures = {path: path.stat().st_mtime_ns for path in out.glob("*/benchmark.json")}
    before = (out / "benchmark.md").read_text()
    assert len(ledgers) == len(figures) == 2
    run(out)
    assert {path: path.stat().st_mtime_ns for path in ledgers} == ledgers
    assert {path: path.stat().st_mtime_ns for path in figures} == figures
    assert (out / "benchmark.md").read_text() == before


def test_figures_are_drawn(out):
    pytest.importorskip("matplotlib")
    names = {path.name for path in out.glob("*.svg")}
    assert names == {"realized.svg", "power.svg", "false_positives.svg", "chi2.svg", "effects.svg"}


def test_options_for_a_served_model_stand_behind_two_dashes(tmp_path):
    served = ("--graphs", "asia", "--realizers", "--seeds", "0", "--base-url", "http://127.0.0.1:9/v1", "--model", "M")
    for own, code, said in [
        (served, 3, "http://127.0.0.1:9/v1: no connection"),
        ((*served, "--", "--max-tokens", "0"), 2, "--max-tokens"),
        (("--graphs", "asia", "--", "--max-tokens", "128"), 2, "for a served model alone"),
    ]:
        command = [sys.executable, SCRIPT, "-o", tmp_path, *own]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)
        assert done.returncode == code
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_who_ends_it_ends_its_runs_and_none_is_begun(tmp_path):
    many = ("--graphs", "asia", "--realizers", "simulated:.9", "-n", "100000", "--seeds", "0", "1", "--jobs", "1")
    command = [sys.executable, SCRIPT, "-o", tmp_path, *many]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as script:
        for line in script.stderr:
            if "attempts)" in line:
                script.terminate()
                break
        said = script.stderr.read()
    assert script.returncode == 130
    assert "the same command goes on" in said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["asia-simulated-.9-0"]
    with (tmp_path / "asia-simulated-.9-0" / "attempts.jsonl").open() as ledger:
        fcntl.flock(ledger, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody writes it
