"""Every family of every network that pgmpy ships, and interventions, against their tables."""

import numpy as np
import pytest
from scipy import stats

from causalsynth.scm import SCM, pgmpy_graphs

pytestmark = pytest.mark.statistical

ROWS, PIECE = 1_000_000, 100_000
NETWORKS = sorted(pgmpy_graphs())


def _cells(scm, rows, name):
    table = scm.mechanisms[name]
    where = table.configuration(rows.columns) * len(table.states) + rows.column(name)
    return np.bincount(where, minlength=table.probabilities.size)


def _misfit(observed, table):
    """Chi-square p-value of one family, given its parents; 1 if too little is expected to tell."""
    seen = observed.reshape(-1, len(table.states)).astype(float)
    shares = table.probabilities.reshape(seen.shape)
    assert (seen[shares == 0] == 0).all(), "an impossible state was drawn"
    due = seen.sum(axis=1, keepdims=True) * shares
    # Rare cells of a row are pooled, and rows that are left with one cell say nothing.
    rare = due < 5
    pooled = np.column_stack([np.where(rare, 0, seen), (seen * rare).sum(axis=1)])
    expected = np.column_stack([np.where(rare, 0, due), (due * rare).sum(axis=1)])
    tested = expected >= 5
    freedom = np.maximum(tested.sum(axis=1) - 1, 0)
    rows = freedom > 0
    if not rows.any():
        return 1.0
    # A pool that is too small is left out, and its row with it renormalised.
    kept = np.where(tested, pooled, 0)[rows]
    want = np.where(tested, expected, 0)[rows]
    want *= kept.sum(axis=1, keepdims=True) / want.sum(axis=1, keepdims=True)
    return stats.chi2.sf(((kept - want)[tested[rows]] ** 2 / want[tested[rows]]).sum(), freedom.sum())


def test_the_wheel_has_all_networks():
    assert len(NETWORKS) == 24


@pytest.mark.parametrize("network", NETWORKS)
def test_all_families_fit_and_nothing_impossible_occurs(network):
    """10⁶ rows, seeded; Bonferroni over the families: false alarm with probability 1e-5 for each of 24 networks."""
    scm = SCM.load(network)
    counts = {}
    for start in range(0, ROWS, PIECE):
        rows = scm.sample(PIECE, seed=2026, start=start)
        for name in scm.variables:
            counts[name] = counts.get(name, 0) + _cells(scm, rows, name)
    worst = min(_misfit(counts[name], scm.mechanisms[name]) for name in scm.variables)
    assert worst > 1e-5 / len(scm.variables)


QUESTIONS = [
    ("asia", {"smoke": "yes"}),
    ("asia", {"either": "no"}),
    ("alarm", {"HR": "HIGH"}),
    ("alarm", {"INTUBATION": "ESOPHAGEAL", "LVFAILURE": "TRUE"}),
    ("alarm", {"HR": {"LOW": 0.5, "HIGH": 0.5}}),
    ("sachs", {"PKA": "LOW"}),
    ("child", {"Disease": "Fallot"}),
    ("insurance", {"DrivingSkill": "Expert", "Mileage": "Domino"}),
    ("hailfinder", {"Date": "Jul2_Jul15"}),
]


def _margin_fits(rows, held, name):
    """Chi-square p-value of one variable's margin; what can't be mustn't occur."""
    law = np.array(list(held.distribution(name).values()))
    seen = np.bincount(rows.column(name), minlength=len(law))
    assert not seen[law < 1e-12].any()
    common = law * len(rows) >= 5
    if common.sum() < 2:
        return 1.0
    kept, due = seen[common], law[common]
    return stats.chisquare(kept, due * kept.sum() / due.sum()).pvalue


@pytest.mark.parametrize(("network", "do"), QUESTIONS)
def test_interventions_have_their_exact_distributions(network, do):
    """Each variable's margin, by variable elimination; false alarm with probability 1e-5 for each of 9 questions."""
    held = SCM.load(network).do(do)
    rows = held.sample(ROWS, seed=77)
    assert min(_margin_fits(rows, held, name) for name in held.variables) > 1e-5 / len(held.variables)
