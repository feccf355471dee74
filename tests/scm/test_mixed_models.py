"""Models of states and numbers, by structural equations of every kind."""

import pickle
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.errors import GraphError, InputError
from causalsynth.scm import SCM, Categorical, Numeric, Policy, Shift, Skeletons
from causalsynth.scm import equations as eq

YESNO = ("no", "yes")


def _bump(parents, u):
    return np.where(parents["arm"] == "drug", parents["age"] / 10, 0.0) + u


WARD = SCM.from_mechanisms(
    "ward",
    {
        "age": eq.normal(64, 15, decimals=0, low=18, high=95, unit="years"),
        "sepsis": eq.logistic(YESNO, "-0.6 + 0.01 * (age - 60)"),
        "weight": eq.additive("70 + 0.1 * age", 5, noise="laplace"),
        "lactate": eq.lognormal("0.35 + 0.75 * [sepsis = yes]", 0.4, decimals=1, unit="mmol/L"),
        "stage": eq.ordinal(("low", "mid", "high"), "lactate - 2", (0, 1.5), scale=0.8),
        "arm": eq.cases(("none", "drug"), ("stage = low", "none"), (None, (0.5, 0.5))),
        "days": eq.poisson("1 + 2 * [arm = drug]", offset=1, unit="days"),
        "score": eq.function(_bump, ("arm", "age"), Numeric(low=-50), inverse=lambda x, p: x - _bump(p, 0.0)),
        "double": eq.value("2 * days", unit="days", decimals=0),
        "long": eq.value("days > 3", Categorical(YESNO)),
    },
)


def _same(one, two):
    return all(np.array_equal(one.column(name), two.column(name)) for name in one.variables)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**64), st.integers(0, 40_000), st.integers(0, 300), st.sampled_from([1, 2, 3]))
def test_any_shard_on_any_number_of_threads_is_the_same_rows_bit_for_bit(seed, start, n, threads):
    whole = WARD.sample(n + 7, seed=seed, start=start, threads=threads)
    shard = WARD.sample(n, seed=seed, start=start + 7)
    assert np.array_equal(whole.codes[:, 7:], shard.codes)
    assert np.array_equal(whole.numbers[:, 7:].view(np.int64), shard.numbers.view(np.int64))


def test_threads_change_nothing_over_many_blocks():
    one, two = (WARD.sample(70_000, seed=1, threads=threads) for threads in (1, 2))
    assert _same(one, two)
    with pytest.raises(InputError, match="0 threads"):
        WARD.sample(5, seed=1, threads=0)


def test_noise_is_what_sampling_uses():
    for scm in (WARD, WARD.with_coupling("gumbel_max")):
        noise = scm.noise(20_000, seed=4, start=100)
        rows = scm.evaluate(noise)
        assert _same(rows, scm.sample(20_000, seed=4, start=100))
        assert rows.index.tolist()[:2] == [100, 101]
        assert _same(scm.do(age=70).evaluate(noise), scm.do(age=70).sample(20_000, seed=4, start=100))
    frame = WARD.noise(3, seed=4).to_frame()
    assert frame.shape == (3, len(WARD.variables))
    assert list(WARD.with_coupling("gumbel_max").noise(3, seed=4).to_frame().columns)[1:4] == [
        "sepsis[0]",
        "sepsis[1]",
        "weight",
    ]


def test_noise_of_another_model_is_refused():
    with pytest.raises(InputError, match="noise of sepsis is not what its mechanism takes"):
        WARD.evaluate(WARD.with_coupling("gumbel_max").noise(5, seed=1))
    with pytest.raises(InputError, match="there is no noise of 'x'"):
        WARD.noise(5, seed=1)["x"]


