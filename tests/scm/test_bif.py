import gzip
import importlib.util
import random
import re
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from causalsynth.bundled import GRAPHS
from causalsynth.errors import GraphError
from causalsynth.scm import bif
from causalsynth.scm.bif import parse_bif, read_bif
from causalsynth.scm.catalog import find_graph

NETWORKS = Path(importlib.util.find_spec("pgmpy").origin).parent / "utils" / "example_models"
# The quirks are those that were found in files in circulation.


def _network(name):
    return read_bif(NETWORKS / f"{name}.bif.gz")


def _text(name):
    return gzip.decompress((NETWORKS / f"{name}.bif.gz").read_bytes()).decode()


TWO = "variable a {\n  type discrete [ 2 ] { y, n };\n}\nvariable b {\n  type discrete [ 2 ] { y, n };\n}\n"
ROOT = "probability ( a ) {\n  table 0.2, 0.8;\n}\n"
GOOD = TWO + ROOT + "probability ( b | a ) {\n  (y) 0.1, 0.9;\n  (n) 0.5, 0.5;\n}\n"


def test_the_bundled_asia_is_the_published_file():
    raw = (GRAPHS / "asia" / "asia.bif").read_bytes()
    digest = sha256(raw).hexdigest()
    assert digest == "9f770c96940dc4d860b581602120790ac538983b30b28d38631b8184dc7b5f89"
    assert digest in (GRAPHS / "asia" / "README.md").read_text(encoding="utf-8")


def test_quirk_1_states_of_child_with_signs_and_slashes():
    tables = _network("child")
    assert tables["LowerBodyO2"].states == ("<5", "5-12", "12+")
    assert tables["CO2Report"].states == ("<7.5", ">=7.5")
    assert tables["Age"].states == ("0-3_days", "4-10_days", "11-30_days")
    assert "Asy/Patch" in tables["ChestXray"].states
    assert "Transp." in tables["CardiacMixing"].states


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("diabetes", "0_8mmol_kg_h"),
        ("water", "2_MG_L"),
        ("munin1", "2_5BELOW"),
        ("munin1", "5_10"),
        ("link", "1_1"),
        ("link", "1"),
        ("pigs", "0"),
    ],
)
def test_quirk_2_states_that_begin_with_digits_or_are_numbers(name, states):
    assert any(states in table.states for table in _network(name).values())


@pytest.mark.parametrize(
    ("name", "state"),
    [("hailfinder", "None"), ("child", "None"), ("pathfinder", "NA"), ("cancer", "True"), ("earthquake", "False")],
)
def test_quirk_3_states_that_others_take_for_missing_or_boolean(name, state):
    assert any(state in table.states for table in _network(name).values())


@pytest.mark.parametrize("name", ["asia", "child", "insurance", "water"])
def test_quirk_4_the_order_of_rows_differs_between_copies(name):
    text = _text(name)
    rng = random.Random(0)

    def shuffled(block):
        rows = re.findall(r"  \([^;]*;\n", block.group())
        rng.shuffle(rows)
        return "".join(rows)

    mixed = re.sub(r"(?:  \([^;]*;\n)+", shuffled, text)
    assert mixed != text
    for variable, table in parse_bif(mixed).items():
        assert (table.probabilities == _network(name)[variable].probabilities).all()


@pytest.mark.parametrize(
    ("name", "zeros"), [("alarm", 5), ("insurance", 302), ("munin", 54967), ("diabetes", 352224), ("mildew", 509234)]
)
def test_quirk_5_rows_are_rescaled_and_zeros_stay_zero(name, zeros):
    tables = _network(name).values()
    assert sum(int((table.probabilities == 0).sum()) for table in tables) == zeros
    for table in tables:
        assert np.abs(table.probabilities.sum(axis=-1) - 1).max() < 1e-12


def test_quirk_5_thirds_with_seven_digits():
    assert _text("alarm").count("0.3333333, 0.3333333, 0.3333333") == 6
    thirds = [row for table in _network("alarm").values() for row in table.probabilities.reshape(-1, len(table.states))]
    assert sum(len(row) == 3 and np.abs(row - 1 / 3).max() < 1e-15 for row in thirds) == 6


@pytest.mark.parametrize(
    ("name", "exponents"), [("pathfinder", 472), ("diabetes", 792), ("insurance", 4), ("barley", 2)]
)
def test_quirk_6_exponents(name, exponents):
    text = _text(name)
    found = {float(word) for word in re.findall(r"[\d.]+e-\d+", text)}
    assert len(re.findall(r"\de-\d", text)) == exponents
    values = np.sort(np.concatenate([table.probabilities.ravel() for table in _network(name).values()]))
    for number in found:  # up to the rescaling of its row
        low, high = np.searchsorted(values, [number * (1 - 4e-7), number * (1 + 4e-7)])
        assert low < high


