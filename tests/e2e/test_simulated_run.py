"""``generate`` with the simulated realizer, and ``evaluate`` on what it left: real commands, real files."""

import json

import pytest

N = 60
STATUSES = ("realized", "repaired", "unrealized")
VARIABLES = ("asia", "tub", "smoke", "lung", "bronc", "either", "xray", "dysp")
RUN = ("generate", "asia", "-n", N, "--realizer", "simulated", "--behaviour", "obey=.4", "--rounds", "5")


@pytest.fixture(scope="module")
def finished(running_cli, run_directory, tmp_path_factory):
    """One run, shared by the tests that only read it."""
    path = tmp_path_factory.mktemp("simulated") / "run"
    with running_cli(*RUN, "-o", path) as process:
        output, complaints = process.communicate(timeout=60)
    assert process.returncode == 0, complaints
    return output, complaints, run_directory(path)


def skeletons_of(frame):
    return [{name: row[f"skeleton.{name}"] for name in VARIABLES} for _, row in frame.iterrows()]


def test_the_output_shows_what_happened(finished):
    output, complaints, run = finished
    assert "within rounds" in output
    assert all(f"\n {number} " in output for number in range(1, 6)), "a line a round"
    assert "Facts that first drafts override" in output
    summary = run.summary()
    counts = ", ".join(f"{summary[status]} {status}" for status in STATUSES)
    assert f"{N} of {N} skeletons accounted for: {counts}." in output
    assert summary["repaired"] > 0
    for file in ("records.parquet", "attempts.jsonl"):
        assert str(run.path / file) in output.replace("\n", "")
    assert "not an LLM" in complaints
    assert "Traceback" not in complaints
    assert "\x1b" not in output + complaints, "no colours in a pipe"


def test_every_skeleton_leaves_as_one_record(finished, skeletons):
    *_, run = finished
    run.check_complete(N)
    frame = run.frame()
    assert set(frame["status"]) <= set(STATUSES)
    assert frame["text"].str.strip().ne("").all()
    assert frame["rounds"].between(1, 5).all()
    assert skeletons_of(frame) == skeletons(N, "--seed", 0)


def test_repaired_records_are_marked_and_say_their_facts(finished):
    *_, run = finished
    frame = run.frame()
    repaired = frame[frame["status"] == "repaired"]
    assert 0 < len(repaired) < N
    assert repaired["rounds"].eq(5).all()
    by_repair = {line["i"] for line in run.lines() if line["finish"] == "repair"}
    assert set(repaired["_index"]) <= by_repair
    kept = frame[frame["status"] != "unrealized"]
    for name in VARIABLES:
        assert (kept[f"skeleton.{name}"] == kept[f"extracted.{name}"]).all()


def test_the_summary_counts_the_ledger(finished):
    *_, run = finished
    summary, lines = run.summary(), run.lines()
    assert {"n", *STATUSES, "attempts", "tokens", "seconds"} <= summary.keys()
    assert summary["n"] == sum(summary[status] for status in STATUSES) == N
    for status in STATUSES:
        assert summary[status] == sum(line["status"] == status for line in lines)
    assert summary["attempts"] == sum(line["finish"] != "repair" for line in lines)
    assert summary["tokens"]["prompt"] == sum(line["usage"].get("prompt", 0) for line in lines)
    assert summary["realizer_is_llm"] is False
    keys = [
        "v",
        "i",
        "k",
        "t",
        "skeleton",
        "do",
        "draft",
        "values",
        "violations",
        "finish",
        "usage",
        "latency_s",
        "error",
        "final",
        "status",
    ]
    assert all([key for key in line if key != "edits"] == keys for line in lines)
    edited = [line for line in lines if "edits" in line]
    assert edited
    assert all(list(line)[keys.index("draft") + 1] == "edits" for line in edited)


def test_the_same_command_again_changes_nothing_and_json_is_alone_on_stdout(finished, run_cli):
    *_, run = finished
    before = run.contents()
    done = run_cli(*RUN, "-o", run.path, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout) == run.summary()
    assert run.contents() == before


def test_without_o_the_same_command_finds_its_run_again_and_can_extend_it(run_cli, run_directory, tmp_path, skeletons):
    short = run_cli("generate", "asia", "-n", 8, "--seed", 5, cwd=tmp_path)
    assert short.returncode == 0, short.stderr
    (path,) = (tmp_path / "runs").iterdir()
    assert path.name.startswith("asia-grammar-")
    run = run_directory(path)
    ledger = run.ledger
    long = run_cli("generate", "asia", "-n", 6, "--seed", 5, "--extend", 12, cwd=tmp_path)
    assert long.returncode == 0, long.stderr
    assert list((tmp_path / "runs").iterdir()) == [path]
    assert run.ledger.startswith(ledger)
    run.check_complete(12)
    assert skeletons_of(run.frame()) == skeletons(12, "--seed", 5)


