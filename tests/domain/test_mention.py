"""Mention plans: what is read, what is refused, and how often which document is silent."""

import math
import random

import numpy as np
import pytest

from causalsynth.domain.mention import Mechanism, MentionPlan
from causalsynth.errors import InputError
from causalsynth.scm import SCM
from causalsynth.scm.support import Categorical, Numeric

ASIA = SCM.load("asia")
SUPPORTS = ASIA.supports
ALL = frozenset(SUPPORTS)
N = 20_000
ROWS = ASIA.sample(N, seed=8)
MIXED = "xray: .3; dysp|smoke: yes=.1, no=.6; tub|tub: yes=.5, no=.05; bronc: .1 + .5*[either = no]"
ODD = {
    "a|b": Categorical(("<5", "5;6", "x=y", 'say "no"')),
    "c: d": Categorical(("yes", "no, never")),
    "f`g": Numeric("mmHg", 0, 0, 200),
}


def plan(text, supports=SUPPORTS):
    return MentionPlan.parse(text, supports)


def silent(text, variable, rows=ROWS, seed=8):
    """Which rows keep silent on a variable; by default under the seed that drew them, as in a run."""
    return np.array([variable not in stated for stated in plan(text).mentioned_in(rows, seed)])


def is_state(variable, state):
    return ROWS.column(variable) == SUPPORTS[variable].encode(state)


def assert_share(where, share):
    """Hold a count of independent events to its law; the normal bound errs with probability 6e-7 (5 sd)."""
    assert len(where) > 100
    assert abs(where.sum() - share * len(where)) <= 5 * math.sqrt(len(where) * share * (1 - share))


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("all", ALL),
        ("smoke,xray", {"smoke", "xray"}),
        ("smoke, xray", {"smoke", "xray"}),
        ("-tub,-lung", ALL - {"tub", "lung"}),
        ("tub: 1; lung: 2 - 1; xray: 0", ALL - {"tub", "lung"}),
    ],
)
def test_a_plan_without_chance_is_the_same_for_every_record(text, stated):
    assert set(plan(text).mentioned_in(ROWS[:50], 1)) == {frozenset(stated)}
    assert plan(text).mentioned(ROWS[0], 1, 0) == stated
    assert (plan(text).never, plan(text).sometimes) == (ALL - stated, ())


def test_mcar_by_chance_alone():
    where = silent("xray: .3", "xray")
    assert_share(where, 0.3)
    for state in ("yes", "no"):
        assert_share(where[is_state("xray", state)], 0.3)
        assert_share(where[is_state("smoke", state)], 0.3)


def test_mar_by_the_state_of_another():
    where = silent("xray|smoke: no=.6, yes=.1", "xray")
    smokes = is_state("smoke", "yes")
    assert_share(where[smokes], 0.1)
    assert_share(where[~smokes], 0.6)
    assert_share(where[smokes & is_state("xray", "yes")], 0.1)


def test_mnar_by_the_variable_s_own_state():
    where = silent("xray|xray: yes=.5, no=.05", "xray")
    assert_share(where[is_state("xray", "yes")], 0.5)
    assert_share(where[is_state("xray", "no")], 0.05)


def test_a_formula_in_numbers():
    payments = SCM.load("payments")
    rows = payments.sample(5000, seed=3)
    chosen = MentionPlan.parse("amount_usd: clip(risk_score/100, 0, 1)", payments.supports)
    where = np.array(["amount_usd" not in stated for stated in chosen.mentioned_in(rows, 2)])
    chances = np.clip(rows.column("risk_score") / 100, 0, 1)
    # 5 standard deviations of a sum of independent events: false alarm below 1e-6, here and by halves.
    for half in (chances < np.median(chances), chances >= np.median(chances)):
        sd = math.sqrt((chances * (1 - chances))[half].sum())
        assert abs(where[half].sum() - chances[half].sum()) <= 5 * sd
    assert [chosen.mentioned(rows[i], 2, i) for i in range(20)] == chosen.mentioned_in(rows[:20], 2)


def test_silences_are_independent_of_each_other_and_of_the_seed():
    stated = {seed: plan("xray: .5; dysp: .5").mentioned_in(ROWS, seed) for seed in (1, 2)}
    x, y = (np.array([name in row for row in stated[1]]) for name in ("xray", "dysp"))
    other = np.array(["xray" in row for row in stated[2]])
    for events in (x & y, x & other):
        assert_share(events, 0.25)


