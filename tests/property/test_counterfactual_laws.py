"""The laws of counterfactuals (Pearl, Causality, 2009, section 7.3): composition, effectiveness, consistency."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.scm import SCM, Numeric, Shift, Skeletons

MODELS = {
    "alarm": SCM.load("alarm"),
    "alarm, Gumbel-max": SCM.load("alarm").with_coupling("gumbel_max"),
    "mimic_struct": SCM.load("mimic_struct"),
    "payments": SCM.load("payments"),
}
models = st.sampled_from(sorted(MODELS)).map(MODELS.__getitem__)
seeds = st.integers(0, 2**40)
ROWS = 300


def _value(data, scm, name, rows):
    """Choose a value that occurs, or any state."""
    support = scm.support(name)
    if isinstance(support, Numeric):
        return rows[data.draw(st.integers(0, len(rows) - 1))][name]
    return data.draw(st.sampled_from(support.states))


def _observed(rows):
    """Forget where rows came from: their noise has to be inferred."""
    return Skeletons.from_records(list(rows), rows.supports, index=rows.index.tolist())


def _same(one, two, where=None):
    where = np.ones(len(one), dtype=bool) if where is None else where
    return all(np.array_equal(one.column(name)[where], two.column(name)[where]) for name in one.variables)


def _is(rows, name, value):
    return rows.column(name) == rows.supports[name].encode(value)


@settings(max_examples=60, deadline=None)
@given(models, seeds, st.integers(0, 40_000), st.booleans(), st.data())
def test_consistency_effectiveness_and_what_is_upstream(scm, seed, start, infer, data):
    rows = scm.sample(ROWS, seed=seed, start=start)
    facts = _observed(rows) if infer else rows
    target = data.draw(st.sampled_from(scm.variables))
    value = _value(data, scm, target, rows)
    twins = scm.counterfactual(facts, {target: value})
    assert _is(twins, target, value).all()
    downstream = {target, *scm.graph.descendants(target)}
    for name in set(scm.variables) - downstream:
        assert np.array_equal(twins.column(name), rows.column(name))
    assert _same(twins, rows, where=_is(rows, target, value))
    assert np.array_equal(twins.index, rows.index)


@settings(max_examples=30, deadline=None)
@given(models, seeds, st.booleans())
def test_a_twin_under_nothing_is_the_row_itself(scm, seed, infer):
    rows = scm.sample(ROWS, seed=seed)
    assert _same(scm.counterfactual(_observed(rows) if infer else rows, {}), rows)


@settings(max_examples=40, deadline=None)
@given(models, seeds, st.booleans(), st.data())
def test_composition(scm, seed, infer, data):
    """W held at what it would be anyway under do(X) changes nothing: Y_{x,w} = Y_x where W_x = w."""
    rows = scm.sample(ROWS, seed=seed)
    facts = _observed(rows) if infer else rows
    x, w = data.draw(st.lists(st.sampled_from(scm.variables), min_size=2, max_size=2, unique=True))
    value = _value(data, scm, x, rows)
    under_x = scm.counterfactual(facts, {x: value})
    would = _value(data, scm, w, under_x)
    under_both = scm.counterfactual(facts, {x: value, w: would})
    assert _same(under_both, under_x, where=_is(under_x, w, would))


@settings(max_examples=30, deadline=None)
@given(models, seeds, st.data())
def test_twins_of_drawn_rows_are_what_the_intervened_model_draws(scm, seed, data):
    rows = scm.sample(ROWS, seed=seed)
    target = data.draw(st.sampled_from(scm.variables))
    do = {target: _value(data, scm, target, rows)}
    assert _same(scm.counterfactual(rows, do), scm.do(do).sample(ROWS, seed=seed))


@settings(max_examples=30, deadline=None)
@given(models, seeds, st.integers(0, 20_000), st.data())
def test_a_shard_of_rows_in_any_order_has_the_same_twins(scm, seed, start, data):
    rows = scm.sample(ROWS, seed=seed, start=start)
    target = data.draw(st.sampled_from(scm.variables))
    do = {target: _value(data, scm, target, rows)}
    order = data.draw(st.permutations(range(ROWS)))[:50]
    some = Skeletons.from_records([rows[row] for row in order], rows.supports, index=rows.index[order].tolist())
    for seed_of_rows in (seed, None):
        whole = _with_seed(_observed(rows), seed_of_rows)
        part = _with_seed(some, seed_of_rows)
        twins, fewer = scm.counterfactual(whole, do), scm.counterfactual(part, do)
        for name in scm.variables:
            assert np.array_equal(twins.column(name)[order], fewer.column(name))


def _with_seed(rows, seed):
    return Skeletons(rows.supports, rows.codes, rows.numbers, rows.index, seed)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["mimic_struct", "payments"]), seeds, st.floats(-20, 20))
def test_a_shift_adds_and_is_clipped(model, seed, by):
    scm = MODELS[model]
    name = {"mimic_struct": "map", "payments": "risk_score"}[model]
    amount = round(by)
    rows = scm.sample(ROWS, seed=seed)
    twins = scm.counterfactual(_observed(rows), {name: Shift(amount)})
    support = scm.support(name)
    assert np.array_equal(twins.column(name), (rows.column(name) + amount).clip(support.low, support.high))


@pytest.mark.parametrize("model", sorted(MODELS))
def test_inferred_noise_leads_back_to_the_facts(model):
    scm = MODELS[model]
    rows = scm.sample(5000, seed=3)
    noise = scm.abduct(_observed(rows), seed=8)
    again = scm.evaluate(noise)
    assert _same(again, rows)
    assert not all(np.array_equal(noise[name], scm.noise(5000, seed=3)[name]) for name in scm.variables)
