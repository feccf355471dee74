"""Several writers of one run, and a second pass over what the first did not realize."""

import json

import pytest

from causalsynth import SCM, Domain, generate
from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.ledger import Attempt, RecordStatus, iter_ledger, ledger_files, read_ledger
from causalsynth.run.shard import Shard
from causalsynth.run.state import LedgerState
from causalsynth.run.store import LedgerStore
from causalsynth.tables import read_table

SCM_ = SCM.from_bif("asia")
DOMAIN = Domain.load("asia")
STUBBORN = "strength=.9,omit=.15,obey=.5"


def write(folder, **settings):
    settings = {"n": 12, "seed": 3, "realizer": "simulated", "behaviour": STUBBORN, "rounds": 2} | settings
    return generate(SCM_, DOMAIN, out=folder, **settings)


def content(attempts):
    return {(a.i, a.k): (a.skeleton, a.draft, a.values, a.status) for a in attempts}


def test_shares_written_apart_are_the_run_written_at_once(tmp_path):
    whole = write(tmp_path / "whole")
    for shard in ("2/3", "1/3"):
        part = write(tmp_path / "parts", shard=shard)
        assert not (tmp_path / "parts" / "records.parquet").exists()  # others are still at theirs
    assert part.summary["finished"] == 8
    last = write(tmp_path / "parts", shard="3/3")
    assert content(last.attempts) == content(whole.attempts)
    assert [line.i for line in read_ledger(tmp_path / "parts" / "attempts" / "part-0002-of-0003.jsonl")][-1] == 10
    tables = [read_table(tmp_path / run / "records.parquet") for run in ("whole", "parts")]
    assert tables[0].equals(tables[1])


def test_a_sharded_run_goes_on_with_one_writer_or_another_number_of_them(tmp_path):
    whole = write(tmp_path / "whole", n=15)
    write(tmp_path / "run", shard="1/2")
    write(tmp_path / "run", shard="2/5")
    assert content(write(tmp_path / "run", n=15, extend=True).attempts) == content(whole.attempts)


@pytest.mark.parametrize(("first", "second"), [("1/2", None), (None, "1/2"), ("1/2", "1/2"), ("1/2", "2/3")])
def test_writers_whose_records_overlap_do_not_write_at_once(tmp_path, first, second):
    shards = [shard and Shard.parse(shard) for shard in (first, second)]
    with LedgerStore(tmp_path, shards[0]):
        with pytest.raises(RunDirectoryError, match="another process"):
            LedgerStore(tmp_path, shards[1])
        LedgerStore(tmp_path, Shard(2, 2)).close() if first == "1/2" else None
    LedgerStore(tmp_path, shards[1]).close()


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/2/3", "a/b", "1/0", "-1/2", "1/10001", "½/2"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(InputError, match="--shard"):
        Shard.parse(text)


def test_shares_are_disjoint_and_leave_nothing_out():
    shares = [Shard(number, 7) for number in range(1, 8)]
    assert all(sum(shard.holds(i) for shard in shares) == 1 for i in range(50))
    assert sum(shard.size(50) for shard in shares) == 50
    assert all(Shard.of_part(shard.part) == shard for shard in shares)


def test_what_failed_is_tried_again_with_other_settings_and_what_is_realized_stays(tmp_path):
    first = write(tmp_path)
    failed = {r.index for r in first.records if r.status is not RecordStatus.REALIZED}
    assert 2 < len(failed) < 12
    again = write(tmp_path, behaviour="strength=0,omit=0,hedge=0", retry_failed=True)
    assert {str(record.status) for record in again.records} == {"realized"}
    before, after = content(first.attempts), content(again.attempts)
    assert {key: after[key] for key in before} == before
    assert {i for i, _ in after.keys() - before.keys()} == failed
    assert all(a.k > 2 and a.retry == 1 for a in again.attempts if (a.i, a.k) not in before)
    (entry,) = json.loads((tmp_path / "manifest.json").read_text())["retries"]
    assert entry["settings"]["behaviour"] == "strength=0,omit=0,hedge=0"
    # the run is still the run that it was
    assert content(write(tmp_path).attempts) == after


