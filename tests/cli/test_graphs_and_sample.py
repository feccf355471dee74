import json
from xml.etree import ElementTree

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from causalsynth.cli.graphs import graphs
from causalsynth.cli.options import parse_do
from causalsynth.cli.sample import sample
from causalsynth.errors import CausalSynthError, InputError
from causalsynth.scm import SCM
from causalsynth.tables import read_table

app = typer.Typer()
app.command()(graphs)
app.command()(sample)


def _run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, CausalSynthError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_graphs_are_listed():
    lines = [line.split("\t") for line in _run("graphs").splitlines()]
    assert lines[0] == ["name", "variables", "arcs", "lexicon", "source"]
    asia = next(line for line in lines if line[0] == "asia")
    assert asia[1:3] == ["8", "8"]
    assert "Lauritzen" in asia[4]
    document = json.loads(_run("graphs", "--json"))
    assert document["graphs"][[g["name"] for g in document["graphs"]].index("asia")]["arcs"] == 8
    assert "munin" in document["pgmpy"]


def test_one_graph_is_shown():
    shown = _run("graphs", "asia")
    assert "either\tyes, no\tlung, tub" in shown
    assert "licence: not established" in shown
    document = json.loads(_run("graphs", "child", "--json"))
    by_name = {variable["name"]: variable for variable in document["variables"]}
    assert by_name["LowerBodyO2"]["states"] == ["<5", "5-12", "12+"]
    assert document["licence"] == "not established"
    assert len(document["arcs"]) == 25


def test_dot_quotes_names():
    dot = _run("graphs", "asia", "--dot")
    assert dot.startswith('digraph "asia" {\n')
    assert '  "lung" -> "either";\n' in dot
    with pytest.raises(InputError, match="--dot needs a graph"):
        _run("graphs", "--dot")


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_sample_writes_the_rows_of_its_seed(tmp_path, ending):
    path = tmp_path / f"s.{ending}"
    _run("sample", "child", "-n", "40", "--seed", "7", "-o", path, "--do", "LowerBodyO2=<5")
    table = read_table(path)
    scm = SCM.from_bif("child").do(LowerBodyO2="<5")
    assert list(table.columns) == ["_index", *scm.variables]
    assert table["_index"].tolist() == list(range(40))
    assert table.drop(columns="_index").to_dict("records") == list(scm.sample(40, seed=7))


def test_a_shard_is_part_of_the_whole(tmp_path):
    _run("sample", "asia", "-n", "30", "--seed", "7", "-o", tmp_path / "all.csv")
    _run("sample", "asia", "-n", "10", "--start", "20", "--seed", "7", "-o", tmp_path / "part.csv")
    whole = read_table(tmp_path / "all.csv")
    assert read_table(tmp_path / "part.csv").equals(whole[20:].reset_index(drop=True))


@pytest.mark.parametrize("coupling", ["inverse_cdf", "gumbel_max"])
def test_noise_is_written_and_leads_to_the_rows(tmp_path, coupling):
    out, noise = tmp_path / "s.parquet", tmp_path / "u.parquet"
    arguments = ("-n", "50", "--seed", "3", "-o", out, "--noise", noise, "--coupling", coupling)
    assert "their noise" in _run("sample", "asia", *arguments)
    rows, drawn = pd.read_parquet(out), pd.read_parquet(noise)
    assert drawn["_index"].tolist() == list(range(50))
    if coupling == "inverse_cdf":
        assert ((drawn["smoke"] < 0.5) == (rows["smoke"] == "yes")).all()
    else:
        assert ((drawn["smoke[0]"] > drawn["smoke[1]"]) == (rows["smoke"] == "yes")).all()


def test_stochastic_interventions_are_drawn_and_reported(tmp_path):
    shown = _run("sample", "asia", "-n", "4000", "-o", tmp_path / "s.csv", "--do", "lung~yes:.9,no:.1")
    assert "under do(lung ~yes:0.9,no:0.1)" in shown or "under do(lung ~yes:.9,no:.1)" in shown
    assert 0.85 < (read_table(tmp_path / "s.csv")["lung"] == "yes").mean() < 0.95


def test_a_graph_is_drawn(tmp_path):
    path = tmp_path / "asia.svg"
    assert "8 variables, 8 arcs" in _run("graphs", "asia", "--svg", path)
    drawn = ElementTree.parse(path)
    texts = {element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert set(SCM.load("asia").variables) <= texts | {
        element.text for element in drawn.iter("{http://www.w3.org/2000/svg}tspan")
    }
    spec = tmp_path / "mine.yaml"
    spec.write_text("kept")
    for arguments in (
        ("graphs", "--svg", path),
        ("graphs", "asia", "--svg", tmp_path / "no" / "x.svg"),
        ("graphs", "asia", "--svg", spec),
    ):
        with pytest.raises(InputError):
            _run(*arguments)


def test_many_numbers_make_no_fuss(tmp_path):
    spec = tmp_path / "wide.yaml"
    variables = "".join(f"  v{i}: {{normal: {{mean: 0, sd: 1}}}}\n" for i in range(150))
    spec.write_text(f"graph: wide\nvariables:\n{variables}")
    assert "150 variables" in _run("sample", spec, "-n", "3", "-o", tmp_path / "s.csv")  # warnings are errors here
    assert read_table(tmp_path / "s.csv").shape == (3, 151)


def test_sample_sums_itself_up(tmp_path):
    summary = json.loads(_run("sample", "asia", "-n", "3", "-o", tmp_path / "s.csv", "--json", "--do", "lung=yes"))
    assert summary["n"] == 3
    assert summary["do"] == {"lung": "yes"}
    assert "3 rows of asia" in _run("sample", "asia", "-n", "3", "-o", tmp_path / "s.csv")


def test_wrong_requests_end_in_input_errors(tmp_path):
    out = tmp_path / "s.csv"
    for arguments in (
        ("sample", "asai", "-n", "3", "-o", out),
        ("sample", "asia", "-n", "3", "-o", tmp_path / "s.xls"),
        ("sample", "asia", "-n", "3", "-o", out, "--do", "lung=maybe"),
        ("sample", "asia", "-n", "3", "-o", out, "--do", "lung"),
        ("graphs", "nose"),
    ):
        with pytest.raises(InputError):
            _run(*arguments)
    assert not out.exists()


def test_do_is_read():
    assert parse_do(["a=x", " b = y=z "]) == {"a": "x", "b": "y=z"}
    assert parse_do(["a=x~y"]) == {"a": "x~y"}
    assert parse_do(["X~a:.2,b:.8", "age+=5", "Y := [age > 60]"]) == {
        "X": "~a:.2,b:.8",
        "age": "+=5",
        "Y": ":=[age > 60]",
    }
    assert parse_do(None) == {}


@pytest.mark.parametrize(
    ("assignments", "message"),
    [
        (["a"], "is not VARIABLE=STATE"),
        (["=x"], "is not VARIABLE=STATE"),
        (["a="], "is not VARIABLE=STATE"),
        (["a=x", "a=y"], "gives a twice"),
        (["X~"], "is not VARIABLE=STATE"),
        (["X:="], "is not VARIABLE=STATE"),
        (["X~a:1", "X+=1"], "gives X twice"),
    ],
)
def test_wrong_do_is_refused(assignments, message):
    with pytest.raises(InputError, match=message) as caught:
        parse_do(assignments)
    assert caught.value.exit_code == 2