def test_the_same_words_for_states_and_numbers_in_every_intervention():
    n, seed = 5000, 3
    before = WARD.sample(n, seed=seed)
    older = WARD.do(age=Shift(10)).sample(n, seed=seed)
    assert np.array_equal(older.column("age"), (before.column("age") + 10).clip(18, 95))
    rule = WARD.do(arm=Policy("[age > 60]")).sample(n, seed=seed)
    assert np.array_equal(rule.column("arm") == 1, before.column("age") > 60)
    assert WARD.do(arm=Policy("[age > 60]")).graph.parents("arm") == ("age",)
    coin = WARD.do(arm={"none": 0.5, "drug": 0.5})
    assert coin.graph.parents("arm") == ()
    drawn = coin.sample(n, seed=seed)
    assert abs((drawn.column("arm") == 1).mean() - 0.5) < 6 * 0.5 / np.sqrt(n)  # 6 standard errors: 2e-9
    young = WARD.do(age=eq.normal(30, 1, decimals=0, low=18, high=95, unit="years")).sample(n, seed=seed)
    assert young.column("age").max() < 40
    # A mechanism that takes another's place has its noise: who was old is still among the older ones.
    assert np.corrcoef(young.column("age"), before.column("age"))[0, 1] > 0.9
    written = WARD.do({"age": "+=10", "arm": "~none:.5,drug:.5"})
    assert _same(
        written.sample(n, seed=seed), WARD.do(age=Shift(10), arm={"none": 0.5, "drug": 0.5}).sample(n, seed=seed)
    )
    assert WARD.do(age=70.0, sepsis="yes").held == {"age", "sepsis"}
    assert written.held == frozenset()


def test_randomised_noise_is_independent_of_the_noise_it_replaces():
    """A correlation of 6 standard errors arises by chance with probability 2e-9."""
    n = 20_000
    natural = WARD.sample(n, seed=1).column("sepsis").astype(float)
    drawn = WARD.do(sepsis={"no": 0.5, "yes": 0.5}).sample(n, seed=1).column("sepsis").astype(float)
    assert abs(np.corrcoef(natural, drawn)[0, 1]) < 6 / np.sqrt(n)


def test_twins_under_a_random_intervention_of_rows_drawn_under_it():
    coin = WARD.do(arm={"none": 0.5, "drug": 0.5})
    rows = coin.sample(500, seed=9)
    assert _same(coin.counterfactual(rows, {}), rows)
    assert _same(WARD.counterfactual(rows, {"arm": {"none": 0.5, "drug": 0.5}}), rows)
    assert _same(WARD.counterfactual(rows, {"age": 50}), WARD.do(age=50).sample(500, seed=9))


def test_a_function_without_an_inverse_can_be_drawn_again_but_not_inferred():
    scm = SCM.from_mechanisms("f", {"a": eq.normal(0, 1), "b": eq.function(lambda p, u: p["a"] + u, ("a",), Numeric())})
    rows = scm.sample(100, seed=1)
    assert _same(scm.counterfactual(rows, {"a": 0}), scm.do(a=0).sample(100, seed=1))
    with pytest.raises(InputError, match="rows 1 to 100: b: "):
        scm.counterfactual(Skeletons.from_records(list(rows), scm.supports), {"a": 0})


def test_models_travel_and_have_a_name_in_digits():
    copy = pickle.loads(pickle.dumps(SCM.load("payments").do(device="new")))
    assert _same(copy.sample(50, seed=1), SCM.load("payments").do(device="new").sample(50, seed=1))
    digests = {
        WARD.digest(),
        WARD.do(age=70).digest(),
        WARD.do(age=71).digest(),
        WARD.with_coupling("gumbel_max").digest(),
        SCM.from_mechanisms(
            "ward", {**WARD.mechanisms, "age": eq.normal(65, 15, decimals=0, low=18, high=95)}
        ).digest(),
    }
    assert len(digests) == 5
    assert WARD.digest() == SCM.from_mechanisms("other name", dict(WARD.mechanisms)).digest()


SCRIPT = """
from hashlib import sha256
from causalsynth.scm import SCM
for name in ("mimic_struct", "payments"):
    scm = SCM.load(name)
    rows = scm.sample(20000, seed=3, start=7, threads=2)
    twins = scm.counterfactual(rows, {scm.variables[2]: rows[0][scm.variables[2]]})
    print(scm.digest(), *(sha256(each.tobytes()).hexdigest() for each in (rows.codes, rows.numbers, twins.codes)))
"""


def test_output_is_the_same_under_any_hash_seed():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(outputs) == 1


