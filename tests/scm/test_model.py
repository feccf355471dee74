import pickle
from itertools import product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from causalsynth.errors import GraphError, InputError
from causalsynth.scm import SCM, CategoricalTable, Skeletons, find_graph

ASIA = SCM.from_bif("asia")
ALARM = SCM.from_bif("alarm")


def _all_rows(scm):
    names = scm.variables
    return [dict(zip(names, row, strict=True)) for row in product(*(scm.states(name) for name in names))]


def _encode(scm, rows):
    return Skeletons.from_records(rows, {name: scm.states(name) for name in scm.variables})


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**64), st.integers(0, 20000), st.integers(0, 20000), st.sampled_from([ASIA, ALARM]))
def test_any_shard_is_the_same_rows(seed, a, b, scm):
    start, stop = sorted((a, b))
    whole = scm.sample(stop, seed=seed)
    shard = scm.sample(stop - start, seed=seed, start=start)
    assert np.array_equal(shard.codes, whole.codes[:, start:])
    assert np.array_equal(shard.index, whole.index[start:])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.data())
def test_do_moves_descendants_only(seed, data):
    targets = data.draw(st.lists(st.sampled_from(ALARM.variables), min_size=1, max_size=3, unique=True))
    held = {name: data.draw(st.sampled_from(ALARM.states(name))) for name in targets}
    before, after = ALARM.sample(3000, seed=seed), ALARM.do(held).sample(3000, seed=seed)
    moved = set(targets).union(*(ALARM.graph.descendants(name) for name in targets))
    for name in ALARM.variables:
        if name in held:
            assert set(after.column(name).tolist()) == {ALARM.states(name).index(held[name])}
        elif name not in moved:
            assert np.array_equal(before.column(name), after.column(name))
    # Consistency: a row that had the values anyway is the same row.
    had = np.all([before.column(name) == ALARM.states(name).index(state) for name, state in held.items()], axis=0)
    assert np.array_equal(before.codes[:, had], after.codes[:, had])


def test_do_changes_what_is_downstream():
    before, after = ASIA.sample(2000, seed=1), ASIA.do(smoke="yes").sample(2000, seed=1)
    assert (before.column("lung") != after.column("lung")).any()
    assert ASIA.do(smoke="yes").interventions == {"smoke": "yes"}
    assert after.interventions == {"smoke": "yes"}
    assert ASIA.do({"lung": "yes"}).graph.parents("lung") == ()
    assert ASIA.do(lung="yes").do(lung="no", tub="yes").interventions == {"lung": "no", "tub": "yes"}
    assert ASIA.interventions == {}


def test_a_new_variable_disturbs_no_other():
    graph = nx.DiGraph(ASIA.graph.edges)
    graph.add_edge("aardvark", "asia")
    graph.add_edge("dysp", "zebra")
    coin = CategoricalTable(("y", "n"), (), np.array([0.5, 0.5]))
    asia = CategoricalTable(("yes", "no"), ("aardvark",), np.array([[0.01, 0.99], [0.01, 0.99]]))
    zebra = CategoricalTable(("y", "n"), ("dysp",), np.array([[0.1, 0.9], [0.4, 0.6]]))
    larger = SCM.from_networkx(
        graph, {**ASIA.mechanisms, "aardvark": coin, "asia": asia, "zebra": zebra}, name="larger"
    )
    one, two = ASIA.sample(5000, seed=9), larger.sample(5000, seed=9)
    for name in ASIA.variables:
        assert np.array_equal(one.column(name), two.column(name))


@pytest.mark.parametrize("scm", [ASIA, ASIA.do(smoke="no"), ALARM], ids=["asia", "do", "alarm"])
def test_each_family_has_its_distribution(scm):
    """Seeded chi-square over all parent configurations; false alarm with probability 1e-6 for each case."""
    rows = scm.sample(200_000, seed=20240501)
    statistic, freedom = 0.0, 0
    for name in scm.variables:
        table = scm.mechanisms[name]
        family = np.stack([rows.column(each) for each in (*table.parents, name)]).astype(int)
        cells = np.ravel_multi_index(tuple(family), table.probabilities.shape)
        observed = np.bincount(cells, minlength=table.probabilities.size).reshape(-1, len(table.states))
        expected = observed.sum(axis=1, keepdims=True) * table.probabilities.reshape(observed.shape)
        assert (observed[expected == 0] == 0).all()
        for seen, due in zip(observed, expected, strict=True):
            if due[due > 0].min(initial=np.inf) >= 5:
                statistic += ((seen - due)[due > 0] ** 2 / due[due > 0]).sum()
                freedom += int((due > 0).sum()) - 1
    assert freedom >= 8
    assert 5e-7 < stats.chi2.sf(statistic, freedom) < 1 - 5e-7


