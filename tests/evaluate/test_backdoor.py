"""Overrides on ledgers with a prior that is known."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from typer.testing import CliRunner

from causalsynth.cli.evaluate import app
from causalsynth.domain.mention import MentionPlan
from causalsynth.errors import InputError
from causalsynth.evaluate.backdoor.facts import Fate, draft_facts
from causalsynth.evaluate.backdoor.trend import odds_per_bit
from causalsynth.evaluate.surprise import surprises
from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus
from causalsynth.scm import SCM

ASIA = SCM.load("asia")
N = 1000


def overridden(variable, imposed):
    found = "no" if imposed == "yes" else "yes"
    return LoggedViolation(variable=variable, kind="wrong", expected=imposed, found=found)


def missing(variable, imposed):
    return LoggedViolation(variable=variable, kind="missing", expected=imposed)


def write_run(directory, *, strength=0.6, mention="all", do=None):
    """First drafts bend a fact that is less likely than not, the oftener the more it surprises (always `strength` from
    4 bits on), and omit 5 % of all; one in three of the records with a violation stays as it is."""
    model = ASIA.do(do) if do else ASIA
    rows = model.sample(N, seed=7)
    bits = {name: fact.bits for name, fact in surprises(ASIA, rows).items()}
    rng = np.random.default_rng(1)
    lines = []
    for i, skeleton in enumerate(rows):
        stated = [name for name in ASIA.variables if f"-{name}" not in mention.split(",")]
        violations = []
        for name in stated:
            if rng.random() < strength * min(bits[name][i], 4) / 4 * (bits[name][i] > 1):
                violations.append(overridden(name, skeleton[name]))
            elif rng.random() < 0.05:
                violations.append(missing(name, skeleton[name]))
        common = {"i": i, "t": 0.0, "skeleton": skeleton, "do": do or {}, "draft": "text", "values": skeleton}
        lost = bool(violations) and rng.random() < 1 / 3
        right = {"final": True, "status": RecordStatus.REALIZED}
        if violations:
            lines.append(Attempt(k=1, **common, violations=tuple(violations)))
        if lost:
            last = {"final": True, "status": RecordStatus.REPAIRED, "finish": "repair"}
            lines.append(Attempt(k=2, **common, **last))
        else:
            lines.append(Attempt(k=2 if violations else 1, **common, **right))
    directory.mkdir()
    (directory / "attempts.jsonl").write_text("".join(line.to_line() for line in lines))
    config = {"graph": "asia", "n": N, "rounds": 2, "realizer": "openai", "do": do or {}, "mention": mention}
    manifest = {"config": config, "sources": {"graph": model.digest()}}
    (directory / "manifest.json").write_text(json.dumps(manifest))
    return directory


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def document(*arguments):
    result = call("backdoor", *arguments, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


def test_a_planted_prior_shows_in_every_figure(tmp_path):
    found = document(write_run(tmp_path / "run"))
    assert found["n"] == N * len(ASIA.variables)
    assert found["unknown"] == []
    assert found["readers"]["extracted"]["overridden"]["count"] == 0
    first = found["facts"][0]
    assert {"variable", "imposed", "written", "n", "override_rate", "interval", "surprise"} <= first.keys()
    rates = [band["overridden"]["rate"] for band in found["by_surprise"]]
    assert rates == sorted(rates)
    assert rates[0] == 0 < 0.4 < rates[-1]
    omitted = [band["omitted"]["rate"] for band in found["by_surprise"][:2]]
    assert omitted == pytest.approx([0.05, 0.05], abs=0.015)
    assert found["trend"]["interval"][0] > 1.5
    assert found["trend_within_variables"]["interval"][0] > 1.5
    assert found["towards_usual"]["rate"] == 1
    # What is left after the loop: one first draft in three.
    assert found["after_loop"]["count"] == pytest.approx(found["overridden"]["count"] / 3, rel=0.3)
    total = sum(fact["overridden"] for fact in found["facts"])
    assert total == found["overridden"]["count"]
    assert all(fact["written"] == ("no" if fact["imposed"] == "yes" else "yes") for fact in found["facts"][:4])


def test_overrides_that_have_nothing_to_do_with_surprise_show_no_trend(tmp_path):
    """The interval of the odds ratio of a run without any prior holds 1 (19 runs of 20)."""
    rundir = write_run(tmp_path / "run", strength=0)
    lines = (rundir / "attempts.jsonl").read_text().replace('"kind":"missing"', '"kind":"wrong"')
    (rundir / "attempts.jsonl").write_text(lines)
    low, high = document(rundir)["trend"]["interval"]
    assert low < 1 < high


def test_facts_that_were_not_to_be_stated_are_not_counted(tmp_path):
    found = document(write_run(tmp_path / "run", mention="-xray,-dysp"))
    assert found["n"] == N * (len(ASIA.variables) - 2)
    assert not {"xray", "dysp"} & {fact["variable"] for fact in found["facts"]}


def test_what_was_imposed_against_its_causes_has_a_band_of_its_own(tmp_path):
    found = document(write_run(tmp_path / "run", do={"either": "no"}))
    band = found["by_surprise"][-1]
    assert (band["band"], band["low"], band["high"]) == ("impossible", None, None)
    assert band["overridden"]["rate"] == pytest.approx(0.6, abs=0.15)
    # Given that neither holds, it is tub or lung that can't be, as much as either = no given one of them.
    impossible = [fact for fact in found["facts"] if fact["impossible"]]
    assert {fact["variable"] for fact in impossible} == {"either", "tub", "lung"}
    assert sum(fact["impossible"] for fact in impossible) == band["n"]


def test_a_reader_is_compared_with_the_facts_that_the_texts_were_to_state():
    rows = list(ASIA.sample(6, seed=3))
    attempts = [
        Attempt(i=i, k=1, t=0.0, skeleton=row, draft="x", values=row, final=True, status=RecordStatus.REALIZED)
        for i, row in enumerate(rows)
    ]
    read = pd.DataFrame(rows, index=pd.Index(range(6), name="i"), dtype=object)
    other = "no" if rows[1]["smoke"] == "yes" else "yes"
    read.loc[[1, 2, 3], "smoke"] = [other, None, "uncertain"]
    read.loc[4, "xray"] = "conflict"
    read = read.drop(index=5)  # of a sample: not given to the reader
    plan = MentionPlan.parse("-dysp", ASIA.supports)
    facts = draft_facts(attempts, ASIA, plan, 0, {"reader": read})
    smoke = [Fate.SAID, Fate.OVERRIDDEN, Fate.OMITTED, Fate.HEDGED, Fate.SAID, Fate.ABSENT]
    assert facts["smoke"].read["reader"].tolist() == smoke
    assert facts["xray"].read["reader"].tolist()[4] == Fate.CONTRADICTORY
    assert set(facts["dysp"].read["reader"].tolist()) == {Fate.ABSENT}


def test_numbers_that_a_reader_has_in_another_range_are_overridden():
    ward = SCM.load(Path(__file__).parents[1] / "ward" / "ward.yaml")
    rows = list(ward.sample(3, seed=3))
    attempts = [
        Attempt(i=i, k=1, t=0.0, skeleton=row, draft="x", values=row, final=True, status=RecordStatus.REALIZED)
        for i, row in enumerate(rows)
    ]
    read = pd.DataFrame(rows, dtype=object)
    read["pulse"] = [str(rows[0]["pulse"]), rows[1]["pulse"] + 200, rows[2]["pulse"] * 1.0]
    facts = draft_facts(attempts, ward, MentionPlan.parse("all", ward.supports), 0, {"reader": read})
    assert facts["pulse"].read["reader"].tolist() == [Fate.SAID, Fate.OVERRIDDEN, Fate.SAID]


def test_it_explains_itself_and_refuses_a_run_without_drafts(tmp_path):
    rundir = write_run(tmp_path / "run")
    shown = call("backdoor", rundir).stdout
    for words in ("Odds of an override per bit of surprise", "written instead", "by construction"):
        assert words in " ".join(shown.split())
    lines = [json.loads(line) for line in (rundir / "attempts.jsonl").read_text().splitlines()]
    lost = [line | {"draft": None, "values": None, "violations": [], "error": "HTTP 500"} for line in lines]
    (rundir / "attempts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lost))
    assert isinstance(call("backdoor", rundir).exception, InputError)


def test_the_odds_ratio_is_that_of_an_unpenalised_logistic_regression_and_is_clustered():
    rng = np.random.default_rng(2)
    bits = rng.exponential(2.0, 3000)
    hit = rng.random(3000) < 1 / (1 + np.exp(3 - 0.7 * bits))
    record = np.repeat(np.arange(600), 5)
    found = odds_per_bit(bits, hit, record)
    reference = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(bits[:, None], hit)
    assert found.odds_ratio == pytest.approx(np.exp(reference.coef_[0, 0]), rel=1e-4)
    assert found.interval[0] < np.exp(0.7) < found.interval[1]
    # The same facts ten times over in the same records are no new knowledge.
    often, oftener = (odds_per_bit(np.tile(bits, n), np.tile(hit, n), np.tile(record, n)) for n in (10, 20))
    assert often.interval == pytest.approx(oftener.interval, rel=1e-4)
    assert often.interval == pytest.approx(found.interval, rel=0.01)
    # Infinite surprise is left out; where hardly anything is overridden nothing is said.
    assert odds_per_bit(np.append(bits, np.inf), np.append(hit, True), np.append(record, 0)) == found
    assert odds_per_bit(bits, np.arange(3000) < 3, record) is None
    assert odds_per_bit(np.ones(3000), hit, record) is None
    impossible = np.full(3000, np.inf)
    assert odds_per_bit(impossible, hit, record, np.zeros(3000, np.intp)) is None


def test_surprising_facts_of_which_none_is_overridden_leave_the_odds_open():
    """The clustered standard error is near 0 there; the interval would hold next to nothing."""
    bits = np.tile([0.0, 0.01, 3.0], 700)
    hit = (bits == 0.01) & (np.arange(2100) % 60 == 1)
    found = odds_per_bit(bits, hit, np.arange(2100))
    assert found.interval[0] < found.odds_ratio / 5
    assert found.interval[1] > found.odds_ratio * 5


@pytest.mark.filterwarnings("error")
def test_where_no_slope_is_steep_enough_there_is_no_trend_and_no_warning():
    bits = np.repeat([0.0, 1.3, 4.9, 5.0], [80, 80, 40, 40])
    overridden = np.arange(240) >= 200  # the most surprising ones, all of them and no others
    assert odds_per_bit(bits, overridden, np.tile(np.arange(80), 3)) is None
