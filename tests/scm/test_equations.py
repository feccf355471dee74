"""Each equation draws what scipy says; each statistical test is seeded and raises a false alarm once in 10**6."""

import math

import numpy as np
import pytest
from scipy import special, stats

from causalsynth.errors import CausalSynthError, GraphError, InputError
from causalsynth.scm import SCM, Categorical, Numeric
from causalsynth.scm import equations as eq
from causalsynth.scm.expressions import Expression

ROWS = 4000
YES = ("no", "yes")
ABC = ("a", "b", "c")
SEX = eq.probabilities({"male": 0.5, "female": 0.5})


def _columns(**mechanisms):
    rows = SCM.from_mechanisms("m", mechanisms).sample(ROWS, seed=3)
    return rows if len(mechanisms) > 1 else rows.column(next(iter(mechanisms)))


def _fits(codes, probabilities):
    counts = np.bincount(codes, minlength=len(probabilities))
    return stats.chisquare(counts, np.array(probabilities) * len(codes)).pvalue > 1e-6


CONTINUOUS = {
    "normal": (eq.normal(3, 2), stats.norm(3, 2)),
    "normal of a formula": (eq.normal("1 + 2", Expression.parse("4 ^ .5")), stats.norm(3, 2)),
    "lognormal": (eq.lognormal(0.35, 0.4), stats.lognorm(0.4, scale=math.exp(0.35))),
    "additive normal": (eq.additive(-1, 0.5, noise="normal"), stats.norm(-1, 0.5)),
    "additive logistic": (eq.additive(-1, 0.5, noise="logistic"), stats.logistic(-1, 0.5)),
    "additive laplace": (eq.additive(-1, 0.5, noise="laplace"), stats.laplace(-1, 0.5)),
    "additive uniform": (eq.additive(-1, 0.5, noise="uniform"), stats.uniform(-1, 0.5)),
    "function": (eq.function(lambda p, u: 3 + 2 * u, (), Numeric()), stats.norm(3, 2)),
    "function of other noise": (eq.function(lambda p, u: u, (), Numeric(), noise="laplace"), stats.laplace()),
}
TRISECTED = np.diff([0, *special.expit(np.array([-1.0, 0.5]) - 0.3), 1])
DISCRETE = {
    "probabilities": (eq.probabilities({"a": 0.2, "b": 0.5, "c": 0.3}), [0.2, 0.5, 0.3]),
    "table": (eq.table(ABC, {}, {(): (0.2, 0.5, 0.3)}), [0.2, 0.5, 0.3]),
    "bernoulli": (eq.bernoulli(YES, 0.3), [0.7, 0.3]),
    "logistic": (eq.logistic(YES, -0.8), [1 - special.expit(-0.8), special.expit(-0.8)]),
    "ordinal": (eq.ordinal(ABC, 0.3, (-1, 0.5)), TRISECTED),
    "ordinal probit": (
        eq.ordinal(YES, 0.3, [0], noise="normal", scale=2),
        [stats.norm.cdf(-0.15), stats.norm.cdf(0.15)],
    ),
    "cases": (eq.cases(ABC, (None, (0.2, "1 / 2", 0.3))), [0.2, 0.5, 0.3]),
    "function": (eq.function(lambda p, u: np.where(u < 0.3, "yes", "no"), (), YES, noise="uniform"), [0.7, 0.3]),
}


@pytest.mark.parametrize("case", CONTINUOUS)
def test_numbers_follow_their_laws(case):
    mechanism, law = CONTINUOUS[case]
    assert stats.kstest(_columns(x=mechanism), law.cdf).pvalue > 1e-6


@pytest.mark.parametrize("case", DISCRETE)
def test_states_follow_their_laws(case):
    mechanism, law = DISCRETE[case]
    assert _fits(_columns(x=mechanism), law)


def test_counts_follow_their_law():
    counts = _columns(x=eq.poisson(2.5, offset=1, high=9)) - 1
    law = stats.poisson(2.5)
    assert _fits(counts.astype(int), [*law.pmf(range(8)), law.sf(7)])
    assert eq.poisson(1, offset=2, unit="days").support == Numeric("days", 0, 2)


