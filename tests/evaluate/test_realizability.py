"""Counting on a ledger written by hand."""

import json
import math
from pathlib import Path

import pytest
from scipy.stats import binomtest

from causalsynth.errors import ThresholdError
from causalsynth.evaluate import realizability, require
from causalsynth.evaluate.strata import log_probabilities, stratum_of
from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus

REALIZED, REPAIRED, UNREALIZED = RecordStatus.REALIZED, RecordStatus.REPAIRED, RecordStatus.UNREALIZED


def wrong(variable, expected, found):
    return LoggedViolation(variable=variable, kind="wrong", expected=expected, found=found)


def missing(variable, expected):
    return LoggedViolation(variable=variable, kind="missing", expected=expected)


def line(i, k, *violations, status=None, draft="text", finish="stop", smoke="yes"):
    return Attempt(
        i=i,
        k=k,
        t=0.0,
        skeleton={"smoke": smoke, "xray": "no"},
        draft=draft,
        values=None if draft is None else {"smoke": smoke, "xray": "no"} | {v.variable: v.found for v in violations},
        violations=violations,
        finish=finish,
        final=status is not None,
        status=status,
    )


LEDGER = [
    line(0, 1, status=REALIZED),
    line(1, 1, wrong("smoke", "yes", "no")),
    line(1, 2, status=REALIZED),
    # a failed call is a round without a draft
    line(2, 1, draft=None, finish=None),
    line(2, 2, missing("smoke", "yes"), missing("xray", "no")),
    line(2, 3, status=REALIZED),
    # repaired: the repair is neither a round nor a draft of the realizer
    line(3, 1, wrong("smoke", "yes", "no")),
    line(3, 2, wrong("smoke", "yes", "no")),
    line(3, 3, wrong("smoke", "yes", "no")),
    line(3, 4, status=REPAIRED, finish="repair"),
    line(4, 1, missing("xray", "no"), smoke="no"),
    line(4, 2, missing("xray", "no"), smoke="no"),
    line(4, 3, missing("xray", "no"), smoke="no", status=UNREALIZED),
    # under way
    line(5, 1, LoggedViolation(variable="smoke", kind="leaked", found="no"), smoke="no"),
]

LEDGER_FACTS = dict.fromkeys(("asia", "tub", "smoke", "lung", "bronc", "either", "xray", "dysp"), "no")


@pytest.fixture
def report():
    return realizability(LEDGER, planned=8, rounds=4)


def test_every_finished_skeleton_counts_and_only_the_realizer_realizes(report):
    assert (report.realized.count, report.realized.n) == (3, 5)
    assert (report.repaired, report.unrealized, report.unfinished) == (1, 1, 1)
    assert report.realized.count + report.repaired + report.unrealized == report.realized.n
    assert not report.complete


def test_rounds_accumulate_up_to_k(report):
    assert [entry.realized.count for entry in report.by_round] == [1, 2, 3, 3]
    assert [entry.attempted for entry in report.by_round] == [5, 4, 3, 0]
    assert {entry.realized.n for entry in report.by_round} == {5}


def test_violations_by_variable_and_kind_leave_repairs_out(report):
    smoke, xray = report.by_variable["smoke"], report.by_variable["xray"]
    assert (smoke.in_first.count, smoke.in_first.n) == (3, 5)
    assert smoke.by_kind == {"wrong": 4, "missing": 1}
    assert smoke.first_by_kind == {"wrong": 2, "missing": 1}
    assert xray.by_kind == {"missing": 4}
    assert xray.first_by_kind == {"missing": 2}


def test_overridden_facts_say_what_was_written_instead(report):
    first, *others = report.by_state
    assert (first.variable, first.state) == ("smoke", "yes")
    assert (first.overridden.count, first.overridden.n) == (3, 4)
    assert first.written == {"no": 2, "(missing)": 1}
    assert [(entry.variable, entry.overridden.count, entry.overridden.n) for entry in others] == [("xray", 2, 5)]


def test_what_leaked_overrides_no_fact():
    leaked = LoggedViolation(variable="smoke", kind="leaked", found="no")
    report = realizability([line(0, 1, leaked), line(0, 2, status=REALIZED)])
    assert report.by_variable["smoke"].by_kind == {"leaked": 1}
    assert not report.by_state


def test_unfinished_records_are_in_no_table():
    finished = [line(0, 1, status=REALIZED)]
    under_way = [line(1, 1, wrong("smoke", "yes", "no")), line(2, 1)]
    report = realizability(finished + under_way)
    assert report.unfinished == 2
    assert report.by_variable == realizability(finished).by_variable
    assert report.by_variable["smoke"].in_first.n == 1
    assert not report.by_state


