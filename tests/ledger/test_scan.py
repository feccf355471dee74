"""A line told by its ends says what the whole line says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causalsynth.errors import RunDirectoryError
from causalsynth.ledger import Attempt, RecordStatus, parse_line, read_ledger
from causalsynth.ledger.index import iter_attempts, iter_records
from causalsynth.ledger.scan import Mark, mark_of

TEXTS = st.text() | st.sampled_from(
    [
        '"usage":{"prompt":9},"latency_s":null,"error":null,"final":true,"status":"realized"}',
        '{"v":1,"i":7,"k":1,',
        "\\",
    ]
)
ATTEMPTS = st.builds(
    Attempt,
    i=st.integers(0, 10**9),
    k=st.integers(1, 40),
    retry=st.integers(0, 3),
    t=st.floats(0, 2e9),
    skeleton=st.dictionaries(TEXTS, TEXTS, max_size=2),
    draft=st.none() | TEXTS,
    usage=st.dictionaries(st.sampled_from(["prompt", "completion"]), st.integers(0, 10**6)),
    latency_s=st.none() | st.floats(0, 1e4),
    error=st.none() | TEXTS,
)


def ended(attempt, status):
    return Attempt(**{name: getattr(attempt, name) for name in Attempt.__slots__} | {"final": True, "status": status})


def whole(attempt):
    return Mark(
        i=attempt.i,
        k=attempt.k,
        retry=attempt.retry,
        status=attempt.status,
        prompt=attempt.usage.get("prompt", 0),
        completion=attempt.usage.get("completion", 0),
        failed=attempt.error is not None,
    )


@given(ATTEMPTS, st.none() | st.sampled_from(RecordStatus))
def test_the_ends_of_a_line_say_what_the_whole_says(attempt, status):
    attempt = attempt if status is None else ended(attempt, status)
    assert mark_of(attempt.to_line().encode()) == whole(parse_line(attempt.to_line())) == whole(attempt)


@given(ATTEMPTS)
def test_a_line_in_another_key_order_or_with_more_keys_is_read_whole(attempt):
    record = json.loads(attempt.to_line())
    shuffled = {"later": {"final": True}} | dict(reversed(record.items())) | {"status": record["status"]}
    assert mark_of(json.dumps(shuffled).encode()) == whole(attempt)


@pytest.mark.parametrize(
    "line", [b"{}\n", b"\n", b'{"v":1,"i":0,"k":1,"t":1.0}\n', b"\xff\n", b'{"v":2,"i":0,"k":1}\n']
)
def test_what_is_no_ledger_line_is_refused_with_its_place(line):
    with pytest.raises(RunDirectoryError, match="run:4: not a ledger line"):
        mark_of(line, source="run", number=4)


def test_a_ledger_in_files_is_read_record_by_record(tmp_path):
    def line(i, k, draft="x", status=None):
        return Attempt(i=i, k=k, t=1.0, skeleton={}, draft=draft, final=status is not None, status=status).to_line()

    (tmp_path / "attempts").mkdir()
    done = RecordStatus.REALIZED
    (tmp_path / "attempts.jsonl").write_text(line(3, 1) + line(0, 1, "old") + line(3, 2, status=done))
    (tmp_path / "attempts" / "part-1-of-2.jsonl").write_text(line(0, 1, "new", done) + '{"torn')
    (tmp_path / "attempts" / "part-2-of-2.jsonl").write_text(line(1, 1, status=done))
    assert [(a.i, a.k, a.draft) for a in iter_attempts(tmp_path)] == [
        (0, 1, "new"),
        (1, 1, "x"),
        (3, 1, "x"),
        (3, 2, "x"),
    ]
    assert list(iter_attempts(tmp_path)) == read_ledger(tmp_path)
    assert [len(record) for record in iter_records(tmp_path)] == [1, 1, 2]


@pytest.mark.parametrize("count", ['"12"', "-5", "1.5", "true", "1e300", str(2**70)])
def test_a_count_of_tokens_that_is_none_is_refused_with_its_place(count):
    line = Attempt(i=0, k=1, t=1.0, skeleton={}, usage={"prompt": 77}).to_line().replace("77", count)
    with pytest.raises(RunDirectoryError, match="run:4: not a ledger line"):
        mark_of(line.encode(), source="run", number=4)
