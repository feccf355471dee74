"""Specs that are nearly right, or noise: a model or one line with the place, never anything else."""

import re

import numpy as np
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from causalsynth.bundled import GRAPHS
from causalsynth.errors import GraphError
from causalsynth.scm import SCM
from causalsynth.scm.spec import parse_spec
from causalsynth.scm.spec.schema import MECHANISMS, Spec, VariableEntry

SMALL = """graph: small
variables:
  age: {unit: years, decimals: 0, range: [18, 95], normal: {mean: 64, sd: 15}}
  sex: {probabilities: {male: .56, female: .44}}
  ill:
    states: [no, yes]
    logistic: -1.1 + .02*(age - 60) + .7*[sex = male]
  ward:
    states: [a, b]
    parents: [ill]
    table: {no: [.9, .1], yes: &row [.5, .5]}
  grade:
    states: [low, high]
    cases:
      - {when: age < 40 and ill = no, value: low}
      - probabilities: *row
  days:
    poisson: {rate: 2 + 30 / age, offset: 1}
"""
LARGE = [(GRAPHS / name / f"{name}.yaml").read_text(encoding="utf-8") for name in ("mimic_struct", "payments")]

PIECES = [
    *"[](){}:,#|>&*!%@`'\"\\?-+=^~\n\t \x00\x07\x85\u2028é",
    ": ", "- ", "\n  ", "\n---\n", "<<: ", "*row", "&row", "!!python/name:os.system ", "nan", "1e999", "0x1", "1_0",
    "1/0", "-1", "99999999999999999999", "_index", "none", "null", "age", "ill", "{mmHg}", "if(", "log(", "and", "in",
    *MECHANISMS, *VariableEntry.model_fields, *Spec.model_fields,
]  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([0, 0, 0, 1, 1, 3, 20]), st.sampled_from(["", *PIECES])),
    min_size=1,
    max_size=4,
)


def edited(text, edits):
    for where, removed, inserted in edits:
        at = int(where * len(text))
        text = text[:at] + inserted + text[at + removed :]
    return text


def attempt(action):
    try:
        return action(), None
    except GraphError as error:
        return None, error


def check(text):
    """Parse, and draw if that succeeds."""
    parsed, error = attempt(lambda: parse_spec(text, "f.yaml"))
    if error is not None:
        assert re.match(r"f\.yaml:[1-9]\d*:([1-9]\d*:)? \S", error.message), error.message
        assert int(error.message.split(":")[1]) <= len(text.splitlines()) + 1
        assert error.hint
        assert (error.message + error.hint).isprintable()
        assert len(error.message) < 900
        return None
    scm = SCM.from_mechanisms(*parsed)
    rows, error = attempt(lambda: scm.sample(20, seed=1))
    assert len(rows) == 20 if error is None else error.message.startswith("f.yaml:")  # the probe can miss values
    return scm


@given(EDITS)
@settings(max_examples=400, deadline=None)
def test_a_spec_with_slips_of_the_pen(edits):
    check(edited(SMALL, edits))


@pytest.mark.parametrize("text", LARGE)
@given(EDITS)
@settings(max_examples=20, deadline=None)
def test_the_bundled_specs_with_slips_of_the_pen(text, edits):
    check(edited(text, edits))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_lines_that_change_places(swaps):
    lines = SMALL.splitlines(keepends=True)
    for one, other in swaps:
        one, other = one % len(lines), other % len(lines)
        lines[one], lines[other] = lines[other], lines[one]
    check("".join(lines))


KEYS = st.sampled_from(["graph", "variables", "a", "b", *MECHANISMS, *VariableEntry.model_fields, "mean", "sd", "when"])
TREES = st.recursive(
    st.sampled_from(["", "a", "b", "no", "1", ".5", "a + 1", "[a = b]", "none", "x" * 50]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.dictionaries(KEYS, TREES, min_size=1, max_size=4)))
@settings(max_examples=150, deadline=None)
def test_keys_in_the_wrong_places(variables):
    check(yaml.safe_dump({"graph": "g", "variables": variables}, sort_keys=False))


@given(st.text(max_size=80) | st.text(alphabet="[]{}:,-&*!|>'\"#%@`? \n\tab01", max_size=80))
@example("&a [*a]")
@example("{" * 70)
@example('"\\ud800": 1')
@example("\ufeff")
@settings(max_examples=200, deadline=None)
def test_noise(text):
    assert check(text) is None


NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=6).filter(
    lambda name: name == name.strip() and name.isprintable() and name[0] != "_"
)


@st.composite
def table_models(draw):
    """A DAG of tables: variable → (states, parents, table)."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    model = {}
    for name in names:
        states = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
        parents = draw(st.lists(st.sampled_from(list(model)), unique=True, max_size=2)) if model else []
        shape = [*(len(model[parent][0]) for parent in parents), len(states)]
        weights = draw(st.lists(st.integers(1, 9), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
        table = np.array(weights, dtype=float).reshape(shape)
        model[name] = (states, parents, table / table.sum(axis=-1, keepdims=True))
    return model


def nested(table, axes):
    if not axes:
        return [repr(float(each)) for each in table]
    return {state: nested(part, axes[1:]) for state, part in zip(axes[0], table, strict=True)}


@given(table_models(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read(model, flow):
    variables = {}
    for name, (states, parents, table) in model.items():
        rows = nested(table, [model[parent][0] for parent in parents])
        variables[name] = {"states": states} | (
            {"parents": parents, "table": rows} if parents else {"probabilities": rows}
        )
    text = yaml.safe_dump(
        {"graph": "g", "variables": variables}, sort_keys=False, default_flow_style=flow, allow_unicode=True
    )
    _, mechanisms = parse_spec(text)
    assert list(mechanisms) == list(model)
    for name, (states, parents, table) in model.items():
        assert mechanisms[name].states == tuple(states)
        assert mechanisms[name].parents == tuple(parents)
        np.testing.assert_allclose(mechanisms[name].probabilities, table, rtol=1e-12)
