"""Counterfactual frequencies against computations that share no code with the package.

For the inverse CDF the twin's law given the facts is a matter of overlapping intervals and is computed exactly, in
rational numbers. For Gumbel-max it is counted in a brute-force simulation: noise from numpy's own generator, and both
worlds evaluated by hand at the same noise.
"""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import stats

from causalsynth.scm import SCM, CategoricalTable, Skeletons

pytestmark = pytest.mark.statistical

STATES = {"a": ("a0", "a1", "a2"), "b": ("b0", "b1"), "c": ("c0", "c1", "c2"), "d": ("d0", "d1", "d2", "d3")}
PARENTS = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("b", "c")}
DO = {"b": "b1"}


def _weights(seed):
    """Draw small whole weights a row, some of them 0, so that probabilities are exact fractions."""
    rng = np.random.default_rng(seed)
    tables = {}
    for name, parents in PARENTS.items():
        for row in product(*(range(len(STATES[parent])) for parent in parents)):
            weights = rng.integers(0, 9, len(STATES[name]))
            weights[rng.integers(len(weights))] += 1
            tables[name, row] = [Fraction(int(weight), int(weights.sum())) for weight in weights]
    return tables


def _scm(weights):
    mechanisms = {}
    for name, parents in PARENTS.items():
        shape = tuple(len(STATES[parent]) for parent in parents)
        table = np.zeros((*shape, len(STATES[name])))
        for row in product(*map(range, shape)):
            table[row] = [float(share) for share in weights[name, row]]
        mechanisms[name] = CategoricalTable(STATES[name], parents, table)
    return SCM.from_mechanisms("small", mechanisms)


def _facts(weights):
    """List every possible row with its probability."""
    for codes in product(*(range(len(own)) for own in STATES.values())):
        row = dict(zip(STATES, codes, strict=True))
        share = Fraction(1)
        for name, parents in PARENTS.items():
            share *= weights[name, tuple(row[parent] for parent in parents)][row[name]]
        if share:
            yield row, share


def _interval(row, code):
    return sum(row[:code], Fraction(0)), sum(row[: code + 1], Fraction(0))


def _twins_by_intervals(weights, fact):
    """Give the twin's law: each noise lies in the fact's interval and leads to the states whose intervals it meets."""
    worlds = {(): Fraction(1)}
    for name, parents in PARENTS.items():
        grown = {}
        for codes, share in worlds.items():
            twin = dict(zip(STATES, codes, strict=False))
            if name in DO:
                grown[*codes, STATES[name].index(DO[name])] = share
                continue
            low, high = _interval(weights[name, tuple(fact[parent] for parent in parents)], fact[name])
            there = weights[name, tuple(twin[parent] for parent in parents)]
            for code in range(len(there)):
                left, right = _interval(there, code)
                overlap = min(high, right) - max(low, left)
                if overlap > 0:
                    grown[*codes, code] = share * overlap / (high - low)
        worlds = grown
    assert sum(worlds.values()) == 1
    return worlds


def _counts(twins):
    keys, counts = np.unique(twins.codes.T, axis=0, return_counts=True)
    return {tuple(key): int(count) for key, count in zip(keys.tolist(), counts, strict=True)}


def _misfit(counts, law):
    """Chi-square p-value; cells expected fewer than 5 times are pooled, impossible ones must be empty."""
    n = sum(counts.values())
    assert set(counts) <= {key for key, share in law.items() if share}
    cells = [(counts.get(key, 0), float(share) * n) for key, share in law.items() if share]
    common = [cell for cell in cells if cell[1] >= 5]
    rest = np.sum([cell for cell in cells if cell[1] < 5], axis=0) if len(common) < len(cells) else np.zeros(2)
    if rest[1] >= 5:
        common.append(tuple(rest))
    if len(common) < 2:
        return 1.0
    seen, due = np.array(common).T
    return stats.chi2.sf(((seen - due) ** 2 / due).sum(), len(common) - 1)


@pytest.mark.parametrize("seed", range(4))
def test_inferred_noise_gives_the_twins_that_the_intervals_give(seed):
    """Seeded; Bonferroni over the facts: false alarm with probability 1e-6 for each of 4 models."""
    weights = _weights(seed)
    scm, facts = _scm(weights), list(_facts(weights))
    for number, (fact, _) in enumerate(facts):
        words = {name: STATES[name][code] for name, code in fact.items()}
        rows = Skeletons.from_records([words] * 4000, STATES)
        twins = scm.counterfactual(rows, DO, seed=number)
        assert _misfit(_counts(twins), _twins_by_intervals(weights, fact)) > 1e-6 / len(facts)