def _brute(scm, variables, given):
    """Sum the joint over all rows, by hand."""
    rows = [
        dict(zip(scm.variables, row, strict=True)) for row in product(*(scm.states(name) for name in scm.variables))
    ]
    mass = np.exp(scm.log_probability(Skeletons.from_records(rows, scm.supports)))
    total = np.zeros([len(scm.states(name)) for name in variables])
    for row, share in zip(rows, mass, strict=True):
        if all(row[name] == state for name, state in given.items()):
            total[tuple(scm.states(name).index(row[name]) for name in variables)] += share
    return total / total.sum()


@pytest.mark.parametrize(
    ("variables", "given", "do"),
    [
        (("dysp",), {}, {}),
        (("smoke", "xray"), {"asia": "yes"}, {}),
        (("xray", "bronc", "tub"), {"dysp": "yes", "smoke": "no"}, {}),
        (("lung",), {"dysp": "yes"}, {"smoke": "yes"}),
        (("bronc", "dysp"), {}, {"either": "yes"}),
        (("lung",), {"xray": "yes"}, {"smoke": {"yes": 0.1, "no": 0.9}}),
    ],
)
def test_exact_answers_are_the_joint_summed_by_hand(variables, given, do):
    scm = SCM.load("asia").do(do)
    assert scm.joint(variables, given=given) == pytest.approx(_brute(scm, variables, given), abs=1e-12)
    if len(variables) == 1:
        law = scm.distribution(variables[0], given=given)
        assert list(law.values()) == pytest.approx(_brute(scm, variables, given).tolist(), abs=1e-12)


def test_exact_questions_that_have_no_answer():
    asia = SCM.load("asia")
    for ask, message in (
        (
            lambda: asia.distribution("lung", given={"either": "no", "tub": "yes"}),
            "either = no, tub = yes has probability 0",
        ),
        (lambda: asia.distribution("lung", given={"lung": "yes"}), "lung occurs twice"),
        (lambda: asia.joint(()), "nothing is asked for"),
        (lambda: asia.distribution("lungs"), "no variable 'lungs'"),
        (lambda: asia.distribution("lung", given={"tub": "maybe"}), "tub has no state 'maybe'"),
        (lambda: WARD.distribution("stage"), "age is a number"),
        (lambda: WARD.distribution("age"), "age is a number"),
    ):
        with pytest.raises(InputError, match=message):
            ask()


def test_equations_over_states_become_tables():
    scm = SCM.from_mechanisms(
        "small",
        {
            "a": eq.probabilities({"x": 0.2, "y": 0.3, "z": 0.5}),
            "b": eq.bernoulli(YESNO, "0.1 + 0.4 * [a = y] + 0.8 * [a = z]"),
            "c": eq.ordinal(("l", "m", "h"), "[b = yes] - [a = x]", (-1, 1)),
            "d": eq.value("a = x and b = yes", Categorical(YESNO)),
            "e": eq.table(YESNO, {"d": YESNO}, {"no": (0.9, 0.1), "yes": (0.2, 0.8)}),
        },
    )
    again = SCM.from_mechanisms("small", scm.tables())
    assert again.mechanisms["b"].probabilities == pytest.approx(np.array([[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]]))
    assert scm.deterministic == {"d"} == again.deterministic
    pair = ("c", "e")
    assert scm.joint(pair) == pytest.approx(_brute(scm, pair, {}), abs=1e-12)
    rows = scm.sample(50_000, seed=1)
    seen = np.histogram2d(rows.column("c"), rows.column("e"), bins=(3, 2))[0] / 50_000
    assert np.abs(seen - scm.joint(pair)).max() < 6 * 0.5 / np.sqrt(50_000)
    assert scm.is_d_separated("a", "e", ("d",))
    assert scm.is_d_separated("c", "d", ("a", "b"))
    assert scm.is_d_separated("d", "c", ("a", "b"))
    assert not scm.is_d_separated("a", "c")


def test_what_has_no_table_says_so(tmp_path):
    for call in (WARD.tables, WARD.to_pgmpy, lambda: WARD.to_bif(tmp_path / "x.bif")):
        with pytest.raises(GraphError, match="age is a number, and tables are over states"):
            call()
    assert not (tmp_path / "x.bif").exists()


