"""Damaged and hostile BIF files: one line of GraphError, in time that grows as the file does."""

import gzip
import random
import time
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.bundled import GRAPHS
from causalsynth.errors import GraphError
from causalsynth.scm import bif
from causalsynth.scm.bif import parse_bif, read_bif

ASIA = (GRAPHS / "asia" / "asia.bif").read_text()
DIALECT = """// a comment
network "Dog-Problem" { property "credal-set" ; }
variable "light-on" { type discrete[2] { "true" "false" }; property "position = (218, 195)" ; }
variable "family out" { type discrete[2] { "yes, all; {really}" "no" } ; }
variable c { type discrete [3] { 1 [0-5) <5 }; } /* more */
probability ( "light-on" "family out" ) { table 0.6 0.05 0.4 0.95 ; }
probability ( "family out" ) { table 0.15, 0.85 ; }
probability ( c | "light-on", "family out" ) {
  default 0.2 0.3 0.5 ;
  ("true" "no") 1, 0, 0 ;
}
"""
TEXTS = (ASIA, DIALECT)
PIECES = '(){}[];,|"/*-_ \n\t\r\0019.e+yné<\u2003\U0010ff00'
WORDS = ("type", "table", "variable", "probability", "default", "network", "property", "//", "/*", "*/", "nan", "-1")


def _outcome(read, *args):
    """Give (what was read, ""), or (None, the message)."""
    try:
        return read(*args), ""
    except GraphError as error:
        return None, error.message


def _check(data, path):
    path.write_bytes(data)
    tables, message = _outcome(read_bif, path)
    if tables is None:
        head, _, rest = message.removeprefix(f"{path}:").partition(":")
        assert message.startswith(f"{path}:")
        assert head.isdigit()
        assert 1 <= int(head) <= data.count(b"\n") + data.count(b"\r") + 1
        assert 0 < len(rest.strip()) <= 300
        assert not set("\n\r\0") & set(message)
    else:
        assert tables
        for table in tables.values():
            assert np.abs(table.probabilities.sum(axis=-1) - 1).max() < 1e-12
            assert set(table.parents) <= tables.keys()
    return tables, message


def _damage_bytes(rng, data):
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        at = rng.randrange(len(data) + 1)
        end = at + rng.choice((0, 1, 1, 1, 8, 200))
        new = rng.choice((rng.choice(PIECES).encode(), rng.choice(WORDS).encode(), rng.randbytes(2), data[at:end] * 2))
        data = data[:at] + new + data[end:]
    return data


def _damage_lines(rng, data):
    lines = data.split(b"\n")
    for _ in range(rng.choice((1, 1, 2, 5))):
        at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
        kind = rng.choice(("delete", "double", "swap", "move"))
        if kind == "delete" and len(lines) > 1:
            del lines[at]
        elif kind == "double":
            lines.insert(to, lines[at])
        elif kind == "swap":
            lines[at], lines[to] = lines[to], lines[at]
        else:
            lines.insert(to, lines.pop(at))
    return b"\n".join(lines)


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(TEXTS), st.sampled_from([_damage_bytes, _damage_lines]))
def test_damaged_files_are_read_or_refused_in_one_line(tmp_path_factory, seed, text, damage):
    path = tmp_path_factory.getbasetemp() / "damaged.bif"
    data = damage(random.Random(seed), text.encode())
    tables, message = _check(data, path)
    # Rows are read at one go where they are plain; what comes of it must be the same.
    with mock.patch.object(bif._Family, "_plain_rows", return_value=None):
        slowly, told = _outcome(read_bif, path)
    assert message == told
    if tables is not None:
        assert list(tables) == list(slowly)
        for variable, table in tables.items():
            assert (table.states, table.parents) == (slowly[variable].states, slowly[variable].parents)
            assert table.probabilities.tobytes() == slowly[variable].probabilities.tobytes()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_refused(tmp_path_factory, data):
    tables, _ = _check(data, tmp_path_factory.getbasetemp() / "random.bif")
    assert tables is None


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from(PIECES) | st.characters(), max_size=80), st.sampled_from([*WORDS, ""]))
def test_random_text_is_refused(text, word):
    _, message = _outcome(parse_bif, f"{word} {text}", "x.bif")
    assert message.startswith("x.bif:")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_archives_are_refused_or_read(tmp_path_factory, seed):
    path = tmp_path_factory.getbasetemp() / "damaged.bif.gz"
    rng = random.Random(seed)
    data = gzip.compress(ASIA.encode())
    data = data[: rng.randrange(len(data))] if rng.random() < 0.5 else _damage_bytes(rng, data)
    path.write_bytes(data)
    tables, message = _outcome(read_bif, path)
    assert tables or message.startswith(f"{path}:")
    assert "\n" not in message


