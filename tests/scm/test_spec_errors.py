"""Specs that are wrong: one line with the place, one with the remedy."""

import re
import time
from pathlib import Path

import pytest

from causalsynth.errors import GraphError
from causalsynth.scm import SCM
from causalsynth.scm.spec import parse_spec
from causalsynth.scm.spec.reading import MAX_BYTES

AGE = "  age: {unit: years, decimals: 0, range: [18, 95], normal: {mean: 64, sd: 15}}\n"
SEX = "  sex: {probabilities: {male: .5, female: .5}}\n"
HEAD = f"graph: g\nvariables:\n{AGE}{SEX}"
"""Four lines: what follows begins on the fifth."""


def fault(text):
    with pytest.raises(GraphError) as error:
        parse_spec(text, "my.yaml")
    message, hint = error.value.message, error.value.hint
    assert re.match(r"my\.yaml:\d+:(\d+:)? \S", message), message
    assert hint
    for line in (message, hint):
        assert line.isprintable()
        assert len(line) < 700
    return message.removeprefix("my.yaml:"), hint


def listed():
    """Read the cases of spec_faults.txt: what is written, the beginning of the message, words of the remedy."""
    text = Path(__file__).with_name("spec_faults.txt").read_text(encoding="utf-8")
    for case in text.split("\n== ")[1:]:
        name, written, message, hint = re.fullmatch(r"(.+?)\n(.+\n)=> (.+)\n-> (.+?)\s*", case, re.DOTALL).groups()
        yield pytest.param(written, message, hint, id=name)


@pytest.mark.parametrize(("written", "message", "hint"), list(listed()))
def test_listed_faults(written, message, hint):
    found, remedy = fault(HEAD + written)
    assert found.startswith(message), found
    assert hint in remedy


LONG = {
    "too many states": (
        f"  a: {{states: [{', '.join(map(str, range(128)))}], value: 1}}\n",
        "5: a: a variable needs 1 to 127 states, not 128",
        "127",
    ),
    "long formula": (f"  a: {{value: {'1+' * 6000}1}}\n", "5:14: the expression has 12,001 characters", "split"),
    "deep formula": (f"  a: {{value: {'(' * 500}1}}\n", "5:114: nested more than 100 deep", "split"),
    "empty name": ("  '': {value: 1}\n", "5: : a name is a text", "rename"),
    "more combinations than are tried": (
        "".join(f"  p{i}: {{states: [n, y], bernoulli: .5}}\n" for i in range(18))
        + f"  a:\n    value: 1 / (2 - {' - '.join(f'[p{i} = n]' for i in range(18))})\n",
        "24:14: division by zero when p0 = ",
        "guard",
    ),
}


@pytest.mark.parametrize(("written", "message", "hint"), LONG.values(), ids=LONG)
def test_faults_of_long_specs(written, message, hint):
    found, remedy = fault(HEAD + written)
    assert found.startswith(message), found
    assert hint in remedy


