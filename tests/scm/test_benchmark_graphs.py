"""mimic_struct and payments against their equations, written a second time here in plain numpy and scipy.

Two kinds of test. The exact ones compare P(value | parents) of every variable at drawn rows with the closed form. The
sampled ones compare rows, also under do(), with rows that the equations below draw with numpy's own generator. These
are fewer than 120 comparisons, each at the level 1e-6: by Bonferroni a correct model fails one of them with probability
1.2e-4 at most. The seeds are fixed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import chi2_contingency, ks_2samp, norm, poisson

from causalsynth.bundled import GRAPHS
from causalsynth.scm import SCM
from causalsynth.scm.catalog import bundled_graphs
from causalsynth.scm.support import Categorical, Numeric

ROWS = 40_000
LEVEL = 1e-6


@dataclass(frozen=True)
class Chance:
    """A variable with states: columns → one probability a state, in the order written."""

    states: tuple[str, ...]
    probabilities: Callable

    def table(self, c, rows):
        return np.array([np.broadcast_to(each, rows) for each in self.probabilities(c)], dtype=float)

    def draw(self, c, rows, rng):
        steps = np.cumsum(self.table(c, rows), axis=0)[:-1]
        return np.array(self.states)[(rng.random(rows) >= steps).sum(axis=0)]

    def mass(self, c, x):
        table = self.table(c, len(x))
        return sum(np.where(x == state, row, 0.0) for state, row in zip(self.states, table, strict=True))


@dataclass(frozen=True)
class Gaussian:
    """round(mean + sd·noise), or of its exponential, clipped; columns → mean."""

    mean: Callable
    sd: float
    decimals: int
    low: float = -np.inf
    high: float = np.inf
    log: bool = False

    def draw(self, c, rows, rng):
        x = self.mean(c) + self.sd * rng.standard_normal(rows)
        return np.clip(np.round(np.exp(x) if self.log else x, self.decimals), self.low, self.high)

    def mass(self, c, x):
        half = 0.5 * 10.0**-self.decimals
        low, high = np.where(x <= self.low, -np.inf, x - half), np.where(x >= self.high, np.inf, x + half)
        if self.log:
            low, high = (
                np.log(np.maximum(each, 0.0), where=each > 0, out=np.full(len(x), -np.inf)) for each in (low, high)
            )
        low, high = ((each - self.mean(c)) / self.sd for each in (low, high))
        upper = low > 0  # differences of small tails rather than of numbers close to 1
        return np.where(upper, norm.sf(low) - norm.sf(high), norm.cdf(high) - norm.cdf(low))


@dataclass(frozen=True)
class Count:
    rate: Callable
    offset: int = 0

    def draw(self, c, rows, rng):
        return self.offset + rng.poisson(np.broadcast_to(self.rate(c), rows)).astype(float)

    def mass(self, c, x):
        return poisson.pmf(x - self.offset, self.rate(c))


def yes_no(p, states=("no", "yes")):
    return Chance(states, lambda c: (1 - p(c), p(c)))


def aki(c):
    latent = 0.8 * (c["sepsis"] == "yes") + 0.05 * (70 - c["map"]) + 0.6 * (c["ckd"] == "yes")
    below = [expit((cut - latent) / 0.8) for cut in (0.9, 1.8, 2.6)]
    return below[0], below[1] - below[0], below[2] - below[1], 1 - below[2]


def by(column, table):
    return np.array([table[value] for value in column])


MIMIC = {
    "age": Gaussian(lambda c: 64, 15, 0, 18, 95),
    "sex": Chance(("male", "female"), lambda c: (0.56, 0.44)),
    "diabetes": yes_no(lambda c: expit(-1.1 + 0.02 * (c["age"] - 60))),
    "ckd": yes_no(lambda c: expit(-1.8 + 0.03 * (c["age"] - 60) + 0.7 * (c["diabetes"] == "yes"))),
    "sepsis": yes_no(lambda c: expit(-0.6 + 0.3 * (c["diabetes"] == "yes") + 0.01 * (c["age"] - 60))),
    "lactate": Gaussian(lambda c: 0.35 + 0.75 * (c["sepsis"] == "yes"), 0.4, 1, 0, log=True),
    "map": Gaussian(lambda c: 80 - 13 * (c["sepsis"] == "yes") - 0.05 * (c["age"] - 60), 9, 0, 35, 130),
    "vasopressors": yes_no(lambda c: expit(-2.0 + 0.14 * (68 - c["map"]))),
    "ventilation": Chance(
        ("none", "noninvasive", "invasive"),
        lambda c: np.where(c["sepsis"] == "yes", [[0.35], [0.25], [0.40]], [[0.65], [0.20], [0.15]]),
    ),
    "creatinine": Gaussian(lambda c: 0.9 * (c["ckd"] == "yes") + 0.35 * (c["sepsis"] == "yes"), 0.3, 1, 0, log=True),
    "aki": Chance(("none", "stage1", "stage2", "stage3"), aki),
    "antibiotics": yes_no(lambda c: np.where(c["sepsis"] == "yes", 0.85, 0.15)),
    "delirium": yes_no(lambda c: expit(-1.6 + 0.03 * (c["age"] - 60) + 1.2 * (c["ventilation"] == "invasive"))),
    "icu_los_days": Count(lambda c: 2 + 3 * (c["ventilation"] == "invasive") + 1.5 * (c["sepsis"] == "yes"), offset=1),
    "mortality": yes_no(
        lambda c: expit(
            -3.6
            + 0.04 * (c["age"] - 60)
            + 0.35 * c["lactate"]
            + 0.9 * (c["aki"] == "stage3")
            + 0.8 * (c["ventilation"] == "invasive")
            - 0.5 * ((c["antibiotics"] == "yes") & (c["sepsis"] == "yes"))
        ),
        ("survived", "died"),
    ),
}

MERCHANTS = ("groceries", "electronics", "travel", "gift_cards", "fuel")


def merchant(c):
    rows = [(0.15, 0.35, 0.30, 0.15, 0.05), (0.30, 0.15, 0.15, 0.05, 0.35), (0.05, 0.40, 0.15, 0.35, 0.05)]
    kind = np.where(c["card_compromised"] == "yes", 2, np.where(c["channel"] == "card_present", 1, 0))
    return np.array(rows)[kind].T


def amount(c):
    return (
        by(c["merchant_category"], dict(zip(MERCHANTS, (3.6, 5.5, 6.0, 4.6, 3.7), strict=True)))
        + by(c["customer_segment"], {"retail": 0, "premium": 0.3, "business": 0.6})
        + 0.4 * (c["card_compromised"] == "yes")
    )


def risk(c):
    return (
        10
        + 25 * (c["device"] == "new")
        + 20 * (c["ip_country"] == "mismatch")
        + 4 * c["velocity_1h"]
        + 6 * np.log(c["amount_usd"] / 100)
        + 10 * (c["merchant_category"] == "gift_cards")
    )


def decision(c):
    rows = [(0.96, 0.03, 0.01), (0.10, 0.80, 0.10), (0.02, 0.13, 0.85)]
    return np.array(rows)[np.where(c["risk_score"] > 75, 2, np.where(c["risk_score"] > 50, 1, 0))].T


def chargeback(c):
    fraud, approved, reviewed = c["fraud"] == "yes", c["decision"] == "approved", c["decision"] == "manual_review"
    return np.select([fraud & approved, fraud & reviewed, ~fraud & approved], [0.85, 0.25, 0.004], 0.0)


PAYMENTS = {
    "customer_segment": Chance(("retail", "premium", "business"), lambda c: (0.7, 0.2, 0.1)),
    "account_age_days": Gaussian(lambda c: 6.2, 0.9, 0, 1, 5000, log=True),
    "card_compromised": yes_no(lambda c: 0.04 + 0.04 * (c["account_age_days"] < 90)),
    "device": yes_no(lambda c: 0.08 + 0.72 * (c["card_compromised"] == "yes"), ("known", "new")),
    "ip_country": yes_no(lambda c: 0.04 + 0.56 * (c["card_compromised"] == "yes"), ("match", "mismatch")),
    "channel": yes_no(
        lambda c: (
            by(c["customer_segment"], {"retail": 0.55, "premium": 0.45, "business": 0.35})
            * np.where(c["card_compromised"] == "yes", 0.1, 1.0)
        ),
        ("online", "card_present"),
    ),
    "merchant_category": Chance(MERCHANTS, merchant),
    "amount_usd": Gaussian(amount, 0.6, 2, 0.01, log=True),
    "velocity_1h": Count(lambda c: 0.6 + 3.5 * (c["card_compromised"] == "yes")),
    "fraud": yes_no(lambda c: np.where(c["card_compromised"] == "yes", 0.9, 0.002)),
    "risk_score": Gaussian(risk, 6, 0, 0, 100),
    "decision": Chance(("approved", "manual_review", "declined"), decision),
    "chargeback": yes_no(chargeback),
}

GRAPH_LAWS = {"mimic_struct": MIMIC, "payments": PAYMENTS}
EVERY = [(graph, variable) for graph, laws in GRAPH_LAWS.items() for variable in laws]


def reference(graph, seed, do: Mapping[str, object] | None = None):
    rng, columns, do = np.random.default_rng(seed), {}, do or {}
    for name, law in GRAPH_LAWS[graph].items():
        columns[name] = np.full(ROWS, do[name]) if name in do else law.draw(columns, ROWS, rng)
    return columns


def named(skeletons):
    """Columns as the equations above read them: states by name."""
    columns = {}
    for name, support in skeletons.supports.items():
        column = skeletons.column(name)
        columns[name] = np.array(support.states)[column] if isinstance(support, Categorical) else column
    return columns


@pytest.fixture(scope="module")
def models():
    return {graph: SCM.load(graph) for graph in GRAPH_LAWS}


@pytest.fixture(scope="module")
def drawn(models):
    return {graph: named(scm.sample(ROWS, seed=20)) for graph, scm in models.items()}


@pytest.fixture(scope="module")
def expected():
    return {graph: reference(graph, seed=21) for graph in GRAPH_LAWS}


@pytest.mark.parametrize(("graph", "variable"), EVERY)
def test_conditional_law_is_the_equation(models, graph, variable):
    """At 4,000 drawn rows, and at as many where every variable is shuffled by itself: parents in unlikely company."""
    scm = models[graph]
    skeletons = scm.sample(4_000, seed=5)
    rng = np.random.default_rng(6)
    for columns in (skeletons.columns, shuffled(skeletons.columns, rng)):
        values = columns[variable]
        ours = np.exp(scm.mechanisms[variable].log_probability(values, columns))
        support = scm.support(variable)
        states = {name: own.states for name, own in scm.supports.items() if isinstance(own, Categorical)}
        c = {name: np.array(states[name])[columns[name]] if name in states else columns[name] for name in scm.variables}
        theirs = GRAPH_LAWS[graph][variable].mass(c, c[variable])
        assert theirs.max() > 0
        # Masses of rounded numbers are differences of distribution functions: only so many digits are left of them.
        exact = isinstance(support, Categorical)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9 if exact else 1e-6, atol=1e-15 if exact else 1e-13)


def shuffled(columns, rng):
    return type(columns)(
        {name: rng.permutation(columns[name]) for name in columns.supports}, columns.supports, columns.rows
    )


def binned(column, edges=None):
    """Codes, numbers cut at the quantiles of `edges`."""
    if column.dtype.kind == "U":
        return column
    return np.searchsorted(np.unique(np.quantile(edges, [0.25, 0.5, 0.75])), column, side="left").astype("U2")


def p_value(ours, theirs):
    """Two-sample chi-square test of labels; rare ones pooled."""
    labels, codes = np.unique(np.concatenate([ours, theirs]), return_inverse=True)
    counts = np.array([np.bincount(part, minlength=len(labels)) for part in np.split(codes, [len(ours)])])
    rare = counts.sum(axis=0) < 20
    if rare.sum() > 1:
        counts = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)])
    counts = counts[:, counts.sum(axis=0) > 0]
    return 1.0 if counts.shape[1] < 2 else chi2_contingency(counts, correction=False).pvalue


@pytest.mark.parametrize(("graph", "variable"), EVERY)
def test_rows_have_the_law_of_the_reference(models, drawn, expected, graph, variable):
    ours, theirs = drawn[graph], expected[graph]
    if ours[variable].dtype.kind != "U":
        assert ks_2samp(ours[variable], theirs[variable]).pvalue > LEVEL  # of rounded numbers: errs on the safe side
    for other in (*models[graph].graph.parents(variable), variable):
        pair = [
            np.char.add(np.char.add(binned(rows[variable], theirs[variable]), "|"), binned(rows[other], theirs[other]))
            for rows in (ours, theirs)
        ]
        assert p_value(*pair) > LEVEL, other


@pytest.mark.parametrize(
    ("graph", "do", "outcomes"),
    [
        ("mimic_struct", {"antibiotics": "yes"}, ["mortality", "sepsis"]),
        ("mimic_struct", {"antibiotics": "no"}, ["mortality"]),
        ("mimic_struct", {"sepsis": "yes"}, ["mortality", "aki", "map", "icu_los_days", "diabetes"]),
        ("mimic_struct", {"map": 50.0, "ventilation": "invasive"}, ["vasopressors", "aki", "delirium", "mortality"]),
        ("payments", {"card_compromised": "yes"}, ["merchant_category", "risk_score", "decision", "chargeback"]),
        ("payments", {"decision": "approved"}, ["chargeback", "fraud", "risk_score"]),
        ("payments", {"amount_usd": 5000.0, "device": "new"}, ["risk_score", "decision", "merchant_category"]),
    ],
)
def test_interventions_have_the_effects_of_the_reference(models, graph, do, outcomes):
    ours, theirs = named(models[graph].do(do).sample(ROWS, seed=30)), reference(graph, 31, do)
    for target, value in do.items():
        assert (ours[target] == value).all()
    for outcome in outcomes:
        assert p_value(binned(ours[outcome], theirs[outcome]), binned(theirs[outcome], theirs[outcome])) > LEVEL, (
            outcome
        )


def test_the_tests_notice_a_small_error(drawn):
    """P(died) off by two points in a hundred, and a mean off by half a unit, are far beyond the level."""
    rng = np.random.default_rng(1)
    died = drawn["mimic_struct"]["mortality"]
    assert p_value(died, np.where(rng.random(ROWS) < 0.02, "died", died)) < LEVEL
    pressure = drawn["mimic_struct"]["map"]
    other = reference("mimic_struct", 22)["map"] + 1
    assert p_value(binned(pressure, pressure), binned(other, pressure)) < LEVEL


@pytest.mark.parametrize(
    ("graph", "variable", "support"),
    [
        ("mimic_struct", "age", Numeric("years", 0, 18, 95)),
        ("mimic_struct", "map", Numeric("mmHg", 0, 35, 130)),
        ("mimic_struct", "lactate", Numeric("mmol/L", 1, 0)),
        ("mimic_struct", "creatinine", Numeric("mg/dL", 1, 0)),
        ("mimic_struct", "icu_los_days", Numeric("days", 0, 1)),
        ("payments", "account_age_days", Numeric("days", 0, 1, 5000)),
        ("payments", "amount_usd", Numeric("USD", 2, 0.01)),
        ("payments", "velocity_1h", Numeric("", 0, 0)),
        ("payments", "risk_score", Numeric("", 0, 0, 100)),
    ],
)
def test_numbers_are_rounded_and_clipped(models, drawn, graph, variable, support):
    assert models[graph].support(variable) == support
    column = drawn[graph][variable]
    assert (column == np.round(column, support.decimals)).all()
    assert column.min() >= support.low
    assert column.max() <= support.high
    if variable in ("age", "account_age_days"):  # a hundred rows and more lie beyond
        assert (column == support.high).sum() > 20


def test_sepsis_confounds_antibiotics_and_death(models, drawn):
    """The README's claim: +0.029 and -0.021, with standard errors below 0.003, four of which lie to the bounds."""
    died, given = (drawn["mimic_struct"][name] for name in ("mortality", "antibiotics"))
    seen = (died[given == "yes"] == "died").mean() - (died[given == "no"] == "died").mean()
    done = [
        (named(models["mimic_struct"].do(antibiotics=value).sample(ROWS, seed=20))["mortality"] == "died").mean()
        for value in ("no", "yes")
    ]
    assert seen > 0.015
    assert done[1] - done[0] < -0.009