def test_a_second_try_that_was_cut_short_goes_on_where_it_stood(tmp_path):
    write(tmp_path / "a")
    whole = write(tmp_path / "a", rounds=3, retry_failed=True)
    write(tmp_path / "b")
    write(tmp_path / "b", rounds=3, retry_failed=True)
    lines = (tmp_path / "b" / "attempts.jsonl").read_bytes().splitlines(keepends=True)
    tried_again = [number for number, line in enumerate(lines) if b'"retry":1' in line]
    cut = tried_again[len(tried_again) // 2]
    (tmp_path / "b" / "attempts.jsonl").write_bytes(b"".join(lines[:cut]) + lines[cut][:20])
    resumed = write(tmp_path / "b", rounds=3, retry_failed=True)
    assert content(resumed.attempts) == content(whole.attempts)
    assert len(json.loads((tmp_path / "b" / "manifest.json").read_text())["retries"]) == 1


def test_a_third_try_is_a_pass_of_its_own(tmp_path):
    write(tmp_path)
    assert max(attempt.retry for attempt in write(tmp_path, retry_failed=True).attempts) == 1
    third = write(tmp_path, retry_failed=True)
    assert max(attempt.retry for attempt in third.attempts) == 2
    keys = [(attempt.i, attempt.k) for attempt in third.attempts]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("change", "named"), [({"seed": 4}, "seed"), ({"mention": "smoke"}, "mention")])
def test_a_second_try_cannot_change_the_facts(tmp_path, change, named):
    write(tmp_path)
    with pytest.raises(RunDirectoryError, match=named):
        write(tmp_path, retry_failed=True, **change)


def test_nothing_to_try_again_is_no_error_and_no_run_is(tmp_path):
    done = write(tmp_path / "run", behaviour="strength=0,omit=0,hedge=0")
    again = write(tmp_path / "run", behaviour="strength=0,omit=0,hedge=0", retry_failed=True)
    assert again.attempts == done.attempts
    assert "retries" not in json.loads((tmp_path / "run" / "manifest.json").read_text())
    with pytest.raises(RunDirectoryError, match="no run to try again"):
        write(tmp_path / "nothing", retry_failed=True)


def test_shares_and_second_tries_need_a_directory():
    with pytest.raises(InputError, match="run directory"):
        generate(SCM_, DOMAIN, n=1, shard="1/2")


def line(i, k, status=None, retry=0):
    return Attempt(i=i, k=k, t=1.0, skeleton={}, final=status is not None, status=status, retry=retry)


def test_a_pass_knows_what_earlier_ones_spent():
    ledger = [line(0, 1), line(0, 2, RecordStatus.REPAIRED), line(1, 1, RecordStatus.REALIZED), line(2, 1)]
    state = LedgerState.of([*ledger, line(0, 3, retry=1), line(0, 4, retry=1)], retry=1)
    assert state.finished == {1}
    assert (state.spent_on(0), [a.k for a in state.past(0)]) == (2, [3, 4])
    assert (state.spent_on(2), [a.k for a in state.past(2)]) == (0, [1])
    assert LedgerState.of([*ledger, line(0, 3, retry=1)]).finished == {0, 1}


def test_the_order_in_which_passes_are_read_decides_nothing():
    first = [line(0, 1), line(0, 2, RecordStatus.REPAIRED)]
    second = [line(0, 3, retry=1), line(0, 4, RecordStatus.REPAIRED, retry=1)]
    third = [line(0, 5, retry=2)]
    for order in (first + second + third, third + second + first, second + third + first):
        state = LedgerState.of(order, retry=2)
        assert (state.finished, state.spent_on(0), [a.k for a in state.past(0)]) == (set(), 4, [5])


def test_a_sharded_run_is_tried_again_by_one_writer_and_again(tmp_path):
    for shard in ("1/2", "2/2"):
        write(tmp_path, behaviour="strength=.9,obey=0,omit=.5", shard=shard)
    write(tmp_path, behaviour="strength=.9,obey=0,omit=.5", retry_failed=True)
    again = write(tmp_path, behaviour="strength=0,omit=0,hedge=0", retry_failed=True)
    assert again.summary["realized"] == 12
    lines = [attempt for file in ledger_files(tmp_path) for attempt in iter_ledger(file)]
    assert len({(a.i, a.k) for a in lines}) == len(lines), "an attempt number was used twice"
