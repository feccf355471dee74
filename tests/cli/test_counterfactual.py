import json

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from causalsynth.cli.counterfactual import counterfactual
from causalsynth.cli.sample import sample
from causalsynth.errors import CausalSynthError, InputError
from causalsynth.scm import SCM, Skeletons
from causalsynth.tables import read_table

app = typer.Typer()
app.command()(sample)
app.command()(counterfactual)


def _run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, CausalSynthError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def _twins(path, scm):
    return Skeletons.from_frame(read_table(path), scm.supports)


@pytest.mark.parametrize(
    ("graph", "do"),
    [("asia", "smoke=yes"), ("child", "LowerBodyO2=<5"), ("mimic_struct", "map+=-15"), ("payments", "device=new")],
)
@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_twins_of_sampled_rows_are_exact(tmp_path, graph, do, ending):
    rows, twins = tmp_path / f"rows.{ending}", tmp_path / f"twins.{ending}"
    _run("sample", graph, "-n", "300", "--seed", "7", "-o", rows)
    summary = json.loads(_run("counterfactual", graph, rows, "--do", do, "--seed", "7", "-o", twins, "--json"))
    assert summary["noise"] == "retained"
    variable, _, value = do.partition("=")
    scm = SCM.load(graph)
    intervened = scm.do({variable.rstrip("+"): f"+={value}" if variable.endswith("+") else value})
    assert list(_twins(twins, scm)) == list(intervened.sample(300, seed=7))
    table = pd.read_parquet(twins) if ending == "parquet" else read_table(twins)
    assert list(table.columns) == ["_index", *scm.variables]


def test_without_a_seed_noise_is_inferred_and_the_facts_are_respected(tmp_path):
    rows, twins = tmp_path / "rows.csv", tmp_path / "twins.csv"
    _run("sample", "asia", "-n", "400", "--seed", "7", "-o", rows)
    shown = _run("counterfactual", "asia", rows, "--do", "smoke=yes", "-o", twins)
    assert "by noise inferred from the rows" in shown
    scm = SCM.load("asia")
    before, after = _twins(rows, scm), _twins(twins, scm)
    smoked = before.column("smoke") == 0
    assert (before.codes[:, smoked] == after.codes[:, smoked]).all()
    assert (before.column("lung")[~smoked] != after.column("lung")[~smoked]).any()
    other = tmp_path / "other.csv"
    read_table(rows).drop(columns="_index").to_csv(other, index=False)
    assert "inferred" in _run("counterfactual", "asia", other, "--do", "smoke=yes", "-o", twins, "--seed", "3")


def test_rows_drawn_under_an_intervention_need_to_be_told(tmp_path):
    rows, twins = tmp_path / "rows.csv", tmp_path / "twins.csv"
    _run("sample", "asia", "-n", "100", "--seed", "7", "-o", rows, "--do", "tub=yes")
    arguments = ("counterfactual", "asia", rows, "--do", "smoke=yes", "--seed", "7", "-o", twins)
    with pytest.raises(InputError, match="in the table, but seed 7 draws") as caught:
        _run(*arguments)
    assert str(rows) in caught.value.message
    _run(*arguments, "--factual-do", "tub=yes")
    scm = SCM.load("asia")
    assert list(_twins(twins, scm)) == list(scm.do(smoke="yes").sample(100, seed=7))


def _write(path, **columns):
    rows = SCM.load("asia").sample(3, seed=1).to_frame().reset_index().astype(object)
    for name, values in columns.items():
        rows[name] = values
    rows.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("columns", "do", "message"),
    [
        ({"lung": ["no", "maybe", "no"]}, "smoke=yes", r"f\.csv: row 2: lung = 'maybe'"),
        (
            {"lung": ["yes"] * 3, "either": ["no"] * 3},
            "smoke=yes",
            r"row 1: either = no is impossible given lung = yes",
        ),
        ({"_index": ["a", "b", "c"]}, "smoke=yes", r"f\.csv: row 1: _index = 'a' is no row number"),
        ({}, "smoke=perhaps", r"do\(smoke\): "),
        ({}, "smok=yes", "asia has no variable 'smok'"),
        ({}, "smoke+=1", "states can't be shifted"),
        ({}, "smoke~yes:.3,no:.3", "sum to 0.6"),
        ({}, "smoke:=[lung = yes]", "cycle"),
        ({}, "smoke:=[asia = maybe]", "maybe"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, columns, do, message):
    rows = _write(tmp_path / "f.csv", **columns)
    out = tmp_path / "out.csv"
    with pytest.raises(InputError, match=message) as caught:
        _run("counterfactual", "asia", rows, "--do", do, "-o", out)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert not out.exists()


def test_a_specs_own_coupling_holds_unless_another_is_asked_for(tmp_path):
    spec = tmp_path / "three.yaml"
    spec.write_text(
        "graph: three\ncoupling: gumbel_max\nvariables:\n  a: {probabilities: {x: .2, y: .3, z: .5}}\n"
        "  b:\n    states: [l, m, h]\n    ordinal: {latent: '[a = z]', cutpoints: [-1, 1]}\n"
    )
    rows, twins = tmp_path / "rows.csv", tmp_path / "twins.csv"
    _run("sample", spec, "-n", "200", "--seed", "3", "-o", rows)
    assert _twins(rows, SCM.load(spec)).codes.tolist() == SCM.load(spec).sample(200, seed=3).codes.tolist()
    _run("counterfactual", spec, rows, "--do", "a=x", "--seed", "3", "-o", twins)
    _run("sample", spec, "-n", "200", "--seed", "3", "-o", twins, "--coupling", "inverse_cdf")
    assert rows.read_bytes() != twins.read_bytes()


def test_a_table_without_rows_still_needs_its_columns(tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("0,23,yes,no\n")
    with pytest.raises(InputError, match="there is no column asia"):
        _run("counterfactual", "asia", rows, "--do", "smoke=yes", "-o", tmp_path / "out.csv")


@pytest.mark.parametrize("out", ["out.txt", "no/out.csv"])
def test_where_nothing_can_be_written_nothing_is_drawn(tmp_path, out):
    for arguments in (
        ("sample", "asia", "-n", 10**12, "-o", tmp_path / out),
        ("sample", "asia", "-n", 10**12, "-o", tmp_path / "ok.csv", "--noise", tmp_path / out),
        ("counterfactual", "asia", tmp_path / "none.csv", "--do", "smoke=yes", "-o", tmp_path / out),
    ):
        with pytest.raises(InputError, match=r"can't end in|no folder"):
            _run(*arguments)
    assert not list(tmp_path.iterdir())


def test_long_values_are_clipped_in_messages(tmp_path):
    rows = _write(tmp_path / "f.csv", lung=["no", "x" * 100_000, "no"])
    with pytest.raises(InputError, match="row 2: lung") as caught:
        _run("counterfactual", "asia", rows, "--do", "smoke=yes", "-o", tmp_path / "out.csv")
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(("policy", "remedy"), [("smoke:=yes", "smoke=yes"), ("lung:=[smok = yes]", "smoke")])
def test_a_policy_that_reads_nothing_known_says_what_may_be_meant(tmp_path, policy, remedy):
    rows = _write(tmp_path / "f.csv")
    with pytest.raises(InputError, match="which is no variable") as caught:
        _run("counterfactual", "asia", rows, "--do", policy, "-o", tmp_path / "out.csv")
    assert remedy in caught.value.hint
