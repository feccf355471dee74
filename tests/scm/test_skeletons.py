import pickle

import numpy as np
import pandas as pd
import pytest

from causalsynth.errors import GraphError, InputError
from causalsynth.scm import Categorical, Columns, Numeric, Skeletons

SUPPORTS = {
    "sex": Categorical(("male", "female")),
    "age": Numeric("years", 0, 18, 95),
    "odd": Categorical(("None", "NA", "<5", "01")),
    "lactate": Numeric("mmol/L", 1, 0),
}
RECORDS = [
    {"sex": "female", "age": 70, "odd": "NA", "lactate": 2.1},
    {"sex": "male", "age": "18 years", "odd": "01", "lactate": "0.0"},
]


def _rows():
    return Skeletons.from_records(RECORDS, SUPPORTS, index=[7, 3])


def test_rows_hold_states_and_numbers_in_the_order_of_the_model():
    rows = _rows()
    assert rows.variables == ("sex", "age", "odd", "lactate")
    assert rows.codes.tolist() == [[1, 0], [1, 3]]
    assert rows.numbers.tolist() == [[70, 18], [2.1, 0]]
    assert rows[0] == {"sex": "female", "age": 70, "odd": "NA", "lactate": 2.1}
    assert isinstance(rows[0]["age"], int)
    assert isinstance(rows[1]["lactate"], float)
    assert rows.states == {"sex": ("male", "female"), "odd": ("None", "NA", "<5", "01")}
    assert rows.index.tolist() == [7, 3]
    assert rows.columns.describe("age", 0) == "age = 70 years"


def test_frames_keep_types_and_go_back():
    frame = _rows().to_frame()
    assert list(frame.columns) == list(SUPPORTS)
    assert [str(frame[name].dtype) for name in frame] == ["str", "int64", "str", "float64"]
    for again in (frame, frame.reset_index(), frame.astype(str)):
        back = Skeletons.from_frame(again, SUPPORTS)
        assert list(back) == list(_rows())
        assert back.index.tolist() == [7, 3]
    assert Skeletons.from_frame(pd.DataFrame(RECORDS), SUPPORTS).index.tolist() == [0, 1]


def test_rows_survive_pickling_and_are_read_only():
    rows = pickle.loads(pickle.dumps(_rows()))
    assert list(rows) == list(_rows())
    for column in (rows.column("age"), rows.codes, rows.numbers, rows.index):
        with pytest.raises(ValueError, match="read-only"):
            column[..., 0] = 1


def _with(**values):
    return pd.DataFrame([{**RECORDS[0]}, {**RECORDS[0], **values}])


BAD = {
    "state": (lambda: _with(sex="Female"), r"row 2: sex = 'Female': there is no state"),
    "missing": (lambda: _with(sex=None), "row 2: sex has no value"),
    "column": (lambda: _with().drop(columns="odd"), "no column odd"),
    "range": (lambda: _with(age=17), "row 2: age = 17: 17 is out of range"),
    "text": (lambda: _with(age="old"), "row 2: age = 'old': 'old' is no number"),
    "unit": (lambda: _with(lactate="2.1 mg/dL"), "in another unit"),
    "digits": (lambda: _with(lactate=2.15), "more digits than are kept"),
    "infinite": (lambda: _with(lactate="inf"), "no finite number"),
    "underscore": (lambda: _with(age="1_8"), "no finite number"),
    "boolean": (lambda: _with(age=True).astype({"age": object}), "no number"),
    "index": (lambda: _with().assign(_index=["a", "b"]), "row 1: _index = 'a' is no row number"),
    "negative index": (lambda: _with().assign(_index=[0, -1]), "row 2: _index = -1 is no row number"),
}


@pytest.mark.parametrize("case", BAD)
def test_tables_that_do_not_fit_name_row_and_variable(case):
    make, message = BAD[case]
    with pytest.raises(InputError, match=message) as caught:
        Skeletons.from_frame(make(), SUPPORTS)
    assert caught.value.hint or case == "missing"
    assert "\n" not in str(caught.value)


def test_lists_in_json_are_no_values():
    with pytest.raises(InputError, match="row 1: sex"):
        Skeletons.from_records([{**RECORDS[0], "sex": ["male"]}], SUPPORTS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Categorical(()), "1 to 127 states"),
        (lambda: Categorical(tuple(map(str, range(128)))), "not 128"),
        (lambda: Categorical(("a", "a")), "occurs twice"),
        (lambda: Numeric(low=3, high=3), "is empty"),
        (lambda: Numeric(low=float("nan")), "is empty"),
        (lambda: Numeric(decimals=40), "can't be kept"),
        (lambda: Numeric(decimals=0, low=0.5), "0.5 has more digits"),
    ],
)
def test_supports_that_make_no_sense(make, message):
    with pytest.raises(GraphError, match=message):
        make()


def test_supports_describe_themselves():
    assert SUPPORTS["age"].describe() == "whole number, years, 18 to 95"
    assert SUPPORTS["lactate"].describe() == "number, 1 decimal, mmol/L, from 0"
    assert Numeric(decimals=-2, high=5000).describe() == "multiple of 100, to 5000"
    assert SUPPORTS["sex"].describe() == "male, female"


def test_columns_are_as_long_as_the_index():
    with pytest.raises(InputError, match="shape"):
        Skeletons({"a": Categorical(("x",))}, np.zeros((1, 2), np.int8), np.zeros((0, 2)), np.zeros(3, np.int64))
    with pytest.raises(InputError, match="don't fit"):
        Skeletons({"a": Numeric()}, np.zeros((1, 2), np.int8), np.zeros((0, 2)), np.zeros(2, np.int64))
    assert Columns({"a": np.array([1.5])}, {"a": Numeric("m")}, 1).describe("a", 0) == "a = 1.5 m"
