import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.errors import InputError
from causalsynth.tables import read_table, write_table

ENDINGS = (".parquet", ".csv", ".jsonl")
AWKWARD = [
    "None",
    "NA",
    "<5",
    "True",
    "01",
    "1e5",
    "",
    "nan",
    "null",
    'a "b", c',
    "two\nlines",
    "cr\rcr",
    "\r",
    " x ",
    "é",
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_states_come_back_as_written(tmp_path, ending):
    path = tmp_path / f"t{ending}"
    frame = pd.DataFrame({"x": AWKWARD, "1": "1"}, index=pd.RangeIndex(7, 7 + len(AWKWARD), name="_index"))
    write_table(frame, path)
    back = read_table(path)
    assert list(back.columns) == ["_index", "x", "1"]
    assert back["x"].tolist() == AWKWARD
    assert set(back["1"]) == {"1"}
    assert back["_index"].dtype == np.int64
    assert back["_index"].tolist() == frame.index.tolist()
    assert [child.name for child in tmp_path.iterdir()] == [path.name]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ENDINGS), st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_any_text_survives(tmp_path_factory, ending, rows):
    path = tmp_path_factory.getbasetemp() / f"any{ending}"
    write_table(pd.DataFrame(rows, columns=["a", "b"], dtype="str"), path)
    back = read_table(path)
    assert list(zip(back["a"], back["b"], strict=True)) == rows


@pytest.mark.parametrize("ending", ENDINGS)
def test_one_column_and_no_rows(tmp_path, ending):
    write_table(pd.DataFrame({"a": ["x", "", "y"]}), tmp_path / f"one{ending}")
    assert read_table(tmp_path / f"one{ending}")["a"].tolist() == ["x", "", "y"]
    write_table(pd.DataFrame({"a": []}, dtype="str"), tmp_path / f"none{ending}")
    assert len(read_table(tmp_path / f"none{ending}")) == 0


@pytest.mark.parametrize("ending", ENDINGS)
def test_columns_of_ours_keep_their_type(tmp_path, ending):
    path = tmp_path / f"t{ending}"
    write_table(
        pd.DataFrame({"_n": [1, 2], "_x": [0.5, 1.0], "_b": [True, False], "_t": ["01", "2"], "v": ["1", "2"]}),
        path,
    )
    back = read_table(path)
    assert [back[name].dtype.kind for name in ("_n", "_x", "_b")] == ["i", "f", "b"]
    assert back["_t"].tolist() == ["01", "2"]
    assert back["v"].tolist() == ["1", "2"]


def test_numbers_of_others_become_text(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1, "b": true, "_k": {"x": [1]}}\n\n{"a": "x", "b": null}\n', encoding="utf-8")
    back = read_table(path)
    assert back["a"].tolist() == ["1", "x"]
    assert back["b"].tolist()[0] == "True"
    assert pd.isna(back["b"].tolist()[1])
    pd.DataFrame({"a": pd.Categorical(["x", "y"]), "n": [1, 2]}).to_parquet(tmp_path / "c.parquet")
    assert read_table(tmp_path / "c.parquet").to_dict("list") == {"a": ["x", "y"], "n": ["1", "2"]}


def test_missing_values_are_null_in_jsonl(tmp_path):
    write_table(pd.DataFrame({"a": ["x", None]}), tmp_path / "t.jsonl")
    lines = (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{"a": "x"}, {"a": None}]


FAULTS = {
    "few.csv": (b"a,b\n1,2\n3\n", ":3: 1 fields where the header has 2"),
    "many.csv": (b'a,b\n1,"2\n2"\n3,4,5\n', ":4: 3 fields where the header has 2"),
    "twice.csv": (b"a,a\n1,2\n", ":1: the column 'a' occurs twice"),
    "empty.csv": (b"", ":1: no header"),
    "latin.csv": (b"a,b\n1,\xe9\n", "UTF-8"),
    "cut.jsonl": (b'{"a": "x"}\n{"a": "y', ":2: not JSON"),
    "list.jsonl": (b"[1]\n", ":1: not a JSON object"),
    "deep.jsonl": (b'{"a": ["x"]}\n', ":1: a holds a list"),
    "latin.jsonl": (b'{"a": "\xe9"}\n', ":1: not UTF-8"),
    "cut.parquet": (b"PAR1", "not a Parquet file"),
    "text.parquet": (b"a,b\n1,2\n", "not a Parquet file"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_broken_files_name_the_line(tmp_path, name):
    data, message = FAULTS[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_table(tmp_path / name)
    assert message in caught.value.message
    assert caught.value.message.startswith(str(tmp_path / name))
    assert "\n" not in caught.value.message


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_table(tmp_path / "t.csv")
    for name in ("t.xlsx", "t"):
        with pytest.raises(InputError, match="a table can't end in"):
            read_table(tmp_path / name)
    with pytest.raises(InputError, match="can't be written"):
        write_table(pd.DataFrame({"a": ["x"]}), tmp_path / "no" / "t.csv")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_failed_write_leaves_the_old_table(tmp_path, ending, monkeypatch):
    path = tmp_path / f"t{ending}"
    write_table(pd.DataFrame({"a": ["old"]}), path)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(InputError, match="No space left"):
        write_table(pd.DataFrame({"a": ["new"]}), path)
    monkeypatch.undo()
    assert read_table(path)["a"].tolist() == ["old"]
    assert [child.name for child in tmp_path.iterdir()] == [path.name]
