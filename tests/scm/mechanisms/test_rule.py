"""Rules by cases; chi-square tests at 1e-6 each, seeded."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.mechanisms import Case, CategoricalTable, Rule

STATES = ("none", "noninvasive", "invasive")


@pytest.fixture(scope="module")
def make(scene):
    def build(*cases, states=STATES):
        parsed = (
            Case(None if condition is None else scene.parse(condition), tuple(map(scene.parse, probabilities)))
            for condition, probabilities in cases
        )
        return Rule(states, tuple(parsed))

    return build


@pytest.fixture(scope="module")
def ventilation(make):
    return make(("a < 0", ("a", "0", "1 - a")), ("device = new", (".35", ".25", ".40")), (None, ("b", "0", "1 - b")))


def test_the_first_case_that_holds_decides(make, scene):
    rule = make(("age > 75", ("1", "0", "0")), ("age > 50", ("0", "1", "0")), (None, ("0", "0", "1")))
    assert scene.sample(rule, scene.columns(4, age=[80, 75, 60, 50])).tolist() == [0, 1, 1, 2]
    assert rule.deterministic
    assert rule.parents == ("age",)


def test_states_follow_the_probabilities(ventilation, scene):
    parents = scene.columns(8000, a=1, b=0.3, device=np.arange(8000) % 2)
    drawn = scene.sample(ventilation, parents)
    known, new = drawn[::2], drawn[1::2]
    assert set(known) == {0, 2}
    assert stats.chisquare(np.bincount(known)[[0, 2]], [1200, 2800]).pvalue > 1e-6
    assert stats.chisquare(np.bincount(new), [1400, 1000, 1600]).pvalue > 1e-6
    probabilities = ventilation.state_probabilities(scene.columns(2, a=1, b=0.3, device=[0, 1]))
    assert np.allclose(probabilities.T, [[0.3, 0, 0.7], [0.35, 0.25, 0.4]])
    logs = ventilation.log_probability(np.array([1, 1], dtype=np.int8), scene.columns(2, a=1, b=0.3, device=[0, 1]))
    assert logs.tolist() == [-math.inf, math.log(0.25)]
    assert ventilation.parents == ("a", "device", "b")
    assert not ventilation.deterministic


def test_a_case_is_worked_out_only_where_it_decides(make, scene):
    rule = make(("b = 0", ("1", "0")), ("a/b > 1", ("1/b", "1 - 1/b")), (None, ("0", "1")), states=("n", "y"))
    assert scene.sample(rule, scene.columns(3, a=[1, 0, 2], b=[0, 0.001, 1])).tolist() == [0, 1, 0]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(st.just(0.0), st.floats(1e-9, 1)), min_size=2, max_size=9).filter(any), st.integers(0, 2**31 - 1)
)
def test_couples_noise_and_states_as_a_table_does(make, scene, weights, fresh):
    states = tuple(f"s{code}" for code in range(len(weights)))
    probabilities = np.array(weights) / sum(weights)
    rule = make((None, tuple(f"{each!r}" for each in probabilities.tolist())), states=states)
    table = CategoricalTable(states, (), probabilities)
    edges = {0, 2**31 - 1, *(int(t) + d for t in table.thresholds.ravel() for d in (-1, 0, 1))}
    noise = np.array(sorted(edge for edge in edges if 0 <= edge < 2**31), dtype=np.uint32)
    parents = scene.columns(len(noise))
    codes = scene.evaluate(rule, noise, parents)
    assert codes.tolist() == scene.evaluate(table, noise, parents).tolist()
    assert (probabilities[codes] > 0).all()
    again = np.full(len(noise), fresh, dtype=np.uint32)
    found = rule.abduct(codes, parents, again)
    assert found.tolist() == table.abduct(codes, parents, again).tolist()
    assert scene.evaluate(rule, found, parents).tolist() == codes.tolist()


def test_inferred_noise_leads_back_and_fills_the_interval(ventilation, scene):
    """Uniform between the thresholds: KS at 1e-6."""
    parents = scene.columns(8000, a=1, b=np.linspace(0.1, 0.9, 8000), device=0)
    values = np.full(8000, 2, dtype=np.int8)
    noise = ventilation.abduct(values, parents, scene.fresh(ventilation, 8000))
    assert noise.dtype == np.uint32
    assert (scene.evaluate(ventilation, noise, parents) == 2).all()
    assert stats.kstest((noise / 2**31 - parents["b"]) / (1 - parents["b"]), "uniform").pvalue > 1e-6
    with pytest.raises(InputError, match=r"'noninvasive' is less probable .* when a = 1, device = known, b = 0.1:"):
        ventilation.abduct(np.full(8000, 1, dtype=np.int8), parents, scene.fresh(ventilation, 8000))


def test_uncovered_rows(make, scene):
    rule = make(("age > 75", ("1", "0", "0")))
    with pytest.raises(GraphError, match="no case holds when age = 60 years"):
        scene.sample(rule, scene.columns(3, age=[80, 60, 50]))


FAULTS = [
    ("b", ("b", "0", "1 - b"), 1.5, r"model.yaml:1:1: 1.5 is not a probability \(0 to 1\) when b = 1.5"),
    ("second", ("0.9", "b", "0.1 - b"), -0.2, "-0.2 is not a probability"),
    ("sum", ("0.5", "b", "0.1"), 0.3, r"the probabilities sum to 0.9, not 1 when b = 0.3"),
]


@pytest.mark.parametrize(
    ("probabilities", "b", "message"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS]
)
def test_probabilities_that_are_none(make, scene, probabilities, b, message):
    with pytest.raises(GraphError, match=message):
        scene.sample(make((None, probabilities)), scene.columns(2, b=[0.1, b] if "sum" not in message else b))


def test_rounding_is_forgiven_and_thirds_are_scaled(make, scene):
    rule = make((None, ("1 - 0.9 - 0.1 + b", "0.9", "0.1")))
    assert set(scene.sample(rule, scene.columns(500, b=0))) == {1, 2}
    thirds = make((None, ("0.333", "0.333", "0.333")))
    assert np.allclose(thirds.state_probabilities(scene.columns(1)), 1 / 3)


def test_faults_that_show_before_any_row(make, scene):
    always = (None, ("1", "0", "0"))
    for cases, message in [
        ((), "a case at least"),
        ((("a > 1", ("1", "0")),), "2 probabilities for 3 states"),
        ((always, ("a > 1", ("1", "0", "0"))), "case 1 holds always"),
        (((None, ("0.5", "0.4", "0")),), "sum to 0.9"),
        (((None, ("1.5", "-0.5", "0")),), "1.5 is not a probability"),
    ]:
        with pytest.raises(GraphError, match=message):
            make(*cases)
    for rule, message in [
        (make(("a", ("1", "0", "0"))), "condition is needed"),
        (make((None, ("a > 1", "0", "0"))), "number is needed"),
        (make(("sex = other", ("1", "0", "0"))), "other"),
    ]:
        with pytest.raises(GraphError, match=message):
            rule.check(scene.supports)


def test_what_decides_values_is_in_the_canonical_form(make, ventilation):
    one, other = make((None, ("1", "0", "0"))), make((None, ("0", "1", "0")))
    assert len({str(each.canonical()) for each in (one, other, ventilation)}) == 3
    assert one == make((None, ("1", "0", "0")))