def test_every_cut_of_an_archive_is_refused(tmp_path):
    data = gzip.compress(ASIA.encode())
    for size in range(len(data)):
        path = tmp_path / "cut.bif.gz"
        path.write_bytes(data[:size])
        _, message = _outcome(read_bif, path)
        assert message.startswith(f"{path}:"), size


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("causalsynth.scm.bif_source.MAX_BYTES", 2**20)
    path = tmp_path / "bomb.bif.gz"
    path.write_bytes(gzip.compress(b" " * 2**23))
    assert _outcome(read_bif, path)[1] == f"{path}: larger than 1 MB"


@pytest.mark.parametrize("data", [b"x" * 10**7, b"variable " + b"\xc3\xa9" * 5 * 10**6, b"\0" * 10**7])
def test_ten_megabytes_in_one_line_are_refused_in_one_short_line(tmp_path, data):
    _check(data, tmp_path / "long.bif")


def test_a_network_of_ten_megabytes_in_one_line_is_read():
    rows = "".join(f"({i}) {', '.join(['0.0'] * 99 + ['1.0'])};" for i in range(100))
    states = ", ".join(map(str, range(100)))
    text = f"variable v {{ type discrete [100] {{ {states} }}; }} probability ( v ) {{ default 1.0{' 0.0' * 99}; }} "
    blocks = []
    for i in range(200):
        blocks.append(f"variable w{i} {{ type discrete [100] {{ {states} }}; }} probability ( w{i} | v ) {{ {rows} }}")
    text += " ".join(blocks)
    assert len(text) > 10**7
    tables = parse_bif(text)
    assert len(tables) == 201
    assert all(table.probabilities[..., -1].all() for name, table in tables.items() if name != "v")


def _variables(n):
    return "".join(f"variable v{i} {{ type discrete [2] {{ y, n }}; }}\n" for i in range(n))


def _chain(n):
    """Children first, so that a search that begins at each variable anew takes quadratic time."""
    rows = "(y) .5, .5; (n) .5, .5;"
    links = "".join(f"probability ( v{i} | v{i + 1} ) {{ {rows} }}\n" for i in range(n - 1))
    return _variables(n) + links + f"probability ( v{n - 1} ) {{ table .5, .5; }}"


