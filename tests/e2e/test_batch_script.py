"""``scripts/batch_generate.py`` against a simulated server: many runs, and the same command goes on."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "batch_generate.py"


def test_many_graphs_and_seeds_and_again(running_server, run_cli, run_directory, tmp_path):
    def arguments(url):
        return ["--base-url", url, "--model", "simulated", "--seeds", "1", "2", "-n", "4", "-o", str(tmp_path / "all")]

    with running_server() as server:
        command = [sys.executable, SCRIPT, *arguments(server.url)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        runs = [run_directory(tmp_path / "all" / name) for name in ("asia-1", "asia-2")]
        for each in runs:
            each.check_complete(4)
        rows = json.loads((tmp_path / "all" / "summary.json").read_text())["runs"]
        assert [(row["graph"], row["seed"], row["n"]) for row in rows] == [("asia", 1, 4), ("asia", 2, 4)]
        ledgers = [each.ledger for each in runs]
        again = run_cli(*arguments(server.url), script=SCRIPT)
        assert again.returncode == 0, again.stderr
        assert again.stdout == done.stdout
        assert [each.ledger for each in runs] == ledgers
    stopped = run_cli(*arguments(server.url), script=SCRIPT)
    assert stopped.returncode == 3
    assert stopped.stderr.startswith("error: ")
