"""Nearest-neighbour adversarial accuracy: by its definition, by another implementation, and under one law."""

import numpy as np
import pytest

from causalsynth.evaluate.fidelity import adversarial_accuracy
from causalsynth.evaluate.fidelity.values import ValueTable


def states(seed, n, shift=0.0):
    """Six columns of three states; the first is often 0 where `shift` is above 0."""
    rng = np.random.default_rng(seed)
    columns = {f"v{j}": rng.integers(0, 3, n) for j in range(6)}
    columns["v0"] = np.where(rng.random(n) < shift, 0, columns["v0"])
    codes = {name: column.astype(np.int16) for name, column in columns.items()}
    return ValueTable(codes, dict.fromkeys(codes, 3), {}, n)


def numbers(seed, n, shift=0.0, mixed=False):
    rng = np.random.default_rng(seed)
    codes = {"s": rng.integers(-1, 3, n).astype(np.int16)} if mixed else {}
    columns = {"a": rng.normal(shift, 1, n), "b": rng.normal(0, 2, n)}
    if mixed:
        columns["a"][rng.random(n) < 0.1] = np.nan
    return ValueTable(codes, dict.fromkeys(codes, 3), columns, n)


def by_definition(one, two, *, strict):
    """Every pair of rows, one at a time."""
    size = {name: np.nanmax(both) - np.nanmin(both) for name in one.numbers
            if len(both := np.concatenate((one.numbers[name], two.numbers[name])))}  # fmt: skip

    def distance(left, i, right, j):
        total = sum(float(left.codes[name][i] != right.codes[name][j]) for name in left.codes)
        for name, width in size.items():
            a, b = left.numbers[name][i], right.numbers[name][j]
            total += 0.0 if np.isnan(a) and np.isnan(b) else 1.0 if np.isnan(a) or np.isnan(b) else abs(a - b) / width
        return total

    score = 0.0
    for own, other in ((one, two), (two, one)):
        for i in range(own.n):
            within = [distance(own, i, own, j) for j in range(own.n) if j != i]
            across = [distance(own, i, other, j) for j in range(other.n)]
            least = min(within + across) + 1e-5
            mine, theirs = (sum(d <= least for d in side) for side in (within, across))
            score += (min(across) > min(within) + 1e-5) if strict else mine / (mine + theirs)
    return score / (one.n + two.n)


@pytest.mark.parametrize("make", [states, numbers, lambda *a: numbers(*a, mixed=True)])
def test_is_what_its_definition_says(make):
    one, two = make(1, 60), make(2, 60, 0.7)
    found = adversarial_accuracy(one, two, permutations=9)
    assert found.value == pytest.approx(by_definition(one, two, strict=False))
    assert found.strict == pytest.approx(by_definition(one, two, strict=True))


def test_strict_is_what_syntheval_gives():
    # SynthEval 1.7.3, _adversarial_score(real, fake, cat_cols, "gower") on these tables.
    assert adversarial_accuracy(states(1, 120), states(2, 120, 0.6)).strict == pytest.approx(0.27083333333333337)
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(100, 3)), rng.normal(0.5, 1, size=(100, 3))
    for rows in (x, y):  # It scales by the range within each call: make that the same.
        rows[0], rows[1] = -4, 5
    one, two = (ValueTable({}, {}, dict(zip("abc", rows.T, strict=True)), 100) for rows in (x, y))
    assert adversarial_accuracy(one, two).strict == pytest.approx(0.535)


def test_a_copy_is_told_and_so_is_another_law():
    one = numbers(1, 200)
    assert adversarial_accuracy(one, one).value == 0  # each row's nearest neighbour is its copy in the other table
    shifted = adversarial_accuracy(states(1, 2000), states(2, 2000, 0.3))
    assert shifted.value > shifted.null[1]
    assert shifted.p == pytest.approx(0.01)  # the smallest of 199 permutations, two-sided


def test_one_law_gives_a_half_and_p_values_that_are_uniform():
    found = [adversarial_accuracy(states(seed, 300), states(seed + 100, 300)) for seed in range(30)]
    assert abs(np.mean([each.value for each in found]) - 0.5) < 0.006  # 4.5 standard errors
    assert np.mean([each.strict for each in found]) < 0.35  # Yale's inequality calls one law near copies
    rejected = sum(each.p <= 0.1 for each in found)
    assert rejected <= 9  # Binomial(30, .1): P(more) = 5e-4


def test_large_numbers_are_told_apart_as_small_ones_are():
    one, two = numbers(1, 60), numbers(2, 60)
    far = [
        ValueTable({}, {}, {name: column + 1e7 for name, column in table.numbers.items()}, table.n)
        for table in (one, two)
    ]
    assert adversarial_accuracy(*far) == adversarial_accuracy(one, two)
