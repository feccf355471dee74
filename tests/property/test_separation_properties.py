"""D-separation on random graphs: against networkx, its definition by trails, and exact distributions."""

from itertools import combinations, product

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.graph import Dag

EXAMPLES = settings(max_examples=60, deadline=None)


@st.composite
def dags(draw, *, most=8):
    """Names in random declared order, any arcs along a hidden order."""
    names = [f"v{number}" for number in range(draw(st.integers(2, most)))]
    pairs = list(combinations(names, 2))
    drawn = draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    arcs = {pair for pair, wanted in zip(pairs, drawn, strict=True) if wanted}
    return Dag({name: tuple(p for p in names if (p, name) in arcs) for name in draw(st.permutations(names))})


@st.composite
def functional_dags(draw, *, most=6):
    dag = draw(dags(most=most))
    return dag, tuple(draw(st.lists(st.sampled_from(dag.nodes), unique=True)))


def triples(dag):
    for x, y in combinations(dag.nodes, 2):
        rest = [name for name in dag.nodes if name not in (x, y)]
        for chosen in product([False, True], repeat=len(rest)):
            yield x, y, tuple(name for name, taken in zip(rest, chosen, strict=True) if taken)


def determined(dag, z, deterministic):
    """Z*, by the definition: one pass along the order."""
    closed = set(z)
    for name in dag.topological_order:
        if name in deterministic and closed.issuperset(dag.parents(name)):
            closed.add(name)
    return closed


def by_trails(dag, x, y, z, deterministic):
    """D-separation to the letter: look at every trail between two variables."""
    closed = determined(dag, z, deterministic)
    if {x, y} & closed:
        return True
    seen = {name for name in dag.nodes if name in z or dag.descendants(name) & set(z)}

    def is_open(before, name, after):
        collider = {before, after} <= set(dag.parents(name))
        return name in seen if collider else name not in closed

    trails = nx.all_simple_paths(dag.digraph.to_undirected(), x, y)
    return not any(all(is_open(*trail[i - 1 : i + 2]) for i in range(1, len(trail) - 1)) for trail in trails)


def random_joint(dag, deterministic, seed):
    """Give the joint of binary variables, one axis a variable: random functions and random tables within 0.1–0.9."""
    rng = np.random.default_rng(seed)
    size = len(dag.nodes)
    axes = {name: axis for axis, name in enumerate(dag.nodes)}
    joint = np.ones((2,) * size)
    for name in dag.nodes:
        shape = (2,) * len(dag.parents(name))
        yes = rng.integers(0, 2, shape) if name in deterministic else rng.uniform(0.1, 0.9, shape)
        table = np.stack([1.0 - yes, yes], axis=-1)
        operand = [axes[parent] for parent in (*dag.parents(name), name)]
        joint = np.einsum(joint, list(range(size)), table, operand, list(range(size)))
    return joint


@EXAMPLES
@given(dags())
def test_without_functions_all_is_as_networkx_has_it(dag):
    for x, y in combinations(dag.nodes, 2):
        for one, other in ((x, y), (y, x)):
            assert dag.minimal_separator(one, other) == nx.find_minimal_d_separator(dag.digraph, one, other)
        assert dag.ancestors(x) == nx.ancestors(dag.digraph, x)
        assert dag.descendants(x) == nx.descendants(dag.digraph, x)


@EXAMPLES
@given(dags(most=6), st.data())
def test_sets_are_separated_as_networkx_has_it(dag, data):
    for x, y, z in triples(dag):
        assert dag.is_d_separated(x, y, z) == nx.is_d_separator(dag.digraph, x, y, set(z)), (x, y, z)
    sides = data.draw(st.lists(st.integers(0, 3), min_size=len(dag.nodes), max_size=len(dag.nodes)))
    x, y, z = ({name for name, side in zip(dag.nodes, sides, strict=True) if side == wanted} for wanted in range(3))
    assert dag.is_d_separated(x, y, z) == nx.is_d_separator(dag.digraph, x, y, z)


