"""Selection planted in a graph's own skeletons, and the command on run directories."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from causalsynth.cli.evaluate import app
from causalsynth.errors import InputError
from causalsynth.evaluate.selection import Outcomes, selection_of
from causalsynth.evaluate.selection.outcomes import FIRST, LATER, NEVER, REPAIRED
from causalsynth.evaluate.selection.target import exact_target
from causalsynth.ledger import Attempt, RecordStatus
from causalsynth.scm import SCM
from causalsynth.tables import read_table

ASIA = SCM.load("asia")
TARGET = exact_target(ASIA)


def hard_cells(share, seed):
    """Choose skeletons at random until they hold `share` of the target."""
    chosen, mass = [], 0.0
    for cell in np.random.default_rng(seed).permutation(len(TARGET.probability)):
        if 0 < TARGET.probability[cell] <= share * 1.1 - mass:
            chosen.append(cell)
            mass += TARGET.probability[cell]
    assert 0.9 * share <= mass <= 1.1 * share
    return chosen


def outcomes(first, last, *, n=1000, seed=0):
    """Draw records of ASIA and when each is accepted, by φ₁ and φ_K of each configuration."""
    skeletons = ASIA.sample(n, seed=seed)
    cells, luck = TARGET.cells_of(skeletons), np.random.default_rng(seed + 10**6).random(n)
    stage = np.select([luck < first[cells], luck < last[cells]], [FIRST, LATER], REPAIRED)
    return Outcomes(skeletons, stage.astype(np.int8), True)


def test_the_target_is_the_graphs_law():
    assert TARGET.probability.sum() == pytest.approx(1)
    assert TARGET.marginal("dysp") == pytest.approx([*ASIA.distribution("dysp").values()])
    rows = ASIA.sample(5, seed=1)
    assert np.log(TARGET.probability[TARGET.cells_of(rows)]) == pytest.approx(ASIA.log_probability(rows))
    assert exact_target(SCM.load("alarm")) is None


def test_selection_planted_in_a_twentieth_of_the_skeletons_is_detected():
    """Hard skeletons are realized 3 times of 10, all others 98 times of 100; each of 5 choices of them is found."""
    for seed in range(5):
        last = np.full(256, 0.98)
        last[hard_cells(0.05, seed)] = 0.3
        report = selection_of(outcomes(last / 2, last, seed=seed), ASIA, seed=seed, resamples=200)
        loop = report.methods["loop"]
        assert loop.p_value <= 0.001
        assert loop.chi2_interval[0] > 0
        assert loop.chi2 <= loop.bound_chi2
        assert loop.tv <= loop.bound_tv
        assert report.methods["fallback"].chi2 == report.methods["fallback"].tv == 0
        assert report.strata[0].last.rate < 0.6
        assert "is a selection" in report.to_json()["verdict"]


def test_no_selection_is_detected_where_there_is_none():
    """25 runs at the level .05: 6 or more alarms have a chance of .001."""
    even = np.full(256, 0.97)
    reports = (selection_of(outcomes(even / 2, even, seed=seed), ASIA, seed=seed, resamples=100) for seed in range(25))
    alarms = sum(report.methods["loop"].p_value <= 0.05 for report in reports)
    assert alarms < 6


def test_iterating_that_helps_and_iterating_that_hurts_are_told_apart():
    rare = TARGET.marginal("smoke")[0]
    assert 0.4 < rare < 0.6  # two halves: the counterexample on a graph
    smokes = np.arange(256) // 32 % 2 == 0
    assert TARGET.probability[smokes].sum() == pytest.approx(rare)
    first, last = np.where(smokes, 0.1, 0.2), np.where(smokes, 0.91, 0.36)
    hurt = selection_of(outcomes(first, last, n=6000), ASIA, resamples=200)
    assert (hurt.helped, hurt.overtaking.met) == (False, False)
    assert "HURT" in hurt.to_json()["verdict"]
    marginal = hurt.methods["loop"].marginals["smoke"]
    assert marginal.p_value < 0.02
    assert marginal.accepted["yes"] == pytest.approx(91 / 127, abs=0.03)
    assert hurt.methods["loop"].chi2 == pytest.approx(3025 / 16129, abs=0.05)
    helped = selection_of(outcomes(last / 2, np.full(256, 0.98), n=2000), ASIA, resamples=200)
    assert helped.helped is True


@pytest.mark.statistical
def test_where_skeletons_hardly_repeat_strata_are_of_predicted_difficulty():
    """A state that one ALARM record of eleven has halves acceptance: found though no two skeletons are alike."""
    alarm = SCM.load("alarm")
    rows = alarm.sample(1000, seed=3)
    hard = rows.column("CATECHOL") == 1
    for planted in (True, False):
        luck = np.random.default_rng(4).random(len(rows))
        last = np.where(hard & planted, 0.4, 0.95)
        stage = np.select([luck < last / 2, luck < last], [FIRST, LATER], NEVER).astype(np.int8)
        report = selection_of(Outcomes(rows, stage, False), alarm, resamples=100)
        assert (report.strata_of, report.target) == ("difficulty", "records")
        assert "fallback" not in report.methods
        assert (report.methods["loop"].p_value <= 0.01) is planted
        marginal = report.methods["loop"].marginals["CATECHOL"]
        assert (marginal.p_value <= 0.05) is planted


def write_run(directory, *, accepted=(FIRST, LATER, REPAIRED)):
    statuses = {FIRST: RecordStatus.REALIZED, LATER: RecordStatus.REALIZED, REPAIRED: RecordStatus.REPAIRED}
    lines = []
    for i, skeleton in enumerate(ASIA.sample(300, seed=2)):
        stage = accepted[(i + (skeleton["smoke"] == "yes")) % len(accepted)]
        common = {"i": i, "t": 0.0, "skeleton": skeleton, "draft": "text", "values": skeleton}
        last = 1 if stage == FIRST else 2
        lines += [Attempt(k=k, **common, finish="stop") for k in range(1, last)]
        finish = "repair" if stage == REPAIRED else "stop"
        lines.append(Attempt(k=last, **common, finish=finish, final=True, status=statuses[stage]))
    directory.mkdir()
    (directory / "attempts.jsonl").write_text("".join(line.to_line() for line in lines))
    config = {"graph": "asia", "n": 300, "rounds": 2, "realizer": "openai"}
    (directory / "manifest.json").write_text(json.dumps({"config": config, "sources": {"graph": ASIA.digest()}}))
    return directory


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_prints_what_the_contract_promises_and_writes_weights(tmp_path):
    rundir = write_run(tmp_path / "run")
    result = call("selection", rundir, "--json", "--weights", tmp_path / "w.csv")
    assert result.exit_code == 0, result.exception
    document = json.loads(result.stdout)
    assert {"methods", "no_overtaking", "verdict"} <= document.keys()
    assert list(document["methods"]) == ["rejection", "loop", "fallback"]
    for method in document["methods"].values():
        assert {"mean_acceptance", "chi2", "tv", "bound_chi2", "bound_tv"} <= method.keys()
    weights = read_table(tmp_path / "w.csv")
    assert list(weights.columns) == ["_index", "_stratum", "_weight"]
    assert len(weights) == document["methods"]["loop"]["accepted"]
    assert weights["_weight"].mean() == pytest.approx(1)
    assert call("selection", rundir, "--json").stdout == result.stdout


def test_the_command_explains_itself(tmp_path):
    result = call("selection", write_run(tmp_path / "run"))
    assert result.exit_code == 0
    for words in ("Accepted against target", "corrected for chance", "Least accepted", "terating"):
        assert words in result.stdout


def test_a_run_whose_first_attempts_all_failed_is_refused(tmp_path):
    error = call("selection", write_run(tmp_path / "run", accepted=(LATER,))).exception
    assert isinstance(error, InputError)
    assert "evaluate realizability" in error.hint