def test_quirk_6_long_lines_many_states_and_many_configurations():
    assert max(map(len, _text("mildew").splitlines())) == 1459
    shapes = [table.probabilities.shape for name in ("mildew", "barley") for table in _network(name).values()]
    assert max(shape[-1] for shape in shapes) == 100
    assert max(int(np.prod(shape[:-1])) for shape in shapes) == 5040


def test_quirk_7_networks_in_circulation_have_no_trace_of_the_other_dialect():
    for name in ("alarm", "child", "munin1"):
        assert not re.search(r'"|//|/\*|property|default|\r', _text(name))


def test_quirk_8_a_files_name_proves_nothing(tmp_path):
    path = _write(tmp_path / "alarm.bif", GOOD.encode())
    assert find_graph(path) == find_graph(str(path)) == path
    assert read_bif(path).keys() == {"a", "b"}


@pytest.mark.parametrize(
    ("name", "count"),
    [("asia", 1), ("hailfinder", 7), ("win95pts", 9), ("andes", 1), ("pathfinder", 6), ("link", 422), ("munin", 176)],
)
def test_quirk_10_nodes_that_follow_from_their_parents(name, count):
    tables = [table for table in _network(name).values() if table.parents]
    assert sum(bool(np.isin(table.probabilities, (0, 1)).all()) for table in tables) == count


def test_quirk_4_rows_go_by_label_not_by_position():
    swapped = GOOD.replace("  (y) 0.1, 0.9;\n  (n) 0.5, 0.5;\n", "  (n) 0.5, 0.5;\n  (y) 0.1, 0.9;\n")
    assert parse_bif(swapped)["b"].probabilities.tolist() == [[0.1, 0.9], [0.5, 0.5]]


def test_quirk_9_a_label_ends_at_its_last_bracket():
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


def test_quirk_9_labels_with_commas_spaces_quotes_and_keywords():
    text = """
    variable "my age" { type discrete [ 4 ] { "0, 5", "a b", default, table }; }
    variable b { type discrete [ 2 ] { "x;y", 0.5 }; }
    probability ( "my age" ) { table .25 .25 .25 .25; }
    probability ( b | "my age" ) { ("0, 5") .1, .9; ("a b") .2, .8; (default) .3, .7; (table) .4, .6; }
    """
    tables = parse_bif(text)
    assert tables["my age"].states == ("0, 5", "a b", "default", "table")
    assert tables["b"].states == ("x;y", "0.5")
    assert tables["b"].probabilities[:, 0].tolist() == [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize("mark", ["/*", "//", "*/", "\u2003", "\x0b", "a\x85b", "{", "|"])
def test_quotes_protect_whatever_they_hold(mark):
    name = f"x{mark}y"
    text = GOOD.replace("variable a", f'variable "{name}"').replace("( a )", f'( "{name}" )')
    assert list(parse_bif(text.replace("| a", f'| "{name}"'))) == [name, "b"]


def test_plain_rows_give_what_careful_reading_gives(monkeypatch):
    names = ("asia", "child", "insurance", "hailfinder", "water", "pigs")
    plainly = [_network(name) for name in names]
    monkeypatch.setattr(bif._Family, "_plain_rows", lambda *_: None)
    for name, tables in zip(names, plainly, strict=True):
        carefully = _network(name)
        assert list(tables) == list(carefully)
        for variable, table in tables.items():
            assert table.probabilities.tobytes() == carefully[variable].probabilities.tobytes()


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
def test_quirk_7_the_dialect_of_javabayes(tmp_path, ends):
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
    "underscore in a row that sums to 1": (GOOD.replace("0.1, 0.9", "0.1_0, 0.9"), 11, "'0.1_0' is no number"),
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
    "states of row with a comma": (
        'variable a { type discrete [1] { "x, y" }; }\nvariable b { type discrete [1] { z }; }\n'
        "probability ( a ) { table 1; }\nprobability ( b | a, c ) {\n (x, y, z) 1; }\n"
        "variable c { type discrete [1] { z }; }\nprobability ( c ) { table 1; }",
        5,
        "row (x, y, z) of b names 3 states, its parents are 2 (a, c)",
    ),
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
    "open quote and comment": (GOOD.replace("variable b", '/* variable "b'), 4, "a comment begins here and doesn't"),
    "private use": (GOOD.replace("0.2", "\U0010ff01"), 8, "'\\U0010ff01' is a character for private use"),
    "no end of statement": (GOOD.replace("(n) 0.5, 0.5;", "(n) 0.5, 0.5"), 12, "'(n) 0.5, 0.5' doesn't end in ';'"),
    "row without comma": (GOOD.replace("0.1, 0.9;", "0.1, 0.9, 0.5;").replace("0.5, 0.5;", "0.5;"), 11, "3 probab"),
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


def test_one_long_line_is_as_good_as_many():
    assert parse_bif(GOOD.replace("\n", " ")).keys() == {"a", "b"}