@pytest.mark.parametrize(
    "written",
    [
        "  a: {value: 'if(age = 60, 0, 1 / (age - 60))'}\n",
        "  b: {lognormal: {mu: 0, sigma: 1}}\n  a: {value: log(b)}\n",  # exp is never 0
        "  b: {range: [.1, none], decimals: 1, lognormal: {mu: 0, sigma: 1}}\n  a: {value: log(b)}\n",
        "  b: {normal: {mean: 5, sd: 1}}\n  a: {value: 1 / b}\n",  # 0 has probability 0
        "  a: {states: [n, y], bernoulli: age / 95}\n",
    ],
)
def test_no_false_alarm(written):
    parse_spec(HEAD + written)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "1: the file is empty", "docs/specs.md"),
        (" \n\n", "1: the file is empty", "docs/specs.md"),
        ("# nothing\n", "1: graph: it is missing", "add"),
        ("just words", "1: a mapping is wanted", "docs/specs.md"),
        ("- a\n- b\n", "1: a mapping is wanted", "docs/specs.md"),
        ("graph: g\n", "1: variables: it is missing", "add"),
        ("variables: {a: {value: 1}}\n", "1: graph: it is missing", "add"),
        ("graph: ''\nvariables: {a: {value: 1}}\n", "1: graph: it is empty", ""),
        ("graph: g\nvariables: {}\n", "2: variables: it is empty", "at least one"),
        ("graph: g\nvariables: [a]\n", "2: variables: ", "docs/specs.md"),
        ("graph: g\nnodes: {}\n", "2: document: there is no key 'nodes'", "variables"),
        ("graph: g\nlicense: x\nvariables: {a: {value: 1}}\n", "2: document: there is no key 'license'", "licence"),
        ("graph: g\ncoupling: max\nvariables: {a: {value: 1}}\n", "2: coupling: Input should be 'inverse_cdf'", ""),
        ("graph: g\nvariables:\n\ta: {value: 1}\n", "3: found character '\\t'", "spaces"),
        ("graph: g\nvariables:\n  a: {value: 1 + [b]}\n", "3: expected ',' or '}', but got '['", "bracket"),
        ("graph: g\nvariables:\n  a: {value: max(1, 2)}\n", "3: ", ""),
        ("graph: g\n---\nvariables: {}\n", "2: but found another document", "---"),
        ("graph: g\nvariables:\n  ? [a]\n  : {value: 1}\n", "3: a list or a mapping as a key", "quote"),
        ("graph: g\nvariables:\n  a: *b\n", "3: found undefined alias 'b'", "&name"),
        ("graph: g\nvariables: &v\n  a: *v\n", "2: an alias that contains itself", "write it out"),
        ("graph: g\nvariables:\n  a: \0\n", "3: not text (a NUL byte)", "YAML"),
        ("graph: g\nvariables:\n  a: \x07\n", "3: the character U+0007 can't stand in YAML", "take it out"),
        ('graph: "\\Uffffffff"\n', "1: an escape stands for no character", "itself"),
        ("graph: " + "[" * 100_000, "1: nested more than 64 deep", "fewer brackets"),
        ("graph: g\n" + "- " * 50_000, "2: ", ""),
        ("graph: " + "x" * 300_000 + "\n", "1: a line of 300,007 characters", "break"),
    ],
)
def test_faults_of_the_document(text, message, hint):
    began = time.perf_counter()
    found, remedy = fault(text)
    assert found.startswith(message), found
    assert hint in remedy
    assert time.perf_counter() - began < 2


def test_a_few_lines_of_aliases_dont_fill_the_memory(monkeypatch):
    monkeypatch.setattr("causalsynth.yaml_text.MAX_NODES", 20_000)
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )
    found, remedy = fault(laughs)
    assert "more than 20,000 entries, aliases written out" in found
    assert "aliases" in remedy


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "{}:1: the file is empty"),
        (bytes(range(256)) * 20, "{}:2: not UTF-8 text"),
        (b"\x7fELF\x01\x01\0\0\0", "{}:1: not text (a NUL byte)"),
        ("graph: g\n".encode("utf-16"), "{}:1: not UTF-8 text"),
        (b"graph: g\nvariables: {a\xe4: {value: 1}}\n", "{}:2: not UTF-8 text"),
        (b"graph: " + b"x" * 10_000_000, "{}:1: larger than 4 MB"),
        (b"graph: g # " + b"x" * 3_000_000, "{}:1: a line of 3,000,011 characters"),
        (b"#" + b" \n#" * (17 * 2**20 // 3), "{}:1: larger than 4 MB"),
    ],
)
def test_faults_of_the_file(tmp_path, content, message):
    path = tmp_path / "my.yaml"
    path.write_bytes(content)
    with pytest.raises(GraphError) as error:
        SCM.load(path)
    assert error.value.message.startswith(message.format(path))
    assert "\n" not in error.value.message
    assert error.value.hint


def test_files_that_cant_be_read(tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    for path in (tmp_path / "missing.yaml", tmp_path / "nul\0.yaml"):
        with pytest.raises(GraphError) as error:
            SCM.from_yaml(path)
        assert "can't be read" in error.value.message
        assert error.value.hint


def test_the_largest_file_allowed_is_read(tmp_path):
    path = tmp_path / "my.yaml"
    text = "graph: g\nvariables: {a: {value: 1}}\n"
    path.write_text(text + "# \n" * ((MAX_BYTES - len(text)) // 3), encoding="utf-8")
    assert SCM.load(path).variables == ("a",)
