"""``evaluate all``: every figure of one run, in one go."""

import json
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from causalsynth import Domain, evaluate_all, generate, open_run
from causalsynth.bundled import GRAPHS
from causalsynth.cli import app
from causalsynth.errors import RunDirectoryError
from causalsynth.evaluate.readers import Reading, read_by_probe, read_readings, write_reading
from causalsynth.scm import SCM

EVALUATIONS = ["realizability", "ci", "selection", "backdoor", "fidelity", "effects", "richness"]


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    out = tmp_path_factory.mktemp("everything") / "run"
    generate(SCM.load("asia"), Domain.load("asia"), "simulated", n=120, seed=5, out=out, behaviour="strength=.6")
    return out


def test_every_evaluation_is_there_and_goes_by_the_same_records(directory):
    begun = []
    run = open_run(directory)
    write_reading(directory, read_by_probe(run))
    kept = (directory / "readings" / "probe.parquet").stat().st_mtime_ns
    report = evaluate_all(run, on_start=begun.append)
    assert begun == ["probe", "readers", *EVALUATIONS]
    assert (directory / "readings" / "probe.parquet").stat().st_mtime_ns == kept, "the probe had read these texts"
    assert not report.skipped
    document = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert set(document) == {*EVALUATIONS, "readers", "skipped"}
    assert document["realizability"]["n"] == document["selection"]["n"] == document["effects"]["n"] == 120
    assert document["selection"]["methods"]["loop"]["accepted"] == document["realizability"]["realized"]
    assert {"skeleton", "extracted", "probe"} <= set(document["ci"]["values"])
    assert list(document["readers"]) == ["probe"]


def test_what_can_not_be_said_holds_up_nothing_else(tmp_path):
    """Of three records a probe can learn nothing, and selection can't be told from chance."""
    out = tmp_path / "run"
    generate(SCM.load("asia"), Domain.load("asia"), "grammar", n=3, out=out)
    report = evaluate_all(open_run(out))
    assert "too few" in report.skipped["probe"]
    assert {"realizability", "ci", "backdoor"} <= set(report.reports)
    assert not report.damaged
    assert CliRunner().invoke(app, ["evaluate", "all", str(out), "--json"]).exit_code == 0


@pytest.fixture
def small(tmp_path):
    """A run with two readings, `probe` and `other`, that say the same."""
    out = tmp_path / "run"
    generate(SCM.load("asia"), Domain.load("asia"), "grammar", n=60, out=out)
    reading = read_by_probe(open_run(out))
    for name in ("probe", "other"):
        write_reading(out, replace(reading, name=name))
    return out


def test_a_damaged_reading_is_left_out_and_holds_up_nothing(small):
    """The rest is printed, and the command fails: a script that reads the exit code must not take it for all."""
    (small / "readings" / "probe.parquet").write_bytes(b"PAR1")
    result = CliRunner().invoke(app, ["evaluate", "all", str(small), "--json"])
    assert isinstance(result.exception, RunDirectoryError)
    assert "probe.parquet" in result.exception.message
    assert "all figures are without the reading probe" in result.stderr
    document = json.loads(result.stdout)
    assert set(document) == {*EVALUATIONS, "readers", "skipped"}
    assert list(document["skipped"]) == ["readers/probe"]
    assert "probe.parquet" in document["skipped"]["readers/probe"]
    assert list(document["readers"]) == ["other"]
    assert {"skeleton", "extracted", "other"} == set(document["ci"]["values"])
    assert (small / "readings" / "probe.parquet").read_bytes() == b"PAR1", "nothing is replaced unasked"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda table: table.assign(smoke="perhaps"), "smoke = 'perhaps' is not one of its states"),
        (lambda table: table.set_axis(table.index + 1), "record 60 is not in the run"),
    ],
)
def test_a_reading_of_other_values_or_records_is_left_out_too(small, change, reason):
    table = read_readings(small)["other"]
    write_reading(small, Reading(name="other", kind="human", values=change(table), texts=""))
    report = evaluate_all(open_run(small), probe=False)
    assert list(report.skipped) == list(report.damaged) == ["readers/other"]
    assert reason in report.skipped["readers/other"]
    assert set(report.reports) == {*EVALUATIONS, "readers/probe"}


def test_a_torn_card_stops_neither_the_others_nor_another_reading(small):
    (small / "readings" / "other.json").write_text('{"name"')
    assert list(evaluate_all(open_run(small)).damaged) == ["readers/other"]
    assert CliRunner().invoke(app, ["evaluate", "realizability", str(small)]).exit_code == 0
    assert CliRunner().invoke(app, ["evaluate", "read", str(small), "--name", "other"]).exit_code == 0
    assert not evaluate_all(open_run(small)).damaged


def test_a_damaged_file_of_twins_is_told_apart_from_too_little_to_go_by(tmp_path):
    out = tmp_path / "run"
    command = ["generate", "asia", "-n", "60", "--twins", "smoke=yes", "-o", str(out)]
    assert CliRunner().invoke(app, command).exit_code == 0
    (twin,) = (out / "twins").iterdir()
    write_reading(twin, read_by_probe(open_run(twin)))
    (twin / "readings" / "probe.parquet").unlink()
    report = evaluate_all(open_run(out), probe=False)
    assert list(report.damaged) == ["twins/smoke=yes/readers/probe"]
    assert "effects" in report.reports
    (twin / "manifest.json").write_text("{}")
    assert list(evaluate_all(open_run(out), probe=False).damaged) == ["effects"]


def test_a_graph_that_has_gone_elsewhere_is_given_once_for_twins_and_styles_too(tmp_path):
    home, moved, out = tmp_path / "home", tmp_path / "moved", tmp_path / "run"
    shutil.copytree(GRAPHS / "asia", home)
    command = ["generate", str(home), "-n", "60", "--twins", "smoke=yes", "-o", str(out)]
    assert CliRunner().invoke(app, command).exit_code == 0
    home.rename(moved)
    report = evaluate_all(open_run(out, str(moved)), probe=False)
    assert not report.skipped
    assert [world.name for world in report.reports["effects"].worlds] == ["smoke=yes"]
    assert report.reports["realizability"].by_style
