"""False-positive rate and power on rows drawn exactly from the graph. Everything is seeded."""

import numpy as np
import pytest

from causalsynth.evaluate import independence
from causalsynth.scm import SCM

pytestmark = pytest.mark.statistical

REPLICATES = 150


@pytest.fixture(scope="module")
def replicates():
    """150 data sets of 500 ASIA rows."""
    asia = SCM.from_bif("asia")
    return [
        independence({"table": asia.sample(500, seed=seed).to_frame()}, asia, seed=seed).values["table"]
        for seed in range(REPLICATES)
    ]


def test_false_positive_rate_is_nominal(replicates):
    """The rate's standard deviation over data sets is .054, so .0044 over 150.

    The true rate of the test is between .045 and .055 here; .03 to .07 leaves 3.4 standard errors on either
    side of that: false alarm below 7e-4.
    """
    rate = np.mean([report.false_positives.rate for report in replicates])
    assert 0.03 < rate < 0.07


def test_standard_error_of_one_data_set_covers_what_replicates_show(replicates):
    """The reported standard error (.069 on average) is a little larger than the true one (.054).

    The observed standard deviation of 150 replicates has a relative error of about 9 % (the tails are heavier
    than normal ones), and the ratio is near 1.27: .9 and 1.8 are four of those off, false alarm below 1e-4. A
    binomial error, which takes the tests for independent, would be .037 and give .68.
    """
    observed = np.std([report.false_positives.rate for report in replicates], ddof=1)
    reported = np.mean([report.fpr_se for report in replicates])
    assert 0.9 < reported / observed < 1.8


def test_power_nears_one_with_many_rows():
    """Of 26 arc tests at n = 50,000 the weakest (asia, tub) has a noncentrality above 40; two may be missed.

    False alarm below 1e-6.
    """
    asia = SCM.from_bif("asia")
    report = independence({"table": asia.sample(50_000, seed=2).to_frame()}, asia).values["table"]
    assert report.power.rate > 0.92
    assert report.arcs == 8


def test_noise_in_one_column_shows_in_the_paired_difference():
    """Nine tenths of the bronc values replaced by coin flips, n = 1,000, over 20 data sets.

    The difference is -.19 on average with a standard deviation of .06 over data sets, so a mean of 20 above
    -.05 is ten standard errors off: false alarm below 1e-6.
    """
    asia = SCM.from_bif("asia")
    differences = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        skeletons = asia.sample(1000, seed=seed).to_frame()
        noisy = skeletons.copy()
        flipped = rng.random(1000) < 0.9
        noisy.loc[noisy.index[flipped], "bronc"] = rng.choice(["yes", "no"], flipped.sum())
        report = independence({"skeleton": skeletons, "extracted": noisy}, asia, seed=seed)
        differences.append(report.paired_difference["extracted"].power)
    assert np.mean(differences) < -0.05
