"""The script that compares realizers and methods, on a small run of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.statistical  # half a minute

SCRIPT = Path(__file__).parent.parent / "scripts" / "benchmark.py"


def run(out, *options):
    small = ("--graphs", "asia", "--realizers", "simulated:.9", "-n", "120", "--seeds", "0", "1", "--rounds", "2")
    command = [sys.executable, SCRIPT, "-o", out, *small, *options]
    # One thread for each library: two tests run at once.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


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
