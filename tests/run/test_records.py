from causalsynth.ledger import REPAIR, Attempt, LoggedViolation, RecordStatus
from causalsynth.run.records import records_of, to_frame
from causalsynth.run.summary import summarize
from causalsynth.tables import read_table, write_table

WRONG = LoggedViolation(variable="x", kind="wrong", expected="a", found="b")


def attempt(i, k, draft="text", *, status=None, violations=(), finish="stop", tokens=None, error=None):
    return Attempt(
        i=i,
        k=k,
        t=100.0 + k,
        skeleton={"x": "a"},
        draft=draft,
        values=None if draft is None else {"x": "b" if violations else "a"},
        violations=violations,
        finish=finish,
        usage={} if tokens is None else {"prompt": tokens, "completion": 1},
        latency_s=0.5,
        error=error,
        final=status is not None,
        status=status,
    )


LEDGER = [
    attempt(1, 1, "wrong text", violations=(WRONG,), tokens=10),
    attempt(0, 1, status=RecordStatus.REALIZED, tokens=10),
    attempt(1, 2, None, error="HTTP 500"),
    attempt(1, 3, "mended", status=RecordStatus.REPAIRED, finish=REPAIR),
    attempt(2, 1, "first", violations=(WRONG, WRONG)),
    attempt(2, 2, "second", violations=(WRONG,)),
    attempt(2, 3, None, status=RecordStatus.UNREALIZED, error="empty"),
    attempt(3, 1, "under way", violations=(WRONG,)),
]


def test_one_record_a_finished_skeleton_in_order():
    records = records_of(LEDGER)
    assert [(r.index, str(r.status), r.rounds, r.text) for r in records] == [
        (0, "realized", 1, "text"),
        (1, "repaired", 2, "mended"),
        (2, "unrealized", 3, "second"),
    ]
    assert records[1].values == {"x": "a"}
    assert records[2].values == {"x": "b"}


def test_tokens_are_summed_over_attempts_and_unknown_where_never_counted():
    records = records_of(LEDGER)
    assert [record.prompt_tokens for record in records] == [10, 10, None]


def test_the_order_of_the_ledger_decides_nothing():
    assert records_of(reversed(LEDGER)) == records_of(LEDGER)


def test_the_summary_accounts_for_every_record():
    summary = summarize(LEDGER, 4, realizer="m", is_llm=True)
    assert {key: summary[key] for key in ("n", "finished", "realized", "repaired", "unrealized")} == {
        "n": 4,
        "finished": 3,
        "realized": 1,
        "repaired": 1,
        "unrealized": 1,
    }
    assert summary["attempts"] == 7  # the repair is no attempt of the realizer
    assert summary["failed_calls"] == 2
    assert summary["tokens"] == {"prompt": 20, "completion": 2}
    assert summary["seconds"] == 2.0


def test_the_table_has_one_row_a_record():
    frame = to_frame(records_of(LEDGER))
    assert list(frame["_index"]) == [0, 1, 2]
    assert list(frame["skeleton.x"]) == ["a", "a", "a"]
    assert list(frame["extracted.x"]) == ["a", "a", "b"]
    assert str(frame["prompt_tokens"].dtype) == "Int64"


def test_no_record_makes_an_empty_table_with_its_columns():
    assert {"_index", "status", "text", "rounds"} <= set(to_frame([]).columns)


def test_half_a_surrogate_pair_in_a_text_does_not_stop_the_table(tmp_path):
    records = records_of([attempt(0, 1, "odd \ud83d text", status=RecordStatus.REALIZED)])
    assert records[0].text == "odd \ud83d text"
    write_table(to_frame(records), tmp_path / "records.parquet")
    assert list(read_table(tmp_path / "records.parquet")["text"]) == ["odd \ufffd text"]


TRIED_AGAIN = [
    attempt(0, 1, "first", violations=(WRONG,)),
    attempt(0, 2, None, status=RecordStatus.UNREALIZED, error="empty"),
    attempt(0, 3, "third", status=RecordStatus.REALIZED),
]


def test_a_record_that_was_tried_again_is_what_its_last_final_line_says():
    (record,) = records_of(TRIED_AGAIN)
    assert (str(record.status), record.rounds, record.text) == ("realized", 3, "third")


def test_the_summary_counts_records_not_final_lines():
    summary = summarize(TRIED_AGAIN, 1, realizer="m", is_llm=True)
    assert (summary["finished"], summary["realized"], summary["unrealized"]) == (1, 1, 0)
    assert summary["attempts"] == 3


def test_a_text_that_was_cut_is_not_the_best_draft_of_an_unrealized_record():
    cut = Attempt(i=0, k=1, t=1.0, skeleton={"x": "a"}, draft="The pat", finish="length", error="cut at max_tokens")
    wrong = attempt(0, 2, "whole but wrong", violations=(WRONG,), status=RecordStatus.UNREALIZED)
    assert records_of([cut, wrong])[0].text == "whole but wrong"


def test_numbers_are_floats_and_what_is_unclear_is_told_apart(tmp_path):
    def measured(i, read):
        return Attempt(
            i=i,
            k=1,
            t=1.0,
            skeleton={"x": "a", "lactate": 2},
            draft="text",
            values={"x": "a", "lactate": read},
            final=True,
            status=RecordStatus.UNREALIZED,
        )

    frame = to_frame(records_of(measured(i, read) for i, read in enumerate([2.0, 3, "uncertain", "conflict", None])))
    assert str(frame["skeleton.lactate"].dtype) == str(frame["extracted.lactate"].dtype) == "float64"
    assert list(frame["skeleton.lactate"]) == [2.0] * 5
    assert list(frame["extracted.lactate"].dropna()) == [2.0, 3.0]
    assert frame["unclear.lactate"].fillna("-").tolist() == ["-", "-", "uncertain", "conflict", "-"]
    assert "unclear.x" not in frame
    frame.to_parquet(tmp_path / "records.parquet")
