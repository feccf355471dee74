import json
import random

import pytest
from typer.testing import CliRunner

from causalsynth import SCM, Domain, generate
from causalsynth.cli import app
from causalsynth.errors import InputError
from causalsynth.evaluate.richness import richness
from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus

WRONG = (LoggedViolation(variable="smoke", kind="missing", expected="yes"),)
STOCK = [f"word{i}" for i in range(400)]


def varied(i, k):
    rng = random.Random(1000 * i + k)
    return " ".join(rng.choice(STOCK) for _ in range(60))


def flat(i, k):
    rng = random.Random(1000 * i + k)
    return " ".join(rng.choice(STOCK[:40]) for _ in range(60))


def ledger(n, after, corrected=lambda i: i % 2 == 0):
    """Every second record is corrected; its first draft is varied, and its final text is `after`'s."""
    lines = []
    for i in range(n):
        common = {"i": i, "t": 0.0, "skeleton": {"smoke": "yes"}, "values": {"smoke": "yes"}, "finish": "stop"}
        if corrected(i):
            lines.append(Attempt(k=1, draft=varied(i, 1), violations=WRONG, **common))
        last = {"final": True, "status": RecordStatus.REALIZED}
        lines.append(Attempt(k=1 + corrected(i), draft=(after if corrected(i) else varied)(i, 2), **common, **last))
    return lines


def test_correcting_that_flattens_is_seen_and_correcting_that_does_not_is_not():
    flattened = {change.measure: change for change in richness(ledger(120, flat)).changes}
    for name in ("mattr", "mtld"):
        assert flattened[name].interval[1] < 0, name
    for name in ("distinct_1", "distinct_2", "self_similarity"):
        assert flattened[name].p_value == pytest.approx(1 / 200), name
    assert flattened["distinct_1"].difference < 0 < flattened["self_similarity"].difference
    assert flattened["words"].difference == 0
    # Seeded; of seven tests at .01 one fails by chance with probability .07.
    kept = {change.measure: change for change in richness(ledger(120, varied)).changes}
    assert all(change.p_value is None or change.p_value > 0.01 for change in kept.values())
    assert kept["mattr"].interval[0] < 0 < kept["mattr"].interval[1]


def test_stages_and_rounds_add_up():
    report = richness(ledger(60, flat))
    assert {name: stage.texts for name, stage in report.by_round.items()} == {"1": 30, "2": 30}
    assert report.stages["first"].texts == report.stages["final"].texts == 60
    assert report.corrected == 30
    assert report.stages["first"].vocabulary > 380
    json.dumps(report.to_json(), allow_nan=False)


def test_copies_are_counted_as_such():
    def copied(i, k):
        return varied(i % 5, 9) + (" more" if i == 0 else "")

    stage = richness(ledger(40, copied, corrected=lambda i: True)).stages["final"]
    assert stage.near_duplicates.count == 40  # record 0 has one word more than its seven copies
    assert stage.exact_duplicates.count == 39
    first = richness(ledger(40, copied, corrected=lambda i: True)).stages["first"]
    assert (first.near_duplicates.count, first.exact_duplicates.count) == (0, 0)


def test_short_and_few_texts():
    lines = [
        Attempt(i=i, k=1, t=0.0, skeleton={}, values={}, draft=text, final=True, status=RecordStatus.REALIZED)
        for i, text in enumerate(["", "One."])
    ]
    report = richness(lines)
    assert report.stages["final"].mattr.to_json() == {"mean": None, "sd": None, "n": 0}
    assert report.changes == []
    json.dumps(report.to_json(), allow_nan=False)
    with pytest.raises(InputError, match="can't be compared"):
        richness(lines[:1])
    with pytest.raises(InputError, match="out of range"):
        richness(lines, threshold=0)


def test_the_command_prints_and_gives_json(tmp_path):
    run = tmp_path / "run"
    generate(SCM.from_bif("asia"), Domain.load("asia"), "simulated", n=30, seed=1, out=run)
    done = CliRunner().invoke(app, ["evaluate", "richness", str(run), "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["stages"]["final"]["texts"] == 30
    shown = CliRunner().invoke(app, ["evaluate", "richness", str(run)])
    assert "What correcting changed" in shown.stdout
