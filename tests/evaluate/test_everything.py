"""``evaluate all``: every figure of one run, in one go."""

import json

import pytest
from typer.testing import CliRunner

from causalsynth import Domain, evaluate_all, generate, open_run
from causalsynth.cli import app
from causalsynth.errors import RunDirectoryError
from causalsynth.evaluate.readers import read_by_probe, write_reading
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


def test_a_damaged_file_is_told_apart_from_too_little_to_go_by(tmp_path):
    """The rest is printed, and the command fails: a script that reads the exit code must not take it for all."""
    out = tmp_path / "run"
    generate(SCM.load("asia"), Domain.load("asia"), "grammar", n=60, out=out)
    write_reading(out, read_by_probe(open_run(out)))
    (out / "readings" / "probe.parquet").write_bytes(b"PAR1")
    result = CliRunner().invoke(app, ["evaluate", "all", str(out), "--json"])
    assert isinstance(result.exception, RunDirectoryError)
    assert "probe.parquet" in result.exception.message
    document = json.loads(result.stdout)
    assert {"realizability", "selection", "richness"} <= set(document)
    assert "probe.parquet" in document["skipped"]["readers"]
