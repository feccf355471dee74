"""What results do to the ledger: each answer counts once, for the request that it answers, or not at all."""

import json

import pytest

from causalsynth.errors import InputError, RunDirectoryError, ServerError
from causalsynth.ledger import RecordStatus
from causalsynth.run.batch import prepare


def test_the_same_results_again_in_any_order_add_nothing(run, lines):
    output, errors = run.file(*map(lines.answered, run.requests[:4])), run.file(lines.expired(run.requests[4]))
    first = run.ingest(errors, output)
    assert (first.judged, first.failed, first.stale) == (4, 1, 0)
    assert first.open_by_round == {1: 2, 2: 4}
    before = run.ledger
    again = run.ingest(output, output, errors)
    assert (again.judged, again.stale, again.repeated) == (0, 4, 5 - 1)
    assert run.ledger == before


def test_an_interrupted_ingest_goes_on_to_the_same_ledger(run, lines):
    results = [lines.answered(request, f"Note {number}.") for number, request in enumerate(run.requests)]
    whole = run.file(*results)
    # What a kill leaves: some lines whole, one torn.
    run.ingest(run.file(*results[:3]))
    three = run.ledger
    with (run.path / "attempts.jsonl").open("ab") as ledger:
        ledger.write(b'{"v":1,"i":3,"k":1,"t":17')
    assert run.ingest(whole).judged == 3
    assert run.ledger.startswith(three)
    assert [(attempt.i, attempt.k, attempt.draft) for attempt in run.attempts()] == [
        (number, 1, f"Note {number}.") for number in range(6)
    ]


def test_the_next_round_asks_for_corrections_and_the_last_ends_in_repair(run, lines):
    first = run.requests
    run.ingest(run.file(*map(lines.answered, first)))
    prepared = run.prepare()
    assert prepared.by_round == {2: 6}
    assert [turn["role"] for turn in run.requests[0]["body"]["messages"]][-2:] == ["assistant", "user"]
    late = run.file(*map(lines.answered, first), lines.answered(run.requests[0]))
    ingested = run.ingest(late)
    assert (ingested.judged, ingested.stale) == (1, 6), "answers of an older round are passed over"
    run.ingest(run.file(*map(lines.answered, run.requests)))
    assert not run.prepare().files
    final = [attempt for attempt in run.attempts() if attempt.final]
    assert [attempt.i for attempt in final] == list(range(6))
    assert {attempt.status for attempt in final} == {RecordStatus.REPAIRED}
    assert json.loads((run.path / "summary.json").read_text())["repaired"] == 6


@pytest.mark.parametrize("form", ["refused", "refused_by_vllm"])
def test_only_a_request_at_fault_itself_costs_a_round(run, lines, form):
    ok, bad, overloaded, broken, gone, cancelled = run.requests
    error = getattr(lines, form)
    results = [
        lines.answered(ok),
        error(bad),
        error(overloaded, 429),
        error(broken, 500),
        error(gone, 404),
        lines.expired(cancelled, "batch_cancelled"),
    ]
    ingested = run.ingest(run.file(*results))
    assert (ingested.judged, ingested.refused, ingested.failed) == (1, 1, 4)
    assert [(attempt.i, attempt.error) for attempt in run.attempts()] == [(0, None), (1, "HTTP 400: too long")]
    assert ingested.open_by_round == {1: 4, 2: 2}


def test_where_all_are_refused_no_record_is_charged(run, lines):
    results = run.file(*map(lines.refused, run.requests))
    with pytest.raises(ServerError, match="none of 6 requests was answered; most often: HTTP 400: too long"):
        run.ingest(results)
    assert run.ledger == b""


def test_of_two_lines_for_one_request_the_answer_counts(run, lines):
    request = run.requests[0]
    ingested = run.ingest(run.file(lines.refused(request), lines.answered(request, "First."), lines.expired(request)))
    assert (ingested.judged, ingested.refused, ingested.failed, ingested.repeated) == (1, 0, 0, 2)
    assert [attempt.draft for attempt in run.attempts()] == ["First."]


def test_empty_cut_and_malformed_answers(run, lines):
    empty, cut, malformed, fine = run.requests[:4]
    nothing = lines.answered(malformed)
    nothing["response"]["body"] = {"choices": []}
    results = [lines.answered(empty, " "), lines.answered(cut, "The pat", "length"), nothing, lines.answered(fine)]
    ingested = run.ingest(run.file(*results))
    assert (ingested.judged, ingested.failed) == (3, 1)
    assert [attempt.error for attempt in run.attempts()] == ["empty answer (stop)", "the text was cut (length)", None]


def test_results_of_another_run_are_refused_whole(run, lines, tmp_path):
    ours = run.requests
    prepare(tmp_path / "other", {"graph": "asia", "n": 6, "seed": 6, "model": "m", "rounds": 2})
    theirs = json.loads((tmp_path / "other/batch/requests-0001-001.jsonl").read_text().splitlines()[0])
    results = run.file(lines.answered(ours[0]), lines.answered(theirs))
    with pytest.raises(InputError, match=r"results-1\.jsonl:2: 'cs-.*' is of another run"):
        run.ingest(results)
    assert run.ledger == b""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("garbage\n", "not JSON"),
        ("[1]\n", "no custom_id"),
        ('{"custom_id": "a"}\n', "neither response nor error"),
        ('{"custom_id": "a", "body": {}}\n', "a request, not a result"),
    ],
)
def test_a_line_that_is_no_result_is_named(run, line, reason):
    with pytest.raises(InputError, match=f":1: not a result line: {reason}"):
        run.ingest(run.file(line))


def test_a_last_line_that_is_cut_off_is_left_out_and_told(run, lines):
    results = run.file(lines.answered(run.requests[0]), json.dumps(lines.answered(run.requests[1]))[:90])
    ingested = run.ingest(results)
    assert ingested.judged == 1
    assert ingested.torn == (results,)


def test_a_directory_without_a_run(tmp_path):
    from causalsynth.run.batch import ingest

    with pytest.raises(RunDirectoryError, match="holds no run"):
        ingest(tmp_path / "none", [])
    assert not (tmp_path / "none").exists()
