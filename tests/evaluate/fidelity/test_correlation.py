"""Associations against SciPy's, and the other scale against its own definition."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, f_oneway, spearmanr
from scipy.stats.contingency import association

from causalsynth.evaluate.fidelity.correlation import Scale, associations, correlation_difference
from causalsynth.evaluate.fidelity.values import Binning, ValueTable
from causalsynth.scm import SCM

ICU = SCM.load("mimic_struct")
SOME = ("age", "sex", "diabetes", "ckd", "sepsis", "aki", "creatinine", "mortality")
SUPPORTS = {name: ICU.supports[name] for name in SOME}


@pytest.fixture(scope="module")
def rows():
    frame = ICU.sample(700, seed=3).to_frame().astype(object).reset_index(drop=True)
    lost = np.random.default_rng(0).random(frame.shape) < 0.15
    return frame.mask(lost, None)


def matrix(frame, scale=Scale.UNSQUARED):
    table = ValueTable.from_frame(frame, SUPPORTS)
    binning = Binning.of(table)
    found = associations(table, binning, binning.pair_shares(table), scale)
    return pd.DataFrame(found.matrix, found.names, found.names)


@pytest.mark.parametrize("scale", list(Scale))
def test_every_pair_is_as_scipy_has_it_where_both_are_definite(rows, scale):
    found, numeric = matrix(rows, scale), [name for name in ICU.variables if name not in ICU.sample(1, seed=0).states]
    squared = 2 if scale is Scale.PEER else 1
    kinds = set()
    for at, one in enumerate(SOME):
        for two in SOME[:at]:
            both = rows[[one, two]].dropna()
            numbers = [name for name in (one, two) if name in numeric]
            kinds.add(len(numbers))
            if len(numbers) == 2:
                expected = spearmanr(both[one].astype(float), both[two].astype(float)).statistic
            elif numbers:
                state = two if numbers[0] == one else one
                groups = [part.astype(float).to_numpy() for _, part in both.groupby(state)[numbers[0]]]
                between, within = len(groups) - 1, len(both) - len(groups)
                f = f_oneway(*groups).statistic
                expected = (f * between / (f * between + within)) ** (squared / 2)
            else:
                counts = pd.crosstab(both[one], both[two]).to_numpy()
                if scale is Scale.PEER:
                    chi2 = chi2_contingency(counts).statistic  # with Yates's correction in 2x2, SciPy's default
                    expected = chi2 / (counts.sum() * (min(counts.shape) - 1))
                else:
                    expected = association(counts, method="cramer")
            assert found.loc[one, two] == pytest.approx(expected, abs=1e-9), (one, two)
            assert found.loc[two, one] == pytest.approx(found.loc[one, two], abs=1e-12)
    assert kinds == {0, 1, 2}


def test_the_difference_is_the_frobenius_norm_and_names_the_pair(rows):
    other = rows.assign(sex=rows["sex"].sample(frac=1, random_state=1).to_numpy())
    one, two = (ValueTable.from_frame(frame, SUPPORTS) for frame in (rows, other))
    binning = Binning.of(one)
    found = correlation_difference(*(associations(each, binning, binning.pair_shares(each)) for each in (one, two)))
    assert found.value == pytest.approx(np.linalg.norm(matrix(rows).to_numpy() - matrix(other).to_numpy()))
    assert "sex" in found.worst[0]


def test_a_constant_column_has_no_association():
    supports = {"a": SCM.load("asia").supports["smoke"], "b": SCM.load("asia").supports["lung"]}
    table = ValueTable.from_frame(pd.DataFrame({"a": ["yes"] * 4, "b": ["yes", "no"] * 2}), supports)
    binning = Binning.of(table)
    for scale in Scale:
        assert associations(table, binning, binning.pair_shares(table), scale).matrix.tolist() == [[1, 0], [0, 1]]
