import gzip
import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from causalsynth.errors import GraphError
from causalsynth.scm.bif import parse_bif, read_bif
from causalsynth.scm.bif_writer import bif_text, write_bif
from causalsynth.scm.mechanisms import CategoricalTable

FOLDER = Path(importlib.util.find_spec("pgmpy").origin).parent / "utils" / "example_models"
# What can't be written; all else can, be it white space, structure, comment marks or keywords.
FORBIDDEN = '"\n\r\0'


def _same(left, right):
    assert list(left) == list(right)
    for variable, table in left.items():
        other = right[variable]
        assert (table.states, table.parents) == (other.states, other.parents)
        assert table.probabilities.shape == other.probabilities.shape
        assert table.probabilities.tobytes() == other.probabilities.tobytes()


@pytest.mark.parametrize("name", ["asia", "child", "insurance", "hailfinder", "water", "munin1", "pathfinder"])
def test_published_networks_survive_bit_for_bit(name):
    tables = read_bif(FOLDER / f"{name}.bif.gz")
    _same(parse_bif(bif_text(name, tables)), tables)


NAMES = st.one_of(
    st.text(
        st.characters(exclude_characters=FORBIDDEN, exclude_categories=["Cs"], max_codepoint=0x10FEFF),
        min_size=1,
        max_size=6,
    ),
    st.text("{}();,|[]/*\\\t \x0b\x85\u2003a0<", min_size=1, max_size=5),
    st.sampled_from(["table", "default", "property", "type", "variable", "network", "probability", "-1", "//", "/*"]),
    st.sampled_from(["[0-5)", "None", "NA", "True", "<5", "Asy/Patch", "0_8mmol", "1e-05", "a b", "a,b", "(", ")"]),
)


@st.composite
def networks(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    tables = {}
    for position, name in enumerate(names):
        states = tuple(draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)))
        parents = tuple(draw(st.lists(st.sampled_from(names[:position]), max_size=2, unique=True))) if position else ()
        shape = (*(len(tables[parent].states) for parent in parents), len(states))
        values = rng.dirichlet(np.full(len(states), rng.choice([0.01, 1.0])), size=shape[:-1])
        tables[name] = CategoricalTable(states, parents, values.reshape(shape))
    order = draw(st.permutations(names))  # children may stand before parents
    return {name: tables[name] for name in order}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks(), NAMES)
@example({"a": CategoricalTable(("x",), (), np.ones(1))}, "{")
def test_whatever_is_written_reads_back(tables, name):
    text = bif_text(name, tables)
    _same(parse_bif(text), tables)
    assert bif_text(name, parse_bif(text)) == text


@given(st.lists(st.floats(0, 1, allow_subnormal=True), min_size=1, max_size=127).filter(lambda row: sum(row) > 1e-3))
def test_probabilities_keep_all_their_digits(row):
    values = np.array(row) / sum(row)
    tables = {"a": CategoricalTable(tuple(f"s{i}" for i in range(len(row))), (), values)}
    _same(parse_bif(bif_text("a", tables)), tables)


def test_the_text_is_that_of_the_bnlearn_repository():
    data = gzip.decompress((FOLDER / "asia.bif.gz").read_bytes()).decode()
    assert bif_text("unknown", parse_bif(data)) == data


COIN = {"a": CategoricalTable(("h", "t"), (), np.array([0.5, 0.5]))}


@pytest.mark.parametrize("char", [*FORBIDDEN, "\ud800", "\U0010ff00"])
def test_names_that_cant_be_written_are_refused(char):
    bad = f"x{char}y"
    for name, tables in (
        (bad, COIN),
        ("n", {bad: COIN["a"]}),
        ("n", {"a": CategoricalTable(("h", bad), (), np.array([0.5, 0.5]))}),
        ("", COIN),
    ):
        with pytest.raises(GraphError, match="can't be written as BIF") as caught:
            bif_text(name, tables)
        assert "\n" not in caught.value.message


def _child(parents, shape, parent_states=None):
    return CategoricalTable(("h", "t"), parents, np.full((*shape, 2), 0.5), parent_states)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, "a network needs at least one variable"),
        ({"b": _child(("a",), (2,))}, "b has the parent a, which has no table"),
        (COIN | {"b": _child(("a",), (3,))}, "the table of b doesn't fit the states of a"),
        (COIN | {"b": _child(("a",), (2,), (("t", "h"),))}, "the table of b doesn't fit the states of a"),
        ({"a": _child(("b",), (2,)), "b": _child(("a",), (2,))}, "the graph has a cycle: a → b → a"),
    ],
)
def test_tables_that_make_no_network_are_refused(tables, message):
    with pytest.raises(GraphError) as caught:
        bif_text("n", tables)
    assert caught.value.message == message


def test_more_parents_than_can_be_read_are_refused():
    one = CategoricalTable(("x",), (), np.ones(1))
    tables = {f"p{i}": one for i in range(32)}
    wide = np.ones((1,) * 33) if int(np.__version__.split(".")[0]) > 1 else None
    if wide is None:
        pytest.skip("numpy 1 has no arrays of 33 axes")
    with pytest.raises(GraphError, match="c has 32 parents; at most 31"):
        bif_text("n", tables | {"c": CategoricalTable(("x",), tuple(tables), wide)})


@pytest.mark.parametrize("name", ["x.bif", "x.bif.gz"])
def test_files_are_written_whole_and_alike(tmp_path, name):
    tables = read_bif(FOLDER / "child.bif.gz")
    path = tmp_path / name
    path.write_bytes(b"old")
    write_bif("child", tables, path)
    first = path.read_bytes()
    write_bif("child", tables, path)
    assert path.read_bytes() == first
    assert first[:2] == (b"\x1f\x8b" if name.endswith("gz") else b"ne")
    _same(read_bif(path), tables)
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_what_cant_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "x.bif"
    path.write_text("old")
    with pytest.raises(GraphError, match="can't be written as BIF"):
        write_bif('"', COIN, path)
    assert path.read_text() == "old"
    for wrong, message in (
        (tmp_path / "x.txt", "a BIF file's name ends in .bif or .bif.gz"),
        (tmp_path / "no" / "x.bif", "can't be written: No such file"),
        (path / "x.bif", "can't be written: Not a directory"),
        (tmp_path / "\0.bif", "can't be written: "),
    ):
        with pytest.raises(GraphError) as caught:
            write_bif("n", COIN, wrong)
        assert message in caught.value.message


def test_pgmpy_reads_what_is_written():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pgmpy.readwrite import BIFReader
    for name in ("asia", "child", "insurance"):
        tables = read_bif(FOLDER / f"{name}.bif.gz")
        theirs = BIFReader(string=bif_text(name, tables))
        assert theirs.network_name == name
        for variable, table in tables.items():
            assert tuple(theirs.variable_states[variable]) == table.states
            assert tuple(theirs.variable_parents[variable]) == table.parents
            rows = table.probabilities.reshape(-1, len(table.states))
            assert (rows == theirs.variable_cpds[variable].T).all()
