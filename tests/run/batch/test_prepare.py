"""Which requests are written, and that a file is there in full or not at all."""

import json

import pytest

from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.run.batch import prepare
from causalsynth.run.batch.request_files import RequestFiles, Service


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_prepared_again_nothing_changes(run):
    before = contents(run.path / "batch")
    run.prepare()
    assert contents(run.path / "batch") == before
    (run.path / "batch/requests-0001-001.jsonl").unlink()
    (run.path / "batch/.requests-001.tmp").write_text("what a kill left")
    run.prepare()
    assert contents(run.path / "batch") == before


def test_requests_are_what_batch_services_take(run):
    assert [request["body"]["model"] for request in run.requests] == ["m"] * 6
    assert len({request["custom_id"] for request in run.requests}) == 6
    for request in run.requests:
        assert request.keys() == {"custom_id", "method", "url", "body"}
        assert (request["method"], request["url"]) == ("POST", "/v1/chat/completions")
        assert len(request["custom_id"]) <= 64
        assert request["body"]["max_tokens"] == 1024


def test_the_field_for_the_longest_answer_is_kept_from_round_to_round(run, lines):
    prepare(run.path, service={"tokens_field": "max_completion_tokens"})
    run.prepare()
    assert {"max_completion_tokens"} == {name for name in run.requests[0]["body"] if name.startswith("max")}
    run.ingest(run.file(*map(lines.answered, run.requests)))
    run.prepare()
    assert "max_completion_tokens" in run.requests[0]["body"]


def test_an_answer_counts_in_whichever_form_edits_were_asked_for(run, lines):
    # A draft that states a fact, so that its correction asks for edits.
    run.ingest(run.file(*(lines.answered(request, "The patient is short of breath.") for request in run.requests)))
    run.prepare()
    plain = run.requests
    prepare(run.path, service={"structured_output": True})
    run.prepare()
    assert "response_format" in run.requests[0]["body"]
    assert "response_format" not in plain[0]["body"]
    assert [request["custom_id"] for request in run.requests] == [request["custom_id"] for request in plain]


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"rounds": 3}, "rounds: 2 → 3"), ({"n": 9}, "a run of 6 records, not 9"), ({"model": "other"}, "'m' → 'other'")],
)
def test_a_run_stays_what_it_is(run, settings, message):
    with pytest.raises(RunDirectoryError, match=message):
        prepare(run.path, settings)


def test_a_run_may_be_extended(run):
    prepared = prepare(run.path, {"n": 8}, extend=True)
    assert (prepared.n, prepared.by_round) == (8, {1: 8})


def test_what_a_new_run_needs(tmp_path):
    with pytest.raises(RunDirectoryError, match="holds no run") as raised:
        prepare(tmp_path / "new", {"graph": "asia"})
    assert raised.value.hint == "to begin one, give -n, --model as well"
    assert not (tmp_path / "new").exists()


def test_a_run_that_no_server_writes(tmp_path):
    from causalsynth import SCM, Domain, generate

    generate(SCM.load("asia"), Domain.load("asia"), n=2, out=tmp_path / "run")
    with pytest.raises(InputError, match="its realizer is grammar"):
        prepare(tmp_path / "run")


def test_files_are_cut_at_either_limit(tmp_path):
    body = {"model": "m", "messages": [], "max_tokens": 9}
    with RequestFiles(tmp_path, Service(requests=3)) as files:
        for number in range(7):
            files.add(f"id-{number}", body)
    assert [len(path.read_text().splitlines()) for path in files.paths] == [3, 3, 1]
    line = files.paths[0].read_bytes().index(b"\n") + 1
    limits = Service(megabytes=2.5 * line / 1e6)
    with RequestFiles(tmp_path, limits) as files:
        for number in range(7):
            files.add(f"id-{number}", body)
    assert [path.name for path in files.paths] == [f"requests-0002-00{part}.jsonl" for part in (1, 2, 3, 4)]
    assert all(path.stat().st_size <= limits.megabytes * 1e6 for path in files.paths)
    told = [json.loads(line)["custom_id"] for path in files.paths for line in path.read_text().splitlines()]
    assert told == [f"id-{number}" for number in range(7)]
    with pytest.raises(InputError, match="does not fit"), RequestFiles(tmp_path, limits) as files:
        files.add("id", {**body, "padding": "x" * 1000})
    assert len(list(tmp_path.iterdir())) == 3 + 1 + 4 + 1, "a set that fails leaves nothing behind"
