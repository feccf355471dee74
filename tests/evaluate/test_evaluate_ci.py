"""``evaluate ci`` with readings, replicates, numbers, a plot and a structure."""

import json
import sys

import pandas as pd
import pytest
from test_evaluate_cli import N, call, write_run

from causalsynth.errors import InputError
from causalsynth.evaluate.independence.of_run import run_independence
from causalsynth.evaluate.readers import Reading, write_reading
from causalsynth.evaluate.rundir import open_run
from causalsynth.scm import SCM

ASIA = SCM.load("asia")


def tables(folder, count, n=400):
    paths = []
    for seed in range(count):
        path = folder / f"{seed}.csv"
        ASIA.sample(n, seed=seed).to_frame().assign(replicate=seed).to_csv(path, index=False)
        paths.append(path)
    return paths


def test_readings_are_shown_beside_what_the_loop_read(tmp_path):
    rundir = write_run(tmp_path / "run")
    values = open_run(rundir).frames()["skeleton"].astype(object)
    some = values.iloc[: N // 2].assign(bronc=None)
    write_reading(rundir, Reading(name="probe", kind="probe", values=values, texts=""))
    write_reading(rundir, Reading(name="human", kind="human", values=some.drop(columns="xray"), texts=""))
    document = json.loads(call("ci", rundir, "--json").stdout)
    assert set(document["values"]) == {"skeleton", "extracted", "probe", "human"}
    assert document["paired_difference"]["probe"]["power"] == 0
    assert document["paired_difference"]["human"]["rows"] == N // 2
    assert document["values"]["human"]["indefinite"] == {"bronc": N // 2, "xray": N // 2}
    only = json.loads(call("ci", rundir, "--json", "--values", "probe").stdout)
    assert list(only["values"]) == list(only["paired_difference"]) == ["probe"]
    text = call("ci", rundir).stdout
    assert "Differences from skeleton" in text
    assert "let another reader" not in text
    assert run_independence(open_run(rundir), values=["probe"]).to_json()["values"]["probe"] == only["values"]["probe"]


def test_readings_obey_the_plan_of_silence(tmp_path):
    rundir = write_run(tmp_path / "run", mention="bronc: .5")
    values = open_run(rundir).frames()["skeleton"].astype(object)
    write_reading(rundir, Reading(name="probe", kind="probe", values=values.iloc[::2], texts=""))
    document = json.loads(call("ci", rundir, "--json").stdout)
    assert document["values"]["probe"]["indefinite"] == {}
    assert document["paired_difference"]["probe"]["power"] == 0


def test_a_reading_of_other_texts_is_left_out_and_named(tmp_path):
    rundir = write_run(tmp_path / "run")
    values = open_run(rundir).frames()["skeleton"].astype(object)
    write_reading(rundir, Reading(name="probe", kind="probe", values=values, texts=""))
    ledger = rundir / "attempts.jsonl"
    ledger.write_text(ledger.read_text() + '","k')  # the torn line goes on
    result = call("ci", rundir, "--json")
    assert "probe" not in json.loads(result.stdout)["values"]
    assert "the reading probe is left out" in result.stderr


def test_several_tables_and_a_column_are_the_same_replicates(tmp_path):
    paths = tables(tmp_path, 3)
    one = json.loads(call("ci", *paths, "--graph", "asia", "--json").stdout)
    assert one["values"]["table"]["data_sets"] == 3
    joined = tmp_path / "all.csv"
    lines = [path.read_text().splitlines() for path in paths]
    joined.write_text("\n".join([lines[0][0], *(line for own in lines for line in own[1:])]) + "\n")
    by_column = json.loads(call("ci", joined, "--graph", "asia", "--replicate", "replicate", "--json").stdout)
    assert by_column == one
    assert "3 data sets" in call("ci", *paths, "--graph", "asia").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--structure", "ges"), "no such learner"),
        (("--replicate", "replicate", "--do", "smoke=yes"), "--do goes with a TABLE"),
        (("--replicate", "replicate"), "--replicate goes with a TABLE"),
        (("--plot", "figure.png"), "an SVG is drawn"),
    ],
)
def test_wrong_usage_is_told(tmp_path, arguments, message):
    rundir = write_run(tmp_path / "run")
    error = call("ci", rundir, *arguments).exception
    assert isinstance(error, InputError)
    assert message in error.message


def test_run_directories_and_tables_do_not_mix(tmp_path):
    rundir = write_run(tmp_path / "run")
    error = call("ci", rundir, *tables(tmp_path, 1), "--graph", "asia").exception
    assert isinstance(error, InputError)
    assert "goes alone" in error.message
    missing = call("ci", *tables(tmp_path, 1), "--graph", "asia", "--replicate", "of").exception
    assert "no column 'of'" in missing.message


def test_a_table_without_the_graph_s_variables_is_named(tmp_path):
    whole, lacking = tables(tmp_path, 2)
    pd.read_csv(lacking).drop(columns="xray").to_csv(lacking, index=False)
    error = call("ci", whole, lacking, "--graph", "asia").exception
    assert error.message == f"{lacking}: no column 'xray'"
    assert "variables" in error.hint
    records = tmp_path / "records.csv"
    ASIA.sample(9, seed=1).to_frame().add_prefix("skeleton.").to_csv(records, index=False)
    assert "give its directory" in call("ci", records, "--graph", "asia").exception.hint


def test_rows_of_no_replicate_are_refused_and_not_dropped(tmp_path):
    for replicates in ([1] * 39 + [None], [None] * 40):
        ASIA.sample(40, seed=1).to_frame().assign(of=replicates).to_parquet(tmp_path / "rows.parquet")
        error = call("ci", tmp_path / "rows.parquet", "--graph", "asia", "--replicate", "of").exception
        assert isinstance(error, InputError)
        assert "have no 'of'" in error.message


@pytest.mark.parametrize("graph", ["mimic_struct", "payments"])
def test_numbers_are_tested(tmp_path, graph):
    """Seeded. The rate has a standard error near .025; .17 is five of them off."""
    path = tmp_path / "rows.parquet"
    SCM.load(graph).sample(500, seed=1).to_frame().to_parquet(path)
    document = json.loads(call("ci", path, "--graph", graph, "--json").stdout)
    table = document["values"]["table"]
    assert document["test"] == "auto"
    assert table["n_null"] > 50
    assert table["fpr"] < 0.17
    assert table["power"] > 0.5
    assert 0 < table["fpr_se"] < 0.1


def test_structure_is_learned_if_asked_for(tmp_path):
    rundir = write_run(tmp_path / "run")
    document = json.loads(call("ci", rundir, "--structure", "pc", "--json").stdout)
    assert document["structure"]["skeleton"]["shd"] > 0
    assert "PC algorithm" in call("ci", rundir, "--structure", "pc").stdout


def test_a_plot_without_matplotlib_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    error = call("ci", write_run(tmp_path / "run"), "--plot", tmp_path / "qq.svg").exception
    assert isinstance(error, InputError)
    assert "causalsynth[plots]" in error.hint


def test_a_plot_is_an_svg_that_is_the_same_each_time(tmp_path):
    pytest.importorskip("matplotlib")
    rundir = write_run(tmp_path / "run")
    drawn = []
    for name in ("one.svg", "two.svg"):
        assert call("ci", rundir, "--plot", tmp_path / name).exit_code == 0
        drawn.append((tmp_path / name).read_text())
    assert drawn[0] == drawn[1]
    assert drawn[0].count("expected p-value") == 2
