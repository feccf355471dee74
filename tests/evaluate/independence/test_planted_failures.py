"""Broken pipelines that a false-positive rate alone would wave through."""

import numpy as np
import pandas as pd
import pytest

from causalsynth.evaluate import independence
from causalsynth.scm import SCM

ASIA = SCM.load("asia")
N = 10_000


@pytest.fixture(scope="module")
def skeletons():
    return ASIA.sample(N, seed=21).to_frame()


def test_text_of_independent_noise_passes_the_false_positive_rate_and_fails_all_else(skeletons):
    """Each column drawn anew from its own exact margin.

    Seeded. The rate's standard error is near .05, so that .15 is nearly three. Every arc test of noise rejects with
    probability .05: losing less than 60 of 100 is beyond chance.
    """
    rng = np.random.default_rng(3)
    law = {name: ASIA.distribution(name) for name in ASIA.variables}
    noise = pd.DataFrame({name: rng.choice(list(own), N, p=list(own.values())) for name, own in law.items()})
    report = independence({"skeleton": skeletons, "extracted": noise}, ASIA)
    text, pair = report.values["extracted"], report.paired_difference["extracted"]
    assert abs(text.false_positives.rate - 0.05) < 0.15
    assert not text.violated
    assert text.power.rate < 0.3
    assert text.expected_power > 0.8
    assert pair.power < -0.6
    assert pair.power < -5 * pair.power_se
    assert any("dependence is gone" in line for line in report.verdict)
    assert "bronc" in {fit.variable for fit in text.misfit(0.05)}


def test_dropping_a_twentieth_by_two_facts_that_share_a_cause_breaks_their_independence(skeletons):
    """Nine of ten records with bronc and a positive X-ray are dropped, 5 % of all: their sum is a collider.

    In 15 data sets of this size all three figures saw it each time.
    """
    both = (skeletons["bronc"] == "yes") & (skeletons["xray"] == "yes")
    kept = skeletons[~(both & (np.random.default_rng(4).random(N) < 0.9))]
    assert 0.04 < 1 - len(kept) / N < 0.06
    report = independence({"table": kept}, ASIA)
    table = report.values["table"]
    assert ("bronc", "xray", ("smoke",)) in {outcome.triple for outcome in table.violated}
    assert table.false_positives.rate - 0.05 > 2 * table.fpr_se
    assert table.misfit(0.05)
    assert "do not follow the model" in report.verdict[0]


def test_a_selection_that_keeps_all_independencies_shows_in_the_tables(skeletons):
    """A tenth of the smokers who weren't in Asia are dropped: false positives and power can't see it, P(smoke) can.

    P(smoke = yes) falls from .5 to .474, five standard errors at this n; in 15 data sets it was seen each time.
    """
    planted = (skeletons["smoke"] == "yes") & (skeletons["asia"] == "no")
    kept = skeletons[~(planted & (np.random.default_rng(5).random(N) < 0.1))]
    report = independence({"table": kept}, ASIA)
    table = report.values["table"]
    assert table.false_positives.rate - 0.05 < 2 * table.fpr_se
    assert not table.violated
    assert [fit.variable for fit in table.misfit(0.05)] == ["smoke"]
    assert "smoke (p = " in report.verdict[0]
    assert "Records were selected" in report.verdict[0]


def test_whole_skeletons_are_cleared(skeletons):
    """Seeded; of 300 data sets of 500 rows each figure was off in 4 to 6 of 100, as it should be."""
    report = independence({"table": skeletons}, ASIA)
    assert "nothing speaks against the model" in report.verdict[0]


def test_what_chance_did_to_the_skeletons_is_not_blamed_on_the_text(skeletons):
    """A deviation that the reference has as well is no fault of what was read; alone it is one."""
    kept = skeletons[~((skeletons["smoke"] == "yes") & (np.random.default_rng(5).random(N) < 0.1))]
    report = independence({"skeleton": kept, "extracted": kept.copy()}, ASIA, drawn=True)
    assert "what is off is chance" in report.verdict[0]
    assert "smoke" in report.verdict[0]
    assert "extracted: no difference from skeleton beyond chance" in report.verdict[1]
    flipped = skeletons.assign(smoke=skeletons["smoke"].where(np.arange(N) >= 800, "no"))
    blamed = independence({"skeleton": skeletons, "extracted": flipped}, ASIA)
    assert "smoke (p = " in blamed.verdict[1]