@EXAMPLES
@given(dags())
def test_implied_independencies_are_those_that_networkx_gives(dag):
    expected = set()
    for x, y in combinations(dag.nodes, 2):
        separator = nx.find_minimal_d_separator(dag.digraph, x, y)
        if separator is not None and len(separator) <= 3:
            expected.add((min(x, y), max(x, y), tuple(sorted(separator))))
    for x in dag.nodes:
        for y in set(dag.nodes) - {x, *dag.parents(x)} - nx.descendants(dag.digraph, x):
            if len(dag.parents(x)) <= 4:
                expected.add((min(x, y), max(x, y), tuple(sorted(dag.parents(x)))))
    assert dag.implied_independencies() == sorted(expected)


@EXAMPLES
@given(functional_dags(most=5))
def test_d_separation_with_functions_is_its_definition_by_trails(case):
    dag, deterministic = case
    for x, y, z in triples(dag):
        assert dag.determined_by(z, deterministic) == determined(dag, z, deterministic)
        found = dag.is_d_separated(x, y, z, deterministic=deterministic)
        assert found == by_trails(dag, x, y, z, deterministic), (x, y, z)
        assert found or not dag.is_d_separated(x, y, z)


@EXAMPLES
@given(functional_dags(most=5), st.integers(0, 2**32))
def test_what_is_d_separated_is_independent_in_the_exact_joint(case, seed):
    dag, deterministic = case
    joint = random_joint(dag, deterministic, seed)

    def margin(*keep):
        return joint.sum(axis=tuple(i for i, name in enumerate(dag.nodes) if name not in keep), keepdims=True)

    assert abs(joint.sum() - 1) < 1e-9
    for x, y, z in triples(dag):
        if dag.is_d_separated(x, y, z, deterministic=deterministic):
            gap = margin(x, y, *z) * margin(*z) - margin(x, *z) * margin(y, *z)
            assert np.abs(gap).max() < 1e-9, (x, y, z)


@EXAMPLES
@given(functional_dags())
def test_listed_independencies_hold_by_the_functions_and_say_something(case):
    dag, deterministic = case
    for x, y, z in dag.implied_independencies(deterministic=deterministic):
        assert dag.is_d_separated(x, y, z, deterministic=deterministic)
        assert not {x, y} & determined(dag, z, deterministic)
        for name in z:
            assert name not in determined(dag, set(z) - {name}, deterministic)
        if not dag.is_d_separated(x, y, z):
            assert len(z) <= 3


@EXAMPLES
@given(functional_dags())
def test_functions_shorten_listed_sets_and_add_minimal_ones(case):
    """No set is too large to be listed here, so that each plain one that says something is, in short."""
    dag, deterministic = case
    cores = set()
    for x, y, z in dag.implied_independencies(max_given=9, max_parents=9):
        closed = determined(dag, z, deterministic)
        if not {x, y} & closed:
            redundant = {name for name in z if name in deterministic and closed.issuperset(dag.parents(name))}
            cores.add((x, y, tuple(sorted(set(z) - redundant))))
    listed = set(dag.implied_independencies(max_given=9, max_parents=9, deterministic=deterministic))
    assert cores <= listed
    for x, y, z in listed - cores:
        assert not dag.is_d_separated(x, y, z)
        assert not any(dag.is_d_separated(x, y, set(z) - {name}, deterministic=deterministic) for name in z)


@EXAMPLES
@given(functional_dags(), st.data())
def test_d_separation_is_a_graphoid(case, data):
    """Symmetry, decomposition, weak union, contraction and composition (Geiger, Verma & Pearl 1990, section 2)."""
    dag, functions = case
    sides = data.draw(st.lists(st.integers(0, 4), min_size=len(dag.nodes), max_size=len(dag.nodes)))
    x, y, w, z = ({name for name, side in zip(dag.nodes, sides, strict=True) if side == wanted} for wanted in range(4))

    def apart(one, other, given_):
        return dag.is_d_separated(one, other, given_, deterministic=functions)

    assert apart(x, y, z) == apart(y, x, z)
    assert apart(x, y | w, z) == (apart(x, y, z) and apart(x, w, z))
    assert apart(x, y | w, z) == (apart(x, y, z) and apart(x, w, z | y))
