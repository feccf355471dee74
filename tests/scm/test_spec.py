"""Specs that are right: what is built from them."""

import numpy as np
import pytest

from causalsynth.errors import GraphError
from causalsynth.scm import SCM
from causalsynth.scm.expressions import Expression
from causalsynth.scm.laws import LAWS, LOGISTIC
from causalsynth.scm.mechanisms import (
    Case,
    CategoricalTable,
    Deterministic,
    GumbelMax,
    LocationScale,
    Poisson,
    Rule,
    Threshold,
)
from causalsynth.scm.spec import parse_spec, read_spec
from causalsynth.scm.support import Categorical, Columns, Numeric

X = Expression.parse
HEAD = """graph: g
variables:
  age: {unit: years, decimals: 0, range: [18, 95], normal: {mean: 64, sd: 15}}
  sex: {probabilities: {male: .56, female: .44}}
"""
YES_NO = Categorical(("no", "yes"))


def build(variable):
    name, mechanisms = parse_spec(f"{HEAD}  x: {variable}\n")
    assert name == "g"
    assert tuple(mechanisms) == ("age", "sex", "x")
    return mechanisms["x"]


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("{normal: {mean: 64, sd: 15}}", LocationScale(X("64"), X("15"), Numeric())),
        (
            "{unit: mmHg, decimals: 0, range: [35, 130], normal: {mean: 80 - .05*(age - 60), sd: 9}}",
            LocationScale(X("80 - .05*(age - 60)"), X("9"), Numeric("mmHg", 0, 35, 130)),
        ),
        (
            "{decimals: 1, lognormal: {mu: .35, sigma: .4}}",
            LocationScale(X(".35"), X(".4"), Numeric("", 1, 0), log=True),
        ),
        (
            "{range: [none, 5], lognormal: {mu: .35, sigma: .4}}",
            LocationScale(X(".35"), X(".4"), Numeric("", None, 0, 5), log=True),
        ),
        (
            "{decimals: -1, range: [null, .inf], additive: {mean: age, scale: 2, noise: laplace}}",
            LocationScale(X("age"), X("2"), Numeric("", -1), LAWS["laplace"]),
        ),
        ("{additive: {mean: age, scale: 2}}", LocationScale(X("age"), X("2"), Numeric())),
        ("{poisson: {rate: age / 10}}", Poisson(X("age / 10"), Numeric("", 0, 0))),
        ("{poisson: {rate: 2, offset: 1}, unit: days}", Poisson(X("2"), Numeric("days", 0, 1), 1)),
        (
            "{poisson: {rate: 2, offset: -3}, range: [-2, 8]}",
            Poisson(X("2"), Numeric("", 0, -2, 8), -3),
        ),
        (
            "{states: [no, yes], logistic: -1.1 + .02*(age - 60)}",
            Threshold(YES_NO.states, X("-1.1 + .02*(age - 60)"), (0.0,), LOGISTIC),
        ),
        (
            "{states: [a, b, c], ordinal: {latent: age / 10, cutpoints: [-.5, 1e1], noise: normal, scale: .8}}",
            Threshold(("a", "b", "c"), X("age / 10"), (-0.5, 10.0), LAWS["normal"], X(".8")),
        ),
        (
            "{states: [a, b], ordinal: {latent: age, cutpoints: [1/3]}}",
            Threshold(("a", "b"), X("age"), (1 / 3,), LOGISTIC, X("1")),
        ),
        (
            "{states: [a, b], cases: [{when: age < 50, probabilities: [.2, .8]}, {value: b}]}",
            Rule(("a", "b"), (Case(X("age < 50"), (X(".2"), X(".8"))), Case(None, (X("0"), X("1"))))),
        ),
        (
            "{states: [a, b], cases: [{probabilities: {b: age / 95, a: 1 - age / 95}}]}",
            Rule(("a", "b"), (Case(None, (X("1 - age / 95"), X("age / 95"))),)),
        ),
        ("{value: age ^ 2, unit: years²}", Deterministic(X("age ^ 2"), Numeric("years²"))),
        ("{value: sex = male and age > 60, states: [no, yes]}", Deterministic(X("sex = male and age > 60"), YES_NO)),
    ],
)
def test_mechanisms(variable, expected):
    assert build(variable) == expected