@pytest.mark.parametrize(
    ("plan", "stated"), [("smoke,xray", {"smoke", "xray"}), ("-xray,-dysp", {*VARIABLES} - {"xray", "dysp"})]
)
def test_interventions_and_mention_plans(run_cli, run_directory, skeletons, tmp_path, plan, stated):
    run = run_directory(tmp_path / "run")
    do = ("--do", "smoke=yes", "--do", "lung=no")
    arguments = ("generate", "asia", "-n", 12, "--seed", 3, "--realizer", "simulated", "--rounds", 2, *do)
    done = run_cli(*arguments, "--mention", plan, "-o", run.path, "--json")
    assert done.returncode == 0, done.stderr
    frame = run.frame()
    assert skeletons_of(frame) == skeletons(12, "--seed", 3, *do)
    assert set(frame["skeleton.smoke"]) == {"yes"}
    assert set(frame["skeleton.lung"]) == {"no"}
    assert all(line["do"] == {"smoke": "yes", "lung": "no"} for line in run.lines())
    kept = frame[frame["status"] != "unrealized"]
    assert len(kept) > 0
    for name in stated:
        assert (kept[f"extracted.{name}"] == kept[f"skeleton.{name}"]).all()
    for name in {*VARIABLES} - stated:
        assert kept[f"extracted.{name}"].isna().all(), f"{name} is not to be mentioned"


def test_without_fallback_what_fails_is_kept_and_can_be_refused(run_cli, run_directory, tmp_path):
    run = run_directory(tmp_path / "run")
    behaviour = ("--realizer", "simulated", "--behaviour", "strength=.9,omit=.5,obey=.1")
    arguments = ("generate", "asia", "-n", 12, "--rounds", 1, "--fallback", "none", *behaviour)
    done = run_cli(*arguments, "-o", run.path, "--max-unrealized", 0, "--json")
    assert done.returncode == 5
    assert "unrealized" in done.stderr
    summary = json.loads(done.stdout)
    assert summary["unrealized"] > 0
    run.check_complete(12)


def test_evaluate_realizability_keeps_its_contract(finished, run_cli):
    *_, run = finished
    done = run_cli("evaluate", "realizability", run.path, "--json")
    assert done.returncode == 0, done.stderr
    report, summary = json.loads(done.stdout), run.summary()
    promised = {"n", "realized", "rate", "interval", "by_round", "repaired", "unrealized", "by_variable"}
    assert promised <= report.keys()
    assert (report["n"], *(report[status] for status in STATUSES)) == (N, *(summary[status] for status in STATUSES))
    assert report["rate"] == pytest.approx(report["realized"] / N)
    assert report["interval"][0] < report["rate"] < report["interval"][1]
    assert [entry["round"] for entry in report["by_round"]] == [1, 2, 3, 4, 5]
    assert all({"round", "realized", "rate", "interval"} <= entry.keys() for entry in report["by_round"])
    shares = [entry["realized"] for entry in report["by_round"]]
    assert shares == sorted(shares)
    assert shares[-1] == report["realized"]
    assert set(report["by_variable"]) == set(VARIABLES)
    counted = {name: 0 for name in VARIABLES}
    for line in run.lines():
        for violation in line["violations"] if line["finish"] != "repair" else ():
            counted[violation["variable"]] += 1
    assert {name: entry["violations"] for name, entry in report["by_variable"].items()} == counted


def test_evaluate_ci_keeps_its_contract(finished, run_cli):
    *_, run = finished
    done = run_cli("evaluate", "ci", run.path, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["alpha"], report["test"]) == (0.05, "x2")
    assert set(report["values"]) == {"skeleton", "extracted"}
    for entry in report["values"].values():
        assert {"fpr", "fpr_se", "n_null", "power", "n_arcs", "untestable_share"} <= entry.keys()
    assert {"fpr", "power"} <= report["paired_difference"]["extracted"].keys()


def test_evaluate_ci_of_a_plain_table(run_cli, tmp_path):
    table = tmp_path / "rows.csv"
    assert run_cli("sample", "asia", "-n", 300, "--seed", 1, "-o", table).returncode == 0
    done = run_cli("evaluate", "ci", table, "--graph", "asia", "--json")
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)["values"]) == ["table"]


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        (("--min-realizability", "0.99"), 5),
        (("--min-realizability", "1.01"), 2),
        (("--min-realizability", "0", "--max-unrealized", "60"), 0),
    ],
)
def test_thresholds_decide_the_exit_code_after_the_figures(finished, run_cli, limit, code):
    *_, run = finished
    before = run.contents()
    done = run_cli("evaluate", "realizability", run.path, "--json", *limit)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if code == 2:
        assert limit[0] in done.stderr
        assert done.stdout == ""
    else:
        assert json.loads(done.stdout)["n"] == N, "the figures come first"
    if code == 5:
        assert "below 0.99" in done.stderr
    assert run.contents() == before
