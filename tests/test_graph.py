from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.errors import GraphError, InputError
from causalsynth.graph import Dag, find_cycle
from causalsynth.scm import SCM

ASIA = SCM.from_bif("asia").graph


def test_asia_as_drawn_in_the_paper():
    assert ASIA.nodes == ("asia", "tub", "smoke", "lung", "bronc", "either", "xray", "dysp")
    assert len(ASIA.edges) == 8
    assert ASIA.parents("dysp") == ("bronc", "either")
    assert ASIA.children("smoke") == ("lung", "bronc")
    assert ASIA.ancestors("xray") == {"asia", "tub", "smoke", "lung", "either"}
    assert ASIA.descendants("tub") == {"either", "xray", "dysp"}
    assert ASIA.is_d_separated("asia", "smoke")
    assert not ASIA.is_d_separated("asia", "smoke", "xray")
    assert ASIA.is_d_separated(("lung", "either"), "bronc", ["smoke"])
    assert ASIA.minimal_separator("asia", "xray") in ({"tub"}, {"either"})
    assert ASIA.minimal_separator("asia", "tub") is None


def test_the_topological_order_is_that_of_the_file_where_it_can_be():
    dag = Dag({"c": ("b",), "z": (), "b": ("a",), "a": ()})
    assert dag.topological_order == ("z", "a", "b", "c")


def test_mutilation_cuts_arcs_into_targets_only():
    cut = ASIA.mutilate(["either", "lung"])
    assert set(ASIA.edges) - set(cut.edges) == {("lung", "either"), ("tub", "either"), ("smoke", "lung")}
    assert cut.nodes == ASIA.nodes
    assert Dag(ASIA.parents_of) == ASIA
    assert cut != ASIA


@pytest.mark.parametrize(("name", "count"), [("asia", 38), ("alarm", 1277)])
def test_implied_independencies_are_as_many_as_counted_by_other_means(name, count):
    dag = SCM.from_bif(name).graph
    triples = dag.implied_independencies()
    assert len(triples) == len(set(triples)) == count
    assert triples == sorted(triples)
    for x, y, z in triples:
        assert x < y
        assert list(z) == sorted(z)
        assert nx.is_d_separator(nx.DiGraph(dag.edges), x, y, set(z))
    assert max(len(z) for _, _, z in dag.implied_independencies(max_given=1, max_parents=0)) == 1
    assert max(len(z) for _, _, z in dag.implied_independencies(max_given=0, max_parents=2)) == 2


def test_implied_independencies_hold_in_the_distribution():
    """Exact, by summing the joint of asia: each triple has zero conditional mutual information."""
    scm = SCM.from_bif("asia")
    axes = {name: axis for axis, name in enumerate(scm.variables)}
    joint = np.ones((2,) * 8)
    for name, table in scm.mechanisms.items():
        operand = [axes[parent] for parent in table.parents] + [axes[name]]
        joint = np.einsum(joint, list(range(8)), table.probabilities, operand, list(range(8)))
    for x, y, z in ASIA.implied_independencies():

        def margin(*keep):
            return joint.sum(axis=tuple(axis for name, axis in axes.items() if name not in keep), keepdims=True)

        assert np.allclose(margin(x, y, *z) * margin(*z), margin(x, *z) * margin(y, *z), atol=1e-15)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7), st.data())
def test_separators_of_random_dags_separate_and_are_minimal(size, data):
    names = [f"v{i}" for i in range(size)]
    parents = {
        name: tuple(data.draw(st.lists(st.sampled_from(names[:i]), unique=True)) if i else ())
        for i, name in enumerate(names)
    }
    dag = Dag({name: parents[name] for name in data.draw(st.permutations(names))})
    rank = {name: position for position, name in enumerate(dag.topological_order)}
    assert all(rank[parent] < rank[child] for parent, child in dag.edges)
    for x, y in combinations(names, 2):
        separator = dag.minimal_separator(x, y)
        assert (separator is None) == ((x, y) in dag.edges or (y, x) in dag.edges)
        if separator is not None:
            assert dag.is_d_separated(x, y, separator)
            assert not any(dag.is_d_separated(x, y, separator - {name}) for name in separator)


def test_faults_are_named():
    with pytest.raises(GraphError, match="cycle: a → b → a"):
        Dag({"a": ("b",), "b": ("a",)})
    with pytest.raises(GraphError, match="parent 'x', which is not"):
        Dag({"a": ("x",)})
    with pytest.raises(GraphError, match="parent b twice"):
        Dag({"a": ("b", "b"), "b": ()})
    with pytest.raises(InputError, match="no variable 'nose'"):
        ASIA.parents("nose")
    with pytest.raises(InputError, match="tub occurs twice"):
        ASIA.is_d_separated("tub", "lung", ["tub"])
    assert find_cycle({"a": ("a",)}) == ("a", "a")
    assert find_cycle({"a": ("b",), "b": ()}) is None
