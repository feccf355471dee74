import pytest

from causalsynth.errors import RunDirectoryError
from causalsynth.ledger import Attempt, RecordStatus, read_ledger
from causalsynth.run.state import LedgerState
from causalsynth.run.store import LedgerStore


def attempt(i, k, *, final=False, draft="a text\nof two lines with a “quote”"):
    status = RecordStatus.REALIZED if final else None
    return Attempt(i=i, k=k, t=1.5, skeleton={"x": "a"}, draft=draft, final=final, status=status)


def test_what_is_appended_is_read_back(tmp_path):
    lines = [attempt(0, 1), attempt(0, 2, final=True), attempt(1, 1, final=True, draft="\ud800 alone")]
    with LedgerStore(tmp_path) as store:
        for line in lines:
            store.append(line)
    assert read_ledger(tmp_path) == lines


def test_a_line_counts_as_soon_as_append_returns(tmp_path):
    with LedgerStore(tmp_path) as store:
        store.append(attempt(0, 1))
        assert len(read_ledger(tmp_path)) == 1  # not closed, not synced


@pytest.mark.parametrize("torn", [b"{", b'{"v":1,"i":3', b"\xff\xfe", b"x" * 200_000])
def test_a_torn_last_line_is_cut_and_nothing_else(tmp_path, torn):
    with LedgerStore(tmp_path) as store:
        store.append(attempt(0, 1, final=True))
    path = tmp_path / "attempts.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    with LedgerStore(tmp_path) as store:
        assert store.recover().finished == {0}
        assert path.read_bytes() == whole
        store.append(attempt(1, 1, final=True))
    assert [line.i for line in read_ledger(tmp_path)] == [0, 1]


def test_one_process_at_a_time(tmp_path):
    with LedgerStore(tmp_path), pytest.raises(RunDirectoryError, match="another process"):
        LedgerStore(tmp_path)
    LedgerStore(tmp_path).close()


def test_a_full_disk_is_one_line_and_leaves_whole_lines_only(tmp_path, monkeypatch):
    import os

    real = os.write
    with LedgerStore(tmp_path) as store:
        store.append(attempt(0, 1, final=True))
        monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:10]))
        with pytest.raises(RunDirectoryError, match="No space left"):
            store.append(attempt(1, 1, final=True))
        monkeypatch.undo()
    assert [line.i for line in read_ledger(tmp_path)] == [0]


def test_the_state_knows_what_is_finished_and_what_was_under_way():
    state = LedgerState.of([attempt(0, 1), attempt(1, 1), attempt(0, 2, final=True), attempt(1, 2), attempt(2, 2)])
    assert state.finished == {0}
    assert [line.k for line in state.past(1)] == [1, 2]
    assert state.past(2) == []  # attempt 1 is missing: begin again
    assert state.past(0) == []
