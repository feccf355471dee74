import json

import pytest

from causalsynth import Domain, generate
from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.evaluate.rundir import RunPlan, check_graph, interventions, open_run, read_plan, value_frames
from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus
from causalsynth.scm import SCM
from causalsynth.scm.support import Categorical

FACTS = {"a": "x", "b": "y"}
LOST = LoggedViolation(variable="a", kind="missing", expected="x")


def line(i, k, values, *violations, status=None, finish="stop", do=None):
    return Attempt(
        i=i,
        k=k,
        t=0.0,
        skeleton=FACTS,
        do=do or {},
        draft=None if values is None else "text",
        values=values,
        violations=violations,
        finish=finish,
        final=status is not None,
        status=status,
    )


def test_extracted_values_are_those_of_the_text_that_leaves_the_run():
    nothing = {"a": None, "b": None}
    half = {"a": "uncertain", "b": "y"}
    attempts = [
        line(0, 1, half, LOST),
        line(0, 2, FACTS, status=RecordStatus.REALIZED),
        line(1, 1, nothing, LOST, LOST),
        line(1, 2, FACTS, finish="repair", status=RecordStatus.REPAIRED),
        # unrealized: the best draft, which is not the last
        line(2, 1, nothing, LOST, LOST),
        line(2, 2, half, LOST),
        line(2, 3, nothing, LOST, LOST, status=RecordStatus.UNREALIZED),
        # unrealized without any draft: still a row
        line(3, 1, None, status=RecordStatus.UNREALIZED),
        # under way: no row yet
        line(7, 1, half, LOST),
    ]
    frames = value_frames(attempts, ("a", "b"))
    assert frames["skeleton"].to_dict("index") == dict.fromkeys(range(4), FACTS)
    assert frames["extracted"].to_dict("index") == {0: FACTS, 1: FACTS, 2: half, 3: nothing}


def test_one_intervention_for_all_records():
    assert interventions([]) == {}
    assert interventions([line(i, 1, FACTS, do={"a": "x"}) for i in range(3)]) == {"a": "x"}
    with pytest.raises(InputError, match="different interventions"):
        interventions([line(0, 1, FACTS, do={"a": "x"}), line(1, 1, FACTS)])


def test_the_plan_comes_from_the_manifest(tmp_path):
    assert read_plan(tmp_path) == RunPlan()
    config = {"graph": "asia", "n": 20, "rounds": 3, "realizer": "grammar", "seed": 1}
    (tmp_path / "manifest.json").write_text(json.dumps({"config": config}))
    assert read_plan(tmp_path) == RunPlan(graph="asia", n=20, rounds=3, seed=1, realizer="grammar", is_llm=False)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"config": 3}'])
def test_what_is_no_manifest_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(RunDirectoryError, match=r"manifest\.json: not a manifest"):
        read_plan(tmp_path)


@pytest.mark.parametrize(
    ("config", "realizer", "expected"),
    [
        ("simulated", None, ("simulated", False)),
        ("openai", None, ("openai", None)),
        ("openai", {"name": "simulated", "is_llm": False}, ("simulated", False)),
        ("openai", {"name": "qwen", "is_llm": True}, ("qwen", True)),
    ],
)
def test_the_manifest_says_whether_an_llm_wrote(tmp_path, config, realizer, expected):
    document = {"config": {"realizer": config}} | ({"realizer": realizer} if realizer else {})
    (tmp_path / "manifest.json").write_text(json.dumps(document))
    plan = read_plan(tmp_path)
    assert (plan.realizer, plan.is_llm) == expected


def test_the_mention_plan_says_who_is_silent():
    supports = dict.fromkeys("abc", Categorical(("x", "y")))
    silent = {"all": "", "-b": "b", "b": "ac", "b: 1; c: .5": "b"}
    assert {text: RunPlan(mention=text).mention_plan(supports).never for text in silent} == {
        text: frozenset(names) for text, names in silent.items()
    }
    assert RunPlan().mention_plan(supports).never == frozenset()
    with pytest.raises(InputError, match="unknown variable"):
        RunPlan(mention="d").mention_plan(supports)


def test_a_run_is_held_to_its_own_graph(tmp_path):
    asia = SCM.from_bif("asia")
    other = asia.do(xray="no")
    plan = RunPlan(graph="asia", do={"smoke": "yes"}, graph_digest=asia.do(smoke="yes").digest())
    check_graph(tmp_path, plan, asia, name="asia")
    check_graph(tmp_path, RunPlan(graph="asia"), other, name="other.bif")  # nothing to compare with
    with pytest.raises(InputError, match=r"manifest\.json: the run's graph is not the one in other\.bif") as caught:
        check_graph(tmp_path, plan, other, name="other.bif")
    assert caught.value.hint == "give the run's graph with --graph; it was asia"


def test_a_graph_whose_file_has_changed_is_told_apart(tmp_path):
    plan = RunPlan(graph="asia", graph_digest="0" * 64)
    with pytest.raises(InputError) as caught:
        check_graph(tmp_path, plan, SCM.from_bif("asia"), name="asia")
    assert "changed since" in caught.value.hint


def test_the_text_of_a_record_tried_again_is_that_of_its_last_final_line():
    cut = Attempt(i=1, k=1, t=0.0, skeleton=FACTS, draft="The", finish="length", error="cut at max_tokens")
    attempts = [
        line(0, 1, {"a": None, "b": "y"}, LOST, status=RecordStatus.UNREALIZED),
        line(0, 2, FACTS, status=RecordStatus.REALIZED),
        cut,
        line(1, 2, {"a": None, "b": "y"}, LOST, status=RecordStatus.UNREALIZED),
    ]
    rows = value_frames(attempts, ("a", "b"))["extracted"].to_dict("index")
    assert rows == {0: FACTS, 1: {"a": None, "b": "y"}}
    # A pass over failed records has begun with this one: what it wrote so far counts when the record is finished.
    under_way = [*attempts, line(1, 3, {"a": "x", "b": None})]
    assert value_frames(under_way, ("a", "b"))["extracted"].to_dict("index") == rows


def test_a_record_that_was_tried_again_is_finished_once(tmp_path):
    """Counted by final lines a run would have more records than planned, and pass for an incomplete or given one."""
    asia, domain = SCM.from_bif("asia"), Domain.load("asia")
    settings = {"n": 12, "seed": 3, "out": tmp_path / "run", "fallback": "none", "behaviour": "strength=.9,obey=.5"}
    generate(asia, domain, "simulated", rounds=1, **settings)
    generate(asia, domain, "simulated", rounds=2, retry_failed=True, **settings)
    run = open_run(tmp_path / "run")
    assert sum(attempt.final for attempt in run.attempts) > 12
    assert run.finished == 12
