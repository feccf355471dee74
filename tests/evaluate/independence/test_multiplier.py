import numpy as np
import pandas as pd
import pytest

from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.independence import scores
from causalsynth.evaluate.independence.multiplier import joint_draws
from causalsynth.evaluate.independence.scores import triple_scores

STATES = {"a": ("0", "1", "2"), "b": ("0", "1"), "c": ("0", "1"), "d": ("0", "1")}


def coded(n, seed=0, missing=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.choice(own, n) for name, own in STATES.items()}).astype(object)
    frame.iloc[:missing, 0] = None
    return CodedTable.from_frame(frame, STATES)


def by_definition(table, triple, multipliers):
    """X²* row by row, as the module's formula has it."""
    x, y, given = triple
    keep = np.flatnonzero(table.codes[x] >= 0)
    strata = {}
    for row in keep:
        strata.setdefault(tuple(table.codes[z][row] for z in given), []).append(row)
    total = np.zeros(multipliers.shape[1])
    for rows in strata.values():
        n = len(rows)
        for i in range(table.cards[x]):
            for j in range(table.cards[y]):
                r = sum(table.codes[x][row] == i for row in rows)
                k = sum(table.codes[y][row] == j for row in rows)
                score = sum(
                    multipliers[row % len(multipliers)]
                    * ((table.codes[x][row] == i) - r / n)
                    * ((table.codes[y][row] == j) - k / n)
                    for row in rows
                )
                if r and k:
                    total += score**2 / (r * k / n)
    return total


@pytest.mark.parametrize("given", [(), ("c",), ("c", "d")])
@pytest.mark.parametrize("most_dense", [64, 0])
def test_draws_follow_the_definition(monkeypatch, given, most_dense):
    monkeypatch.setattr(scores, "_MOST_DENSE", most_dense)
    table = coded(60, missing=7)
    multipliers = np.random.default_rng(1).standard_normal((40, 5))  # fewer than rows: rows share them
    triple = ("a", "b", given)
    np.testing.assert_allclose(
        triple_scores(table, triple, multipliers).null, by_definition(table, triple, multipliers)
    )


def test_each_test_is_rejected_at_its_level_and_unrelated_ones_independently():
    """200 draws a triple at alpha .25: 50 rejections, standard deviation 6; joint ones 12.5, deviation 3.4.

    Seeded; both bounds are 4 deviations or more off.
    """
    table = coded(3000)
    rejected = joint_draws(table, [("a", "b", ()), ("c", "d", ())], alpha=0.25).null <= 0.25
    assert rejected.shape == (2, 200)
    assert all(25 < count < 75 for count in rejected.sum(1))
    assert (rejected[0] & rejected[1]).sum() < 27


def test_the_same_triple_is_rejected_in_the_same_draws_and_tables_share_them():
    table = coded(500)
    first = joint_draws(table, [("a", "b", ("c",)), ("b", "a", ("c",))], alpha=0.2).null
    np.testing.assert_allclose(first[0], first[1])
    np.testing.assert_array_equal(joint_draws(table, [("a", "b", ("c",))], alpha=0.2).null[0], first[0])
    other = joint_draws(table, [("a", "b", ("c",))], alpha=0.2, seed=1).null
    assert (other[0] != first[0]).any()
