"""Level and power of the CI tests on rows drawn exactly from graphs. Everything is seeded.

`benchmarks/ci_tests.py` does the same with more triples, more tests and other packages beside them.
"""

import numpy as np
import pytest

from causalsynth.evaluate.ci_tests import run_tests
from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.independence.triples import arc_triples, null_triples
from causalsynth.scm import SCM

pytestmark = pytest.mark.statistical

LEVEL = 0.05


def rejections(graph, rows, replicates, triples, *tests):
    """Share of testable triples that each test rejects, and its standard error over replicates."""
    scm = SCM.load(graph)
    hits, sizes = np.zeros((len(tests), replicates)), np.zeros((len(tests), replicates))
    for replicate in range(replicates):
        table = CodedTable.from_frame(scm.sample(rows, seed=replicate).to_frame(), scm.supports)
        for position, test in enumerate(tests):
            results = [result for result in run_tests(table, triples, test=test) if result.testable]
            hits[position, replicate] = sum(result.p_value <= LEVEL for result in results)
            sizes[position, replicate] = len(results)
    rates = hits.sum(1) / sizes.sum(1)
    errors = np.sqrt(((hits - rates[:, None] * sizes) ** 2).sum(1)) / sizes.sum(1)
    return rates, errors


@pytest.mark.parametrize("rows", [500, 1000, 5000, 20_000])
def test_x2_is_calibrated_on_alarm(rows):
    """300 of the 1,277 implied independencies, 30 replicates: the standard error is about .0025.

    The true rates are .048 to .052, so that another seed would leave the interval about once in ten times.
    """
    scm = SCM.load("alarm")
    [rate], _ = rejections("alarm", rows, 30, null_triples(scm.graph, most=300), "x2")
    assert 0.045 <= rate <= 0.055


@pytest.mark.parametrize("rows", [500, 5000])
def test_x2_has_nearly_the_power_of_the_exact_test_on_alarm(rows):
    """Over the same data the difference has a standard error of about .002."""
    (x2, exact), _ = rejections("alarm", rows, 15, arc_triples(SCM.load("alarm").graph), "x2", "mc")
    assert exact - x2 <= 0.02
    assert exact > 0.88


@pytest.mark.parametrize("rows", [500, 1000, 5000, 20_000])
def test_x2_never_rejects_too_often_on_asia(rows):
    """All 38 implied independencies, 300 replicates: the standard error is about .003.

    The true rates are .044 to .051: false alarm for another seed 1e-1 at n = 500, below 1e-3 at others.
    """
    [rate], _ = rejections("asia", rows, 300, null_triples(SCM.load("asia").graph), "x2")
    assert rate <= 0.055


@pytest.mark.parametrize(("graph", "power"), [("mimic_struct", 0.7), ("payments", 0.7)])
@pytest.mark.parametrize(("rows", "replicates"), [(500, 20), (5000, 5)])
def test_mixed_is_calibrated_on_states_and_numbers(graph, power, rows, replicates):
    """All implied independencies with a number in them; 3.7 standard errors: false alarm 2e-4 if the level is exact."""
    scm = SCM.load(graph)
    numeric = CodedTable.from_frame(scm.sample(10, seed=0).to_frame(), scm.supports).numbers.keys()
    nulls, arcs = (
        [triple for triple in triples if {*triple[:2], *triple[2]} & numeric]
        for triples in (null_triples(scm.graph), arc_triples(scm.graph))
    )
    [rate], [error] = rejections(graph, rows, replicates, nulls, "mixed")
    assert abs(rate - LEVEL) < 3.7 * max(error, 0.004)
    [seen], _ = rejections(graph, rows, 2, arcs, "mixed")
    assert seen > power
