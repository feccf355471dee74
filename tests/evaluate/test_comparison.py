"""Against SciPy, statsmodels, and the worked example of Hollander & Wolfe that R's wilcox.test shows."""

import numpy as np
import pytest
from scipy.stats import PermutationMethod, friedmanchisquare, wilcoxon
from statsmodels.stats.multitest import multipletests

from causalsynth.errors import InputError
from causalsynth.evaluate.comparison import compare_methods, hodges_lehmann, signed_rank
from causalsynth.evaluate.holm import holm

# Hamilton depression scale before and after a tranquilizer (Hollander & Wolfe, table 3.1).
BEFORE = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])


def test_depression_scores_as_published():
    found = signed_rank(BEFORE - AFTER)
    assert (found.v, found.n) == (40, 9)
    assert found.p == pytest.approx(2 * 0.01953, abs=1e-5)  # R: V = 40, p-value = 0.01953, one-sided
    estimate = hodges_lehmann(BEFORE - AFTER)
    assert estimate.value == pytest.approx(0.46)
    assert estimate.interval == pytest.approx((0.010, 0.786))
    assert estimate.confidence == pytest.approx(0.961, abs=5e-4)


@pytest.mark.parametrize("n", [5, 30, 80])
def test_p_values_are_scipys(n):
    given = np.random.default_rng(n).normal(0.2, 1, n)
    method = "exact" if n <= 50 else "asymptotic"
    expected = wilcoxon(given, method=method, correction=method == "asymptotic").pvalue
    assert signed_rank(given).p == pytest.approx(expected)


def test_ties_are_counted_out_exactly():
    given = np.array([1, 1, 2, -1, 3, 3, -2, 1, 2, 0.0])
    every = wilcoxon(given[given != 0], method=PermutationMethod(n_resamples=np.inf)).pvalue
    assert signed_rank(given).p == pytest.approx(every)
    assert signed_rank([0, 0]).p == 1


@pytest.mark.parametrize("n", [12, 70])
def test_the_interval_holds_what_the_test_does_not_reject(n):
    given = np.random.default_rng(n).normal(0.5, 1, n)
    low, high = hodges_lehmann(given).interval
    for edge, inward in ((low, 1e-9), (high, -1e-9)):
        assert signed_rank(given - (edge + inward)).p > 0.05
        assert signed_rank(given - (edge - inward)).p <= 0.05
    assert hodges_lehmann(given[:4]).interval is None  # with 4 differences no test reaches .05


def test_holm_is_that_of_statsmodels():
    given = [0.01, 0.04, 0.03, 0.005, 0.5, 0.04]
    assert holm(given) == pytest.approx(multipletests(given, method="holm")[1])
    assert holm([]) == []


def test_methods_over_seeds():
    rng = np.random.default_rng(8)
    base = rng.normal(0, 1, 20)
    scores = {"loop": base, "rejection": base + 0.5 + rng.normal(0, 0.2, 20), "same": base + rng.normal(0, 0.3, 20)}
    found = compare_methods(scores, baseline="loop")
    assert found.friedman == pytest.approx(tuple(friedmanchisquare(*scores.values())))
    worse, same = found.pairs
    assert worse.p_holm == pytest.approx(2 * worse.test.p)
    assert worse.p_holm < 1e-3
    assert worse.difference.interval[0] < 0.5 < worse.difference.interval[1]
    assert worse.difference.confidence >= 0.975  # the first step's level, .05/2
    assert same.p_holm == max(same.test.p, worse.p_holm)
    assert found.to_json()["pairs"][0]["method"] == "rejection"


def test_an_interval_excludes_0_only_where_holm_rejects():
    """The second method would pass its own step, but the procedure has stopped at the first."""
    rng = np.random.default_rng(1)
    base = rng.normal(0, 1, 8)
    shifts = {"a": [1.0] * 6 + [-0.1, -0.4], "b": [1.0] * 6 + [-0.1, -0.4]}
    scores = {
        "base": base,
        **{name: base + np.array(shift) * rng.uniform(0.9, 1.1, 8) for name, shift in shifts.items()},
    }
    found = compare_methods(scores, baseline="base")
    for pair in found.pairs:
        assert 0.025 < pair.test.p < 0.05 < pair.p_holm
        assert pair.difference.interval[0] <= 0


def test_scores_that_can_not_be_compared():
    for scores, message in (
        ({"a": [1.0]}, "nothing to compare"),
        ({"a": [1.0, 2.0], "b": [1.0]}, "different numbers"),
        ({"a": [1.0], "b": [float("nan")]}, "no finite number"),
    ):
        with pytest.raises(InputError, match=message):
            compare_methods(scores, baseline="a")
    assert compare_methods({"a": [1, 2], "b": [1, 2], "c": [1, 2]}, baseline="a").friedman is None