def test_a_record_s_silence_depends_on_nothing_but_seed_variable_and_row():
    whole = plan(MIXED).mentioned_in(ROWS, 4)
    assert len(set(whole)) == 16
    # Row by row, across the borders of noise blocks, and from any start.
    for row in (0, 1, 777, 16_383, 16_384, N - 1):
        assert plan(MIXED).mentioned(ROWS[row], 4, row) == whole[row]
    assert plan(MIXED).mentioned_in(ASIA.sample(500, seed=8, start=16_200), 4) == whole[16_200:16_700]
    some = random.Random(5).sample(range(N), 40)
    assert plan(MIXED).mentioned_by({row: ROWS[row] for row in some}, 4) == [whole[row] for row in some]


def test_a_further_rule_disturbs_no_other_variable():
    before, after = (silent(text, "xray") for text in ("xray: .3", f"{MIXED}; smoke: .5"))
    assert (before == after).all()
    fewer, more = silent("xray: .3", "xray"), silent("xray: .4", "xray")
    assert not (fewer & ~more).any()


def test_no_rows_are_no_error():
    assert plan(MIXED).mentioned_in(ROWS[:0], 1) == []


@pytest.mark.parametrize(
    ("text", "variable", "mechanism"),
    [
        ("xray: .3", "xray", Mechanism.MCAR),
        ("xray: .3", "smoke", None),
        ("xray: 0", "xray", None),
        ("xray: 1", "xray", Mechanism.ALWAYS),
        ("-xray", "xray", Mechanism.ALWAYS),
        ("xray|smoke: yes=.1, no=.6", "xray", Mechanism.MAR),
        ("xray: .1 + .2*[smoke = yes and lung = no]", "xray", Mechanism.MAR),
        ("xray|smoke: yes=.1, no=.6; smoke: 0", "xray", Mechanism.MAR),
        ("xray|xray: yes=.1, no=.6", "xray", Mechanism.MNAR),
        ("xray|smoke: yes=.1, no=.6; smoke: .2", "xray", Mechanism.MNAR),
        ("xray|smoke: yes=.1, no=.6; smoke: 1", "xray", Mechanism.MNAR),
        ("xray: .1 + .2*[smoke = yes]*[xray = no]", "xray", Mechanism.MNAR),
    ],
)
def test_the_mechanism_follows_from_the_plan(text, variable, mechanism):
    assert plan(text).mechanism(variable) is mechanism


def test_one_plan_has_one_line_however_it_is_written(tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text(
        "silent:\n  dysp|smoke: {no: .6, yes: .10}  # why\n  xray: 3/10\n"
        "  bronc: >-\n    .1\n    + .5*[either   = no]\n  tub|tub: {yes: .5, no: .05}\n"
    )
    chances = {
        "xray": 0.3,
        "tub|tub": {"yes": 0.5, "no": 0.05},
        "dysp|smoke": {"yes": 0.1, "no": 0.6},
        "bronc": ".1 + .5*[either = no]",
    }
    line = "tub|tub: yes=0.5, no=0.05; bronc: .1 + .5*[either = no]; xray: 0.3; dysp|smoke: yes=0.1, no=0.6"
    sources = (MIXED, f" {MIXED} ;", line, file, str(file), chances, MentionPlan.missing(chances, SUPPORTS))
    assert {MentionPlan.one_line(source, SUPPORTS) for source in sources} == {line}
    assert MentionPlan.one_line("-tub, -lung", SUPPORTS) == "-tub, -lung"
    assert MentionPlan.missing({}, SUPPORTS).text == "all"
    assert MentionPlan.missing({"xray": np.float64(0.3), "smoke|smoke": {"yes": 1, "no": 0}}, SUPPORTS).text == (
        "smoke|smoke: yes=1.0, no=0.0; xray: 0.3"
    )


def test_odd_names_and_states_go_in_quotes():
    chances = {
        "a|b": '.1 + .2*[`f``g` > 65{mmHg}]*[`a|b` = "5;6"]',
        "`f``g`|`c: d`": {"yes": 0.25, "no, never": 0.5},
    }
    odd = MentionPlan.missing(chances, ODD)
    own = MentionPlan.missing({"`c: d`|`a|b`": {"<5": 0, "5;6": 1, "x=y": 0.5, 'say "no"': 0.1}}, ODD)
    for given in (odd, own):
        again = plan(given.text, ODD)
        assert again.text == given.text
        assert {name: rule.given for name, rule in again.rules.items()} == {
            name: rule.given for name, rule in given.rules.items()
        }
    assert own.mentioned({"a|b": "5;6"}, 1, 3) == {"a|b", "f`g"}
    assert own.mentioned({"a|b": "<5"}, 1, 3) == set(ODD)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "unknown variable ''"),
        ("smok", "unknown variable 'smok'"),
        ("smoke,-xray", "states some and leaves out others"),
        ("-" + ",-".join(SUPPORTS), "nothing is left to state"),
        ("; ".join(f"{name}: 1" for name in SUPPORTS), "nothing is left to state"),
        ("smok: .3", "unknown variable 'smok'"),
        ("xray|smok: yes=.1, no=.2", "unknown variable 'smok'"),
        ("xray|: .2", "unknown variable ''"),
        ("xray: 1.3", "1.3 is no probability"),
        ("xray: -.1", "-0.1 is no probability"),
        ("xray: nan", "no variable 'nan'"),
        ("xray:", "empty"),
        ("xray: smoke", "no number"),
        ("xray: smoke = yes", "a condition stands where a number is needed"),
        ("xray: .8 + .5*[smoke = yes]", "1.3 is no probability when smoke = yes"),
        ("xray: .1*[smoke = maybe]", "no state 'maybe'"),
        ("xray: .1, dysp: .2", "two ':'"),
        ("xray: .1; dysp", "'dysp' has no ':'"),
        ("xray: .1; xray: .2", "stands twice"),
        ("xray: .1; xray|smoke: yes=.1, no=.2", "a second rule for xray"),
        ("xray|smoke: .3", "no state with its probability"),
        ("xray|smoke: yes=.1", "no probability for smoke = no"),
        ("xray|smoke: yes=.1, no=.2, no=.3", "a state of smoke stands twice"),
        ("xray|smoke: yes=.1, no=.2, maybe=.3", "no state 'maybe'"),
        ("xray|smoke: yes=.1, no=2", "2 is no probability"),
        ("xray|smoke: yes=.1, no=[dysp = yes]", "is no probability"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_line(text, message):
    with pytest.raises(InputError) as caught:
        plan(text)
    assert message in caught.value.message
    assert caught.value.message.startswith("--mention")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "chances", [{"xray": True}, {"xray": None}, {"xray": [0.3]}, {"xray": {"yes": 0.3, "no": 0.1}}]
)
def test_what_is_no_probability_is_refused_in_python_too(chances):
    with pytest.raises(InputError, match=r"mention\['xray'\]"):
        MentionPlan.missing(chances, SUPPORTS)


