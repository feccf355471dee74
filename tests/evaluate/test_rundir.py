import json

import pytest

from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.evaluate.rundir import RunPlan, interventions, read_plan, value_frames
from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus

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
    assert read_plan(tmp_path) == RunPlan(graph="asia", n=20, rounds=3, realizer="grammar")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"config": 3}'])
def test_what_is_no_manifest_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(RunDirectoryError, match=r"manifest\.json: not a manifest"):
        read_plan(tmp_path)