def test_joint_of_asia_is_that_of_its_tables():
    """Seeded chi-square over whole rows; false alarm with probability 1e-6."""
    every = _encode(ASIA, _all_rows(ASIA))
    mass = np.exp(ASIA.log_probability(every))
    assert mass.sum() == pytest.approx(1)
    drawn = ASIA.sample(300_000, seed=11)
    weights = 1 << np.arange(7, -1, -1)
    seen = np.bincount(weights @ drawn.codes, minlength=256)
    assert (seen[mass == 0] == 0).all()
    due = mass * len(drawn)
    common = due >= 5
    statistic = ((seen - due)[common] ** 2 / due[common]).sum()
    rest_seen, rest_due = seen[~common].sum(), due[~common].sum()
    statistic += (rest_seen - rest_due) ** 2 / rest_due
    assert stats.chi2.sf(statistic, common.sum()) > 1e-6


def test_either_is_always_the_or_of_tub_and_lung():
    for scm in (ASIA, ASIA.do(tub="yes"), ASIA.do(smoke="yes", asia="yes")):
        rows = scm.sample(100_000, seed=2)
        yes = rows.column("either") == 0
        assert np.array_equal(yes, (rows.column("tub") == 0) | (rows.column("lung") == 0))
        assert np.isfinite(scm.log_probability(rows)).all()


def test_log_probability_by_hand():
    row = dict.fromkeys(ASIA.variables, "no")
    wanted = np.log(0.99 * 0.99 * 0.5 * 0.99 * 0.7 * 1 * 0.95 * 0.9)
    assert ASIA.log_probability(_encode(ASIA, [row]))[0] == pytest.approx(wanted, rel=1e-12)
    held = ASIA.do(lung="yes")
    both = _encode(ASIA, [{**row, "lung": "yes", "either": "yes"}, row])
    wanted = np.log(0.99 * 0.99 * 0.5 * 0.7 * 1 * 0.02 * 0.3)
    assert held.log_probability(both)[0] == pytest.approx(wanted, rel=1e-12)
    assert held.log_probability(both)[1] == -np.inf
    with pytest.raises(InputError, match="don't have"):
        ALARM.log_probability(both)


@pytest.mark.parametrize("scm", [ASIA, ASIA.do(bronc="no")], ids=["asia", "do"])
def test_full_conditional_is_the_joint_renormalised(scm):
    every = _all_rows(scm)
    mass = dict(
        zip(
            (tuple(row.values()) for row in every),
            np.exp(scm.log_probability(_encode(scm, every))),
            strict=True,
        )
    )
    for row in every[::7]:
        for name in scm.variables:
            joint = [mass[tuple({**row, name: state}.values())] for state in scm.states(name)]
            wanted = [part / sum(joint) for part in joint] if sum(joint) else None
            others = {other: state for other, state in row.items() if other != name}
            got = scm.full_conditional(name, others)
            assert sum(got.values()) == pytest.approx(1)
            if wanted is not None:
                assert list(got.values()) == pytest.approx(wanted, abs=1e-12)


def test_full_conditional_where_nothing_is_possible_is_uniform():
    impossible = dict.fromkeys(ASIA.variables, "no") | {"tub": "yes"}
    assert ASIA.full_conditional("lung", impossible) == {"yes": 0.5, "no": 0.5}
    assert ASIA.full_conditional("either", impossible) == {"yes": 1.0, "no": 0.0}
    with pytest.raises(InputError, match="lacks either"):
        ASIA.full_conditional("lung", {"smoke": "no", "tub": "no"})
    with pytest.raises(InputError, match="tub has no state 'maybe'"):
        ASIA.full_conditional("lung", {**impossible, "tub": "maybe"})


def test_skeletons_give_rows_and_frames():
    rows = ALARM.sample(50, seed=4, start=100)
    frame = rows.to_frame()
    assert frame.index.name == "_index"
    assert frame.index.tolist() == list(range(100, 150))
    assert frame.to_dict("records") == list(rows)
    assert rows[0] == rows[-50]
    assert len(rows) == 50
    assert rows.codes.dtype == np.int8
    assert rows.codes.flags.c_contiguous
    again = Skeletons.from_records(list(rows), rows.states, index=rows.index.tolist())
    assert np.array_equal(again.codes, rows.codes)
    assert np.array_equal(pickle.loads(pickle.dumps(rows)).codes, rows.codes)
    with pytest.raises(InputError, match="row 1: HR = 'x'"):
        Skeletons.from_records([{**rows[0], "HR": "x"}], rows.states)
    with pytest.raises(InputError, match="no variable 'X'"):
        rows.column("X")


def test_models_travel_to_other_processes():
    copy = pickle.loads(pickle.dumps(ALARM.do(HR="LOW")))
    assert np.array_equal(copy.sample(100, seed=1).codes, ALARM.do(HR="LOW").sample(100, seed=1).codes)


