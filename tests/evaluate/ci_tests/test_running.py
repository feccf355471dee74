"""Many triples at once, and the tables of states and numbers that they are run on."""

import numpy as np
import pandas as pd
import pytest

from causalsynth.errors import InputError
from causalsynth.evaluate.ci_tests import TESTS, run_tests
from causalsynth.evaluate.coded import GROUPS, CodedTable
from causalsynth.evaluate.independence.triples import arc_triples, null_triples
from causalsynth.scm import SCM
from causalsynth.scm.support import Numeric


@pytest.fixture(scope="module")
def asia():
    scm = SCM.load("asia")
    table = CodedTable.from_frame(scm.sample(400, seed=3).to_frame(), scm.supports)
    return table, null_triples(scm.graph) + arc_triples(scm.graph)


@pytest.fixture(scope="module")
def patients():
    scm = SCM.load("mimic_struct")
    return CodedTable.from_frame(scm.sample(300, seed=3).to_frame(), scm.supports)


@pytest.mark.parametrize("test", sorted(TESTS.keys() - {"fisherz"}))
def test_answers_depend_on_no_order_no_company_and_no_thread(asia, test):
    table, triples = asia
    expected = dict(zip(triples, run_tests(table, triples, test=test, seed=5), strict=True))
    backwards = triples[::-1]
    threaded = run_tests(table, backwards * 3, test=test, seed=5, threads=3)[: len(triples)]
    alone = [run_tests(table, [triple], test=test, seed=5)[0] for triple in triples[:5]]
    assert same(threaded, [expected[triple] for triple in backwards])
    assert same(alone, [expected[triple] for triple in triples[:5]])


def same(left, right):
    """Compare results; nan is nan."""
    return [repr(result) for result in left] == [repr(result) for result in right]


def test_another_seed_draws_other_tables(asia):
    table, triples = asia
    first, second = ([r.p_value for r in run_tests(table, triples, test="mc", seed=seed)] for seed in (1, 2))
    assert first != second


def test_auto_takes_the_test_that_fits(patients):
    triples = [("ckd", "sex", ()), ("map", "sex", ("age", "sepsis")), ("diabetes", "sepsis", ("antibiotics",))]
    results = run_tests(patients, triples, test="auto")
    assert [result.test for result in results] == ["x2", "mixed", "x2"]
    for result, triple in zip(results, triples, strict=True):
        assert same([result], run_tests(patients, [triple], test=result.test))


def test_tables_of_counts_take_numbers_as_x_or_y_but_not_in_z(patients):
    [result] = run_tests(patients, [("creatinine", "sepsis", ("ckd",))], test="x2")
    assert 4 < result.dof <= 2 * (GROUPS - 1)
    with pytest.raises(InputError, match="can't hold age fixed"):
        run_tests(patients, [("diabetes", "sex", ("age",))], test="x2")
    with pytest.raises(InputError, match="sex has states"):
        run_tests(patients, [("age", "sex", ())], test="fisherz")
    with pytest.raises(InputError, match="'chisq' is not known"):
        run_tests(patients, [], test="chisq")


def test_rows_without_a_definite_number_are_left_out():
    rng = np.random.default_rng(1)
    whole = pd.DataFrame({"x": rng.normal(size=90).round(1), "y": rng.integers(0, 2, 90).astype(str)}, dtype=object)
    holes = pd.concat([whole, pd.DataFrame({"x": [None, "uncertain", 3.5], "y": ["0", "1", None]})])
    supports = {"x": Numeric(decimals=1), "y": ("0", "1")}
    tables = [CodedTable.from_frame(frame, supports) for frame in (whole, holes)]
    assert tables[1].indefinite == {"x": 2, "y": 1}
    for test in ("mixed", "fisherz"):
        triple = ("x", "y", ()) if test == "mixed" else ("x", "x2", ())
        results = [run_tests(with_square(table), [triple], test=test)[0] for table in tables]
        assert results[0].n == 90
        # The 3.5 has no y, but is among x's ranks.
        assert results[1].n == 90 + (test == "fisherz")
        assert results[1].p_value == pytest.approx(results[0].p_value, rel=0.2)


def with_square(table):
    """Add a number that grows with x."""
    square = np.sign(table.numbers["x"]) * table.numbers["x"] ** 2
    return CodedTable(
        codes={**table.codes, "x2": table.codes["x"]},
        cards={**table.cards, "x2": table.cards["x"]},
        indefinite={**table.indefinite, "x2": table.indefinite["x"]},
        n=table.n,
        numbers={**table.numbers, "x2": square},
    )


def test_numbers_are_read_as_texts_write_them():
    frame = pd.DataFrame({"map": [65, "71 mmHg", "58.5", None, "", "conflict", 300.0]}, dtype=object)
    table = CodedTable.from_frame(frame, {"map": Numeric(unit="mmHg", decimals=0, low=35, high=130)})
    np.testing.assert_array_equal(table.numbers["map"], [65, 71, 58.5, np.nan, np.nan, np.nan, 300])
    assert table.codes["map"].tolist()[3:6] == [-1, -1, -1]
    with pytest.raises(InputError, match="row 2: map = 'seventy' is no number"):
        CodedTable.from_frame(pd.DataFrame({"map": ["65", "seventy"]}), {"map": Numeric(unit="mmHg")})


def test_groups_of_a_number_are_of_about_equal_size_and_keep_ties_together():
    frame = pd.DataFrame({"n": [0] * 50 + list(range(1, 51))})
    table = CodedTable.from_frame(frame, {"n": Numeric(decimals=0)})
    codes = table.codes["n"]
    assert set(codes[:50].tolist()) == {0}
    assert np.bincount(codes[50:])[1:].tolist() == [10, 20, 20]
    assert table.cards["n"] == 4
