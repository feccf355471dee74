"""Surprise against the model's own full conditionals, and against frequencies."""

import numpy as np
import pytest

from causalsynth.evaluate.surprise import range_of, surprises
from causalsynth.scm import SCM
from causalsynth.scm.support import Columns


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


def test_ranges_of_numbers_have_the_probabilities_that_summing_over_every_value_gives():
    scm = SCM.load("mimic_struct")
    rows = scm.sample(40, seed=5)
    usual = scm.sample(4000, seed=9)
    for name, fact in surprises(scm, rows).items():
        if fact.ends is None:
            continue
        own, step = scm.supports[name], 10.0 ** -scm.supports[name].decimals
        most = min(own.high, usual.column(name).max() + 50 * step)
        values = np.round(np.arange(own.low, most + step / 2, step), own.decimals)
        weights = np.exp([_log_joint(scm, rows, name, value) for value in values])
        inside = np.stack([weights[range_of(values, fact.ends) == kind].sum(axis=0) for kind in range(5)])
        assert fact.shares == pytest.approx(inside / weights.sum(axis=0), abs=0.04), name  # a grid of 61 numbers


def _log_joint(scm, rows, name, value):
    columns = {other: rows.column(other) for other in scm.variables} | {name: np.full(len(rows), value)}
    all_rows = Columns(columns, rows.supports, len(rows))
    families = (name, *scm.graph.children(name))
    return sum(scm.mechanisms[family].log_probability(columns[family], all_rows) for family in families)


def test_how_much_a_fact_surprises_is_no_matter_of_the_records_beside_it():
    scm = SCM.load("mimic_struct")
    rows = scm.sample(30, seed=5)
    together, alone = surprises(scm, rows), surprises(scm, rows[:1])
    for name, fact in alone.items():
        assert fact.shares[:, 0] == pytest.approx(together[name].shares[:, 0], abs=1e-9), name
