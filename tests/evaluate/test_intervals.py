import pytest
from scipy.stats import binomtest

from causalsynth.evaluate.intervals import Share, clopper_pearson


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (0, 40), (40, 40), (7, 40), (96, 100), (4999, 5000)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_interval_is_clopper_pearsons(k, n, confidence):
    exact = binomtest(k, n).proportion_ci(confidence, method="exact")
    assert clopper_pearson(k, n, confidence=confidence) == pytest.approx((exact.low, exact.high), abs=1e-10)


def test_nothing_is_known_of_no_trials():
    assert Share(0, 0).to_json() == {"rate": None, "interval": [0.0, 1.0]}


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="5 successes of 4"):
        clopper_pearson(5, 4)
