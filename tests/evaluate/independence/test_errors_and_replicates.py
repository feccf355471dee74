"""Standard errors, uniformity of p-values, several data sets, and values that lack records."""

import numpy as np
import pytest
from scipy.stats import kstest

from causalsynth.errors import InputError
from causalsynth.evaluate import independence, replicated_independence
from causalsynth.evaluate.independence.outcomes import clustered_error
from causalsynth.evaluate.independence.uniformity import clustered_ks, ks_distance, uniformity
from causalsynth.scm import SCM

ASIA = SCM.load("asia")


def test_clustered_error_of_equal_clusters_is_that_of_their_means():
    rng = np.random.default_rng(1)
    hits = (rng.random((12, 7)) < 0.3).astype(float)
    everything = np.ones((12, 7), bool)
    by_hand = hits.mean(1).std(ddof=1) / np.sqrt(12)
    assert clustered_error(hits, everything) == pytest.approx(by_hand)
    repeated = np.repeat(hits, 5, axis=1)  # tests that say the same add nothing
    assert clustered_error(repeated, np.ones((12, 35), bool)) == pytest.approx(by_hand)
    assert clustered_error(hits[:1], everything[:1]) is None
    assert clustered_error(hits, ~everything) is None


def test_distance_is_kolmogorovs():
    p_values = np.random.default_rng(2).random(57) ** 1.3
    assert ks_distance(p_values) == pytest.approx(kstest(p_values, "uniform").statistic)


def test_uniform_p_values_are_told_from_others():
    """Draws of the same law as the data: p is uniform itself; a shifted law is beyond all of 200 draws."""
    rng = np.random.default_rng(3)
    drawn = rng.random((80, 200))
    fits, shifted = uniformity(rng.random(80), drawn), uniformity(rng.random(80) ** 3, drawn)
    assert fits.p_value > 0.01
    assert shifted.p_value == pytest.approx(1 / 201)
    assert len(fits.quantiles) == len(fits.band) == 80
    outside = sum(not low <= seen <= high for (_, seen), (low, high) in zip(fits.quantiles, fits.band, strict=True))
    assert outside < 40
    assert clustered_ks([rng.random(30) for _ in range(20)]) > 0.01
    assert clustered_ks([rng.random(30) ** 3 for _ in range(20)]) < 0.01
    assert uniformity(np.empty(0), None) is None


@pytest.mark.statistical
def test_several_data_sets_are_pooled_and_their_differences_tell_the_error():
    sets = [{"table": ASIA.sample(800, seed=seed).to_frame()} for seed in range(8)]
    alone = [independence(frames, ASIA).values["table"] for frames in sets]
    report = replicated_independence(sets, ASIA)
    values = report.values["table"]
    assert (values.data_sets, values.rows) == (8, 6400)
    assert values.false_positives.count == sum(own.false_positives.count for own in alone)
    assert values.false_positives.n == sum(own.false_positives.n for own in alone)
    by_hand = np.std([own.false_positives.rate for own in alone], ddof=1) / np.sqrt(8)
    assert values.fpr_se == pytest.approx(by_hand, rel=0.25)  # data sets differ a little in what they can test
    assert values.power_se > 0
    assert all(test.tests == 8 for test in values.arc_tests)
    with pytest.raises(InputError, match="differ in what values"):
        replicated_independence([sets[0], {"other": sets[1]["table"]}], ASIA)


def test_a_break_in_every_data_set_is_named_by_its_count():
    """bronc replaced by lung where that is yes: dependence with smoke's other effects in all of 6 data sets."""
    sets = []
    for seed in range(6):
        frame = ASIA.sample(3000, seed=seed).to_frame()
        sets.append(
            {"skeleton": frame, "extracted": frame.assign(bronc=frame["bronc"].where(frame["lung"] == "no", "yes"))}
        )
    report = replicated_independence(sets, ASIA)
    worst = report.values["extracted"].violated[0]
    assert worst.rejections == worst.tests == 6
    assert worst.p_value == pytest.approx(0.05**6)
    assert report.paired_difference["extracted"].fpr > 2 * report.paired_difference["extracted"].fpr_se
    assert not report.values["skeleton"].violated


def test_values_that_lack_records_are_compared_on_those_they_have():
    skeletons = ASIA.sample(4000, seed=7).to_frame()
    partial = skeletons.sample(400, random_state=1)
    report = independence({"skeleton": skeletons, "probe": partial}, ASIA)
    probe, pair = report.values["probe"], report.paired_difference["probe"]
    assert (probe.rows, probe.indefinite_rows, pair.rows) == (400, 0, 400)
    # Power is lower for the want of rows, and that is not the reader's fault.
    assert probe.power.rate < report.values["skeleton"].power.rate
    assert (pair.fpr, pair.power, pair.fpr_se, pair.power_se) == (0, 0, 0, 0)
    with pytest.raises(InputError, match="probe: record 9999 is not in the run"):
        independence({"skeleton": skeletons, "probe": partial.rename(index={partial.index[3]: 9999})}, ASIA)


@pytest.mark.statistical
def test_the_error_of_a_difference_in_power_covers_what_data_sets_show():
    """A fifth of dysp flipped, n = 500, 24 data sets: the error is .055 on average, the deviation .037."""
    differences, errors = [], []
    for seed in range(24):
        skeletons = ASIA.sample(500, seed=seed).to_frame()
        flipped = np.random.default_rng(seed).random(500) < 0.2
        dysp = skeletons["dysp"].where(~flipped, skeletons["dysp"].map({"yes": "no", "no": "yes"}))
        pair = independence({"skeleton": skeletons, "extracted": skeletons.assign(dysp=dysp)}, ASIA).paired_difference
        differences.append(pair["extracted"].power)
        errors.append(pair["extracted"].power_se)
    assert 0.8 < np.mean(errors) / np.std(differences, ddof=1) < 3


def test_a_share_of_the_independencies_is_drawn_only_above_the_limit():
    frame = ASIA.sample(300, seed=1).to_frame()
    assert independence({"table": frame}, ASIA).sampled is None
    report = independence({"table": frame}, ASIA, most_triples=10)
    assert (report.implied, report.sampled) == (36, 10)
    assert report.values["table"].false_positives.n + report.values["table"].untestable.count == 10
    assert report.to_json()["n_sampled"] == 10


def test_threads_change_nothing():
    frame = ASIA.sample(500, seed=4).to_frame()
    one, two = (independence({"table": frame}, ASIA, test="mc", threads=threads).to_json() for threads in (1, 2))
    assert one == two
