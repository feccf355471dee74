import gzip
import importlib.util
import random
import time
import warnings
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.bundled import GRAPHS
from causalsynth.errors import GraphError
from causalsynth.scm.bif import parse_bif, read_bif

NETWORKS = Path(importlib.util.find_spec("pgmpy").origin).parent / "utils" / "example_models"
# Variables and arcs as counted from the files by other means.
SIZES = {
    "alarm": (37, 46),
    "andes": (223, 338),
    "asia": (8, 8),
    "barley": (48, 84),
    "cancer": (5, 4),
    "child": (20, 25),
    "diabetes": (413, 602),
    "earthquake": (5, 4),
    "hailfinder": (56, 66),
    "hepar2": (70, 123),
    "insurance": (27, 52),
    "link": (724, 1125),
    "mildew": (35, 46),
    "munin": (1041, 1397),
    "munin1": (186, 273),
    "munin2": (1003, 1244),
    "munin3": (1041, 1306),
    "munin4": (1038, 1388),
    "pathfinder": (109, 195),
    "pigs": (441, 592),
    "sachs": (11, 17),
    "survey": (6, 6),
    "water": (32, 66),
    "win95pts": (76, 112),
}
SMALL = ("asia", "cancer", "earthquake", "survey", "sachs", "alarm", "child", "insurance")


def _text(name):
    return gzip.decompress((NETWORKS / f"{name}.bif.gz").read_bytes()).decode()


TWO = "variable a {\n  type discrete [ 2 ] { y, n };\n}\nvariable b {\n  type discrete [ 2 ] { y, n };\n}\n"
ROOT = "probability ( a ) {\n  table 0.2, 0.8;\n}\n"
GOOD = TWO + ROOT + "probability ( b | a ) {\n  (y) 0.1, 0.9;\n  (n) 0.5, 0.5;\n}\n"


@pytest.mark.parametrize("name", SIZES)
def test_every_network_in_circulation_is_read(name):
    tables = read_bif(NETWORKS / f"{name}.bif.gz")
    assert (len(tables), sum(len(table.parents) for table in tables.values())) == SIZES[name]
    for table in tables.values():
        assert np.abs(table.probabilities.sum(axis=-1) - 1).max() < 1e-9


