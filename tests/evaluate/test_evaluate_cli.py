"""The two commands on a run directory written by hand."""

import json
import random

import pytest
from typer.testing import CliRunner

from causalsynth.bundled import GRAPHS
from causalsynth.cli.evaluate import app
from causalsynth.errors import InputError, RunDirectoryError, ThresholdError
from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus
from causalsynth.scm import SCM

N = 300
BARLEY = """network barley {
}
variable rain {
  type discrete [ 2 ] { yes, no };
}
probability ( rain ) {
  table 0.5, 0.5;
}
"""


def write_run(directory, *, planned=N, do=None, graph="asia", mention="all", realizer=None):
    """300 records; bronc = yes is forgotten in every fifth first draft, and in every tenth for good."""
    model = SCM.from_bif("asia")
    model = model.do(do) if do else model
    rng = random.Random(4)
    lines = []
    for i, skeleton in enumerate(model.sample(N, seed=9)):
        luck = rng.random() if skeleton["bronc"] == "yes" else 1.0
        common = {"i": i, "t": 0.0, "skeleton": skeleton, "do": do or {}, "draft": "text", "finish": "stop"}
        forgot = {
            "values": skeleton | {"bronc": None},
            "violations": (LoggedViolation(variable="bronc", kind="missing", expected="yes"),),
        }
        right = {"values": skeleton, "final": True, "status": RecordStatus.REALIZED}
        if luck < 0.2:
            lines.append(Attempt(k=1, **common, **forgot))
        if luck < 0.1:
            lines.append(Attempt(k=2, **common, **forgot, final=True, status=RecordStatus.UNREALIZED))
        else:
            lines.append(Attempt(k=2 if luck < 0.2 else 1, **common, **right))
    directory.mkdir()
    (directory / "attempts.jsonl").write_text("".join(line.to_line() for line in lines) + '{"v":1,"i')
    config = {"graph": graph, "n": planned, "rounds": 2, "realizer": "openai", "do": do or {}, "mention": mention}
    manifest = {"config": config, "sources": {"graph": model.digest()}} | ({"realizer": realizer} if realizer else {})
    (directory / "manifest.json").write_text(json.dumps(manifest))
    return directory


@pytest.fixture
def rundir(tmp_path):
    return write_run(tmp_path / "run")


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=True)


