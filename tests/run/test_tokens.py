"""What texts cost, beside what other ways would have cost."""

import pytest

from causalsynth.domain import Domain
from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus
from causalsynth.loop import Trial, Turn
from causalsynth.realize.simulated import approximate_tokens
from causalsynth.run.generate import make_config
from causalsynth.run.job import Job
from causalsynth.run.tokens import account_tokens
from causalsynth.scm import SCM
from causalsynth.verify import Kind, Violation

SCM_ = SCM.from_bif("asia")
JOB = Job.prepare(make_config(graph="asia", n=100, realizer="custom"), SCM_, Domain.load("asia"))
COMMON = dict.fromkeys(SCM_.supports, "no")
MISSING = (LoggedViolation(variable="smoke", kind="missing", expected="no"),)
DRAFT, LONGER = "One two three.", "One two three. Four five six."


def line(i, k, draft, *, prompt=100, completion=10, skeleton=COMMON, **changes):
    status = changes.pop("status", None)
    usage = {} if prompt is None else {"prompt": prompt, "completion": completion}
    return Attempt(
        i=i, k=k, t=0.0, skeleton=skeleton, draft=draft, values={} if draft else None, usage=usage,
        final=status is not None, status=status, **changes,
    )  # fmt: skip


def realized(i, k=1, draft=DRAFT, **changes):
    return line(i, k, draft, status=RecordStatus.REALIZED, **changes)


def test_a_round_by_edits_is_charged_the_document_that_came_of_it():
    """Documents are counted at 8 tokens where 4 are estimated, so that estimates are taken twice."""
    assert approximate_tokens(DRAFT) == 4
    rows = [
        line(0, 1, DRAFT, completion=8, violations=MISSING),
        line(0, 2, None, completion=3, edits="nonsense", error="edits: none", prompt=130),
        line(0, 3, DRAFT, completion=8, violations=MISSING, prompt=120),
        realized(1, completion=8),
        line(2, 1, DRAFT, completion=8, violations=MISSING),
        realized(2, 2, LONGER, edits="+1: Four five six.", completion=5, prompt=140),
    ]
    account = account_tokens(JOB, rows)
    assert account["run"] == {
        "prompt": 100 * 3 + 130 + 120 + 140,
        "completion": 4 * 8 + 3 + 5,
        "per_realized": {"prompt": 345.0, "completion": 20.0},
    }
    corrections = account["corrections"]
    assert (corrections["rounds"], corrections["by_edits"], corrections["failed_edits"]) == (3, 2, 1)
    assert corrections["run"] == {"prompt": 390, "completion": 3 + 8 + 5}
    # The failed edits: the draft that they were for. The others: the document that came of them.
    assert corrections["rewriting"]["completion"] == 8 + 8 + 2 * approximate_tokens(LONGER)
    trial = Trial(k=1, draft=DRAFT, violations=(Violation("smoke", Kind.MISSING, "no", None, ()),))
    turns = [approximate_tokens(JOB.loop.correct(trial, turn).content) for turn in (Turn.REWRITE, Turn.EDITS)]
    assert corrections["rewriting"]["prompt"] == 390 + 2 * 2 * (turns[0] - turns[1])
    assert account["counted"] is True


def test_rejection_takes_one_over_phi_first_attempts_by_skeleton():
    """30 of the common skeleton, 10 of them accepted; 20 of a rare one, all accepted, at twice the tokens."""
    rare = COMMON | {"asia": "yes"}
    rows = [realized(i) if i < 10 else line(i, 1, DRAFT, violations=MISSING) for i in range(30)]
    rows += [realized(30 + i, skeleton=rare, prompt=200, completion=20) for i in range(20)]
    rejection = account_tokens(JOB, rows)["rejection"]
    assert (rejection["prompt"], rejection["completion"]) == (30 * 100 * 3 + 20 * 200, 30 * 10 * 3 + 20 * 20)
    assert rejection["per_realized"]["prompt"] == 13_000 / 50
    assert (rejection["strata"], rejection["pooled"], rejection["at_least"]) == (2, 0, False)


def test_later_attempts_do_not_count_as_first_ones():
    rows = [line(0, 1, DRAFT, violations=MISSING), realized(0, 2)]
    rejection = account_tokens(JOB, rows)["rejection"]
    assert (rejection["first_attempts"], rejection["first_accepted"]) == (1, 0)


def test_where_nothing_was_accepted_the_figure_is_a_bound():
    """1 − .05^(1/20) = .1391: at most so often would a first attempt be accepted."""
    rejection = account_tokens(JOB, [line(i, 1, DRAFT, violations=MISSING) for i in range(20)])["rejection"]
    assert rejection["at_least"] is True
    assert rejection["prompt"] == pytest.approx(20 * 100 / 0.13911, rel=1e-4)


def test_rare_skeletons_are_pooled_and_the_figure_is_a_bound():
    rows = [realized(0), line(1, 1, DRAFT, violations=MISSING, skeleton=COMMON | {"asia": "yes"})]
    rejection = account_tokens(JOB, rows)["rejection"]
    assert (rejection["strata"], rejection["pooled"], rejection["at_least"]) == (0, 2, True)
    assert rejection["prompt"] == 2 * 100 * 2


def test_what_no_server_counts_is_estimated_and_said_so():
    rows = [line(0, 1, DRAFT, prompt=None, violations=MISSING), realized(0, 2, LONGER, prompt=None, edits="+1: Four.")]
    account = account_tokens(JOB, rows)
    assert account["counted"] is False
    case = next(iter(JOB.cases()))
    task = sum(approximate_tokens(message.content) for message in JOB.loop.chat(case, []))
    assert 2 * task * 0.9 < account["run"]["prompt"] < 2 * task * 1.3
    assert account["run"]["completion"] == approximate_tokens(DRAFT) + approximate_tokens("+1: Four.")


def test_nothing_realized_nothing_divided():
    account = account_tokens(JOB, [])
    assert (account["run"]["per_realized"], account["rejection"]) == (None, None)
