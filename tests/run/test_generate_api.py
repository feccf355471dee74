"""The Python API, end to end with embedded realizers."""

import asyncio
import json
import threading

import pytest
from typer.testing import CliRunner

import causalsynth
from causalsynth import SCM, Domain, Grammar, Lexicon, OpenAIServer, Simulated, SimulatedBehaviour
from causalsynth.cli import app
from causalsynth.errors import InputError, LexiconError, OverloadedError, RunDirectoryError, ServerError
from causalsynth.ledger import read_ledger
from causalsynth.serve import running_server

ASIA, WORDS = SCM.from_bif("asia"), Domain.load("asia")


def simulated(**behaviour):
    return Simulated(WORDS, ASIA, SimulatedBehaviour(**behaviour))


def what_was_written(result):
    """Everything but clock times."""
    return [(a.i, a.k, a.skeleton, a.draft, a.values, a.violations, a.status) for a in result.attempts]


def test_rows_out_are_rows_in():
    result = causalsynth.generate(ASIA, WORDS, simulated(strength=0.9, omit=0.3, obey=0.1), n=120, seed=2, rounds=2)
    assert [record.index for record in result.records] == list(range(120))
    assert [dict(record.skeleton) for record in result.records] == list(ASIA.sample(120, seed=2))
    assert result.summary["repaired"] > 20
    assert all(record.text for record in result.records)
    frame = result.to_frame()
    for name in ASIA.variables:
        assert (frame[f"skeleton.{name}"] == frame[f"extracted.{name}"]).all()


def test_without_fallback_what_fails_is_kept_and_says_so():
    model = simulated(strength=0.9, omit=0.3, obey=0.1)
    result = causalsynth.generate(ASIA, WORDS, model, n=60, seed=2, rounds=1, fallback="none")
    assert len(result.records) == 60
    assert result.summary["unrealized"] == sum(record.status == "unrealized" for record in result.records) > 10


@pytest.mark.parametrize("concurrency", ["1", "7", "64"])
def test_records_do_not_depend_on_concurrency(concurrency):
    model = simulated(strength=0.5)
    result = causalsynth.generate(ASIA, WORDS, model, n=50, seed=2, concurrency=concurrency)
    reference = causalsynth.generate(ASIA, WORDS, model, n=50, seed=2, concurrency="3")
    assert what_was_written(result) == what_was_written(reference)


def test_a_longer_run_begins_with_the_shorter_one():
    short = causalsynth.generate(ASIA, WORDS, n=20, seed=2)
    long = causalsynth.generate(ASIA, WORDS, n=40, seed=2)
    assert what_was_written(long)[: len(short.attempts)] == what_was_written(short)


def test_equal_skeletons_get_different_notes():
    result = causalsynth.generate(ASIA.do(dict.fromkeys(ASIA.variables, "no")), WORDS, n=40, seed=2)
    assert len({tuple(record.skeleton.items()) for record in result.records}) == 1
    assert len({record.text for record in result.records}) == 40


def test_an_intervention_is_in_the_skeleton_the_text_and_the_ledger():
    result = causalsynth.generate(ASIA.do(either="yes", lung="no", tub="no"), WORDS, n=20, seed=2)
    assert all(record.values["either"] == "yes" for record in result.records)
    assert result.attempts[0].do == {"either": "yes", "lung": "no", "tub": "no"}


def test_the_simulated_prior_knows_of_no_intervention():
    settings = {"n": 40, "seed": 2, "rounds": 1, "fallback": "none"}
    held = causalsynth.generate(ASIA.do(asia="yes", tub="yes"), WORDS, "simulated", **settings)
    bent = [a for a in held.attempts if any(v.variable in ("asia", "tub") and v.kind == "wrong" for v in a.violations)]
    # Both are nearly impossible to it, so each is bent with probability about .3 (strength): P(fewer than 5 of 40
    # notes) < 1e-6. Taking the held model for the prior, it would never bend them.
    assert len(bent) >= 5