def test_by_state_needs_states_and_numbers_a_formula():
    payments = SCM.load("payments")
    with pytest.raises(InputError, match="risk_score has numbers, no states") as caught:
        MentionPlan.parse("decision|risk_score: high=.3", payments.supports)
    assert "decision: " in caught.value.hint
    unbounded = MentionPlan.parse("decision: .02*risk_score", payments.supports)
    assert unbounded.needs_rows
    with pytest.raises(InputError, match=r"is no probability when risk_score = \d+"):
        unbounded.check_rows(payments.sample(500, seed=1))
    assert not plan(MIXED).needs_rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("silent:\n  xray: .3\n  smok: .2\n", ":3: unknown variable 'smok'"),
        ("silent:\n  xray: .1 +\n    .5*[either = nope]\n", ":3:18: either has no state 'nope'"),
        ("silent:\n\n  xray|smoke: {yes: .2, no: 3}\n", ":3: smoke = no: 3 is no probability"),
        ("silent:\n  xray: {yes: .2, no: .3}\n", ":2: probabilities by state, but of which variable?"),
        ("silent:\n  xray: [.2]\n", ":2: xray: a probability is wanted"),
        ("silent: {xray: .2}\nstated: all\n", ":2: stated: there is no such key"),
        ("silent: .3\n", ":1: a key 'silent' with a mapping is wanted"),
        ("", ":1: a key 'silent' with a mapping is wanted"),
        ("silent: {xray: .2, xray: .3}\n", "'xray' stands twice"),
    ],
)
def test_errors_in_a_file_name_its_line(tmp_path, text, message):
    file = tmp_path / "plan.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        MentionPlan.load(file, SUPPORTS)
    assert caught.value.message.startswith(str(file))
    assert message in caught.value.message


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_can_not_be_read_is_an_input_error(tmp_path, content):
    file = tmp_path / "plan.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match="can't be read"):
        MentionPlan.load(file, SUPPORTS)


def test_no_short_form_raises_anything_but_an_input_error():
    rng = random.Random(6)
    pieces = [
        *SUPPORTS,
        "yes",
        "no",
        ":",
        ";",
        "|",
        "=",
        ",",
        ".3",
        "2",
        "[",
        "]",
        "(",
        "`",
        '"',
        "'",
        "{",
        "}",
        "-",
        " ",
    ]
    read = 0
    for _ in range(3000):
        text = "".join(rng.choices(pieces, k=rng.randint(1, 9)))
        try:
            line = plan(text).text
        except InputError:
            continue
        assert plan(line).text == line
        read += 1
    assert read > 20
