"""The theorem, its counterexample and the corrected condition, in fractions."""

import random
from fractions import Fraction as F
from itertools import pairwise

import pytest
from scipy.stats import entropy

from causalsynth.evaluate.selection.exact import (
    accepted,
    chi2,
    kl,
    lorenz_dominates,
    no_overtaking,
    tv,
    within,
)

HALF = (F(1, 2), F(1, 2))
FIRST, SECOND = (F(1, 10), F(1, 5)), (F(9, 10), F(1, 5))


def premises_hold(attempts):
    """Premises as published: p_k rises with k, and the gain φ_K/φ₁ is larger for states that were harder at first."""
    rising = all(a <= b for p, q in pairwise(attempts) for a, b in zip(p, q, strict=True))
    first, last = attempts[0], within(attempts)
    gains = sorted((p, phi / p) for p, phi in zip(first, last, strict=True))
    return rising and all(a[1] >= b[1] for a, b in pairwise(gains))


def test_the_counterexample_meets_the_premises_and_raises_chi2():
    assert premises_hold([FIRST, SECOND])
    phi = within([FIRST, SECOND])
    assert phi == [F(91, 100), F(9, 25)]
    assert accepted(HALF, FIRST) == [F(1, 3), F(2, 3)]
    assert accepted(HALF, phi) == [F(91, 127), F(36, 127)]
    assert chi2(HALF, FIRST) == F(1, 9)
    assert chi2(HALF, phi) == F(3025, 16129)
    assert not no_overtaking(FIRST, phi)
    assert not lorenz_dominates(HALF, phi, FIRST)


@pytest.mark.parametrize(("rounds", "expected"), [(3, 0.1157), (4, 0.0661), (5, 0.0384)])
def test_the_counterexample_over_more_rounds(rounds, expected):
    assert float(chi2(HALF, within([FIRST, *[SECOND] * (rounds - 1)]))) == pytest.approx(expected, abs=5e-5)


def test_a_fallback_leaves_no_bias():
    assert chi2(HALF, (F(1), F(1))) == tv(HALF, (F(1), F(1))) == 0
    assert kl(HALF, (F(1), F(1))) == 0


def test_ties_must_stay_ties():
    assert not no_overtaking((F(1, 5), F(1, 5)), (F(1, 2), F(2, 5)))
    assert not no_overtaking((F(0), F(0)), (F(1, 2), F(1, 4)))
    assert no_overtaking((F(0), F(0)), (F(1, 2), F(1, 2)))
    assert no_overtaking((F(0), F(1, 2)), (F(1, 2), F(1, 2)))


def draw(rng):
    """Give a target and p_1 ≤ … ≤ p_K of 2 to 6 states, in coarse fractions so that ties occur."""
    states, rounds = rng.randint(2, 6), rng.randint(2, 4)
    parts = [rng.randint(1, 9) for _ in range(states)]
    target = [F(part, sum(parts)) for part in parts]
    per_state = [sorted(F(rng.randint(1, 19), 20) for _ in range(rounds)) for _ in range(states)]
    return target, list(zip(*per_state, strict=True))


def test_with_the_condition_chi2_never_rises_and_without_it_it_does():
    """2,000 random instances: none that meets the condition raises a divergence; of those with the premises some do."""
    rng = random.Random(17)
    met = with_premises = raised = 0
    for _ in range(2_000):
        target, attempts = draw(rng)
        first, last = attempts[0], within(attempts)
        rises = chi2(target, last) > chi2(target, first)
        if no_overtaking(first, last):
            met += 1
            assert not rises
            assert tv(target, last) <= tv(target, first)
            assert kl(target, last) <= kl(target, first) + 1e-12
            assert lorenz_dominates(target, last, first)
        if premises_hold(attempts):
            with_premises += 1
            raised += rises
    assert met > 150
    assert 0 < raised < with_premises / 4


def test_divergences_are_their_definitions_and_keep_their_bounds():
    rng = random.Random(3)
    for _ in range(200):
        target, attempts = draw(rng)
        law = accepted(target, attempts[0])
        mean = sum(p * phi for p, phi in zip(target, attempts[0], strict=True))
        assert chi2(target, attempts[0]) == sum((a - p) ** 2 / p for a, p in zip(law, target, strict=True))
        assert kl(target, attempts[0]) == pytest.approx(entropy([*map(float, law)], [*map(float, target)]))
        assert chi2(target, attempts[0]) <= (1 - mean) / mean
        assert tv(target, attempts[0]) <= 1 - mean


def test_nothing_accepted_has_no_law():
    with pytest.raises(ValueError, match="nothing"):
        accepted(HALF, (F(0), F(0)))
    with pytest.raises(ValueError, match="nothing"):
        chi2(HALF, (F(0), F(0)))