def test_a_run_directory_is_resumed_and_extended(tmp_path):
    first = causalsynth.generate(ASIA, WORDS, simulated(), n=30, seed=2, out=tmp_path / "run")
    ledger = (tmp_path / "run" / "attempts.jsonl").read_bytes()
    again = causalsynth.generate(ASIA, WORDS, simulated(), n=30, seed=2, out=tmp_path / "run")
    assert again.attempts == first.attempts
    assert (tmp_path / "run" / "attempts.jsonl").read_bytes() == ledger


@pytest.mark.parametrize(("change", "named"), [({"rounds": 3}, "rounds: 5 → 3"), ({"n": 31}, "30 records, not 31")])
def test_another_configuration_in_the_same_directory_is_refused(tmp_path, change, named):
    settings = {"n": 30, "seed": 2, "out": tmp_path}
    causalsynth.generate(ASIA, WORDS, **settings)
    with pytest.raises(RunDirectoryError, match=named):
        causalsynth.generate(ASIA, WORDS, **(settings | change))
    assert len(read_ledger(tmp_path)) >= 30


def test_a_changed_graph_or_lexicon_is_refused(tmp_path):
    causalsynth.generate(ASIA, WORDS, n=5, out=tmp_path)
    other = Domain.from_lexicon(WORDS.lexicon.model_copy(update={"filler": ()}))
    with pytest.raises(RunDirectoryError, match="lexicon"):
        causalsynth.generate(ASIA, other, n=5, out=tmp_path)


def test_a_foreign_ledger_is_not_touched(tmp_path):
    (tmp_path / "attempts.jsonl").write_text("mine\n")
    with pytest.raises(RunDirectoryError, match=r"no manifest\.json"):
        causalsynth.generate(ASIA, WORDS, n=5, out=tmp_path)
    assert (tmp_path / "attempts.jsonl").read_text() == "mine\n"


def test_a_dead_server_stops_the_run_and_the_next_one_goes_on(tmp_path):
    class Dying(Grammar):
        calls = 0

        async def complete(self, messages, sampling):
            Dying.calls += 1
            if Dying.calls == 12:
                raise ServerError("the server is gone", hint="start it")
            return await super().complete(messages, sampling)

    with pytest.raises(ServerError, match="gone"):
        causalsynth.generate(ASIA, WORDS, Dying(WORDS), n=30, seed=2, out=tmp_path, concurrency="4")
    before = read_ledger(tmp_path)
    assert 8 <= len(before) < 30
    result = causalsynth.generate(ASIA, WORDS, Dying(WORDS), n=30, seed=2, out=tmp_path, concurrency="4")
    assert [record.index for record in result.records] == list(range(30))
    assert set(map(repr, before)) <= set(map(repr, result.attempts))


def test_domain_and_model_must_fit():
    with pytest.raises(LexiconError):
        causalsynth.generate(SCM.from_bif("cancer"), WORDS, n=1)


@pytest.mark.parametrize("settings", [{"n": 0}, {"n": 1, "roundz": 2}, {"n": 1, "mention": "smoke,teeth"}])
def test_wrong_settings_are_input_errors(settings):
    with pytest.raises(InputError):
        causalsynth.generate(ASIA, WORDS, **settings)


async def test_generate_in_a_running_loop_says_what_to_do():
    with pytest.raises(InputError) as caught:
        causalsynth.generate(ASIA, WORDS, n=1)
    assert "await causalsynth.agenerate" in caught.value.hint
    assert len((await causalsynth.agenerate(ASIA, WORDS, n=1)).records) == 1


def test_an_outage_writes_nothing_and_the_resumed_run_is_whole(tmp_path):
    class Out(Grammar):
        async def complete(self, messages, sampling):
            raise OverloadedError("no answer within 120 s", hint="send less")

    with pytest.raises(ServerError, match="in a row failed"):
        causalsynth.generate(ASIA, WORDS, Out(WORDS), n=20, out=tmp_path, rounds=1, concurrency="8")
    assert read_ledger(tmp_path) == []
    result = causalsynth.generate(ASIA, WORDS, Grammar(WORDS), n=20, out=tmp_path, rounds=1, concurrency="8")
    assert result.summary["realized"] == 20


def test_the_behaviour_given_is_the_behaviour_used():
    honest = "strength=0,omit=0,hedge=0,relapse=0"
    result = causalsynth.generate(ASIA, WORDS, "simulated", n=30, behaviour=honest)
    assert result.summary["attempts"] == 30


