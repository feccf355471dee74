"""Faults on demand: reading them, drawing them."""

from collections import Counter

import pytest
from scipy.stats import chisquare

from causalsynth.errors import InputError
from causalsynth.serve import NO_FAULTS, Fault, FaultRates, FaultScript


def test_reading():
    rates = FaultRates.parse(["429:.05", "slow:0.5", " Drop : 0"], seed=3)
    assert rates == FaultRates({Fault.TOO_MANY: 0.05, Fault.SLOW: 0.5, Fault.DROP: 0.0}, 3)
    assert FaultRates.parse(["500"]).rates == {Fault.ERROR: 1.0}


@pytest.mark.parametrize(
    ("texts", "match"),
    [
        (["418"], "no fault is called '418'.*429"),
        ([""], "no fault is called ''"),
        (["429:x"], "no probability"),
        (["429:"], "no probability"),
        (["429:1.5"], "no probability"),
        (["429:-.1"], "no probability"),
        (["429:nan"], "no probability"),
        (["429:.1", "429:.2"], "given twice"),
        (["429:.6", "500:.6"], r"add up to 1\.2"),
        (["hang", "drop"], "add up to 2"),
    ],
)
def test_wrong_faults_are_refused_with_a_remedy(texts, match):
    with pytest.raises(InputError, match=match) as caught:
        FaultRates.parse(texts)
    assert caught.value.hint


def test_shares_are_met():
    """Fixed seed; were the code right, one seed in a million would fail."""
    rates = {Fault.TOO_MANY: 0.1, Fault.HANG: 0.3}
    faults = FaultRates(rates, seed=1)
    drawn = Counter(faults.draw(count) for count in range(4000))
    expected = {Fault.TOO_MANY: 400, Fault.HANG: 1200, None: 2400}
    assert set(drawn) == set(expected)
    assert chisquare([drawn[fault] for fault in expected], list(expected.values())).pvalue > 1e-6


def test_draws_depend_on_seed_and_number_alone():
    faults = FaultRates({Fault.ERROR: 0.5}, seed=1)
    forward = [faults.draw(count) for count in range(50)]
    assert [faults.draw(count) for count in reversed(range(50))] == forward[::-1]
    assert [FaultRates({Fault.ERROR: 0.5}, seed=2).draw(count) for count in range(50)] != forward


def test_certain_and_impossible_faults():
    assert all(FaultRates({Fault.ERROR: 1.0}).draw(count) is Fault.ERROR for count in range(100))
    assert all(FaultRates({Fault.ERROR: 0.0}).draw(count) is None for count in range(100))
    assert NO_FAULTS.draw(0) is None


def test_script_runs_out():
    script = FaultScript([Fault.ERROR, None, Fault.DROP])
    assert [script.draw(count) for count in range(5)] == [Fault.ERROR, None, Fault.DROP, None, None]


def test_statuses():
    assert (Fault.OVERLOADED.status, Fault.HANG.status) == (529, None)
