"""`evaluate read` and `evaluate audit` on a run directory."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pandas as pd
import pytest
from typer.testing import CliRunner

from causalsynth import generate
from causalsynth.cli import app
from causalsynth.errors import InputError, ServerError, ThresholdError
from causalsynth.evaluate.readers import kept_readings, read_readings
from causalsynth.evaluate.rundir import open_run
from causalsynth.serve import NO_FAULTS, Fault, ServerOptions, running_server


def call(*arguments):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


@pytest.fixture(scope="module")
def rundir(asia, domain, tmp_path_factory):
    out = tmp_path_factory.mktemp("commands") / "run"
    generate(asia, domain, n=60, seed=2, out=out)
    return out


@contextmanager
def server(model, faults=NO_FAULTS, structured="honour"):
    """Serve `model` on an event loop of its own thread."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    found = []

    async def serve():
        options = ServerOptions(port=0, structured_output=structured)
        async with running_server(realizer=model, options=options, faults=faults) as url:
            found.append(url)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def test_the_probe_reads_and_its_reading_is_kept(rundir):
    done = call("read", rundir, "--name", "p1", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["by_variable"]["smoke"]["n"] == 60
    assert set(document["by_variable"]["smoke"]["confusion"]) == {"yes", "no"}
    assert list(read_readings(rundir)["p1"].columns) == list(document["by_variable"])
    shown = call("read", rundir, "--name", "p1")
    assert "Unguessable" in shown.stdout
    assert "smoke" in shown.stdout


def test_an_llm_reads_over_http_and_goes_on_after_its_server_failed(rundir, form_filler):
    class Dies:
        def draw(self, count):
            return None if count < 8 else Fault.parse("401")

    arguments = (
        "read",
        rundir,
        "--reader",
        "llm",
        "--model",
        "simulated",
        "--concurrency",
        "4",
        "--json",
        "--base-url",
    )
    with server(form_filler(), Dies()) as url:
        failed = call(*arguments, url)
    assert isinstance(failed.exception, ServerError)
    assert "resume with" in failed.exception.hint
    with server(model := form_filler()) as url:
        done = call(*arguments, url)
        assert done.exit_code == 0, done.output
    assert len(model.asked) < 60
    assert json.loads(done.stdout)["whole_records"]["right"] == 60
    assert "not a language model" in done.stderr
    assert read_readings(rundir)["llm"].equals(open_run(rundir).frames()["skeleton"])


def test_a_reading_of_too_few_texts_is_kept_and_told_apart_by_the_exit_code(rundir, form_filler):
    arguments = ("read", rundir, "--reader", "llm", "--model", "simulated", "--name", "half", "--concurrency", "1")
    mostly_silent = form_filler(spoil=lambda number, text: text if number % 5 == 1 else "no idea")
    with server(mostly_silent, structured="ignore") as url:
        failed = call(*arguments, "--base-url", url)
        assert isinstance(failed.exception, ThresholdError), failed.output
        assert "another --seed asks anew" in failed.stderr
        notes = kept(rundir, "half").notes
        unread = notes["texts"] - notes["read"]
        assert f"{unread} of 60 texts were not read, more than 0.5 of them" in failed.exception.message
        assert read_readings(rundir)["half"].notna().any(axis=1).sum() == notes["read"] > 0
        allowed = call(*arguments, "--base-url", url, "--max-unread", str(unread))
        assert allowed.exit_code == 0, allowed.output
    (rundir / "readings" / "half.json").unlink()


def kept(rundir, name):
    return next(reading for reading in kept_readings(open_run(rundir)) if reading.name == name)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--reader", "oracle"), "no such reader"),
        (("--reader", "llm"), "needs a server"),
        (("--base-url", "http://localhost:1/v1"), "of the reader llm"),
        (("--max-unread", "3"), "of the reader llm"),
        (("--reader", "llm", "--max-unread", "most"), "--max-unread 'most' is neither"),
        (("--name", "extracted"), "something else"),
    ],
)
def test_wrong_usage_of_read(rundir, options, complaint):
    error = call("read", rundir, *options).exception
    assert isinstance(error, InputError)
    assert complaint in error.message
    assert error.hint


def fill(sheet, rundir, wrong):
    skeleton = open_run(rundir).frames()["skeleton"]
    rows = pd.read_csv(sheet, keep_default_na=False).to_dict("records")
    for row in rows:
        truth = skeleton.loc[int(row["document"].split()[1]), row["variable"]]
        row["answer"] = {"yes": "no", "no": "yes"}[truth] if row["variable"] in wrong else truth
    pd.DataFrame(rows).to_csv(sheet, index=False)


def test_an_audit_goes_out_and_comes_back(rundir, tmp_path):
    sheet = tmp_path / "ann.csv"
    made = call("audit", rundir, "--bound", ".1", "-o", sheet)
    assert made.exit_code == 0, made.output
    assert " 20 " in made.stdout  # the least n with C(53, n) / C(60, n) <= .05
    fill(sheet, rundir, wrong=())
    back = call("audit", rundir, "--sheet", sheet, "--json")
    assert back.exit_code == 0, back.output
    document = json.loads(back.stdout)
    assert (document["met"], document["complete"], document["wrong_records"]) == (True, True, [])
    assert read_readings(rundir)["human"]["smoke"].notna().tolist() == [True] * 20
    later = json.loads(call("all", rundir, "--no-probe", "--json").stdout)
    assert later["readers"]["human"]["whole_records"]["n"] == 20, "texts that nobody read are not read wrong"
    assert later["backdoor"]["readers"]["human"]["overridden"]["n"] == 20 * 8
    fill(sheet, rundir, wrong=("smoke",))
    missed = call("audit", rundir, "--sheet", sheet)
    assert isinstance(missed.exception, ThresholdError)
    assert "does not hold" in missed.stdout
    assert "Records that are wrong" in missed.stdout


@pytest.mark.parametrize("options", [(), ("-o", "a.csv", "--sheet", "b.csv")])
def test_an_audit_either_goes_out_or_comes_back(rundir, options):
    error = call("audit", rundir, *options).exception
    assert isinstance(error, InputError)
    assert "-o SHEET.csv" in error.hint


def test_a_sheet_without_an_audit_is_told_so(rundir, tmp_path):
    error = call("audit", rundir, "--sheet", tmp_path / "x.csv", "--name", "nobody").exception
    assert isinstance(error, InputError)
    assert "no audit was begun" in error.message


def test_no_audit_takes_the_place_of_another(rundir, tmp_path):
    sheet = tmp_path / "filled.csv"
    assert call("audit", rundir, "--bound", ".1", "--name", "first", "-o", sheet).exit_code == 0
    filled = sheet.read_text()
    error = call("audit", rundir, "--bound", ".1", "--name", "first", "-o", sheet).exception
    assert isinstance(error, InputError)
    assert "there already" in error.message
    error = call("audit", rundir, "--bound", ".2", "--name", "first", "-o", tmp_path / "other.csv").exception
    assert isinstance(error, InputError)
    assert "another audit is called first" in error.message
    assert not (tmp_path / "other.csv").exists()
    assert sheet.read_text() == filled
    assert call("audit", rundir, "--bound", ".1", "--name", "first", "-o", tmp_path / "again.csv").exit_code == 0


@pytest.mark.parametrize("command", ["read", "selection", "backdoor", "fidelity", "effects", "ci", "all"])
def test_a_directory_that_is_not_there_is_told_so(tmp_path, command):
    error = call(command, tmp_path / "nosuch").exception
    assert "there is no such" in error.message
