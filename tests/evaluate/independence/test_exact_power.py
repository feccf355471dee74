"""The model's own dependence, checked against pgmpy and against what tests see."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chi2, ncx2

from causalsynth.evaluate import independence
from causalsynth.evaluate.ci_tests import run_tests
from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.independence.arcs import UNFAITHFUL, arc_plan
from causalsynth.evaluate.independence.exact_power import dependence, expected_power, joint_law
from causalsynth.scm import SCM, CategoricalTable

ASIA = SCM.load("asia")


@pytest.mark.parametrize("names", [("smoke",), ("dysp", "xray"), ("xray", "asia", "dysp"), ("either", "tub", "lung")])
def test_joint_laws_are_those_of_variable_elimination(names):
    np.testing.assert_allclose(joint_law(ASIA, names), ASIA.joint(names), atol=1e-12)


def test_joint_laws_of_a_model_under_do():
    cut = ASIA.do(smoke="yes")
    np.testing.assert_allclose(joint_law(cut, ("dysp", "lung")), cut.joint(("dysp", "lung")), atol=1e-12)


def test_dependence_by_hand():
    # P(tub | asia) is .05 against .01, and asia is .01: X2 of a 2x2 table is n (ad - bc)^2 / (margins).
    a, b, c, d = 0.01 * 0.05, 0.01 * 0.95, 0.99 * 0.01, 0.99 * 0.99
    by_hand = (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))
    assert dependence(ASIA, ("asia", "tub", ())) == pytest.approx(by_hand, rel=1e-9)
    assert dependence(ASIA, ("asia", "smoke", ())) == pytest.approx(0, abs=1e-15)
    assert dependence(ASIA, ("bronc", "xray", ("smoke",))) == pytest.approx(0, abs=1e-15)


def test_expected_power_is_the_noncentral_tail():
    for dof, shift in ((1, 3.0), (4, 10.0), (12, 0.0)):
        tail = ncx2.sf(chi2.isf(0.05, dof), dof, shift) if shift else 0.05
        assert expected_power(shift, dof, 0.05) == pytest.approx(tail, rel=1e-8)


def test_expected_power_is_what_replicates_show():
    """smoke -> bronc with 60 rows, 200 data sets: the share has a standard deviation of .033, .13 is 4 of them."""
    triple = ("smoke", "bronc", ())
    table = CodedTable.from_frame(ASIA.sample(12_000, seed=5).to_frame()[["smoke", "bronc"]], pair_of_states(triple))
    seen = [
        run_tests(
            replace(table, codes={name: codes[start : start + 60] for name, codes in table.codes.items()}, n=60),
            [triple],
        )
        for start in range(0, 12_000, 60)
    ]
    expected = expected_power(60 * dependence(ASIA, triple), 1, 0.05)
    assert 0.5 < expected < 0.8
    assert np.mean([result.p_value <= 0.05 for (result,) in seen]) == pytest.approx(expected, abs=0.13)


def pair_of_states(triple):
    return {name: ASIA.states(name) for name in triple[:2]}


def unfaithful():
    """x moves y in either direction by the same amount, as a third one has it: their marginal dependence is nothing."""
    coin = CategoricalTable.from_rows(("0", "1"), (), {(): (0.5, 0.5)}, {})
    rows = {(x, z): ((0.8, 0.2) if x == z else (0.2, 0.8)) for x in "01" for z in "01"}
    states = {"x": ("0", "1"), "z": ("0", "1")}
    return SCM.from_mechanisms(
        "xor", {"x": coin, "z": coin, "y": CategoricalTable.from_rows(("0", "1"), ("x", "z"), rows, states)}
    )


def test_an_arc_whose_dependence_the_model_makes_nothing_is_told_apart():
    scm = unfaithful()
    plan = arc_plan(scm, silent=frozenset(), withheld=(), seed=0)
    assert {item.triple for item in plan.left_out} == {("x", "y", ()), ("z", "y", ())}
    assert {item.reason for item in plan.left_out} == {UNFAITHFUL}
    report = independence({"table": scm.sample(1000, seed=1).to_frame()}, scm)
    assert report.values["table"].power.rate == 1
    assert len(report.to_json()["left_out_arc_tests"]) == 2


def test_weak_arcs_keep_their_place_and_say_how_weak_they_are():
    report = independence({"table": ASIA.sample(1000, seed=2).to_frame()}, ASIA).values["table"]
    powers = {test.triple: test.expected_power for test in report.arc_tests}
    assert powers["asia", "tub", ()] < 0.6
    assert min(powers["smoke", "bronc", given] for _, _, given in powers if ("smoke", "bronc", given) in powers) > 0.99
    by_size = [dependence(ASIA, ("asia", "tub", ())) * n for n in (100, 1000, 10_000)]
    assert all(small < large for small, large in pairwise(expected_power(shift, 1, 0.05) for shift in by_size))


def test_numbers_have_no_exact_power():
    payments = SCM.load("payments")
    assert dependence(payments, ("merchant_category", "amount_usd", ())) is None