def test_realizability_prints_one_json_document(rundir):
    result = call("realizability", rundir, "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    promised = {"n", "realized", "rate", "interval", "by_round", "repaired", "unrealized", "by_variable"}
    assert promised <= document.keys()
    assert document["n"] == N
    assert document["realized"] + document["unrealized"] == N
    assert document["unrealized"] > 0
    assert document["complete"]
    assert [entry["round"] for entry in document["by_round"]] == [1, 2]
    assert document["by_state"][0]["variable"] == "bronc"
    assert sum(stratum["n"] for stratum in document["by_stratum"]) == N


def test_realizability_explains_itself_in_plain_text(rundir):
    result = call("realizability", rundir)
    assert result.exit_code == 0
    assert "Realized:" in result.stdout
    assert "bronc = yes" in result.stdout
    assert "\x1b" not in result.stdout
    assert "Incomplete" not in result.stdout


def test_an_incomplete_run_says_how_much_is_there(tmp_path):
    rundir = write_run(tmp_path / "run", planned=1000)
    assert f"{N} of 1000 planned records" in call("realizability", rundir).stdout
    document = json.loads(call("realizability", rundir, "--json").stdout)
    assert (document["n"], document["planned"], document["complete"]) == (N, 1000, False)


def test_a_graph_that_has_gone_costs_only_the_strata(tmp_path):
    rundir = write_run(tmp_path / "run", graph="gone.bif")
    result = call("realizability", rundir, "--json")
    assert json.loads(result.stdout)["by_stratum"] == []
    assert "no strata" in result.stderr
    given = call("realizability", rundir, "--json", "--graph", "asia")
    assert json.loads(given.stdout)["by_stratum"]


@pytest.mark.parametrize(
    "limit", [("--min-realizability", "0.999"), ("--max-unrealized", "0"), ("--max-unrealized", "0.1%")]
)
def test_a_missed_threshold_is_told_after_the_figures(rundir, limit):
    result = call("realizability", rundir, "--json", *limit)
    assert isinstance(result.exception, ThresholdError)
    assert json.loads(result.stdout)["n"] == N


@pytest.mark.parametrize(
    "limit", [("--min-realizability", "0.5"), ("--max-unrealized", "299"), ("--max-unrealized", "50%")]
)
def test_a_kept_threshold_is_silent(rundir, limit):
    assert call("realizability", rundir, *limit).exit_code == 0


@pytest.mark.parametrize("limit", ["many", "-1", "1.5", "120%", ""])
def test_a_limit_that_is_none_is_refused(rundir, limit):
    assert isinstance(call("realizability", rundir, f"--max-unrealized={limit}").exception, InputError)


def test_ci_prints_one_json_document(rundir):
    result = call("ci", rundir, "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert {"alpha", "test", "values", "paired_difference"} <= document.keys()
    assert list(document["values"]) == ["skeleton", "extracted"]
    assert document["values"]["extracted"]["indefinite"].keys() == {"bronc"}
    assert document["values"]["skeleton"]["rows"] == N


def test_ci_shows_only_the_values_that_were_asked_for(rundir):
    document = json.loads(call("ci", rundir, "--json", "--values", "extracted").stdout)
    assert list(document["values"]) == ["extracted"]
    assert list(document["paired_difference"]) == ["extracted"]
    document = json.loads(call("ci", rundir, "--json", "--values", "skeleton").stdout)
    assert document["paired_difference"] == {}
    assert isinstance(call("ci", rundir, "--values", "reader").exception, InputError)


def test_ci_explains_itself_in_plain_text(rundir):
    result = call("ci", rundir)
    assert result.exit_code == 0
    for word in ("False positives:", "Power:", "Caution:"):
        assert word in result.stdout
    assert "\x1b" not in result.stdout


def test_ci_of_a_run_under_do(tmp_path):
    rundir = write_run(tmp_path / "run", do={"smoke": "yes"})
    assert json.loads(call("ci", rundir, "--json").stdout)["do"] == {"smoke": "yes"}
    assert "do(smoke = yes)" in call("ci", rundir).stdout


def test_ci_of_a_table(tmp_path):
    table = tmp_path / "rows.csv"
    SCM.from_bif("asia").do(smoke="yes").sample(200, seed=1).to_frame().to_csv(table, index=False)
    document = json.loads(call("ci", table, "--graph", "asia", "--do", "smoke=yes", "--json").stdout)
    assert list(document["values"]) == ["table"]
    assert document["do"] == {"smoke": "yes"}
    assert document["paired_difference"] == {}
    assert isinstance(call("ci", table).exception, InputError)


def test_unknown_tests_are_refused_clearly(rundir):
    error = call("ci", rundir, "--test", "chisq").exception
    assert isinstance(error, InputError)
    assert "'chisq' is not known" in error.message


@pytest.mark.parametrize("alpha", ["0", "1", "-0.1", "nan"])
def test_a_level_at_which_nothing_or_all_is_rejected_is_refused(rundir, alpha):
    error = call("ci", rundir, f"--alpha={alpha}").exception
    assert isinstance(error, InputError)
    assert "is no level" in error.message


@pytest.mark.parametrize("test", ["mc", "cmh", "auto"])
def test_ci_runs_the_test_asked_for(rundir, test):
    figures = json.loads(call("ci", rundir, "--test", test, "--json").stdout)
    assert figures["test"] == test
    assert figures["values"]["skeleton"]["n_null"] > 0


def test_no_run_directory(tmp_path):
    for command in (("realizability", tmp_path), ("ci", tmp_path, "--graph", "asia")):
        assert isinstance(call(*command).exception, RunDirectoryError)
    (tmp_path / "manifest.json").write_text("[]")
    assert isinstance(call("realizability", tmp_path).exception, RunDirectoryError)


@pytest.mark.parametrize("do", [None, {"smoke": "yes"}])
@pytest.mark.parametrize("command", ["realizability", "ci"])
def test_a_run_is_evaluated_against_its_own_graph_only(tmp_path, command, do):
    rundir = write_run(tmp_path / "run", do=do)
    assert call(command, rundir, "--graph", "asia", "--json").exit_code == 0
    altered, foreign = tmp_path / "altered.bif", tmp_path / "foreign.bif"
    altered.write_text((GRAPHS / "asia" / "asia.bif").read_text().replace("(yes) 0.1, 0.9", "(yes) 0.2, 0.8"))
    foreign.write_text(BARLEY)
    for other in (altered, foreign):
        error = call(command, rundir, "--graph", other, "--json").exception
        assert isinstance(error, InputError)
        assert "manifest.json" in error.message
        assert error.hint == "give the run's graph with --graph; it was asia"


@pytest.mark.parametrize("command", ["realizability", "ci"])
def test_a_graph_file_that_changed_since_the_run_is_told_apart(tmp_path, command):
    own = tmp_path / "own.bif"
    own.write_text(BARLEY)
    error = call(command, write_run(tmp_path / "run", graph=str(own)), "--json").exception
    assert isinstance(error, InputError)
    assert "changed since" in error.hint


@pytest.mark.parametrize(
    ("realizer", "noted"),
    [
        (None, False),
        ({"name": "simulated", "is_llm": False}, True),
        ({"name": "qwen", "is_llm": True}, False),
    ],
)
def test_figures_of_what_is_no_llm_are_noted_as_such(tmp_path, realizer, noted):
    result = call("realizability", write_run(tmp_path / "run", realizer=realizer), "--json")
    assert ("not an LLM" in result.stderr) is noted


def test_ci_leaves_out_what_the_run_was_told_not_to_mention(tmp_path):
    rundir = write_run(tmp_path / "run", mention="-bronc")
    document = json.loads(call("ci", rundir, "--json").stdout)
    assert document["silent"] == ["bronc"]
    assert document["values"]["extracted"]["indefinite"] == {}
    assert document["paired_difference"]["extracted"]["power"] == 0
    assert "Told not to mention: bronc." in call("ci", rundir).stdout
    unplanned = write_run(tmp_path / "all")
    assert json.loads(call("ci", unplanned, "--json").stdout)["silent"] == []
    assert "Told not to mention" not in call("ci", unplanned).stdout


def test_a_csv_with_empty_fields_is_a_table_with_missing_values(tmp_path):
    table = tmp_path / "rows.csv"
    frame = SCM.from_bif("asia").sample(200, seed=1).to_frame().astype(object)
    frame.iloc[:20, frame.columns.get_loc("xray")] = None
    frame.to_csv(table, index=False)
    document = json.loads(call("ci", table, "--graph", "asia", "--json").stdout)
    assert document["values"]["table"]["indefinite"] == {"xray": 20}
