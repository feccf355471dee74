import json
from dataclasses import replace

import pandas as pd
import pytest

from causalsynth import SCM, Domain, generate
from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.readers import (
    Reading,
    compare,
    kept_readings,
    read_readings,
    stale_readings,
    unusable_readings,
    write_reading,
)
from causalsynth.evaluate.rundir import open_run
from causalsynth.evaluate.texts import digest_of_texts, leaving_texts


@pytest.fixture
def rundir(tmp_path):
    generate(SCM.from_bif("asia"), Domain.load("asia"), n=6, seed=3, out=tmp_path / "run")
    return tmp_path / "run"


def reading(rundir, name="mine", **columns):
    run = open_run(rundir)
    values = run.frames()["skeleton"].assign(**columns)
    return Reading(name=name, kind="probe", values=values, texts=digest_of_texts(leaving_texts(run.attempts)))


def test_a_reading_comes_back_as_it_was(rundir):
    assert read_readings(rundir) == {}
    kept = reading(rundir, tub=["yes", None, "no", "no", None, "no"], age=[1.5, None, 3, 4, 5, 6])
    write_reading(rundir, kept)
    found = read_readings(rundir)["mine"]
    assert found.index.equals(kept.values.index)
    assert found.index.name == "i"
    assert found["tub"].tolist() == ["yes", None, "no", "no", None, "no"]
    assert found["age"].tolist() == [1.5, None, 3.0, 4.0, 5.0, 6.0]
    (card,) = kept_readings(open_run(rundir))
    assert (card.name, card.kind, card.texts) == ("mine", "probe", kept.texts)


def test_a_run_that_went_on_leaves_its_readings_stale(rundir):
    write_reading(rundir, reading(rundir))
    generate(SCM.from_bif("asia"), Domain.load("asia"), n=8, seed=3, out=rundir, extend=True)
    assert read_readings(rundir) == {}
    assert stale_readings(rundir) == ["mine"]
    write_reading(rundir, reading(rundir))
    assert len(read_readings(rundir)["mine"]) == 8
    assert stale_readings(rundir) == []


@pytest.mark.parametrize("name", ["skeleton", "extracted", "../up", "a/b", "", "x.audit", ".hidden", "a b"])
def test_names_that_are_no_plain_file_names_are_refused(rundir, name):
    with pytest.raises(InputError, match="--name"):
        write_reading(rundir, reading(rundir, name))
    assert not (rundir / "readings").exists()


def test_a_torn_card_and_a_lost_table_are_named(rundir):
    path = write_reading(rundir, reading(rundir))
    path.unlink()
    with pytest.raises(RunDirectoryError, match=r"mine\.parquet"):
        read_readings(rundir)
    path.with_suffix(".json").write_text('{"name": "mi')
    with pytest.raises(RunDirectoryError, match=r"mine\.json"):
        read_readings(rundir)


def test_a_renamed_reading_takes_no_other_table_s_place(rundir):
    path = write_reading(rundir, reading(rundir))
    for name in ("other", "skeleton"):
        path.with_suffix(".json").rename(path.with_name(f"{name}.json"))
        path = path.rename(path.with_name(f"{name}.parquet"))
        with pytest.raises(RunDirectoryError, match=rf"{name}\.json: the card of a reading called mine"):
            read_readings(rundir)
    card = path.with_suffix(".json")
    card.write_text(card.read_text().replace("mine", "skeleton"))
    assert list(unusable_readings(open_run(rundir))) == ["skeleton"]


def test_texts_are_those_that_the_values_were_read_from(rundir):
    run = open_run(rundir)
    texts = leaving_texts(run.attempts)
    records = pd.read_parquet(rundir / "records.parquet").set_index("_index")
    assert texts == records["text"].to_dict()
    changed = digest_of_texts(texts | {2: texts[2] + " "})
    assert changed != digest_of_texts(texts) == digest_of_texts(dict(reversed(texts.items())))
    json.dumps(changed)


def test_a_table_of_lists_or_of_named_records_is_no_readings(rundir):
    path = write_reading(rundir, reading(rundir))
    whole = pd.read_parquet(path)
    for broken in (whole.assign(tub=[["yes"]] * 6), whole.assign(_index=whole["_index"].astype(str))):
        broken.to_parquet(path, index=False)
        with pytest.raises(RunDirectoryError, match="not a reading's table"):
            read_readings(rundir)


def test_records_are_compared_by_their_index_and_those_that_lack_are_left_out(rundir):
    run, kept = open_run(rundir), reading(rundir)
    assert compare(run, kept).whole == Share(6, 6)
    shuffled = replace(kept, values=kept.values.iloc[[4, 1, 5]].assign(tub=["perhaps", "no", "no"]))
    assert run.frames()["skeleton"]["tub"].tolist() == ["no"] * 6
    found = compare(run, shuffled)
    assert found.whole == Share(2, 3)
    assert found.by_variable["smoke"].right == Share(3, 3)
    assert found.by_variable["tub"].not_read == 1