def test_a_text_that_was_cut_is_a_failed_draft_not_a_right_one():
    cut = [
        Attempt(i=i, k=1, t=0.0, skeleton={"smoke": "yes"}, draft="The", finish="length", error="cut at max_tokens")
        for i in range(2)
    ]
    again = [
        Attempt(i=0, k=2, t=0.0, skeleton={"smoke": "yes"}, draft="n", values={}, violations=(missing("smoke", "yes"),))
    ]
    last = [
        Attempt(i=i, k=k, t=0.0, skeleton={"smoke": "yes"}, draft=draft, final=True, status=status, error=error)
        for i, k, draft, status, error in [(0, 3, "n", UNREALIZED, "cut"), (1, 2, None, UNREALIZED, "HTTP 500")]
    ]
    report = realizability([cut[0], *again, last[0], cut[1], last[1]])
    assert [(entry.attempted, entry.without_draft, entry.realized.count) for entry in report.by_round] == [
        (2, 2, 0),
        (2, 1, 0),
        (1, 1, 0),
    ]
    assert report.to_json()["by_round"][0]["no_usable_draft"] == 2
    smoke = report.by_variable["smoke"]
    assert (smoke.in_first.count, smoke.in_first.n) == (1, 1)  # the first that could be read, and it is wrong
    assert [(entry.overridden.count, entry.overridden.n) for entry in report.by_state] == [(1, 1)]


def test_a_failed_record_that_is_tried_again_counts_by_its_last_outcome():
    again = [line(0, 1, missing("xray", "no"), status=UNREALIZED), line(0, 2, status=REALIZED)]
    report = realizability(again)
    assert (report.realized.count, report.realized.n, report.unrealized) == (1, 1, 0)


def test_a_failed_repair_is_unrealized_and_its_violations_are_not_the_realizers():
    lost = missing("xray", "no")
    report = realizability([line(0, 1, lost), line(0, 2, lost, status=UNREALIZED, finish="repair")])
    assert (report.realized.count, report.unrealized) == (0, 1)
    assert [entry.attempted for entry in report.by_round] == [1]
    assert report.by_variable["xray"].violations == 1


def test_json_has_the_promised_keys(report):
    document = json.loads(json.dumps(report.to_json(), allow_nan=False))
    promised = {"n", "realized", "rate", "interval", "by_round", "repaired", "unrealized", "by_variable"}
    assert promised <= document.keys()
    exact = binomtest(3, 5).proportion_ci(0.95, method="exact")
    assert document["interval"] == pytest.approx([exact.low, exact.high])
    assert {"round", "realized", "rate", "interval"} <= document["by_round"][0].keys()
    assert document["by_variable"]["smoke"]["violations"] == 5
    assert (document["planned"], document["unfinished"], document["complete"]) == (8, 1, False)


def test_an_empty_ledger_is_no_division_by_zero():
    document = realizability([], planned=5).to_json()
    assert (document["n"], document["rate"], document["interval"]) == (0, None, [0.0, 1.0])


@pytest.mark.parametrize(
    ("limits", "missed"),
    [
        ({"min_realizability": 0.6}, False),
        ({"min_realizability": 0.61}, True),
        ({"max_unrealized": 1}, False),
        ({"max_unrealized": 0}, True),
        ({"max_unrealized": 0.2}, False),
        ({"max_unrealized": 0.19}, True),
    ],
)
def test_thresholds(report, limits, missed):
    if missed:
        with pytest.raises(ThresholdError) as caught:
            require(report, **limits)
        assert caught.value.exit_code == 5
        assert "--retry-failed" not in caught.value.hint
    else:
        require(report, **limits)


def test_nothing_finished_meets_no_threshold():
    with pytest.raises(ThresholdError, match="no record is finished"):
        require(realizability([]), min_realizability=0.0)


@pytest.mark.parametrize(
    ("probability", "name"),
    [
        (1.0, "p >= 1e-2"),
        (1e-2, "p >= 1e-2"),
        (9.9e-3, "1e-3 <= p < 1e-2"),
        (1e-5, "1e-5 <= p < 1e-3"),
        (9e-6, "1e-8 <= p < 1e-5"),
        (1e-300, "p < 1e-8"),
        (0.0, "impossible"),
    ],
)
def test_strata_include_their_lower_end(probability, name):
    assert stratum_of(math.log(probability) if probability else -math.inf) == name


def test_strata_of_a_run_use_the_graph_without_interventions():
    from causalsynth.scm import SCM

    asia = SCM.from_bif("asia")
    likely = dict.fromkeys(asia.variables, "no")
    impossible = likely | {"tub": "yes"}  # either = no in spite of it
    attempts = [
        Attempt(i=i, k=1, t=0.0, skeleton=skeleton, do={"either": "no"}, draft="", final=True, status=status)
        for i, (skeleton, status) in enumerate([(likely, REALIZED), (impossible, UNREALIZED)])
    ]
    report = realizability(attempts, log_probability=log_probabilities(attempts, asia))
    assert {name: (share.count, share.n) for name, share in report.by_stratum.items()} == {
        "p >= 1e-2": (1, 1),
        "impossible": (0, 1),
    }