HEAD = "variable a { type discrete [2] { y, n }; }\n"
# (what makes a text of a size, that size)
HOSTILE = {
    "opening braces": (lambda n: "{" * n, 200_000),
    "braces of a block": (lambda n: "variable a " + "{" * n, 200_000),
    "pairs of braces": (lambda n: "variable a {" + "{}" * n, 100_000),
    "blocks": (lambda n: "network {}" * n, 2_000),
    "quotes": (lambda n: '"' * n, 100_000),
    "quotes that don't end": (lambda n: '"\n' * n, 100_000),
    "comments in comments": (lambda n: "/* " * n, 100_000),
    "comments that overlap": (lambda n: "/*/" * n, 100_000),
    "slashes": (lambda n: "/" * n, 100_000),
    "line comments": (lambda n: "//\n" * n, 20_000),
    "round brackets": (lambda n: "(" * n, 200_000),
    "semicolons": (lambda n: HEAD + "probability ( a ) {" + ";" * n, 100_000),
    "statements": (lambda n: HEAD + "probability ( a ) {" + "property x;" * n + "}", 2_000),
    "white space": (lambda n: " \n" * n + "x", 200_000),
    "white space in a type": (lambda n: "variable a { type discrete [" + " " * n + "]; }", 200_000),
    "brackets in a type": (lambda n: "variable a { type discrete " + "[2]" * n + "; }", 100_000),
    "a long name": (lambda n: "variable " + "x" * n + " {}", 200_000),
    "a long name unknown": (
        lambda n: HEAD + "variable " + "xyz" * n + " { type discrete [1] { y }; } probability ( " + "yzx" * n + " ) {}",
        50_000,
    ),
    "states, the last one twice": (
        lambda n: f"variable a {{ type discrete [{n + 1}] {{ {' '.join(map(str, range(n)))} {n - 1} }}; }}",
        10_000,
    ),
    "parents, the last one twice": (
        lambda n: f"probability ( a | {', '.join(map(str, range(n)))}, {n - 1} ) {{ }}",
        10_000,
    ),
    "brackets in a row": (lambda n: HEAD + "probability ( a ) { (" + ")" * n + " 1; }", 100_000),
    "numbers in a row": (lambda n: HEAD + "probability ( a ) { table " + ".1 " * n + "; }", 10_000),
    "digits of a number": (lambda n: HEAD + "probability ( a ) { table 0." + "1" * n + ", 0.8; }", 100_000),
    "rows of a root": (lambda n: HEAD + "probability ( a ) { " + "table .1, .9;" * n + "}", 10_000),
    "variables without tables": (_variables, 500),
    "a chain": (_chain, 250),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_time_grows_as_the_text_does(case):
    """Eight times the text may take 28 times as long: linear is 8, quadratic 64. Best of three, CPU time."""
    build, n = HOSTILE[case]
    small, large = build(n), build(8 * n)
    once = min(_seconds(small) for _ in range(3))
    assert any(_seconds(large) < 28 * max(once, 5e-4) for _ in range(3))


def _seconds(text):
    began = time.process_time()
    _, message = _outcome(parse_bif, text, "x.bif")
    assert not message or message.startswith("x.bif:")
    assert len(message) < 320
    return time.process_time() - began


def test_one_line_of_default_cant_make_a_table_without_end():
    parents = [f"v{i}" for i in range(30)]
    text = _variables(31) + f"probability ( v30 | {', '.join(parents)} ) {{ default .5, .5; }}\n"
    text += "".join(f"probability ( {name} ) {{ table .5, .5; }}\n" for name in parents)
    assert _outcome(parse_bif, text, "x.bif")[1] == (
        "x.bif:32: the table of v30 has 2147483648 probabilities, the file more than 16777216"
    )


def test_a_large_table_by_default_is_made_at_once():
    """2**22 rows: an array is filled in a moment, a list of rows takes long."""
    parents = [f"v{i}" for i in range(22)]
    text = _variables(23) + f"probability ( v22 | {', '.join(parents)} ) {{ default .5, .5; ({'n, ' * 21}n) 1, 0; }}\n"
    text += "".join(f"probability ( {name} ) {{ table .5, .5; }}\n" for name in parents)
    table = parse_bif(text)["v22"].probabilities
    assert table.size == 2**23
    assert table.reshape(-1)[-2:].tolist() == [1, 0]
    assert (table.reshape(-1)[:-2] == 0.5).all()


def test_more_parents_than_an_array_has_axes_are_refused():
    names = [f"v{i}" for i in range(80)]
    text = "".join(f"variable {name} {{ type discrete [1] {{ y }}; }}\n" for name in names)
    text += f"probability ( v0 | {', '.join(names[1:])} ) {{ default 1; }}\n"
    assert _outcome(parse_bif, text, "x.bif")[1] == "x.bif:81: v0 has 79 parents; at most 31 are possible"
