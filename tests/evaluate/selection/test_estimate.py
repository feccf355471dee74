"""Estimates against independent computations, and against truths that were planted."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import chi2_contingency, entropy, fisher_exact

from causalsynth.evaluate.selection import exact
from causalsynth.evaluate.selection.estimate import divergences, homogeneity, plugin
from causalsynth.evaluate.selection.overtaking import no_overtaking
from causalsynth.evaluate.selection.resample import estimate_methods
from causalsynth.evaluate.selection.weights import effective_sample_size, stratum_weights

TARGET = np.array([0.5, 0.3, 0.15, 0.05])
PHI = np.array([0.9, 0.8, 0.6, 0.2])


def test_the_plain_figures_are_the_exact_ones_of_the_observed_shares():
    accepted, total = np.array([45, 24, 9, 1]), np.array([50, 30, 15, 5])
    found = plugin(accepted, total, None)
    target = [Fraction(int(n), 100) for n in total]
    phi = [Fraction(int(a), int(n)) for a, n in zip(accepted, total, strict=True)]
    assert found.chi2 == pytest.approx(float(exact.chi2(target, phi)))
    assert found.tv == pytest.approx(float(exact.tv(target, phi)))
    law = total * accepted / total / accepted.sum()
    assert found.kl == pytest.approx(entropy(law, total / 100))


@pytest.mark.parametrize("known", [True, False])
def test_estimates_are_unbiased_where_the_plain_ones_are_not(known):
    """20,000 samples of 300: the mean lies within 4 standard errors of the truth (false alarm 1 in 16,000)."""
    rng = np.random.default_rng(8)
    for phi in (PHI, np.full(4, 0.8)):
        mean = float(TARGET @ phi)
        truth = float(TARGET @ phi**2) / mean**2 - 1
        total = rng.multinomial(300, TARGET, size=20_000)
        if known:
            total = np.broadcast_to(np.array([150, 90, 45, 15]), total.shape)
        accepted = rng.binomial(total, phi)
        found = divergences(accepted, total, TARGET if known else None).chi2
        error = found.std() / len(found) ** 0.5
        # What is unbiased is numerator and denominator; their quotient is so up to O(1/n).
        assert abs(found.mean() - truth) < 4 * error + 0.02 * truth
        naive = np.array([float(plugin(a, t, None).chi2) for a, t in zip(accepted[:500], total[:500], strict=True)])
        assert naive.mean() - truth > 10 * error


def test_intervals_cover_the_truth_as_often_as_they_say():
    """200 samples of 1,000 records: a 95 % interval that covers fewer than 178 has a chance below 1 in 3,000."""
    rng = np.random.default_rng(5)
    covered = {"chi2": 0, "tv": 0, "change": 0}
    first = PHI * 0.5
    truth = {"chi2": TARGET @ PHI**2 / (TARGET @ PHI) ** 2 - 1, "change": 0.0}
    truth["tv"] = 0.5 * TARGET @ np.abs(PHI / (TARGET @ PHI) - 1)
    for _ in range(200):
        total = rng.multinomial(1000, TARGET)
        stages = np.array([rng.multinomial(n, [p, q - p, 0, 1 - q]) for n, p, q in zip(total, first, PHI, strict=True)])
        found = estimate_methods(stages, {"rejection": 0, "loop": 1}, TARGET, rng, resamples=300)
        for name in ("chi2", "tv"):
            low, high = found.methods["loop"].interval(name)
            covered[name] += low <= truth[name] <= high
        low, high = found.change("rejection", "loop")
        covered["change"] += low <= 0 <= high  # the first attempts are half as often accepted, whatever the stratum
    assert all(178 <= count <= 199 for count in covered.values()), covered


def test_homogeneity_agrees_with_the_chi_square_test_and_keeps_its_level():
    accepted, total = np.array([240, 210, 300]), np.array([400, 400, 500])
    table = np.stack([accepted, total - accepted])
    assert homogeneity(accepted, total, np.random.default_rng(1), draws=20_000) == pytest.approx(
        chi2_contingency(table).pvalue, abs=0.01
    )
    assert homogeneity(total, total, np.random.default_rng(1)) == 1.0
    # Strata far too small for the chi-square law. Of 400 exact tests at .05, 34 or more reject with a chance of .002.
    rng = np.random.default_rng(2)
    total = np.array([2, 3, 3, 4, 5, 60, 90])
    rejected = sum(homogeneity(rng.binomial(total, 0.95), total, rng, draws=199) <= 0.05 for _ in range(400))
    assert rejected < 34


def counts(n, phi):
    return np.rint(np.asarray(phi) * n).astype(np.int64)


def test_overtaking_is_found_where_it_is_and_the_answer_is_open_where_it_could_be_chance():
    total = np.array([1000, 1000])
    overtaken = no_overtaking(counts(1000, (0.1, 0.2)), counts(1000, (0.91, 0.36)), total, ("a", "b"))
    assert overtaken.met is False
    assert (overtaken.significant[0].ahead, overtaken.significant[0].behind) == ("a", "b")
    assert overtaken.significant[0].last == (0.91, 0.36)
    kept = no_overtaking(counts(1000, (0.1, 0.2)), counts(1000, (0.5, 0.6)), total, ("a", "b"))
    assert (kept.met, kept.in_estimates) == (True, 0)
    few = no_overtaking(np.array([1, 2]), np.array([6, 5]), np.array([10, 10]), ("a", "b"))
    assert (few.met, few.in_estimates) == (None, 1)
    # Ahead at first and in the end, but by a larger factor: gaps that widen raise χ² as well.
    widened = no_overtaking(counts(1000, (0.1, 0.12)), counts(1000, (0.3, 0.9)), total, ("a", "b"))
    assert widened.met is False


def test_the_p_value_of_a_pair_is_the_larger_one_of_two_fisher_tests():
    first, last, total = np.array([5, 16]), np.array([45, 30]), np.array([60, 70])
    ends = fisher_exact([[45, 15], [30, 40]], alternative="greater").pvalue
    owes = fisher_exact([[5, 40], [16, 14]], alternative="less").pvalue
    (pair,) = no_overtaking(first, last, total, ("a", "b")).significant
    assert pair.p_value == pytest.approx(2 * max(ends, owes))


def test_a_condition_that_is_met_is_called_violated_no_oftener_than_in_one_run_of_twenty():
    """300 runs with 8 strata on the edge of the condition (φ_K ∝ φ₁): 26 or more at .05 have a chance of .005."""
    rng = np.random.default_rng(11)
    phi = np.linspace(0.2, 0.9, 8)
    total = np.full(8, 120)
    violated = 0
    for _ in range(300):
        last = rng.binomial(total, phi)
        first = rng.binomial(last, 0.5)
        violated += no_overtaking(first, last, total, [*"abcdefgh"]).met is False
    assert violated < 26


def test_weights_restore_the_target_and_say_what_they_cost():
    accepted, total = np.array([40, 10]), np.array([50, 50])
    weights = stratum_weights(accepted, total, None)
    assert (weights * accepted) / (weights * accepted).sum() == pytest.approx([0.5, 0.5])
    assert weights[1] / weights[0] == pytest.approx(4)  # 1/φ̂: 5 against 1.25
    assert (weights @ accepted) / accepted.sum() == pytest.approx(1)
    assert effective_sample_size(weights, accepted) == pytest.approx(100**2 / (40 * 1.25**2 + 10 * 5**2))
    assert stratum_weights(np.array([5, 0]), total, None)[1] == 0