@pytest.mark.parametrize(
    "settings", [{"base_url": "http://x/v1"}, {"timeout_s": 3}, {"model": "m"}, {"behaviour": "obey=1"}]
)
def test_a_setting_without_effect_is_refused(settings):
    with pytest.raises(InputError):
        causalsynth.generate(ASIA, WORDS, Grammar(WORDS), n=1, **settings)


def test_an_error_of_the_realizer_s_own_comes_out_as_it_is():
    class Broken(Grammar):
        async def complete(self, messages, sampling):
            raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        causalsynth.generate(ASIA, WORDS, Broken(WORDS), n=5)


async def test_a_call_that_is_cancelled_from_within_drops_no_record():
    class Cancelling(Grammar):
        calls = 0

        async def complete(self, messages, sampling):
            Cancelling.calls += 1
            if Cancelling.calls == 3:
                raise asyncio.CancelledError
            return await super().complete(messages, sampling)

    result = await causalsynth.agenerate(ASIA, WORDS, Cancelling(WORDS), n=10, concurrency="2")
    assert [record.index for record in result.records] == list(range(10))


@pytest.mark.parametrize("answer", [None, "text", b"text"])
def test_an_answer_that_is_no_completion_is_named(answer):
    class Odd(Grammar):
        async def complete(self, messages, sampling):
            return answer

    with pytest.raises(InputError, match="not a Completion"):
        causalsynth.generate(ASIA, WORDS, Odd(WORDS), n=2)


def test_a_result_shows_itself_in_one_line():
    assert (
        repr(causalsynth.generate(ASIA, WORDS, n=3)) == "<RunResult: 3 records (3 realized, 0 repaired, 0 unrealized)>"
    )


def test_a_lexicon_that_does_not_understand_itself_is_refused_before_anything_is_written(tmp_path):
    text = WORDS.lexicon.model_dump(by_alias=True)
    text["variables"]["smoke"]["states"]["yes"]["say"] = ["{He} is fond of the weed."]
    with pytest.raises(LexiconError, match="fond of the weed"):
        causalsynth.generate(ASIA, Domain.from_lexicon(Lexicon.model_validate(text)), n=3, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_manifest_of_an_older_version_without_a_new_setting_is_resumed(tmp_path):
    causalsynth.generate(ASIA, WORDS, n=5, out=tmp_path)
    path = tmp_path / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["config"]["restart_after"]
    path.write_text(json.dumps(manifest))
    assert len(causalsynth.generate(ASIA, WORDS, n=5, out=tmp_path).records) == 5


def test_one_server_object_serves_several_runs_each_on_a_loop_of_its_own():
    with ServerThread() as url:
        model = OpenAIServer(url, "simulated")
        for seed in (1, 2):
            result = causalsynth.generate(ASIA, WORDS, model, n=5, seed=seed)
            assert len(result.records) == 5
            assert model.observer is None


class ServerThread:
    """The simulate-server on an event loop of its own, as another process would have it."""

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = running_server()
        return asyncio.run_coroutine_threadsafe(self._server.__aenter__(), self._loop).result(20)

    def __exit__(self, *failure):
        asyncio.run_coroutine_threadsafe(self._server.__aexit__(None, None, None), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.mark.parametrize("realizer", ["grammar", "simulated"])
def test_a_run_begun_in_python_is_resumed_on_the_command_line_and_the_other_way_round(tmp_path, realizer):
    command = ["generate", "asia", "--seed", "1", "--realizer", realizer, "-o"]
    causalsynth.generate(ASIA, WORDS, realizer, n=6, seed=1, out=tmp_path / "python")
    longer = CliRunner().invoke(app, [*command, str(tmp_path / "python"), "--extend", "8", "--json"])
    assert longer.exit_code == 0, longer.output
    assert json.loads(longer.stdout)["finished"] == 8
    assert CliRunner().invoke(app, [*command, str(tmp_path / "shell"), "-n", "6"]).exit_code == 0
    again = causalsynth.generate(ASIA, WORDS, realizer, n=6, seed=1, out=tmp_path / "shell")
    assert again.summary["finished"] == 6
    assert not again.had_work
