"""``evaluate fidelity`` and ``evaluate effects`` on a small run with its twins."""

import json

import pytest
from typer.testing import CliRunner

from causalsynth.cli import app

N = 60


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def rundir(tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "run"
    options = ["--seed", 3, "--realizer", "simulated", "--behaviour", "strength=.5", "--twins", "smoke=yes", "--json"]
    result = call("generate", "asia", "-n", N, *options, "-o", out)
    assert result.exit_code == 0, result.output
    return out


def test_fidelity(rundir):
    document = json.loads(call("evaluate", "fidelity", rundir, "--json").stdout)
    assert document["law"] == {"exact": True, "rows": None}
    assert document["against_skeletons"]["extracted"]["tvd2"] == 0  # with the fallback every text says its facts
    assert document["against_skeletons"]["unverified"]["tvd2"] > 0.05
    assert set(document["against_law"]) == {"skeleton", "extracted", "unverified", "rejection", "loop"}
    assert (
        document["against_law"]["unverified"]["tvd1"] > document["against_law"]["unverified"]["redraws"]["mean"]["tvd1"]
    )
    assert document == json.loads(call("evaluate", "fidelity", rundir, "--json").stdout)  # seeded
    assert "Against the graph's law (exact)" in call("evaluate", "fidelity", rundir).stdout


def test_effects_find_the_twins_beside_the_run(rundir):
    document = json.loads(call("evaluate", "effects", rundir, "--treatment", "smoke", "--json").stdout)
    assert [(each["treatment"], each["outcome"]) for each in document["effects"]] == [
        ("smoke", "xray"),
        ("smoke", "dysp"),
    ]
    (world,) = document["worlds"]
    assert (world["do"], world["twins"], world["n"]) == ({"smoke": "yes"}, True, N)
    found = {each["outcome"]: each for each in world["outcomes"]}["dysp"]
    assert found["estimates"]["extracted"]["agreement"]["rate"] == 1
    assert found["estimates"]["unverified"]["n"] < found["estimates"]["extracted"]["n"]
    shown = call("evaluate", "effects", rundir).stdout
    assert "Means under do(smoke = yes), 60 records" in shown
    assert "What became of the facts" in shown
    by_itself = json.loads(call("evaluate", "effects", rundir / "twins" / "smoke=yes", "--json").stdout)
    assert by_itself["worlds"][0]["do"] == {"smoke": "yes"}
    assert "smoke" not in {each["treatment"] for each in by_itself["effects"]}


def test_what_is_wrong_is_told_in_a_line(rundir):
    for options in (
        ["--adjust", "all"],
        ["--outcome", "dyspnoea"],
        ["--treatment", "age"],
        ["--against", rundir / "no"],
    ):
        assert call("evaluate", "effects", rundir, *options).exit_code != 0
