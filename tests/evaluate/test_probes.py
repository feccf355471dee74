"""Probe sets against the definition, skeleton by skeleton."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from causalsynth.cli import app
from causalsynth.errors import InputError
from causalsynth.evaluate.probes import ProbeKind, draw_probes, kinds_of
from causalsynth.evaluate.selection.target import exact_target
from causalsynth.evaluate.surprise import surprises
from causalsynth.scm import SCM, Skeletons
from causalsynth.tables import read_table

ASIA = SCM.load("asia")


@pytest.mark.parametrize("kind", list(ProbeKind))
def test_probes_meet_their_definition_and_are_rows_of_the_graph(kind):
    probes = draw_probes(ASIA, kind, 60, seed=4)
    drawn = ASIA.sample(probes.drawn, seed=4)
    for skeleton, index, bits, odd in zip(
        probes.skeletons, probes.skeletons.index, probes.bits, probes.odd, strict=True
    ):
        assert skeleton == drawn[int(index)]
        laws = {name: ASIA.full_conditional(name, skeleton) for name in skeleton}
        chances = {name: law[skeleton[name]] for name, law in laws.items()}
        unexpected = [name for name, law in laws.items() if chances[name] < max(law.values())]
        assert [*odd] == [name for name in unexpected if chances[name] <= 1 / 8]
        assert bits == pytest.approx(-np.log2(min(chances.values())))
        assert kind == ("common" if not unexpected else "anti" if odd else "neutral")


def test_each_kind_comes_in_the_proportions_that_the_graph_gives_it():
    """Shares of 4,096 rows within 4 standard errors of the exact ones: false alarm below 1 in 5,000."""
    target = exact_target(ASIA)
    codes = np.stack(np.unravel_index(np.flatnonzero(target.probability), target.cardinalities)).astype(np.int8)
    cells = Skeletons(ASIA.supports, codes, np.empty((0, codes.shape[1])), np.arange(codes.shape[1]))
    kinds, _ = kinds_of(surprises(ASIA, cells))
    exact = {kind: target.probability[target.cells_of(cells)[kinds == kind]].sum() for kind in ProbeKind}
    assert sum(exact.values()) == pytest.approx(1)
    drawn, _ = kinds_of(surprises(ASIA, ASIA.sample(4096, seed=2)))
    for kind, share in exact.items():
        assert abs((drawn == kind).mean() - share) < 4 * (share * (1 - share) / 4096) ** 0.5


def test_more_probes_begin_with_the_same_and_numbers_are_probed_too():
    scm = SCM.load(Path(__file__).parents[1] / "ward" / "ward.yaml")
    few, more = draw_probes(scm, "anti", 5, seed=1), draw_probes(scm, "anti", 9, seed=1)
    assert [*few.skeletons] == [*more.skeletons][:5]
    assert all(more.odd)


def test_what_cant_be_drawn_is_refused(tmp_path):
    for kind, n in (("usual", 5), ("anti", 0)):
        with pytest.raises(InputError):
            draw_probes(ASIA, kind, n)
    even = tmp_path / "even.bif"
    even.write_text(
        "network even {\n}\nvariable a {\n  type discrete [ 2 ] { yes, no };\n}\nprobability ( a ) {\n"
        "  table 0.8, 0.2;\n}\n"
    )
    with pytest.raises(InputError, match="rare"):
        draw_probes(SCM.load(even), "anti", 1)


def test_the_command_writes_a_table_that_generate_takes(tmp_path):
    table, rundir = tmp_path / "anti.csv", tmp_path / "run"
    run = CliRunner().invoke(app, ["probes", "asia", "--kind", "anti", "-n", "7", "-o", str(table), "--json"])
    assert run.exit_code == 0, run.exception
    assert json.loads(run.stdout)["mean_bits"] >= 3
    rows = read_table(table)
    assert list(rows.columns) == ["_index", *ASIA.variables, "_kind", "_bits", "_odd"]
    run = CliRunner().invoke(app, ["generate", "asia", "--skeletons", str(table), "-o", str(rundir), "--json"])
    assert run.exit_code == 0, run.exception
    assert json.loads(run.stdout)["n"] == 7
    records = read_table(rundir / "records.parquet")
    assert records["skeleton.xray"].tolist() == rows["xray"].tolist()