@pytest.mark.parametrize(
    ("variable", "states", "table"),
    [
        ("{probabilities: {a: .2, b: .8}}", ("a", "b"), [0.2, 0.8]),
        ("{states: [b, a], probabilities: {a: .2, b: .8}}", ("b", "a"), [0.8, 0.2]),
        ("{states: [a, b, c], probabilities: [1/3, 1/3, 1/3]}", ("a", "b", "c"), [1 / 3, 1 / 3, 1 / 3]),
        ("{states: [a, b], probabilities: [1e-3, +.999]}", ("a", "b"), [0.001, 0.999]),
        (
            "{states: [a, b], parents: [sex], table: {female: [.1, .9], male: {b: .7, a: .3}}}",
            ("a", "b"),
            [[0.3, 0.7], [0.1, 0.9]],
        ),
    ],
)
def test_tables(variable, states, table):
    built = build(variable)
    assert isinstance(built, CategoricalTable)
    assert built.states == states
    np.testing.assert_array_equal(built.probabilities, table)


def test_a_table_nests_in_the_order_of_its_parents():
    _, mechanisms = parse_spec("""
graph: g
variables:
  x:
    states: [p, q]
    parents: [c, b]
    table:
      u: {no: [.1, .9], yes: [.2, .8]}
      v: {no: [.3, .7], yes: [.4, .6]}
      w: {no: [.5, .5], yes: [.6, .4]}
  b: {states: [no, yes], bernoulli: .5}
  c: {probabilities: {u: .2, v: .3, w: .5}}
""")
    assert mechanisms["x"].parents == ("c", "b")
    assert mechanisms["x"].probabilities.shape == (3, 2, 2)
    np.testing.assert_array_equal(mechanisms["x"].probabilities[1, 0], [0.3, 0.7])


def test_bernoulli_is_the_probability_of_the_second_state():
    rule = build("{states: [no, yes], bernoulli: 'if(sex = male, .1, age / 100)'}")
    supports = {"age": Numeric("years", 0, 18, 95), "sex": Categorical(("male", "female"))}
    parents = Columns({"age": np.array([30.0, 30.0]), "sex": np.array([0, 1], dtype=np.int8)}, supports, 2)
    np.testing.assert_allclose(rule.state_probabilities(parents), [[0.9, 0.7], [0.1, 0.3]], rtol=1e-15)


def test_scalars_stay_text():
    _, mechanisms = parse_spec(
        "graph: no\nvariables:\n  yes: {states: [no, NA, 01, null, 1e3, <5], probabilities: [0, 0, 0, 0, 0, 1]}\n"
        "  y: {value: 'if(yes = 01, 1, if(yes in (NA, \"<5\"), 2, 3))'}\n"
    )
    assert mechanisms["yes"].states == ("no", "NA", "01", "null", "1e3", "<5")
    assert set(SCM.from_mechanisms("g", mechanisms).sample(10, seed=1).column("y")) == {2.0}


def test_a_variable_may_be_called_like_a_keyword_or_constant():
    _, mechanisms = parse_spec(
        "graph: g\nvariables:\n"
        "  in: {value: 3}\n  e: {value: 5}\n  x-ray: {value: 7}\n"
        "  sum: {value: '`in` + e + `x-ray` + [exp(0) = 1]'}\n  exp: {value: exp(0) + sum}\n"
    )
    rows = SCM.from_mechanisms("g", mechanisms).sample(1, seed=1)
    assert (rows.column("sum")[0], rows.column("exp")[0]) == (16.0, 17.0)


