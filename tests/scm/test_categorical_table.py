import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.errors import GraphError, InputError
from causalsynth.scm import Categorical, CategoricalTable, Columns

STATES = ("lo", "mid", "hi")


def _draw(table, noise, **parents):
    out = np.empty(len(noise), dtype=np.int8)
    supports = dict(zip(table.parents, map(Categorical, table.parent_states or ()), strict=True))
    codes = {name: np.array(values, dtype=np.int8) for name, values in parents.items()}
    table.evaluate(np.array(noise, dtype=np.uint32), Columns(codes, supports, len(noise)), out)
    return out.tolist()


def test_from_rows_puts_labels_onto_axes():
    table = CategoricalTable.from_rows(
        STATES,
        ("b", "a"),
        {("0", "x"): (1, 0, 0), ("1", "x"): (0, 1, 0), ("0", "y"): (0, 0, 1), ("1", "y"): (0.2, 0.3, 0.5)},
        {"a": ("x", "y"), "b": ("0", "1")},
    )
    assert table.probabilities.shape == (2, 2, 3)
    assert table.probabilities[1, 0].tolist() == [0, 1, 0]
    assert table.probabilities[0, 1].tolist() == [0, 0, 1]
    assert _draw(table, [2**31 - 1, 0, 0], b=[0, 1, 0], a=[0, 0, 1]) == [0, 1, 2]


def test_noise_at_a_threshold_belongs_to_the_next_state():
    table = CategoricalTable(STATES, (), np.array([0.25, 0.25, 0.5]))
    assert table.thresholds.ravel().tolist() == [2**29, 2**30]
    assert _draw(table, [0, 2**29 - 1, 2**29, 2**30 - 1, 2**30, 2**31 - 1]) == [0, 0, 1, 1, 2, 2]


@settings(max_examples=200)
@given(st.lists(st.one_of(st.just(0.0), st.floats(1e-12, 1)), min_size=1, max_size=127).filter(any), st.data())
def test_impossible_states_are_never_drawn(weights, data):
    probabilities = np.array(weights) / sum(weights)
    table = CategoricalTable(tuple(map(str, range(len(weights)))), (), probabilities)
    edges = {0, 2**31 - 1, *(int(t) + d for t in table.thresholds.ravel() for d in (-1, 0, 1))}
    edges.add(data.draw(st.integers(0, 2**31 - 1)))
    for code in _draw(table, sorted(edge for edge in edges if 0 <= edge < 2**31)):
        assert probabilities[code] > 0


def test_a_row_close_to_one_is_scaled_and_one_at_one_is_left_alone():
    exact = np.array([0.1, 0.2, 0.7])
    assert CategoricalTable(STATES, (), exact).probabilities.tolist() == exact.tolist()
    thirds = CategoricalTable(STATES, (), np.array([0.333, 0.333, 0.333]))
    assert thirds.probabilities.sum() == pytest.approx(1, abs=1e-15)


def test_tables_are_read_only():
    mine = np.array([0.5, 0.5])
    table = CategoricalTable(("y", "n"), (), mine)
    mine[0] = 9
    assert table.probabilities[0] == 0.5
    with pytest.raises(ValueError, match="read-only"):
        table.probabilities[0] = 1


BAD = {
    "sum": (lambda: CategoricalTable(STATES, (), np.array([0.3, 0.3, 0.3])), "sum to 0.9"),
    "sum in a row": (
        lambda: CategoricalTable(("y", "n"), ("a",), np.array([[1, 0], [0.5, 0.6]])),
        r"row \[1\].*1.1",
    ),
    "negative": (lambda: CategoricalTable(STATES, (), np.array([-0.1, 0.6, 0.5])), "-0.1 is not"),
    "nan": (lambda: CategoricalTable(STATES, (), np.array([np.nan, 0.5, 0.5])), "nan is not"),
    "states": (lambda: CategoricalTable(("y", "y"), (), np.array([0.5, 0.5])), "'y' occurs twice"),
    "empty name": (lambda: CategoricalTable(("y", ""), (), np.array([0.5, 0.5])), "'' is no name"),
    "parents": (lambda: CategoricalTable(("y",), ("a", "a"), np.ones((1, 1, 1))), "parent 'a' occurs twice"),
    "no states": (lambda: CategoricalTable((), (), np.array([])), "1 to 127"),
    "axes": (lambda: CategoricalTable(STATES, ("a",), np.array([0.3, 0.3, 0.4])), "doesn't fit"),
    "missing": (
        lambda: CategoricalTable.from_rows(STATES, ("a",), {("x",): (1, 0, 0)}, {"a": ("x", "y")}),
        r"row \(y\) is missing",
    ),
    "unknown": (lambda: CategoricalTable.from_rows(STATES, (), {("x",): (1, 0, 0)}, {}), "no configuration"),
    "short": (lambda: CategoricalTable.from_rows(STATES, (), {(): (1, 0)}, {}), "2 probabilities for 3"),
    "parent": (lambda: CategoricalTable.from_rows(STATES, ("a",), {}, {}), "parent a aren't given"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_tables_are_refused(case):
    make, message = BAD[case]
    with pytest.raises(GraphError, match=message):
        make()


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 127), st.integers(0, 2**32 - 1))
def test_bisection_counts_thresholds_as_comparing_with_each_does(states, seed):
    rng = np.random.default_rng(seed)
    weights = (
        rng.random((3, states)) * (rng.random((3, states)) < 0.7)
        + np.eye(3, states)[:, ::-1]
        + 1e-3 * np.eye(1, states)
    )
    table = CategoricalTable(
        tuple(map(str, range(states))), ("p",), weights / weights.sum(axis=1, keepdims=True), (("x", "y", "z"),)
    )
    edges = [int(each) + shift for each in table.thresholds.ravel()[:200] for shift in (-1, 0)]
    noise = [edge for edge in [*edges, 0, 2**31 - 1, *rng.integers(0, 2**31, 50).tolist()] if 0 <= edge < 2**31]
    parent = rng.integers(0, 3, len(noise))
    own = table.thresholds[:, : states - 1][parent]
    wanted = (np.array(noise)[:, None] >= own).sum(axis=1)
    assert _draw(table, noise, p=parent) == wanted.tolist()


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 127), st.integers(0, 2**32 - 1))
def test_inferred_noise_leads_back_to_the_state_and_fills_its_interval(states, seed):
    rng = np.random.default_rng(seed)
    table = CategoricalTable(tuple(map(str, range(states))), (), rng.dirichlet(np.ones(states)))
    noise = rng.integers(0, 2**31, 500, dtype=np.uint32)
    none = Columns({}, {}, 500)
    codes, again = np.empty(500, dtype=np.int8), np.empty(500, dtype=np.int8)
    table.evaluate(noise, none, codes)
    fresh = rng.integers(0, 2**31, 500, dtype=np.uint32)
    inferred = table.abduct(codes, none, fresh)
    table.evaluate(inferred, none, again)
    assert np.array_equal(codes, again)
    edges = np.concatenate([[0], table.thresholds[0, : states - 1], [2**31]]).astype(float)
    width = edges[codes.astype(int) + 1] - edges[codes]
    assert np.abs((inferred - edges[codes]) - width * fresh / 2**31).max() <= 1


def test_a_state_too_rare_for_the_noise_has_none_behind_it():
    table = CategoricalTable(("a", "b"), (), np.array([1e-12, 1.0]))
    with pytest.raises(InputError, match="'a' is less probable"):
        table.abduct(np.zeros(1, np.int8), Columns({}, {}, 1), np.zeros(1, np.uint32))
