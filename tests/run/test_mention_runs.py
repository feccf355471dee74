"""Runs in which texts keep silent: written, judged, resumed and evaluated."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

import causalsynth
from causalsynth import SCM, Domain, Grammar
from causalsynth.cli import app
from causalsynth.domain.mention import MentionPlan
from causalsynth.errors import InputError, RunDirectoryError, ServerError
from causalsynth.ledger import RecordStatus
from causalsynth.realize.chat import Completion
from causalsynth.realize.note_writer import NoteWriter
from causalsynth.scm.noise import stream

ASIA, WORDS = SCM.load("asia"), Domain.load("asia")
MCAR = {"xray": 0.4, "smoke": 0.3}
MAR = {"xray|smoke": {"yes": 0.1, "no": 0.7}, "tub": ".1 + .6*[bronc = yes and dysp = no]"}
MNAR = {
    "bronc|bronc": {"yes": 0.6, "no": 0.1},
    "either|either": {"yes": 0.8, "no": 0.4},
    "lung|either": {"yes": 0.5, "no": 0},
}
PLANS = {"MCAR": MCAR, "MAR": MAR, "MNAR": MNAR}


def what_was_written(result):
    return [(a.i, a.k, a.skeleton, a.draft, a.values, a.violations, a.status) for a in result.attempts]


def stated_in(chances, n, seed):
    plan = MentionPlan.missing(chances, ASIA.supports)
    return [plan.mentioned(skeleton, seed, i) for i, skeleton in enumerate(ASIA.sample(n, seed=seed))]


@pytest.mark.parametrize("name", PLANS)
def test_a_text_states_what_it_has_to_and_nothing_else(name):
    result = causalsynth.generate(ASIA, WORDS, n=120, seed=2, mention=PLANS[name], fallback="none", rounds=1)
    assert result.summary["realized"] == 120
    frame = result.to_frame()
    assert [dict(record.skeleton) for record in result.records] == list(ASIA.sample(120, seed=2))
    for record, stated in zip(result.records, stated_in(PLANS[name], 120, 2), strict=True):
        row = frame.loc[record.index]
        for variable in ASIA.variables:
            assert row[f"mentioned.{variable}"] == (variable in stated)
            if variable in stated:
                assert record.values[variable] == record.skeleton[variable]
            elif variable != "either":
                assert record.values[variable] is None
            else:  # may follow from what is stated
                assert record.values[variable] in (None, record.skeleton[variable])
    for key in PLANS[name]:
        column = frame[f"mentioned.{key.partition('|')[0]}"]
        assert column.dtype == bool
        assert 0 < column.sum() < 120


def test_where_nothing_is_silent_everything_is_mentioned():
    frame = causalsynth.generate(ASIA, WORDS, n=3).to_frame()
    assert frame[[f"mentioned.{name}" for name in ASIA.variables]].all(axis=None)


@pytest.mark.parametrize("concurrency", ["1", "16"])
def test_silence_depends_neither_on_workers_nor_on_n(concurrency):
    settings = {"seed": 2, "mention": MAR}
    whole = causalsynth.generate(ASIA, WORDS, "simulated", n=40, concurrency="3", **settings)
    part = causalsynth.generate(ASIA, WORDS, "simulated", n=25, concurrency=concurrency, **settings)
    assert what_was_written(part) == what_was_written(whole)[: len(part.attempts)]


class Blabbing(Grammar):
    """States every fact of the record in a first draft, whatever the plan; obeys corrections."""

    def __init__(self, seed):
        super().__init__(WORDS)
        self.skeletons = iter(ASIA.sample(200, seed=seed))

    async def complete(self, messages, sampling):
        if len(messages) > 2:
            return await super().complete(messages, sampling)
        facts = next(self.skeletons)
        text = NoteWriter(WORDS).write(facts, style="", rng=stream(0, "blab", *map(len, facts.values())))
        return Completion(text=text, finish="stop")


def test_what_is_said_against_the_plan_is_a_leak_and_is_mended():
    chances = MCAR | {"either": 0.3}
    result = causalsynth.generate(ASIA, WORDS, Blabbing(2), n=60, seed=2, mention=chances, concurrency="1")
    firsts = {a.i: a for a in result.attempts if a.k == 1}
    kept_silent = 0
    for i, stated in enumerate(stated_in(chances, 60, 2)):
        leaks = {violation.variable for violation in firsts[i].violations}
        assert leaks == set(ASIA.variables) - stated
        assert all(violation.kind == "leaked" and violation.spans for violation in firsts[i].violations)
        kept_silent += bool(leaks)
    assert kept_silent > 30
    assert result.summary["realized"] == 60
    assert result.summary["attempts"] == 60 + kept_silent


def test_a_leak_that_stays_is_cut_by_the_repair():
    plan = {"xray": 0.5}
    settings = {"n": 60, "seed": 2, "mention": plan, "concurrency": "1", "rounds": 1}
    mended = causalsynth.generate(ASIA, WORDS, Blabbing(2), **settings)
    left = causalsynth.generate(ASIA, WORDS, Blabbing(2), fallback="none", **settings)
    for one, other, stated in zip(mended.records, left.records, stated_in(plan, 60, 2), strict=True):
        told = "xray" in stated
        assert one.status == (RecordStatus.REALIZED if told else RecordStatus.REPAIRED)
        assert other.status == (RecordStatus.REALIZED if told else RecordStatus.UNREALIZED)
        assert one.values == one.skeleton | ({} if told else {"xray": None})
        assert other.values == other.skeleton


def test_a_text_may_have_nothing_to_state():
    result = causalsynth.generate(ASIA, WORDS, n=20, seed=2, mention=dict.fromkeys(ASIA.variables, 0.97))
    assert result.summary["realized"] == 20
    silent = [record for record in result.records if not any(record.values.values())]
    assert len(silent) > 5  # .97^8 of 20 is 15.7; P(5 or fewer) < 1e-6
    assert all(record.text for record in silent)


def test_after_a_crash_the_same_records_are_silent(tmp_path):
    class Dying(Grammar):
        calls = 0

        async def complete(self, messages, sampling):
            Dying.calls += 1
            if Dying.calls == 12:
                raise ServerError("the server is gone", hint="start it")
            return await super().complete(messages, sampling)

    settings = {"n": 30, "seed": 2, "mention": MNAR, "concurrency": "4"}
    with pytest.raises(ServerError):
        causalsynth.generate(ASIA, WORDS, Dying(WORDS), out=tmp_path, **settings)
    resumed = causalsynth.generate(ASIA, WORDS, Dying(WORDS), out=tmp_path, **settings)
    assert what_was_written(resumed) == what_was_written(causalsynth.generate(ASIA, WORDS, **settings))
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "records.parquet")["mentioned.bronc"].to_frame(),
        resumed.to_frame()[["mentioned.bronc"]],
    )


def test_a_run_is_not_resumed_with_another_plan(tmp_path):
    causalsynth.generate(ASIA, WORDS, n=5, mention={"xray": 0.3}, out=tmp_path)
    config = json.loads((tmp_path / "manifest.json").read_text())["config"]
    assert config["mention"] == "xray: 0.3"
    for other in ({"xray": 0.31}, {"xray": 0.3, "smoke": 0.3}, "all"):
        with pytest.raises(RunDirectoryError, match=r"mention: 'xray: 0\.3' → "):
            causalsynth.generate(ASIA, WORDS, n=5, mention=other, out=tmp_path)
    assert len(causalsynth.generate(ASIA, WORDS, n=5, mention="xray:.30", out=tmp_path).records) == 5


def test_a_formula_that_gives_no_probability_stops_the_run_before_it_begins(tmp_path):
    with pytest.raises(InputError, match="is no probability"):
        causalsynth.generate(ASIA, WORDS, n=5, mention={"xray": ".8 + .5*[smoke = yes]"}, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_on_the_command_line_a_file_is_its_content(tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text("silent:\n  xray|smoke: {yes: .1, no: .7}\n  tub: .5\n")
    out = tmp_path / "run"
    generate = ["generate", "asia", "-n", "60", "--seed", "2", "-o", str(out), "--mention"]
    assert CliRunner().invoke(app, [*generate, str(file)], catch_exceptions=False).exit_code == 0
    config = json.loads((out / "manifest.json").read_text())["config"]
    assert config["mention"] == "tub: 0.5; xray|smoke: yes=0.1, no=0.7"
    file.unlink()  # what it said is in the manifest
    again = CliRunner().invoke(app, [*generate, "tub: .5; xray|smoke: no=.7, yes=.1"], catch_exceptions=False)
    assert again.exit_code == 0
    document = json.loads(
        CliRunner().invoke(app, ["evaluate", "ci", str(out), "--json"], catch_exceptions=False).stdout
    )
    frame = pd.read_parquet(out / "records.parquet")
    assert document["silent"] == []
    assert document["withheld"] == [
        {
            "variable": name,
            "mechanism": mechanism,
            "given": given,
            "records": int((~frame[f"mentioned.{name}"]).sum()),
        }
        for name, mechanism, given in (("tub", "MCAR", []), ("xray", "MAR", ["smoke"]))
    ]
    for values in document["values"].values():
        assert (values["indefinite_rows"], values["indefinite"]) == (0, {})
    assert document["paired_difference"]["extracted"] == {
        "fpr": 0,
        "fpr_se": 0,
        "n_null": document["values"]["skeleton"]["n_null"],
        "power": 0,
        "power_se": 0,
        "rows": document["values"]["skeleton"]["rows"],
    }
    shown = CliRunner().invoke(app, ["evaluate", "ci", str(out)], catch_exceptions=False).stdout
    assert "(MCAR)" in shown
    assert "(MAR given smoke)" in shown