@pytest.mark.parametrize("graph", GRAPH_LAWS)
def test_readme_tells_what_the_graph_is(models, graph):
    scm, readme = models[graph], (GRAPHS / graph / "README.md").read_text(encoding="utf-8")
    assert scm.name == graph
    assert f"{len(scm.graph.edges)} arcs" in readme
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in readme.splitlines() if line[:2] == "| "]
    told = {name.strip("`"): re.findall(r"`(\w+)`", parents) for name, *_, parents in rows[1:]}
    assert tuple(told) == scm.variables
    for variable, _, values, _ in rows[1:]:
        support = scm.support(variable.strip("`"))
        assert told[variable.strip("`")] == list(scm.graph.parents(variable.strip("`")))
        if isinstance(support, Categorical):
            assert re.findall(r"`(\w+)`", values) == list(support.states)
    entry = bundled_graphs()[graph]
    assert "hand-specified" in entry.source
    assert entry.licence.startswith("Apache-2.0")


@pytest.mark.parametrize("file", ["README.md", "mimic_struct.yaml"])
def test_mimic_struct_says_that_it_holds_no_patients(file):
    text = " ".join((GRAPHS / "mimic_struct" / file).read_text(encoding="utf-8").split())
    assert "no patient data" in text
    assert "MIMIC-Struct of the CausalSynth paper isn't public" in text
