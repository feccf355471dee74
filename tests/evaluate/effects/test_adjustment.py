"""Adjustment sets: what the criterion calls valid gives the interventional law, and nothing valid is missed."""

import random
from itertools import chain, combinations

import numpy as np
import pytest

from causalsynth.evaluate.effects import AdjustmentKind, adjustment_set, is_valid_adjustment
from causalsynth.evaluate.enumeration import configurations
from causalsynth.graph import Dag
from causalsynth.scm import SCM, CategoricalTable


def random_model(seed, size=6):
    rng, draw = random.Random(seed), np.random.default_rng(seed)
    names = [f"v{at}" for at in range(size)]
    tables = {}
    for at, name in enumerate(names):
        parents = tuple(other for other in names[:at] if rng.random() < 0.45)
        yes = draw.uniform(0.1, 0.9, (2,) * len(parents))
        tables[name] = CategoricalTable(("a", "b"), parents, np.stack((yes, 1 - yes), axis=-1))
    return SCM.from_mechanisms("random", tables)


def pairs(graph):
    return [(x, y) for x in graph.nodes for y in sorted(graph.descendants(x))]


def subsets(names):
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def adjusted(model, x, y, given):
    """Σ_z P(z) P(y | x, z) by summing over all configurations."""
    every = configurations(model, model.variables)
    weight, total = every.probability, 0.0
    key = sum((every.codes[name].astype(int) << at for at, name in enumerate(given)), np.zeros(len(weight), int))
    for z in np.unique(key):
        inside = key == z
        treated = inside & (every.codes[x] == 0)
        total += weight[inside].sum() * weight[treated & (every.codes[y] == 0)].sum() / weight[treated].sum()
    return total


@pytest.mark.parametrize("seed", range(6))
def test_valid_sets_give_the_interventional_law_exactly(seed):
    model = random_model(seed)
    for x, y in pairs(model.graph):
        truth = configurations(model.do({x: "a"}), [y]).law(y)[0]
        for kind in AdjustmentKind:
            given = adjustment_set(model.graph, x, y, kind=kind)
            assert is_valid_adjustment(model.graph, x, y, given)
            assert adjusted(model, x, y, given) == pytest.approx(truth, abs=1e-12), (x, y, kind, given)


@pytest.mark.parametrize("seed", range(3))
def test_the_criterion_is_complete_and_minimal_sets_are_minimal(seed):
    model = random_model(seed, size=5)
    for x, y in pairs(model.graph):
        truth = configurations(model.do({x: "a"}), [y]).law(y)[0]
        others = [name for name in model.variables if name not in (x, y)]
        valid = [set(given) for given in subsets(others) if is_valid_adjustment(model.graph, x, y, given)]
        right = [set(given) for given in subsets(others) if abs(adjusted(model, x, y, given) - truth) < 1e-12]
        assert valid == right  # with random tables, a set that is right by coincidence has probability 0
        for observed in subsets(others):
            found = adjustment_set(model.graph, x, y, observed=observed)
            possible = [given for given in valid if given <= set(observed)]
            assert (found is None) == (not possible)
            assert found is None or not [given for given in possible if given < set(found)]


def test_parents_and_optimal_sets_are_those_of_their_papers():
    graph = Dag({"v": (), "w": (), "x": ("v",), "m": ("x", "w"), "y": ("m",), "d": ("m",)})
    assert adjustment_set(graph, "x", "y", kind=AdjustmentKind.PARENTS) == ("v",)
    assert adjustment_set(graph, "x", "y", kind=AdjustmentKind.OPTIMAL) == ("w",)
    assert adjustment_set(graph, "x", "y") == ()
    assert not is_valid_adjustment(graph, "x", "y", ["d"])  # downstream of a mediator


def test_a_function_of_its_parents_is_not_adjusted_for_them():
    graph = SCM.load("asia").graph
    assert adjustment_set(graph, "either", "dysp") == ("bronc",)
    assert adjustment_set(graph, "either", "dysp", observed=["smoke", "xray"]) == ("smoke",)
    assert adjustment_set(graph, "either", "dysp", observed=["xray"]) is None