def test_parents_decide():
    rows = _columns(
        sex=SEX,
        age=eq.normal(60, 10, decimals=0, low=18, high=95, unit="years"),
        table=eq.table(YES, {"sex": ("male", "female")}, {"male": (0.9, 0.1), "female": (0.2, 0.8)}),
        cases=eq.cases(ABC, ("age > 60", "c"), (None, (0.5, 0.5, 0))),
        old=eq.value("age > 60", YES),
        decade=eq.value("age / 10", decimals=0, unit="years", low=2),
        double=eq.function(lambda p, u: 2 * p["age"], ["age"], Numeric(), deterministic=True),
    )
    male, old = rows.column("sex") == 0, rows.column("age") > 60
    assert _fits(rows.column("table")[male], [0.9, 0.1])
    assert _fits(rows.column("table")[~male], [0.2, 0.8])
    assert (rows.column("cases")[old] == 2).all()
    assert _fits(rows.column("cases")[~old], [0.5, 0.5])
    assert (rows.column("old") == old).all()
    assert (rows.column("decade") == np.maximum(np.round(rows.column("age") / 10), 2)).all()
    assert (rows.column("double") == 2 * rows.column("age")).all()
    assert rows.supports["decade"] == Numeric("years", 0, 2)
    assert rows.supports["old"] == Categorical(YES)


def test_tables_with_one_parent_and_several_agree():
    one = eq.table(YES, {"sex": ("m", "f")}, {"m": (0.9, 0.1), "f": (0.2, 0.8)})
    assert one.canonical() == eq.table(YES, {"sex": ("m", "f")}, {("m",): (0.9, 0.1), ("f",): (0.2, 0.8)}).canonical()
    both = eq.table(YES, {"s": ["m", "f"], "t": ("x",)}, {("m", "x"): [1, 0], ("f", "x"): [0, 1]})
    assert (both.parents, both.probabilities.shape) == (("s", "t"), (2, 1, 2))


NAN, INF = math.nan, math.inf
WRONG_KIND = {
    "text as states: bernoulli": (lambda: eq.bernoulli("ab", 0.5), "the states, 'ab', are no list"),
    "text as states: logistic": (lambda: eq.logistic("ab", 0), "the states, 'ab', are no list"),
    "text as states: ordinal": (lambda: eq.ordinal("ab", 0, (0,)), "the states, 'ab', are no list"),
    "text as states: cases": (lambda: eq.cases("ab", (None, "a")), "the states, 'ab', are no list"),
    "text as states: table": (lambda: eq.table("ab", {}, {(): (0.5, 0.5)}), "the states, 'ab', are no list"),
    "text as states: parents": (lambda: eq.table(YES, {"p": "ab"}, {"a": (1, 0)}), "the states of p, 'ab', are no"),
    "text as states: function": (lambda: eq.function(max, (), "ab"), "the support, 'ab', are no list"),
    "text as states: value": (lambda: eq.value("1", "ab"), "the support, 'ab', are no list"),
    "text as parents": (lambda: eq.function(max, "ab", Numeric()), "the parents, 'ab', are no list"),
    "no states": (lambda: eq.logistic(None, 0), "the states, None, are no list"),
    "nan": (lambda: eq.normal(NAN, 1), "mean = nan is no formula"),
    "infinity": (lambda: eq.normal(0, INF), "sd = inf is no formula"),
    "numpy nan": (lambda: eq.lognormal(np.float64(NAN), 1), r"mu = .*nan.* is no formula"),
    "truth": (lambda: eq.lognormal(0, True), "sigma = True is no formula"),
    "none": (lambda: eq.poisson(None), "rate = None is no formula"),
    "list": (lambda: eq.logistic(YES, [1]), r"logit = \[1\] is no formula"),
    "probability": (lambda: eq.bernoulli(YES, NAN), "probability = nan is no formula"),
    "scale": (lambda: eq.ordinal(YES, 0, (0,), scale=NAN), "scale = nan is no formula"),
    "additive": (lambda: eq.additive(0, False, noise="normal"), "scale = False is no formula"),
    "value": (lambda: eq.value(INF), "formula = inf is no formula"),
    "cases: share": (lambda: eq.cases(YES, (None, (0.5, NAN))), "probability 1.2 = nan is no formula"),
    "cases: condition": (lambda: eq.cases(YES, (True, "no"), (None, "no")), "condition 1 = True is no formula"),
    "cases: row": (lambda: eq.cases(YES, "no"), "row 1, 'no', is no pair"),
    "cases: state": (lambda: eq.cases(YES, (None, "maybe")), "there is no state 'maybe'"),
    "cases: shares": (lambda: eq.cases(YES, (None, 0.5)), "the probabilities of row 1, 0.5, are no list"),
    "keyword of value": (lambda: eq.value("1", decimal=1), "there is no parameter 'decimal'"),
    "keyword of function": (lambda: eq.function(max, (), YES, abduct=max), "there is no parameter 'abduct'"),
    "support twice": (lambda: eq.value("1", Numeric(), unit="m"), "a support and unit are given"),
    "noise": (lambda: eq.additive(0, 1, noise="gauss"), "there is no noise 'gauss'"),
    "noise of a list": (lambda: eq.ordinal(YES, 0, (0,), noise=["normal"]), "there is no noise"),
    "law": (lambda: eq.probabilities([0.5, 0.5]), r"the probabilities, \[0.5, 0.5\], are no mapping"),
    "law of texts": (lambda: eq.probabilities({"a": "x"}), "the probability of 'a', 'x', is no number"),
    "table of a list": (lambda: eq.table(YES, {}, [(0.5, 0.5)]), "the rows, .* are no mapping"),
    "parents as a list": (lambda: eq.table(YES, ["sex"], {}), "the parents, .* are no mapping"),
    "label": (lambda: eq.table(YES, {"p": ABC}, {0: (1, 0)}), "a row's states, 0, are no list"),
    "row": (lambda: eq.table(YES, {}, {(): 1}), "a row's probabilities, 1, are no list"),
    "cutpoints": (lambda: eq.ordinal(YES, 0, 0), "the cutpoints, 0, are no list"),
}
FAULTS = {
    "bernoulli of three": (lambda: eq.bernoulli(ABC, 0.5), "bernoulli is for 2 states, not 3"),
    "bernoulli of one": (lambda: eq.bernoulli(("a",), 0.5), "bernoulli is for 2 states, not 1"),
    "logistic of three": (lambda: eq.logistic(ABC, 0), "logistic is for 2 states, not 3"),
    "no states": (lambda: eq.probabilities({}), "1 to 127 states, not 0"),
    "sum": (lambda: eq.probabilities({"a": 0.5, "b": 0.4}), "sum to 0.9"),
    "bound": (lambda: eq.normal(0, 1, low=None), "low = None is no number"),
    "decimals": (lambda: eq.value("1", decimals=1.5), "decimals = 1.5"),
    "offset": (lambda: eq.poisson(1, offset=1.5), "1.5 has more digits"),
    "cutpoint": (lambda: eq.ordinal(YES, 0, ("x",)), "the cutpoints .* aren't numbers"),
    "table of texts": (lambda: eq.table(YES, {}, {(): ("x", "y")}), "the probabilities aren't numbers"),
    "label": (lambda: eq.table(YES, {"p": ABC}, {(1,): (1, 0)}), r"row \(1\) names no configuration"),
}


