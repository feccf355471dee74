"""All tables of a run: readings beside what the methods kept, and the figures on them."""

import json

import pytest

from causalsynth.evaluate.effects import Effect, Outcome, effects
from causalsynth.evaluate.fidelity import fidelity_of_run
from causalsynth.evaluate.readers import Reading, write_reading
from causalsynth.evaluate.rundir import open_run
from causalsynth.evaluate.texts import digest_of_texts, leaving_texts
from causalsynth.evaluate.value_tables import value_tables
from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus
from causalsynth.scm import SCM

N = 600


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Every third first draft omits the X-ray; a reader read the first 400 texts, and every second X-ray wrong."""
    directory = tmp_path_factory.mktemp("tables") / "run"
    directory.mkdir()
    model, lines = SCM.load("asia"), []
    for i, skeleton in enumerate(model.sample(N, seed=2)):
        common = {"i": i, "t": 0.0, "skeleton": skeleton, "draft": f"text {i}", "finish": "stop"}
        if i % 3 == 0:
            missing = (LoggedViolation(variable="xray", kind="missing"),)
            lines.append(Attempt(k=1, **common, values=skeleton | {"xray": None}, violations=missing))
        lines.append(Attempt(k=1 + (i % 3 == 0), **common, values=skeleton, final=True, status=RecordStatus.REALIZED))
    (directory / "attempts.jsonl").write_text("".join(line.to_line() for line in lines))
    config = {"graph": "asia", "n": N, "seed": 2, "mention": "dysp: .2"}
    (directory / "manifest.json").write_text(json.dumps({"config": config, "sources": {"graph": model.digest()}}))
    opened = open_run(directory)
    read = opened.frames()["extracted"].copy()
    read.loc[::2, "xray"] = read.loc[::2, "xray"].map({"yes": "no", "no": "yes"})
    read = read.loc[:399]
    texts = digest_of_texts(leaving_texts(opened.attempts))
    write_reading(directory, Reading(name="sheet", kind="human", values=read, texts=texts))
    return opened


def test_tables_and_the_records_that_each_has(run):
    found = value_tables(run)
    assert {name: int(kept.sum()) for name, kept in found.kept.items()} == {
        "skeleton": N,
        "extracted": N,
        "sheet": 400,
        "unverified": N,
        "rejection": 400,
        "loop": N,
    }
    (withheld,) = found.withheld
    for name, frame in found.only_kept().items():
        silent = withheld.silent[found.kept[name]]
        assert frame["dysp"].isna().to_numpy().tolist() == silent.tolist(), name


def test_a_reading_of_some_texts_counts_with_those(run):
    report = fidelity_of_run(run, redraws=1)
    sheet = report.against_skeletons["sheet"]
    assert sheet.rows == 400
    assert sheet.indefinite.keys() == {"dysp"}  # silent by plan
    # Half of 400 X-rays are read wrong, and nothing else: no other variable differs from the skeletons of these texts.
    skeletons = run.frames()["skeleton"]["xray"].iloc[:400]
    turned = skeletons.iloc[::2]
    apart = abs(int((turned == "yes").sum()) - int((turned == "no").sum())) / 400
    assert sheet.figures.marginals.worst_single == ("xray", pytest.approx(apart))
    assert sheet.figures.marginals.single == pytest.approx(apart / 8)
    assert report.withheld == ("dysp",)
    assert "dysp" not in {pair for each in report.against_law.values() for pair in each.figures.marginals.worst_pair[0]}
    (effect,) = effects(run, [Effect("lung", "yes", "no", Outcome("xray", "yes"))]).effects
    assert effect.estimates["sheet"].estimate.rows == 400
    off = effect.estimates["sheet"]
    assert off.from_skeletons < -5 * off.se_from_skeletons
    assert effect.estimates["extracted"].from_skeletons == 0