def test_no_rows_are_no_error():
    assert len(ASIA.sample(0, seed=1)) == 0
    assert ASIA.sample(0, seed=1).to_frame().shape == (0, 8)
    assert ASIA.log_probability(ASIA.sample(0, seed=1)).shape == (0,)


def test_wrong_requests_say_what_is_right():
    with pytest.raises(InputError) as caught:
        ASIA.do(smok="yes")
    assert "smoke" in caught.value.hint
    with pytest.raises(InputError) as caught:
        ASIA.do(smoke="maybe")
    assert caught.value.hint == "its states are yes, no"
    with pytest.raises(InputError, match="twice"):
        ASIA.do({"smoke": "yes"}, smoke="no")
    for n, seed, start in ((-1, 0, 0), (1, -1, 0), (1, 0, -1)):
        with pytest.raises(InputError):
            ASIA.sample(n, seed=seed, start=start)


COIN = CategoricalTable(("y", "n"), (), np.array([0.5, 0.5]))
OF_A = CategoricalTable.from_rows(("y", "n"), ("a",), {("y",): (0.1, 0.9), ("n",): (1, 0)}, {"a": ("y", "n")})
THREE = CategoricalTable(("y", "n", "m"), (), np.array([0.5, 0.25, 0.25]))
TURNED = CategoricalTable(("n", "y"), (), np.array([0.5, 0.5]))
ARC = [("a", "b")]
MISFITS = {
    "missing": (ARC, {"a": COIN}, "b has no mechanism"),
    "extra": (ARC, {"a": COIN, "b": OF_A, "c": COIN}, "'c', which is not in the graph"),
    "parents": (ARC, {"a": COIN, "b": COIN}, r"parents \(a\) in the graph and \(\) in its mechanism"),
    "cycle": ([("a", "b"), ("b", "a")], {"a": COIN, "b": OF_A}, "cycle: a → b → a"),
    "shape": (ARC, {"a": THREE, "b": OF_A}, r"2 rows for a, which has the states y, n, m, in the mechanism of b"),
    "order": (ARC, {"a": TURNED, "b": OF_A}, r"a to have the states \(y, n\), a itself has \(n, y\)"),
}


@pytest.mark.parametrize("case", MISFITS)
def test_graphs_and_mechanisms_that_do_not_fit(case):
    arcs, mechanisms, message = MISFITS[case]
    if case == "cycle":
        mechanisms = {"a": CategoricalTable(("y", "n"), ("b",), OF_A.probabilities), "b": OF_A}
    with pytest.raises(GraphError, match=message):
        SCM.from_networkx(nx.DiGraph(arcs), mechanisms)


def test_ones_own_graph_is_sampled_in_its_own_order():
    scm = SCM.from_networkx(nx.DiGraph(ARC), {"b": OF_A, "a": COIN})
    assert scm.variables == ("a", "b")
    assert scm.name == "custom"
    rows = scm.sample(1000, seed=0)
    assert all(row["b"] == "y" for row in rows if row["a"] == "n")


def test_axes_follow_the_table_not_the_graph():
    graph = nx.DiGraph([("a", "c"), ("b", "c")])
    table = CategoricalTable(("y", "n"), ("b", "a"), np.array([[[1, 0], [1, 0]], [[0, 1], [0, 1]]], dtype=float))
    scm = SCM.from_networkx(graph, {"a": COIN, "b": COIN, "c": table})
    rows = scm.sample(500, seed=0)
    assert np.array_equal(rows.column("c"), rows.column("b"))


@pytest.mark.parametrize("graph", [nx.Graph(ARC), nx.MultiDiGraph(ARC), nx.DiGraph([(1, 2)])])
def test_other_graphs_are_refused(graph):
    with pytest.raises(GraphError):
        SCM.from_networkx(graph, {})


def test_graphs_are_found_by_name_path_and_folder(tmp_path):
    path = find_graph("asia")
    assert path.parent.name == "asia"
    assert SCM.from_bif(path.parent).variables == ASIA.variables
    assert SCM.from_bif(str(path)).name == "asia"
    assert find_graph("munin").name == "munin.bif.gz"
    with pytest.raises(GraphError) as caught:
        find_graph("asai")
    assert "did you mean asia" in caught.value.hint
    for wrong in ("x.bif", str(tmp_path / "no"), "a\0b.bif", "x" * 5000 + ".bif", tmp_path, ""):
        with pytest.raises(GraphError):
            SCM.from_bif(wrong)


def test_the_model_before_any_intervention_is_kept():
    asia = SCM.from_bif("asia")
    assert asia.observational is asia
    assert asia.do(smoke="yes").do(lung="no").observational is asia


def test_the_name_of_the_row_number_is_taken():
    table = CategoricalTable.from_rows(("a", "b"), (), {(): (0.5, 0.5)}, {})
    graph = nx.DiGraph()
    graph.add_node("_index")
    with pytest.raises(GraphError, match="_index"):
        SCM.from_networkx(graph, {"_index": table})
