"""Variables against the model's tables."""

from fractions import Fraction
from itertools import product
from math import factorial

import numpy as np
import pytest

from causalsynth.domain.mention import MentionPlan
from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.holm import holm
from causalsynth.evaluate.independence.families import family_fits, multinomial_moments
from causalsynth.evaluate.independence.withheld import withhold
from causalsynth.scm import SCM

ASIA = SCM.load("asia")


def coded(frame, scm=ASIA):
    return CodedTable.from_frame(frame, scm.supports)


@pytest.mark.parametrize(
    ("n", "p"), [(3, ("1/2", "1/2")), (4, ("1/5", "1/2", "3/10")), (5, ("1/10", "0", "9/10")), (1, ("1/3", "2/3"))]
)
def test_moments_are_those_of_all_samples(n, p):
    law = [Fraction(each) for each in p]
    mean = square = Fraction(0)
    for counts in product(range(n + 1), repeat=len(law)):
        if sum(counts) != n or any(count and not each for count, each in zip(counts, law, strict=True)):
            continue
        chance = Fraction(factorial(n))
        for count, each in zip(counts, law, strict=True):
            chance *= each**count / factorial(count)
        x2 = sum((count - n * each) ** 2 / (n * each) for count, each in zip(counts, law, strict=True) if each)
        mean, square = mean + chance * x2, square + chance * x2 * x2
    found = multinomial_moments(np.array([float(n), 0.0]), np.array([[float(each) for each in law]] * 2))
    assert found == pytest.approx((float(mean), float(square - mean**2)))


def test_statistic_by_hand():
    frame = ASIA.sample(500, seed=1).to_frame()
    fit = next(fit for fit in family_fits([coded(frame)], ASIA) if fit.variable == "smoke")
    smokers = (frame["smoke"] == "yes").sum()
    assert fit.statistic == pytest.approx(2 * (smokers - 250) ** 2 / 250)
    assert fit.n == 500


def test_p_values_are_uniform_on_rows_of_the_model():
    """40 data sets x 8 variables; the share below .2 has a standard deviation of .022: .09 is 4 of them."""
    tables = [coded(ASIA.sample(400, seed=seed).to_frame()) for seed in range(40)]
    p_values = [fit.p_value for table in tables for fit in family_fits([table], ASIA)]
    assert np.mean(np.array(p_values) <= 0.2) == pytest.approx(0.2, abs=0.09)


def test_the_impossible_has_no_chance():
    frame = ASIA.sample(500, seed=2).to_frame()
    frame.loc[0, ["tub", "lung", "either"]] = ["no", "no", "yes"]
    fit = family_fits([coded(frame)], ASIA)[0]
    assert (fit.variable, fit.p_value) == ("either", 0.0)
    assert fit.to_json()["statistic"] is None


def test_several_tables_are_counted_together_and_held_variables_left_out():
    cut = ASIA.do(smoke="yes")
    halves = [cut.sample(300, seed=seed).to_frame() for seed in (1, 2)]
    fits = family_fits([coded(half) for half in halves], cut)
    assert {fit.n for fit in fits} == {600}
    assert "smoke" not in {fit.variable for fit in fits}


@pytest.mark.parametrize(
    ("plan", "left"),
    [
        ("tub: .5", set()),
        ("dysp|smoke: yes=.1, no=.9", set()),  # independent of dysp given its parents
        ("bronc|dysp: yes=.1, no=.9", {"bronc", "dysp"}),  # an effect decides which of its causes are told
    ],
)
def test_a_family_is_left_out_only_where_silence_selects(plan, left):
    frames = {"skeleton": ASIA.sample(2000, seed=3).to_frame().rename_axis("i")}
    masked, withheld = withhold(frames, MentionPlan.parse(plan, ASIA.supports), 1)
    fits = family_fits([coded(masked["skeleton"])], ASIA, withheld=withheld)
    assert {fit.variable for fit in fits} == set(ASIA.variables) - left
    assert min(fit.adjusted for fit in fits) > 0.01


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.5, 0.9]) == [1.0, 1.0]