@pytest.mark.parametrize("network", ["asia", "child", "insurance"])
def test_models_go_to_other_tools_and_come_back(tmp_path, network):
    scm = SCM.load(network)
    path = tmp_path / f"{network}.bif"
    scm.to_bif(path)
    for again in (SCM.from_pgmpy(scm.to_pgmpy(), name=network), SCM.load(path)):
        assert again.digest() == scm.digest()
        assert again.variables == scm.variables
    assert SCM.from_networkx(scm.to_networkx(), dict(scm.mechanisms), name=network).digest() == scm.digest()
    graph = scm.to_networkx()
    graph.add_edge("a", "b")
    assert "a" not in scm.variables


MISFITS = {
    "unknown parent": ({"a": eq.normal("b", 1)}, "'b'"),
    "unknown state": ({"a": eq.probabilities({"x": 1}), "b": eq.normal("[a = q]", 1)}, "no state .q."),
    "cycle": ({"a": eq.normal("b", 1), "b": eq.normal("a", 1)}, "cycle: a → b → a"),
    "units": (
        {"a": eq.normal(1, 1, unit="kg"), "b": eq.normal(1, 1, unit="m"), "c": eq.normal("a + b", 1)},
        "unit mismatch",
    ),
    "scale": ({"a": eq.normal(1, 0)}, "not above 0"),
    "table over numbers": (
        {"a": eq.normal(1, 1), "b": eq.table(YESNO, {"a": YESNO}, {"no": (1, 0), "yes": (0, 1)})},
        "can't have the parent a, which is a number, in the mechanism of b",
    ),
}


@pytest.mark.parametrize("case", MISFITS)
def test_equations_that_do_not_fit(case):
    mechanisms, message = MISFITS[case]
    with pytest.raises(GraphError, match=message) as caught:
        SCM.from_mechanisms("misfit", mechanisms)
    assert "\n" not in str(caught.value)


def test_a_fault_of_one_row_names_what_led_to_it():
    scm = SCM.from_mechanisms("f", {"a": eq.poisson(2), "b": eq.normal("1 / a", 1)})
    with pytest.raises(GraphError, match=r"1:3: division by zero when a = 0"):
        scm.sample(1000, seed=1)


@pytest.mark.parametrize(
    ("do", "message"),
    [
        ({"age": 200}, r"do\(age\): 200 is out of range"),
        ({"age": "old"}, r"do\(age\): 'old' is no number"),
        ({"age": True}, "True is no intervention"),
        ({"age": 70.5}, "more digits"),
        ({"age": "70 kg"}, "another unit"),
        ({"age": {"a": 1}}, "no law over states"),
        ({"age": "~normal(1)"}, "no law of a number"),
        ({"age": "~normal(70, -1)"}, "not above 0"),
        ({"age": Shift(float("nan"))}, "no shift"),
        ({"age": "+=x"}, "no number to shift by"),
        ({"sepsis": Shift(1)}, "states can't be shifted"),
        ({"sepsis": {"no": 0.5, "maybe": 0.5}}, "no state 'maybe'"),
        ({"sepsis": {"no": 0.5}}, "sum to 0.5"),
        ({"sepsis": "~no:.5,no:.5"}, "twice in the law"),
        ({"sepsis": "~no"}, "not STATE:PROBABILITY"),
        ({"sepsis": 1}, "no state 1"),
        ({"arm": Policy("days > 3")}, "cycle"),
        ({"arm": Policy("(")}, r"do\(arm\):1:"),
        ({"arm": eq.normal(1, 1)}, "the variable takes none, drug"),
        ({"nobody": 1}, "no variable 'nobody'"),
    ],
)
def test_interventions_that_make_no_sense(do, message):
    with pytest.raises(InputError, match=message) as caught:
        WARD.do(do)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


SMALL = SCM.from_mechanisms(
    "small",
    {
        "x": eq.normal(0, 1),
        "y": eq.normal("x", 1),
        "a": eq.bernoulli(YESNO, 0.3),
        "b": eq.table(YESNO, {"a": YESNO}, {"no": (0.9, 0.1), "yes": (0.2, 0.8)}),
    },
)


def _observed(rows):
    return Skeletons.from_records(list(rows), rows.supports, index=rows.index.tolist())


