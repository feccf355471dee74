import json

import pytest

from causalsynth.errors import RunDirectoryError
from causalsynth.ledger import (
    Attempt,
    LoggedViolation,
    RecordStatus,
    best_draft,
    final_line,
    intact_length,
    iter_ledger,
    parse_line,
    read_ledger,
)

FULL = Attempt(
    i=3,
    k=2,
    t=1763640000.25,
    skeleton={"smoke": "yes", "xray": "no"},
    do={"smoke": "yes"},
    draft='A "note"\nwith ° and a lone surrogate \ud83d and a separator \u2028.',
    values={"smoke": "no", "xray": None},
    violations=(
        LoggedViolation(variable="smoke", kind="wrong", expected="yes", found="no", spans=((0, 4), (9, 12))),
        LoggedViolation(variable="xray", kind="missing", expected="no"),
    ),
    finish="stop",
    usage={"prompt": 200, "completion": 31},
    latency_s=0.5,
    final=True,
    status=RecordStatus.UNREALIZED,
)


def attempt(i, k, **changes):
    return Attempt(i=i, k=k, t=0.0, skeleton={"a": "x"}, **changes)


def test_a_line_comes_back_as_it_was():
    line = FULL.to_line()
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert line.isascii()
    assert parse_line(line) == FULL


def test_keys_are_the_documented_ones_in_order():
    keys = "v i k t skeleton do draft values violations finish usage latency_s error final status"
    assert list(json.loads(FULL.to_line())) == keys.split()


def test_a_torn_last_line_is_ignored_and_located(tmp_path):
    path = tmp_path / "attempts.jsonl"
    whole = attempt(0, 1).to_line() + attempt(1, 1).to_line()
    for torn in ("", attempt(2, 1).to_line()[:-1], attempt(2, 1).to_line()[:20], "\0\0\0"):
        path.write_text(whole + torn)
        assert [entry.i for entry in read_ledger(tmp_path)] == [0, 1]
        assert intact_length(path) == len(whole)


def test_intact_length_of_a_file_without_any_newline(tmp_path):
    path = tmp_path / "attempts.jsonl"
    path.write_bytes(b"x" * 200_000)
    assert intact_length(path) == 0
    path.write_bytes(b"y\n" + b"x" * 200_000)
    assert intact_length(path) == 2


def test_the_last_of_two_lines_for_one_attempt_wins(tmp_path):
    path = tmp_path / "attempts.jsonl"
    lines = [attempt(1, 1, draft="old"), attempt(0, 2), attempt(0, 1), attempt(1, 1, draft="new")]
    path.write_text("".join(entry.to_line() for entry in lines))
    assert len(list(iter_ledger(path))) == 4
    assert [(entry.i, entry.k, entry.draft) for entry in read_ledger(path)] == [
        (0, 1, None),
        (0, 2, None),
        (1, 1, "new"),
    ]


def test_parts_are_read_as_one_ledger(tmp_path):
    (tmp_path / "attempts").mkdir()
    for part, i in (("part-001.jsonl", 1), ("part-000.jsonl", 0)):
        (tmp_path / "attempts" / part).write_text(attempt(i, 1).to_line())
    assert [entry.i for entry in read_ledger(tmp_path)] == [0, 1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"v": 2}, "format version 2"),
        ({"i": -1}, "'i' must be"),
        ({"k": 0}, "'k' must be"),
        ({"i": True}, "'i' must be"),
        ({"t": "now"}, "'t' must be"),
        ({"skeleton": {"a": None}}, "'skeleton' must map"),
        ({"skeleton": {"a": True}}, "'skeleton' must map"),
        ({"values": {"a": True}}, "'values' must map"),
        ({"values": {"a": ["x"]}}, "'values' must map"),
        ({"final": True}, "'status' goes with 'final'"),
        ({"final": True, "status": "fine"}, "fine"),
        ({"violations": [{"variable": "a"}]}, "kind"),
    ],
)
def test_a_malformed_line_is_named_by_file_and_line(tmp_path, change, says):
    path = tmp_path / "attempts.jsonl"
    bad = json.dumps(attempt(1, 1).to_json() | change)
    path.write_text(attempt(0, 1).to_line() + bad + "\n")
    with pytest.raises(RunDirectoryError, match=says) as caught:
        read_ledger(tmp_path)
    assert "attempts.jsonl:2:" in caught.value.message


def test_a_broken_line_inside_is_an_error(tmp_path):
    path = tmp_path / "attempts.jsonl"
    path.write_text('{"v": 1,\n' + attempt(0, 1).to_line())
    with pytest.raises(RunDirectoryError, match=r"attempts\.jsonl:1: "):
        read_ledger(path)


def test_a_directory_without_a_ledger_is_refused(tmp_path):
    with pytest.raises(RunDirectoryError, match=r"no attempts\.jsonl"):
        read_ledger(tmp_path)


def test_keys_of_a_later_program_are_passed_over():
    line = json.dumps(FULL.to_json() | {"reader": {"name": "other"}, "span": [1, 2]})
    assert parse_line(line) == FULL


def test_numbers_pass_through_as_they_are():
    numeric = attempt(0, 1, values={"a": 7.25, "b": 3, "c": None})
    line = json.dumps(numeric.to_json() | {"skeleton": {"a": 7.5, "b": 3, "c": "x"}})
    back = parse_line(line)
    assert back.skeleton == {"a": 7.5, "b": 3, "c": "x"}
    assert back.values == {"a": 7.25, "b": 3, "c": None}
    assert isinstance(back.skeleton["b"], int)
    assert json.loads(back.to_line()) == json.loads(line)


LOST = LoggedViolation(variable="a", kind="missing", expected="x")


def draft(k, *violations, **changes):
    return attempt(0, k, draft=f"draft {k}", values={"a": None}, violations=violations, **changes)


def test_the_last_final_line_ends_a_record_whatever_the_order():
    given_up = attempt(0, 2, final=True, status=RecordStatus.UNREALIZED)
    tried_again = attempt(0, 4, final=True, status=RecordStatus.REALIZED)
    record = [draft(1, LOST), given_up, draft(3, LOST), tried_again, draft(5, LOST)]
    assert final_line(record) is tried_again
    assert final_line(reversed(record)) is tried_again
    assert final_line(record[:3]) is given_up
    assert final_line(record[:1]) is None


def test_the_best_draft_has_the_fewest_violations_and_comes_first():
    record = [draft(1, LOST, LOST), draft(2, LOST), draft(3, LOST), attempt(0, 4)]
    assert best_draft(record) is record[1]
    assert best_draft(reversed(record)) is record[1]
    assert best_draft(record[3:]) is None


def test_a_draft_that_could_not_be_used_is_never_the_best():
    cut = attempt(0, 1, draft="The patient sm", finish="length", error="cut at max_tokens")
    assert not cut.has_usable_draft
    assert not cut.violations
    assert best_draft([cut, draft(2, LOST, LOST)]).k == 2
    assert best_draft([cut]) is None
