"""Standardized effects: a published example, other estimators of the same, how often intervals hold the truth."""

import numpy as np
import pytest
from scipy.stats import ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep

from causalsynth.evaluate.effects import Effect, Outcome, Sample, effect_in, standardized_effect
from causalsynth.scm import SCM

ASIA = SCM.load("asia")


def sample_of(counts):
    """(stratum, arm) → (successes, records)."""
    rows = [(z, x, y) for (z, x), (hit, n) in counts.items() for y in [1.0] * hit + [0.0] * (n - hit)]
    z, x, y = (np.array(column) for column in zip(*rows, strict=True))
    return Sample(x.astype(np.int8), y, [z.astype(np.int16)], binary=True)


def test_kidney_stones_as_published():
    # Charig et al., BMJ 292, 1986; Peters, Janzing & Schölkopf, Elements of causal inference, example 6.37:
    # .832 - .782 from shares in whole percents, though B looks better without the size of the stones.
    stones = {(0, 1): (81, 87), (0, 0): (234, 270), (1, 1): (192, 263), (1, 0): (55, 80)}
    sample = sample_of(stones)
    found = standardized_effect(sample)
    assert found.value == pytest.approx(0.832 - 0.782, abs=5e-3)
    by_hand = 357 / 700 * (81 / 87 - 234 / 270) + 343 / 700 * (192 / 263 - 55 / 80)
    assert found.value == pytest.approx(by_hand)
    crude = standardized_effect(Sample(sample.arm, sample.outcome, [], binary=True))
    assert crude.value == pytest.approx(273 / 350 - 289 / 350)


def test_is_what_inverse_propensity_weighting_gives_and_its_error_is_that_of_its_influence():
    rng = np.random.default_rng(4)
    z = rng.integers(0, 4, 3000).astype(np.int16)
    x = (rng.random(3000) < 0.2 + 0.15 * z).astype(np.int8)
    y = rng.normal(x * (1 + z), 2)
    found = standardized_effect(Sample(x, y, [z], binary=False))
    propensity = np.array([x[z == level].mean() for level in range(4)])[z]
    assert found.value == pytest.approx(np.mean(x * y / propensity - (1 - x) * y / (1 - propensity)))
    assert found.influence.mean() == pytest.approx(0, abs=1e-12)
    assert found.se == pytest.approx(np.sqrt((found.influence**2).mean() / 3000), rel=5e-3)


def test_one_stratum_has_the_error_of_welch_and_of_agresti_and_caffo():
    rng = np.random.default_rng(5)
    x, y = np.repeat([1, 0], [40, 70]).astype(np.int8), rng.normal(0, 1, 110)
    found = standardized_effect(Sample(x, y, [], binary=False))
    welch = ttest_ind(y[:40], y[40:], equal_var=False)
    assert found.value / found.se == pytest.approx(welch.statistic)
    binary = standardized_effect(Sample(x, (y > 1.5).astype(float), [], binary=True))
    share = [((y[part] > 1.5).sum() + 1) / (len(y[part]) + 2) for part in (slice(40), slice(40, None))]
    expected = np.sqrt(share[0] * (1 - share[0]) / 42 + share[1] * (1 - share[1]) / 72)
    assert binary.se == pytest.approx(expected)


def test_one_stratum_has_newcombes_interval():
    # Newcombe, Statistics in Medicine 17, 1998, table II: 56/70 - 48/80, method 10.
    found = standardized_effect(sample_of({(0, 1): (56, 70), (0, 0): (48, 80)}))
    assert found.interval == pytest.approx((0.0524, 0.3339), abs=5e-5)
    rare = standardized_effect(sample_of({(0, 1): (0, 3), (0, 0): (20, 100)}))
    expected = confint_proportions_2indep(0, 3, 20, 100, compare="diff", method="newcomb")
    assert rare.interval == pytest.approx(expected)


def test_records_without_overlap_are_counted_not_extrapolated():
    stones = {(0, 1): (8, 10), (0, 0): (4, 10), (1, 1): (5, 20)}
    found = standardized_effect(sample_of(stones))
    assert (found.value, found.rows) == (pytest.approx(0.4), 20)
    assert found.no_overlap == pytest.approx(0.5)
    assert standardized_effect(sample_of({(0, 1): (1, 2), (1, 0): (1, 2)})) is None


def test_indefinite_values_leave_a_record_out():
    arm = np.array([1, 1, 0, 0, -1, 1, 0, 2], np.int8)
    outcome = np.array([1, 0, 0, 0, 1, np.nan, 1, 1])
    stratum = np.array([0, 0, 0, 0, 0, 0, -1, 0], np.int16)
    found = standardized_effect(Sample(arm, outcome, [stratum], binary=True))
    assert found.value == pytest.approx(0.5)
    assert found.influence[4:7].tolist() == [0, 0, 0]


def asia_sample(rows, effect, given):
    arm = (rows.column(effect.treatment) == 0).astype(np.int8)
    outcome = (rows.column(effect.outcome.variable) == 0).astype(float)
    return Sample(arm, outcome, [rows.column(name).astype(np.int16) for name in given], binary=True)


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("treatment", "given", "n"),
    [("bronc", ["either"], 300), ("smoke", [], 300), ("lung", ["bronc"], 500), ("asia", [], 1000)],
)
def test_intervals_hold_the_truth_as_often_as_they_say(treatment, given, n):
    effect = Effect(treatment, "yes", "no", Outcome("dysp", "yes"))
    truth, held = effect_in(ASIA, effect).value, []
    for seed in range(2000):
        low, high = standardized_effect(asia_sample(ASIA.sample(n, seed=seed), effect, given)).interval
        held.append(low <= truth <= high)
    # 2000 draws of a 95 % interval: outside .93 to .97 with probability 1e-4. Lung cancer is rare (about 110 of 2000).
    assert 0.93 < np.mean(held) < 0.97


@pytest.mark.statistical
def test_the_error_of_a_difference_is_its_spread():
    effect = Effect("smoke", "yes", "no", Outcome("dysp", "yes"))
    apart, errors = [], []
    for seed in range(600):
        rows = ASIA.sample(500, seed=seed)
        true = asia_sample(rows, effect, [])
        rng = np.random.default_rng(seed)
        written = np.where(rng.random(500) < 0.1, 1 - true.outcome, true.outcome)
        written[rng.random(500) < 0.2] = np.nan
        text, facts = (standardized_effect(each) for each in (Sample(true.arm, written, [], binary=True), true))
        apart.append(text.value - facts.value)
        errors.append(text.se_of_difference(facts))
    # The standard deviation of 600 draws is off by 2.9 % (one standard error).
    assert np.mean(errors) == pytest.approx(np.std(apart), rel=0.12)
