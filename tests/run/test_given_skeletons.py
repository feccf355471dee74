"""Runs whose facts are given in a table."""

import json

import pytest

import causalsynth
from causalsynth.domain import Domain
from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.run.config import RunConfig, fingerprint
from causalsynth.run.given import given_digest, read_given
from causalsynth.run.job import Job
from causalsynth.scm import SCM
from causalsynth.tables import write_table

ASIA = SCM.load("asia")
DOMAIN = Domain.load("asia")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "rows.csv"
    write_table(ASIA.sample(6, seed=5, start=100).to_frame(), path)
    return path


def generate(table, **settings):
    return causalsynth.generate(ASIA, DOMAIN, "grammar", seed=1, skeletons=table, **({"n": 6} | settings))


def test_record_i_has_the_facts_of_row_i_on_whatever_machine(table):
    wanted = list(ASIA.sample(6, seed=5, start=100))
    result = generate(table)
    assert [record.skeleton for record in result.records] == wanted
    assert [record.index for record in result.records] == [*range(6)]
    job = Job.load(RunConfig(graph="asia", n=4, skeletons=str(table)))
    assert [case.skeleton for case in job.cases()] == wanted[:4]
    assert job.case(3).skeleton == wanted[3]


def test_a_run_is_resumed_and_extended_with_the_same_table_only(table, tmp_path):
    out = tmp_path / "run"
    first = [record.text for record in generate(table, n=3, out=out).records]
    whole = generate(table, out=out, extend=True)
    assert [record.text for record in whole.records[:3]] == first
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["config"]["skeletons"] == str(table)
    assert manifest["sources"]["skeletons"] == given_digest(read_given(table, ASIA))
    lines = table.read_text().splitlines()
    lines[2] = lines[2].replace("no", "yes", 1)
    table.write_text("\n".join(lines) + "\n")
    with pytest.raises(RunDirectoryError, match="skeletons has changed"):
        generate(table, out=out)
    with pytest.raises(RunDirectoryError):
        causalsynth.generate(ASIA, DOMAIN, "grammar", seed=1, n=6, out=out)


def test_the_digest_is_that_of_the_facts_not_of_the_file(table, tmp_path):
    other = tmp_path / "rows.parquet"
    write_table(ASIA.sample(6, seed=5, start=100).to_frame().assign(_kind="anti"), other)
    assert given_digest(read_given(table, ASIA)) == given_digest(read_given(other, ASIA))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_value_that_the_graph_does_not_know_is_refused_with_its_line(tmp_path, ending):
    path = tmp_path / f"rows.{ending}"
    frame = ASIA.sample(4, seed=5).to_frame().astype(object)
    frame.loc[2, "xray"] = "maybe"
    write_table(frame, path)
    if ending != "parquet":  # an empty line is no row
        lines = path.read_text().splitlines()
        path.write_text("\n".join([*lines[:2], "", *lines[2:]]) + "\n")
    place = {"csv": f"{path}:5: xray", "jsonl": f"{path}:4: xray", "parquet": f"{path}: row 3: xray"}[ending]
    with pytest.raises(InputError) as caught:
        read_given(path, ASIA)
    assert caught.value.message.startswith(place)
    assert "yes, no" in caught.value.hint


def test_what_does_not_go_together_is_refused(table, tmp_path):
    with pytest.raises(InputError, match="has 6 rows, not 7"):
        generate(table, n=7)
    with pytest.raises(InputError, match="--do changes how facts are drawn"):
        causalsynth.generate(ASIA.do(smoke="yes"), DOMAIN, "grammar", n=6, skeletons=table)
    empty = tmp_path / "none.csv"
    empty.write_text(",".join(ASIA.variables) + "\n")
    with pytest.raises(InputError, match="no rows"):
        read_given(empty, ASIA)


def test_runs_without_a_table_keep_their_fingerprint():
    assert "skeletons" not in RunConfig(graph="asia", n=3).decisive()
    with_table = RunConfig(graph="asia", n=3, skeletons="a.csv")
    assert fingerprint(with_table, {}) != fingerprint(RunConfig(graph="asia", n=3), {})