@pytest.mark.parametrize("name", SMALL)
def test_tables_are_those_of_pgmpy(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pgmpy.readwrite import BIFReader

        reader = BIFReader(string=_text(name))
        theirs = {cpd.variable: cpd for cpd in reader.get_model().get_cpds()}
    ours = read_bif(NETWORKS / f"{name}.bif.gz")
    assert ours.keys() == theirs.keys()
    for variable, table in ours.items():
        cpd = theirs[variable]
        parents = cpd.variables[1:]
        names = cpd.state_names
        assert set(parents) == set(table.parents)
        assert list(names[variable]) == list(table.states)
        for labels in product(*(names[name] for name in cpd.variables)):
            label = dict(zip(cpd.variables, labels, strict=True))
            at = tuple(
                states.index(label[parent]) for parent, states in zip(table.parents, table.parent_states, strict=True)
            )
            their = cpd.values[tuple(names[name].index(label[name]) for name in cpd.variables)]
            our = table.probabilities[(*at, table.states.index(label[variable]))]
            assert abs(our - their) < 4e-7
            assert (our == 0) == (their == 0)


def test_the_bundled_asia_is_the_published_file():
    raw = (GRAPHS / "asia" / "asia.bif").read_bytes()
    digest = sha256(raw).hexdigest()
    assert digest == "9f770c96940dc4d860b581602120790ac538983b30b28d38631b8184dc7b5f89"
    assert digest in (GRAPHS / "asia" / "README.md").read_text(encoding="utf-8")


def test_awkward_states_of_child_survive():
    tables = read_bif(NETWORKS / "child.bif.gz")
    assert tables["LowerBodyO2"].states == ("<5", "5-12", "12+")
    assert tables["Age"].states == ("0-3_days", "4-10_days", "11-30_days")
    assert "Asy/Patch" in tables["ChestXray"].states
    assert "None" in tables["DuctFlow"].states


def test_rows_go_by_label_not_by_position():
    swapped = GOOD.replace("  (y) 0.1, 0.9;\n  (n) 0.5, 0.5;\n", "  (n) 0.5, 0.5;\n  (y) 0.1, 0.9;\n")
    assert parse_bif(swapped)["b"].probabilities.tolist() == [[0.1, 0.9], [0.5, 0.5]]


def test_a_label_ends_at_its_last_bracket():
    text = """
    variable age { type discrete [ 2 ] { [0-5), [5-9) }; }
    variable b { type discrete [ 2 ] { p(x), q }; }
    probability ( age ) { table 0.25 0.75; }
    probability ( b | age ) { ([0-5)) 0.1, 0.9; ([5-9)) 1e-05, 0.99999; }
    """
    tables = parse_bif(text)
    assert tables["age"].states == ("[0-5)", "[5-9)")
    assert tables["b"].states == ("p(x)", "q")
    assert tables["b"].probabilities[1].tolist() == [1e-05, 0.99999]


JAVABAYES = """// Bayesian network
network "Dog-Problem" { //5 variables
  property "credal-set constant-density-bounded 1.1" ;
}
variable "light-on" { // 2 values
  type discrete[2] { "true" "false" };
  property "position = (218, 195)" ;
}
variable "family out" {
  type discrete[2] { "yes, all; {really}" "no" } ;
}
variable c { type discrete [3] { 1 2 3 }; }
/* light-on
   follows */
probability ( "light-on" "family out" ) { //2 variables and 4 values
  table 0.6 // p(true|yes)
        0.05 0.4 0.95 ;
}
probability ( "family out" ) { table 0.15 0.85 ; }
probability ( c | "light-on", "family out" ) {
  default 0.2 0.3 0.5 ;
  ("true" "no") 1 0 0 ;
  property unquoted = 3 ;
}
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_the_dialect_of_javabayes(tmp_path, ends):
    tables = read_bif(_write(tmp_path / "dog.bif", JAVABAYES.replace("\n", ends).encode()))
    assert tables["light-on"].parents == ("family out",)
    assert tables["light-on"].probabilities.tolist() == [[0.6, 0.4], [0.05, 0.95]]
    assert tables["family out"].states == ("yes, all; {really}", "no")
    assert tables["c"].states == ("1", "2", "3")
    assert tables["c"].probabilities[0].tolist() == [[0.2, 0.3, 0.5], [1, 0, 0]]


def test_small_errors_in_sums_are_scaled_away_and_zeros_stay_zero():
    text = GOOD.replace("0.2, 0.8", "0.3333333, 0.6666666").replace("(y) 0.1, 0.9", "(y) 0.0, 0.9995")
    tables = parse_bif(text)
    assert tables["a"].probabilities.sum() == pytest.approx(1, abs=1e-15)
    assert tables["b"].probabilities[0].tolist() == [0, 1]


FAULTS = {
    "sum": (GOOD.replace("0.1, 0.9", "0.1, 0.8"), 11, "row (y) of b: the probabilities sum to 0.9, not 1"),
    "negative": (GOOD.replace("0.1, 0.9", "-0.1, 1.1"), 11, "row (y) of b: -0.1 is not a probability"),
    "above one": (GOOD.replace("0.2, 0.8", "1.2, 0"), 8, "table of a: 1.2 is not a probability"),
    "nan": (GOOD.replace("0.1, 0.9", "nan, 0.9"), 11, "nan is not a probability"),
    "no number": (GOOD.replace("0.1, 0.9", "0.1, O.9"), 11, "'O.9' is no number"),
    "underscore": (GOOD.replace("0.1, 0.9", "0_1, 0.9"), 11, "'0_1' is no number"),
    "too few": (GOOD.replace("0.1, 0.9", "1.0"), 11, "1 probabilities where 2 are needed"),
    "unknown -1": (GOOD.replace("0.2, 0.8", "-1 -1"), 8, "-1 says that the probabilities are unknown"),
    "missing row": (GOOD.replace("  (n) 0.5, 0.5;\n", ""), 10, "b: row (n) is missing"),
    "missing table": (TWO + ROOT + "probability ( b ) { }", 10, "b: the line 'table …' is missing"),
    "second row": (GOOD.replace("(n)", "(y)"), 12, "row (y) of b was given before"),
    "second variable": (TWO + TWO + ROOT, 7, "variable 'a' was declared before (line 1)"),
    "second block": (GOOD + ROOT, 14, "the table of 'a' was given before (line 7)"),
    "unknown parent": (GOOD.replace("b | a", "b | A1"), 10, "the parent 'A1' of b is not declared"),
    "unknown variable": (GOOD.replace("( a )", "( aa )"), 7, "the variable 'aa' is not declared"),
    "unknown state": (GOOD.replace("(n)", "(no)"), 12, "a has no state 'no'"),
    "states of row": (GOOD.replace("(n)", "(n, n)"), 12, "names 2 states, its parents are 1 (a)"),
    "no block": (TWO + ROOT, 4, "variable b has no table"),
    "cycle": (GOOD.replace("( a ) {\n  table 0.2, 0.8", "( a | b ) {\n  default 0.2, 0.8"), 10, "a → b → a"),
    "own parent": (GOOD.replace("b | a", "b | b"), 10, "b → b"),
    "parent twice": (GOOD.replace("b | a", "b | a, a"), 10, "b has the parent a twice"),
    "count of states": (GOOD.replace("[ 2 ] { y, n }", "[ 3 ] { y, n }", 1), 2, "says [3] and lists 2"),
    "state twice": (GOOD.replace("{ y, n }", "{ y, y }", 1), 2, "has the state 'y' twice"),
    "comma too many": (GOOD.replace("2 ] { y, n }", "3 ] { y, n, }", 1), 2, "a state without a name"),
    "continuous": (GOOD.replace("discrete", "continuous", 1), 2, "the type is not 'discrete"),
    "two types": (GOOD.replace("};", "};type discrete [1] {a};", 1), 1, "needs one 'type discrete"),
    "too many": (
        GOOD.replace("[ 2 ] { y, n }", f"[ 128 ] {{ {' '.join(map(str, range(128)))} }}", 1),
        2,
        "128 states; 1 to 127 are possible",
    ),
    "no name": (GOOD.replace("variable a", "variable a a", 1), 1, "must be followed by one name"),
    "no brackets": (GOOD.replace("( a )", "a"), 7, "'probability' must be followed by '("),
    "empty brackets": (GOOD.replace("( a )", "( )"), 7, "must name one variable"),
    "no semicolon": (GOOD.replace("0.2, 0.8;", "0.2, 0.8"), 8, "doesn't end in ';'"),
    "no row bracket": (GOOD.replace("(y) 0.1", "(y 0.1"), 11, "a row of b has no ')'"),
    "odd word": (GOOD.replace("(y) 0.1", "y 0.1"), 11, "'y' where a row of b should be"),
    "table and rows": (GOOD.replace("(n) 0.5, 0.5", "table 1 0 0 1"), 12, "'table' of b follows other rows"),
    "not closed": (GOOD[:-2], 10, "the block 'probability' is not closed"),
    "no braces": ("variable a;\n", 1, "'variable' has no block in braces"),
    "odd block": ("\n\nvarable a {\n}\n", 3, "'varable a {' where a block should begin"),
    "nothing": (" \n ", 1, "the file is empty"),
    "no variable": ("network x { }", 1, "there is no variable in it"),
    "open quote": (GOOD.replace("variable b", 'variable "b', 1), 4, "a quote begins here and doesn't end"),
    "open comment": (GOOD + "\n/* ", 15, "a comment begins here and doesn't end"),
    "nul": (GOOD.replace("0.2", "\0"), 8, "not text (a NUL byte)"),
    "child fastest": (
        GOOD.replace("(y) 0.1, 0.9;\n  (n) 0.5, 0.5", "table 0.1 0.9 0.5 0.5"),
        11,
        "the own state of b varies fastest here",
    ),
    "bad default": (
        GOOD.replace("(n) 0.5, 0.5", "default 0.5 0.6"),
        12,
        "default row of b: the probabilities",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults_name_line_and_remedy(case):
    text, line, message = FAULTS[case]
    with pytest.raises(GraphError) as caught:
        parse_bif(text, "net.bif")
    assert caught.value.message.startswith(f"net.bif:{line}: "), caught.value.message
    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_a_typing_error_is_answered_by_a_suggestion():
    with pytest.raises(GraphError) as caught:
        parse_bif(GOOD.replace("variable a", "variable smoke").replace("( a )", "( smoke )").replace("| a", "| smok"))
    assert caught.value.hint == "did you mean smoke?"


def _write(path, data):
    path.write_bytes(data)
    return path


def test_files_that_are_none(tmp_path):
    cases = {
        "missing.bif": (None, "No such file"),
        "binary.bif": (b"variable\n\xff\xfe\x00", "binary.bif:2: not UTF-8"),
        "empty.bif": (b"", "empty.bif:1: the file is empty"),
        "not.bif.gz": (b"variable", "isn't a whole gzip file"),
        "cut.bif.gz": (gzip.compress(GOOD.encode() * 50)[:60], "isn't a whole gzip file"),
        "crlf.bif": (GOOD.replace("0.9", "0.7").replace("\n", "\r\n").encode(), "crlf.bif:11: "),
        "cr.bif": (GOOD.replace("0.9", "0.7").replace("\n", "\r").encode(), "cr.bif:11: "),
    }
    for name, (data, message) in cases.items():
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(GraphError) as caught:
            read_bif(path)
        assert message in caught.value.message
        assert "\n" not in caught.value.message
    with pytest.raises(GraphError, match="can't be read"):
        read_bif(tmp_path)


def test_gzip_bom_and_crlf_are_read(tmp_path):
    wanted = parse_bif(GOOD)["b"].probabilities.tolist()
    raw = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    for name, data in (("x.bif", raw), ("x.bif.gz", gzip.compress(raw))):
        assert read_bif(_write(tmp_path / name, data))["b"].probabilities.tolist() == wanted


def test_huge_lines_are_answered_in_one_short_line_and_soon():
    began = time.process_time()
    for text in (
        "{" * 10**6,
        "variable " + "x" * 10**6,
        '"' * 10**6 + '"',
        "/*" * 10**5,
        "(" * 10**6,
        "; " * 10**6,
    ):
        with pytest.raises(GraphError) as caught:
            parse_bif(text, "net.bif")
        assert len(str(caught.value)) < 800
    assert time.process_time() - began < 20


def test_one_long_line_is_as_good_as_many():
    assert parse_bif(GOOD.replace("\n", " ")).keys() == {"a", "b"}


CHARACTERS = '(){}[];,|"/*-_ \n\t\r\0019.e+yné<type tablevariableprobabilitydefaultnetworkproperty'


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([_text("asia"), _text("survey"), JAVABAYES]))
def test_damaged_files_raise_nothing_but_graph_errors(tmp_path_factory, seed, text):
    rng = random.Random(seed)
    data = bytearray(text.encode())
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        at = rng.randrange(len(data))
        end = at + rng.choice((0, 1, 1, 1, 8, 200))
        new = bytes(rng.choices(range(256), k=2)) if rng.random() < 0.2 else rng.choice(CHARACTERS).encode()
        data[at:end] = new
    path = _write(tmp_path_factory.getbasetemp() / "damaged.bif", bytes(data))
    message, tables = _outcome(path)
    assert "\n" not in message
    assert (message == "") == bool(tables)
    assert not message or message.startswith(f"{path}:")
    for table in tables.values():
        assert np.abs(table.probabilities.sum(axis=-1) - 1).max() < 1e-9


def _outcome(path):
    try:
        return "", read_bif(path)
    except GraphError as error:
        return error.message, {}
