import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from sklearn.metrics import confusion_matrix as counted

from causalsynth.evaluate.readers.agreement import cohens_kappa, krippendorffs_alpha
from causalsynth.evaluate.readers.classes import NOT_READ, Classes
from causalsynth.scm import Categorical, Numeric


def test_kappa_is_scikit_learns():
    rng = np.random.default_rng(3)
    one = rng.integers(3, size=200)
    other = np.where(rng.random(200) < 0.7, one, rng.integers(3, size=200))
    assert cohens_kappa(counted(one, other)) == pytest.approx(cohen_kappa_score(one, other), abs=1e-12)


def test_kappa_says_nothing_where_there_is_no_chance():
    assert cohens_kappa(np.zeros((2, 2), dtype=np.int64)) is None
    assert cohens_kappa(np.array([[7, 0], [0, 0]])) is None


def test_alpha_is_the_published_one():
    """Krippendorff (2011), section C: four observers, twelve units, nominal data, alpha = 0.743."""
    observers = {
        "A": "1 2 3 3 2 1 4 1 2 . . .",
        "B": "1 2 3 3 2 2 4 1 2 5 . 3",
        "C": ". 3 3 3 2 3 4 2 2 5 1 .",
        "D": "1 2 3 3 2 4 4 1 2 5 1 .",
    }
    rows = {name: row.split() for name, row in observers.items()}
    units = [{name: row[unit] for name, row in rows.items() if row[unit] != "."} for unit in range(12)]
    assert krippendorffs_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_alpha_says_nothing_of_single_or_equal_answers():
    assert krippendorffs_alpha([{"A": "yes"}, {"B": "no"}]) is None
    assert krippendorffs_alpha([{"A": "yes", "B": "yes"}]) is None


def test_numbers_are_the_same_within_half_their_last_digit():
    classes = Classes.of(Numeric(decimals=1), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])
    assert classes.same([1.0, 2.0, 3.0, 4.0], [1.04, 2.1, None, "conflict"]).tolist() == [True, False, False, False]
    assert classes.names == ("to 2", "over 2 to 4", "over 4 to 6", "over 6 to 8", "over 8")
    assert classes.code([2.0, 2.1, 99.0, None]).tolist() == [0, 1, 4, NOT_READ]


def test_what_is_no_state_is_not_read():
    classes = Classes.of(Categorical(("yes", "no")), [])
    assert classes.code(["no", "uncertain", None]).tolist() == [1, NOT_READ, NOT_READ]
    assert classes.same(["yes", None], ["yes", None]).tolist() == [True, False]