@pytest.mark.parametrize("seed", range(4))
def test_retained_noise_gives_the_same_pairs(seed):
    """Facts and twins drawn together have the law P(fact) P(twin | fact); false alarm 1e-6 for each of 4 models."""
    weights = _weights(seed)
    scm = _scm(weights)
    rows = scm.sample(400_000, seed=seed)
    twins = scm.counterfactual(rows, DO)
    counts = {}
    pairs, numbers = np.unique(np.concatenate([rows.codes, twins.codes]).T, axis=0, return_counts=True)
    for pair, number in zip(pairs.tolist(), numbers.tolist(), strict=True):
        counts[tuple(pair)] = number
    law = {
        (*fact.values(), *twin): share * chance
        for fact, share in _facts(weights)
        for twin, chance in _twins_by_intervals(weights, fact).items()
    }
    assert _misfit(counts, law) > 1e-6


def _brute_gumbel(weights, n, rng):
    """Evaluate both worlds at the same Gumbel noise, by hand: codes of shape (2, variables, n)."""
    worlds = np.zeros((2, len(STATES), n), dtype=int)
    where = {name: position for position, name in enumerate(STATES)}
    with np.errstate(divide="ignore"):
        for name, parents in PARENTS.items():
            noise = rng.gumbel(size=(n, len(STATES[name])))
            table = np.zeros((*(len(STATES[parent]) for parent in parents), len(STATES[name])))
            for row in product(*(range(len(STATES[parent])) for parent in parents)):
                table[row] = [float(share) for share in weights[name, row]]
            for world in range(2):
                logs = np.log(table[tuple(worlds[world, where[parent]] for parent in parents)])
                worlds[world, where[name]] = np.argmax(logs + noise, axis=1)
                if world == 1 and name in DO:
                    worlds[world, where[name]] = STATES[name].index(DO[name])
    return worlds


@pytest.mark.parametrize("retained", [True, False], ids=["retained", "inferred"])
@pytest.mark.parametrize("seed", range(3))
def test_gumbel_twins_have_the_frequencies_of_a_brute_force_simulation(seed, retained):
    """Two samples of (fact, twin), chi-square of homogeneity; false alarm with probability 1e-6 for each of 6 cases."""
    weights = _weights(seed)
    scm, n = _scm(weights).with_coupling("gumbel_max"), 300_000
    rows = scm.sample(n, seed=seed)
    if not retained:
        rows = Skeletons.from_records(list(rows), STATES)
    twins = scm.counterfactual(rows, DO)
    ours = np.concatenate([rows.codes, twins.codes]).T
    theirs = np.concatenate(_brute_gumbel(weights, n, np.random.default_rng(seed + 100))).T
    pairs, which = np.unique(np.concatenate([ours, theirs]), axis=0, return_inverse=True)
    table = np.stack([np.bincount(part.ravel(), minlength=len(pairs)) for part in np.split(which.ravel(), 2)])
    common = table.sum(axis=0) >= 10
    pooled = np.column_stack([table[:, common], table[:, ~common].sum(axis=1)])
    pooled = pooled[:, pooled.sum(axis=0) > 0]
    assert stats.chi2_contingency(pooled).pvalue > 1e-6


def test_couplings_agree_on_what_they_must_and_differ_in_the_rest():
    """P(twin) is identified and equal; P(fact, twin) isn't (Oberst & Sontag 2019). False alarm 1e-6 each."""
    weights = _weights(1)
    scm, n = _scm(weights), 300_000
    results = {}
    for coupling in ("inverse_cdf", "gumbel_max"):
        rows = scm.with_coupling(coupling).sample(n, seed=5)
        results[coupling] = np.concatenate([rows.codes, scm.with_coupling(coupling).counterfactual(rows, DO).codes])

    def homogeneity(rows):
        pairs, which = np.unique(np.concatenate(rows, axis=1).T, axis=0, return_inverse=True)
        table = np.stack([np.bincount(part.ravel(), minlength=len(pairs)) for part in np.split(which.ravel(), 2)])
        return stats.chi2_contingency(table[:, table.sum(axis=0) >= 10]).pvalue

    assert homogeneity([results["inverse_cdf"][4:], results["gumbel_max"][4:]]) > 1e-6
    assert homogeneity([results["inverse_cdf"][:4], results["gumbel_max"][:4]]) > 1e-6
    assert homogeneity([results["inverse_cdf"], results["gumbel_max"]]) < 1e-12