@pytest.mark.parametrize("case", WRONG_KIND)
def test_arguments_of_the_wrong_kind(case):
    _is_refused(*WRONG_KIND[case], InputError)


@pytest.mark.parametrize("case", FAULTS)
def test_arguments_that_make_no_model(case):
    _is_refused(*FAULTS[case], GraphError)


def _is_refused(make, message, kind):
    with pytest.raises(kind, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
    if kind is InputError:
        assert caught.value.hint


def test_unknown_keywords_list_those_that_there_are():
    with pytest.raises(InputError) as caught:
        eq.value("1", decimal=1)
    assert caught.value.hint == "there are unit, decimals, low, high"


FORMULAS = {
    "mean": lambda text: eq.normal(text, 1),
    "sd": lambda text: eq.normal(0, text),
    "scale": lambda text: eq.additive(0, text, noise="laplace"),
    "mu": lambda text: eq.lognormal(text, 1),
    "sigma": lambda text: eq.lognormal(0, text),
    "rate": eq.poisson,
    "probability": lambda text: eq.bernoulli(YES, text),
    "logit": lambda text: eq.logistic(YES, text),
    "latent": lambda text: eq.ordinal(YES, text, (0,)),
    "formula": eq.value,
    "condition 1": lambda text: eq.cases(YES, (f"{text} > 0", "no"), (None, "yes")),
    "probability 2.1": lambda text: eq.cases(YES, ("age > 1", "no"), (None, (text, 0.5))),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_faults_of_formulas_name_the_parameter(name):
    with pytest.raises(GraphError, match=rf"^{name}:1:[45]: "):
        FORMULAS[name]("1 +")
    with pytest.raises(CausalSynthError, match=rf"{name}:1:\d+: .*age = 0"):
        SCM.from_mechanisms("m", {"age": eq.value("0"), "x": FORMULAS[name]("1 / age")}).sample(1, seed=0)