def test_the_order_of_the_file_is_free_and_kept(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_bytes(b"\xef\xbb\xbfgraph: own\r\nvariables:\r\n  b: {value: a + 1}\r\n  a: {poisson: {rate: 3}}\r\n")
    assert read_spec(path)[0] == "own"
    scm = SCM.load(path)
    assert (scm.name, scm.variables, scm.graph.topological_order) == ("own", ("b", "a"), ("a", "b"))
    assert SCM.load(tmp_path).digest() == scm.digest()
    rows = scm.sample(20, seed=1)
    np.testing.assert_array_equal(rows.column("b"), rows.column("a") + 1)


def test_a_spec_draws_what_the_same_model_in_python_draws():
    spec = SCM.from_mechanisms(*parse_spec(f"{HEAD}  map: {{decimals: 0, normal: {{mean: 90 - age / 10, sd: 9}}}}\n"))
    python = SCM.from_mechanisms(
        "g",
        {
            "age": LocationScale(X("64"), X("15"), Numeric("years", 0, 18, 95)),
            "sex": CategoricalTable(("male", "female"), (), np.array([0.56, 0.44])),
            "map": LocationScale(X("90 - age / 10"), X("9"), Numeric("", 0)),
        },
    )
    assert spec.digest() == python.digest()
    assert list(spec.sample(30, seed=4)) == list(python.sample(30, seed=4))


def test_aliases_are_written_out():
    _, mechanisms = parse_spec(
        "graph: g\nvariables:\n  a: {states: &both [no, yes], probabilities: &half [.5, .5]}\n"
        "  b: {states: *both, parents: [a], table: {no: *half, yes: [.1, .9]}}\n"
    )
    np.testing.assert_array_equal(mechanisms["b"].probabilities, [[0.5, 0.5], [0.1, 0.9]])


COUPLED = """
graph: g
coupling: COUPLING
variables:
  a: {probabilities: {x: .3, y: .7}}
  b: {states: [no, yes], bernoulli: 'if(a = x, .2, .6)'}
  c: {states: [s, t, u], ordinal: {latent: '[b = yes]', cutpoints: [0, 1]}}
  d: {states: [no, yes], value: c = t}
  e: {probabilities: {x: 0, y: 1}}
  f: {normal: {mean: '[d = yes]', sd: 1}}
"""


def test_coupling_changes_how_states_come_about_and_not_their_law():
    plain, gumbel = (
        SCM.from_mechanisms(*parse_spec(COUPLED.replace("COUPLING", each))) for each in ("inverse_cdf", "gumbel_max")
    )
    kinds = [isinstance(gumbel.mechanisms[name], GumbelMax) for name in gumbel.variables]
    assert kinds == [True, True, True, False, False, False]  # where there is chance, and states
    rows = plain.sample(200, seed=1)
    np.testing.assert_array_equal(gumbel.log_probability(rows), plain.log_probability(rows))
    assert gumbel.digest() == plain.with_coupling("gumbel_max").digest()


@pytest.mark.parametrize(
    "formula",
    [
        "age + wrong",
        '"age + wrong"',
        "'age + wrong'",
        "age\n      + age +\n        wrong",
        '"age\n   + wrong"',
        ">-\n      age\n        + wrong",
        "|\n\n\n      age\n      + wrong",
        "|2\n      age + wrong",
        "# why\n      age + wrong",
    ],
)
@pytest.mark.parametrize("key", ["value", "bernoulli"])
def test_errors_point_at_the_character_however_the_formula_is_written(key, formula):
    text = f"{HEAD}  x:\n    {'states: [a, b]' if key == 'bernoulli' else 'unit: years'}\n    {key}: {formula}\n"
    before = text[: text.index("wrong")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    with pytest.raises(GraphError) as error:
        parse_spec(text)
    assert error.value.message == f"<text>:{line}:{column}: there is no variable 'wrong'"
