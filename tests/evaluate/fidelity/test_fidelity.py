"""The report: exact laws, what is noise, what is not, and nothing left out."""

import numpy as np
import pytest

from causalsynth.errors import InputError
from causalsynth.evaluate.fidelity import fidelity
from causalsynth.evaluate.fidelity.law import law_of
from causalsynth.evaluate.fidelity.values import Binning, ValueTable
from causalsynth.scm import SCM

ASIA, ICU = SCM.load("asia"), SCM.load("mimic_struct")


def frame(scm, n, seed):
    return scm.sample(n, seed=seed).to_frame().astype(object)


@pytest.mark.parametrize("do", [{}, {"smoke": "yes"}])
def test_the_law_of_a_small_model_is_that_of_variable_elimination(do):
    scm = ASIA.do(do)
    law = law_of(scm, ("dysp", "smoke", "tub"))
    assert law.rows is None
    inside = [law.shares[3 * i : 3 * i + 2, 3 * j : 3 * j + 2] for i, j in ((0, 0), (0, 1), (1, 2))]
    assert np.diag(inside[0]) == pytest.approx(scm.joint("dysp"), abs=1e-12)
    assert inside[1] == pytest.approx(scm.joint(("dysp", "smoke")), abs=1e-12)
    assert inside[2] == pytest.approx(scm.joint(("smoke", "tub")), abs=1e-12)


def test_distances_are_those_counted_by_hand():
    skeletons = frame(ASIA, 1000, 1)
    text = skeletons.copy()
    text.loc[text.index[:100], "xray"] = None
    report = fidelity({"skeleton": skeletons, "text": text}, ASIA)
    marginals = report.against_skeletons["text"].figures.marginals
    # A hundredth part of the rows moves to the cell "missing", for one variable of 8 and for 7 pairs of 28.
    assert marginals.single == pytest.approx(0.1 / 8)
    assert marginals.pairs == pytest.approx(0.1 * 7 / 28)
    assert marginals.worst_single == ("xray", pytest.approx(0.1))
    assert report.against_skeletons["text"].indefinite == {"xray": 100}


def test_numbers_are_cut_at_quantiles_of_the_reference_and_none_is_left_out():
    skeletons = frame(ICU, 2000, 1)
    table = ValueTable.from_frame(skeletons, ICU.supports)
    binning = Binning.of(table)
    few = [name for name, column in table.numbers.items() if len(np.unique(column)) < 20]
    many = [name for name in table.numbers if name not in few]
    assert few
    assert many
    shares = np.diag(binning.pair_shares(table))
    for name, start in zip(binning.sizes, binning.starts, strict=True):
        own = shares[start : start + binning.sizes[name]]
        assert own.sum() == pytest.approx(1)
        assert own[-1] == 0
        if name in few:
            assert len(own) - 1 == len(np.unique(table.numbers[name]))
    broken = skeletons.assign(**{few[0]: skeletons[few[0]].max()})
    report = fidelity({"skeleton": skeletons, "text": broken}, ICU, against_law=False)
    found = report.against_skeletons["text"]
    assert found.figures.marginals.worst_single[0] == few[0]
    assert found.figures.marginals.pairs > 0
    assert (found.peer.left_out, found.peer.kmtvd) == (tuple(few), 0)  # what others would not see


def test_what_was_drawn_from_the_law_passes_and_a_broken_table_does_not():
    skeletons = frame(ASIA, 4000, 11)
    rng = np.random.default_rng(2)
    independent = skeletons.apply(lambda column: rng.permutation(column))
    report = fidelity({"skeleton": skeletons, "independent": independent}, ASIA, redraws=39, nearest_rows=2000)
    fine, broken = report.against_law["skeleton"], report.against_law["independent"]
    for value, largest in zip(_three(fine), fine.redraws.largest, strict=True):
        assert value < 1.5 * largest  # with this seed; exceeding the largest of 39 has probability 1/40 each
    # Marginals are kept exactly; pairs, correlations and neighbours tell.
    assert broken.figures.marginals.single == pytest.approx(fine.figures.marginals.single)
    assert broken.figures.marginals.pairs > 3 * broken.redraws.largest[1]
    assert broken.figures.correlation.value > 5 * broken.redraws.largest[2]
    assert broken.nearest.p == pytest.approx(0.01)
    assert fine.nearest.p > 0.01


def _three(found):
    return (found.figures.marginals.single, found.figures.marginals.pairs, found.figures.correlation.value)


def test_variables_that_texts_do_not_state_are_named():
    frames = {"skeleton": frame(ASIA, 200, 1)} | {"text": frame(ASIA, 200, 1).assign(dysp=None)}
    report = fidelity(frames, ASIA, silent=["dysp"], withheld=["xray"], redraws=1)
    assert report.to_json()["silent"] == ["dysp"]
    assert report.against_skeletons["text"].figures.marginals.single == 0
    none = fidelity(frames | {"none": frames["text"].iloc[:0]}, ASIA, redraws=1)
    assert none.to_json()["empty"] == ["none"]
    with pytest.raises(InputError, match="no table of skeletons"):
        fidelity({"text": frames["text"]}, ASIA)
    with pytest.raises(InputError, match="state no variable"):
        fidelity(frames, ASIA, silent=ASIA.variables)