def test_rows_that_share_a_number_would_share_inferred_noise():
    rows = Skeletons.from_records([SMALL.sample(1, seed=1)[0]] * 5, SMALL.supports, index=[3, 4, 4, 5, 6])
    with pytest.raises(InputError, match="row number 4 occurs twice"):
        SMALL.counterfactual(rows, {"a": "yes"})
    with pytest.raises(InputError, match="row number 4 occurs twice"):
        SMALL.abduct(rows)


def test_a_shift_upon_another_intervention_adds_to_it_by_the_same_noise():
    law = SMALL.do(x="~normal(0, 1)")
    moved = law.do(x=Shift(3))
    assert np.allclose(moved.sample(500, seed=2).column("x"), law.sample(500, seed=2).column("x") + 3)
    twice = SMALL.do(x=Shift(5)).do(x=Shift(3))
    assert np.allclose(twice.sample(500, seed=2).column("x"), SMALL.sample(500, seed=2).column("x") + 8)
    assert twice.interventions == {"x": "+=5.0; +=3.0"}


def test_rows_know_the_model_that_drew_them():
    one = SMALL.do(x=eq.normal(10, 1))
    other = SMALL.do(x=eq.normal(-10, 1))
    rows = one.sample(200, seed=3)
    assert _same(one.counterfactual(rows, {}), rows)
    for wrong in (other, SMALL):
        with pytest.raises(InputError, match="aren't from this model"):
            wrong.counterfactual(rows, {"a": "yes"})
    shifted = SMALL.do(x=Shift(5)).do(x=Shift(3)).sample(200, seed=3)
    with pytest.raises(InputError, match="aren't from this model"):
        SMALL.counterfactual(shifted, {"a": "yes"})
    for do in (
        {"x": Shift(np.float64(5))},
        {"a": {"no": np.float64(0.5), "yes": np.float64(0.5)}},
        {"a": "~no:.5,yes:.5"},
    ):
        rows = SMALL.do(do).sample(100, seed=3)
        assert _same(SMALL.counterfactual(rows, {}), SMALL.sample(100, seed=3))


def test_a_law_is_drawn_by_noise_of_its_own_wherever_the_noise_comes_from():
    """A correlation of 6 standard errors arises by chance with probability 2e-9."""
    n = 20_000
    rows, coin = SMALL.sample(n, seed=1), SMALL.do(a={"no": 0.5, "yes": 0.5})
    for twins in (
        coin.sample(n, seed=1),
        coin.evaluate(SMALL.noise(n, seed=1)),
        coin.evaluate(SMALL.abduct(_observed(rows), seed=1)),
        SMALL.counterfactual(_observed(rows), {"a": {"no": 0.5, "yes": 0.5}}, seed=1),
    ):
        assert abs(np.corrcoef(rows.column("a"), twins.column("a"))[0, 1]) < 6 / np.sqrt(n)
    assert _same(coin.evaluate(SMALL.noise(n, seed=1)), coin.sample(n, seed=1))


def test_another_law_meets_the_same_quantiles_drawn_or_inferred():
    rows = SMALL.sample(5000, seed=4)
    do = {"x": eq.additive(0, 1, noise="logistic")}
    drawn, inferred = SMALL.counterfactual(rows, do), SMALL.counterfactual(_observed(rows), do)
    assert np.allclose(drawn.column("x"), inferred.column("x"), rtol=1e-9)
    assert (np.argsort(drawn.column("x")) == np.argsort(rows.column("x"))).all()


def test_laws_of_different_families_share_no_words():
    """Row i of one law must not be row j of another; a correlation of 6 standard errors has probability 2e-9."""
    n = 8000
    table, number = SMALL.sample(2 * n, seed=5), SMALL.do(a=eq.logistic(YESNO, -0.85)).sample(n, seed=5)
    for lag in (slice(0, None, 2), slice(1, None, 2), slice(0, n)):
        assert abs(np.corrcoef(table.column("a")[lag], number.column("a"))[0, 1]) < 6 / np.sqrt(n)


