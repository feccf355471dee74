"""Surprise against the model's own full conditionals, and against frequencies."""

import numpy as np
import pytest

from causalsynth.evaluate.surprise import surprises
from causalsynth.scm import SCM


def test_states_have_the_probabilities_of_the_full_conditional():
    for name in ("asia", "alarm"):
        scm = SCM.load(name)
        rows = scm.sample(25, seed=3)
        found = surprises(scm, rows)
        assert list(found) == list(scm.variables)
        for row, skeleton in enumerate(rows):
            for variable, fact in found.items():
                law = scm.full_conditional(variable, skeleton)
                assert fact.shares[:, row] == pytest.approx([*law.values()])
                assert 2.0 ** -fact.bits[row] == pytest.approx(law[skeleton[variable]])
                assert fact.expected[row] == (law[skeleton[variable]] >= max(law.values()) * (1 - 1e-9))


def test_what_an_intervention_imposed_against_its_causes_is_infinitely_surprising():
    asia = SCM.load("asia")
    rows = asia.do(either="no").sample(2000, seed=1)
    bits = surprises(asia, rows)["either"].bits
    against = (rows.column("tub") == 0) | (rows.column("lung") == 0)
    assert np.isinf(bits).tolist() == against.tolist()
    assert not bits[~against].any()


def test_ranges_of_numbers_are_as_frequent_as_their_probabilities_say():
    """By the law of total probability; 25 ranges at 4.5 standard errors: false alarm below 1 in 5,000."""
    scm = SCM.load("mimic_struct")
    rows = scm.sample(800, seed=5)
    numbers = {name: fact for name, fact in surprises(scm, rows).items() if fact.ends is not None}
    assert numbers
    for fact in numbers.values():
        for kind in range(5):
            error = np.std((fact.own == kind) - fact.shares[kind]) / len(rows) ** 0.5
            gap = abs((fact.own == kind).mean() - fact.shares[kind].mean())
            assert gap < 4.5 * error + 0.015  # what a grid of 61 numbers may be off by
        assert fact.shares.sum(axis=0) == pytest.approx(1)