def test_numbers_count_by_variable_and_not_by_state():
    def measured(i, k, lactate, *violations, status=None):
        skeleton = {"smoke": "yes", "lactate": lactate}
        values = dict(skeleton)
        return Attempt(
            i=i, k=k, t=0.0, skeleton=skeleton, draft="x", values=values, violations=violations,
            final=status is not None, status=status,
        )  # fmt: skip

    attempts = [
        measured(0, 1, 2.4, wrong("lactate", "2.4", "4.2"), wrong("smoke", "yes", "no")),
        measured(0, 2, 2.4, status=REALIZED),
        measured(1, 1, 3, missing("lactate", "3.0")),
        measured(1, 2, 3, status=REALIZED),
    ]
    report = realizability(attempts)
    assert report.by_variable["lactate"].by_kind == {"wrong": 1, "missing": 1}
    assert [(entry.variable, entry.state) for entry in report.by_state] == [("smoke", "yes")]
    assert (report.by_state[0].overridden.count, report.by_state[0].overridden.n) == (1, 2)
    json.dumps(report.to_json(), allow_nan=False)


def test_strata_of_numbers_are_of_rounded_ones_only(tmp_path):
    from causalsynth.scm import SCM

    spec = Path(__file__).parents[1] / "ward" / "ward.yaml"
    ward = SCM.load(spec)
    attempts = [
        Attempt(i=i, k=1, t=0.0, skeleton=skeleton, final=True, status=REALIZED)
        for i, skeleton in enumerate(ward.sample(3, seed=1))
    ]
    found = log_probabilities(attempts, ward)
    assert list(found.values()) == ward.log_probability(ward.sample(3, seed=1)).tolist()
    assert all(-30 < log < 0 for log in found.values())
    (tmp_path / "ward.yaml").write_text(spec.read_text(encoding="utf-8").replace("decimals: 1", ""), encoding="utf-8")
    assert log_probabilities(attempts, SCM.load(tmp_path / "ward.yaml")) == {}


def test_repair_stands_beside_the_realizer_alone(report):
    assert (report.with_repair.count, report.with_repair.n) == (4, 5)
    assert report.to_json()["with_repair"]["rate"] == 0.8


def test_kinds_of_violations_count_drafts_and_violations(report):
    assert {kind: (each.in_first.count, each.in_first.n, each.violations) for kind, each in report.by_kind.items()} == {
        "missing": (2, 5, 5),  # one first draft lacks two facts
        "wrong": (2, 5, 4),
    }
    assert report.to_json()["by_kind"]["wrong"]["first_drafts"]["rate"] == 0.4


def test_rejection_sampling_on_the_same_first_attempts(report):
    rejection = report.rejection
    assert (rejection.accepted.count, rejection.lost.count, rejection.accepted.n) == (1, 4, 5)
    assert rejection.calls_per_text == 5
    assert (rejection.loop_calls, rejection.loop_texts) == (12, 3)
    assert rejection.loop_calls_per_text == 4
    assert rejection.calls_for_all == 5 * 5  # two skeletons, both too rare: pooled at 1 of 5
    assert rejection.at_least


def test_what_it_takes_to_have_each_skeleton_accepted_at_its_first_attempt():
    """n/φ for each: 40 records at 1/2 and 60 at 1/3 take 80 and 180 calls; dropping takes 100 for 40 texts."""
    halves = [line(i, 1, status=REALIZED if i % 2 else UNREALIZED) for i in range(40)]
    thirds = [line(40 + i, 1, status=REALIZED if i % 3 == 0 else UNREALIZED, smoke="no") for i in range(60)]
    rejection = realizability(halves + thirds).rejection
    assert rejection.calls_for_all == 80 + 180
    assert not rejection.at_least
    assert rejection.calls_per_text == 100 / 40
    never = realizability([*halves, *(line(40 + i, 1, status=UNREALIZED, smoke="no") for i in range(60))]).rejection
    assert never.at_least
    assert never.calls_for_all == pytest.approx(80 + 60 / (1 - 0.05 ** (1 / 60)))
    nothing = realizability([line(0, 1, status=UNREALIZED)]).rejection
    assert (nothing.calls_for_all, nothing.calls_per_text, nothing.loop_calls_per_text) == (None, None, None)
    json.dumps(nothing.to_json(), allow_nan=False)


@pytest.mark.statistical
def test_styles_are_those_that_the_texts_were_asked_for_in():
    import causalsynth
    from causalsynth.evaluate.rundir import RunPlan
    from causalsynth.evaluate.styles import styles_of
    from causalsynth.realize.prompts import Prompts

    prompts = Prompts.load("clinical_note")
    plan = RunPlan(graph="asia", seed=3, prompts_digest=prompts.digest)
    styles = styles_of(plan, range(40))
    asked = {i: prompts.ask(causalsynth.Domain.load("asia").lexicon, LEDGER_FACTS, seed=3, index=i) for i in range(40)}
    by_name = {style.name: style.ask for style in prompts.styles}
    assert all(by_name[name] in asked[i][1].content for i, name in styles.items())
    assert len(set(styles.values())) > 2
    assert styles_of(RunPlan(graph="asia", prompts_digest="of other templates"), range(3)) == {}
    assert styles_of(RunPlan(graph="gone.bif"), range(3)) == {}
    report = realizability(LEDGER, styles={0: "letter", 1: "letter", 3: "form", 5: "form"})
    assert {name: (share.count, share.n) for name, share in report.by_style.items()} == {
        "form": (0, 1),
        "letter": (2, 2),
    }