def test_under_gumbel_max_a_new_table_takes_the_same_noise():
    scm = SMALL.with_coupling("gumbel_max")
    same = scm.do(b=SMALL.mechanisms["b"])
    assert _same(scm.sample(2000, seed=6), same.sample(2000, seed=6))


def test_every_fact_must_be_possible_not_only_those_that_move():
    row = {**SCM.load("asia").sample(1, seed=1)[0], "lung": "yes", "either": "no"}
    rows = Skeletons.from_records([row], SCM.load("asia").supports)
    with pytest.raises(InputError, match="row 1: either = no is impossible given lung = yes"):
        SCM.load("asia").counterfactual(rows, {"xray": "yes"})
    nan = Skeletons(SMALL.supports, np.zeros((2, 1), np.int8), np.array([[np.nan], [0.0]]), np.zeros(1, np.int64))
    with pytest.raises(InputError, match="row 1: x = nan"):
        SMALL.counterfactual(nan, {"a": "yes"})


def test_the_last_digits_of_an_unrounded_number_are_no_other_number():
    rows = SMALL.sample(3000, seed=7)
    for do in ({"x": Shift(0)}, {"x": eq.normal(0, 1)}):
        assert _same(SMALL.counterfactual(_observed(rows), do), rows)
    nudged = Skeletons(rows.supports, rows.codes, np.nextafter(rows.numbers, 9), rows.index, rows.seed)
    assert len(SMALL.counterfactual(nudged, {"a": "yes"})) == 3000


def test_slices_are_rows_too():
    rows = SMALL.sample(20, seed=8)
    part = rows[5:9]
    assert list(part) == list(rows)[5:9]
    assert part.index.tolist() == [5, 6, 7, 8]
    assert _same(SMALL.counterfactual(part, {"a": "yes"}), SMALL.counterfactual(rows, {"a": "yes"})[5:9])


@pytest.mark.parametrize(
    "call",
    [
        lambda: SMALL.sample(10.0, seed=1),
        lambda: SMALL.sample("5", seed=1),
        lambda: SMALL.sample(True, seed=1),
        lambda: SMALL.sample(5, seed=1, start=1.5),
        lambda: SMALL.sample(5, seed=1, threads=None),
        lambda: SMALL.sample(5, seed=1, threads=1.5),
        lambda: SMALL.sample(5, seed=1, start=2**63),
        lambda: SMALL.sample(10**15, seed=1),
        lambda: SMALL.abduct(SMALL.sample(5, seed=1), seed=-1),
        lambda: SMALL.counterfactual(_observed(SMALL.sample(5, seed=1)), {}, seed=1.7),
        lambda: SMALL.counterfactual(SMALL.sample(5, seed=1), {}, seed=2),
        lambda: SMALL.do(x=None),
        lambda: SMALL.do(x=[1]),
        lambda: SMALL.do(a=np.bool_(True)),
        lambda: SMALL.do(x=Shift("5")),
        lambda: SMALL.do(a=Policy(5)),
        lambda: SMALL.do(a={"no": None}),
        lambda: SMALL.do(a={5: 1.0}),
        lambda: SMALL.do(x=Policy("x + 1")),
        lambda: SMALL.do(x="~normal(1, 2"),
        lambda: SCM.from_mechanisms("f", {"_x": eq.normal(0, 1)}),
        lambda: Skeletons.from_records([{"x": 1}], {"x": Numeric()}, index=[0.5]),
        lambda: Skeletons.from_records([{"x": 1}], {"x": Numeric()}, index=[2**63]),
    ],
)
def test_what_makes_no_sense_is_an_input_error_of_one_line(call):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_model_keeps_what_it_was_made_of():
    mechanisms = dict(SMALL.mechanisms)
    scm = SCM("kept", SMALL.graph, mechanisms)
    mechanisms["x"] = eq.normal(100, 1)
    assert abs(scm.sample(10, seed=1).column("x")).max() < 50


def test_one_variable_or_several_have_exact_laws():
    assert SCM.load("asia").joint("smoke").tolist() == [0.5, 0.5]


def test_a_root_that_is_no_table_has_one_row():
    ward = SCM.load(Path(__file__).parents[1] / "ward")
    assert ward.distribution("fever") == {"no": pytest.approx(0.7), "yes": pytest.approx(0.3)}
