"""A run directory that somebody has had a hand in: one line says what is wrong, and nothing hangs."""

import json
import os
import sys
from pathlib import Path

import pytest

from causalsynth.domain import Domain
from causalsynth.errors import RunDirectoryError
from causalsynth.ledger import LEDGER_NAME
from causalsynth.run.directory import MANIFEST_NAME, read_manifest
from causalsynth.run.generate import generate
from causalsynth.run.result import RECORDS_NAME
from causalsynth.run.store import LedgerStore
from causalsynth.scm import SCM

GOOD = {"config": {"n": 4}, "sources": {}, "retries": [{"settings": {"rounds": 3}}], "server": {}}


def write(folder, manifest):
    (folder / MANIFEST_NAME).write_text(manifest if isinstance(manifest, str) else json.dumps(manifest))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"config": {}}, "'n' is missing"),
        ({"config": {"n": "4"}}, "'n' is '4'"),
        ({"config": {"n": True}}, "'n' is True"),
        ({"config": {"n": 0}}, "'n' is 0"),
        ({"config": None}, "'config' is not an object"),
        ({"sources": [1]}, "'sources' is not an object"),
        ({"server": 5}, "'server' is not an object"),
        ({"retries": {}}, "'retries' is no list"),
        ({"retries": [7]}, "'retries' is no list"),
        ({"retries": [{"created": ""}]}, "'retries' is no list"),
    ],
)
def test_a_manifest_edited_by_hand(tmp_path, change, said):
    write(tmp_path, GOOD)
    assert read_manifest(tmp_path) == GOOD
    write(tmp_path, GOOD | change)
    with pytest.raises(RunDirectoryError, match=f"not a manifest: {said}") as caught:
        read_manifest(tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["[]", "7", "", "[" * 100_000, "\xff"])
def test_a_manifest_that_is_none(tmp_path, text):
    (tmp_path / MANIFEST_NAME).write_bytes(text.encode("latin-1"))
    with pytest.raises(RunDirectoryError, match="not a manifest"):
        read_manifest(tmp_path)


def test_pipes_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / MANIFEST_NAME)
    with pytest.raises(RunDirectoryError, match="not a manifest: no file"):
        read_manifest(tmp_path)
    os.mkfifo(tmp_path / LEDGER_NAME)
    with pytest.raises(RunDirectoryError, match=f"{LEDGER_NAME}: no file"):
        LedgerStore(tmp_path)


@pytest.mark.skipif(sys.platform == "darwin", reason="has no such names")
def test_a_name_that_is_no_utf8_is_refused_before_anything_is_written(tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    with pytest.raises(RunDirectoryError, match=r"\\udcff/run: its name is not UTF-8"):
        generate(SCM.load("asia"), Domain.load("asia"), n=2, out=odd / "run")
    assert not odd.exists()


@pytest.mark.parametrize("wish", ["extend", "retry_failed"])
def test_there_has_to_be_a_run_to_go_on_with(tmp_path, wish):
    with pytest.raises(RunDirectoryError, match="holds no run to"):
        generate(SCM.load("asia"), Domain.load("asia"), n=2, out=tmp_path / "new", **{wish: True})
    assert not (tmp_path / "new").exists()


def test_a_table_that_was_replaced_is_written_anew(tmp_path):
    def again(seed=1, folder="run"):
        return generate(SCM.load("asia"), Domain.load("asia"), n=2, seed=seed, out=tmp_path / folder)

    again(), again(seed=2, folder="other")
    table = tmp_path / "run" / RECORDS_NAME
    own = table.read_bytes()
    assert not again().had_work
    table.write_bytes((tmp_path / "other" / RECORDS_NAME).read_bytes())
    assert again().had_work
    assert table.read_bytes() == own
