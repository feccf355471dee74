"""What is read by libyaml is what PyYAML in Python reads, places included."""

import random
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from causalsynth import domain, yaml_text
from causalsynth.bundled import GRAPHS
from causalsynth.errors import InputError
from causalsynth.yaml_text import parse_yaml

PACKS = Path(domain.__file__).with_name("packs")
FILES = sorted([*GRAPHS.glob("*/*.yaml"), *PACKS.glob("*.yaml")])
PIECES = [
    *":-#,[]{}&*!|>'\"%@`?\n \t\r\\~=<.0é\u2028\x85\ufeff\0\ud800😀",
    *("\r\n", ": ", " #", "- ", "\n  ", "---", "...", "? ", "|2", ">-", "|+#", "!!str ", "&a ", "*a", "\\x41"),
    *('"\\ud800"', '"\\U00110000"', "%YAML 1.2\n", "!<x> ", "{a: b?}", "[?a]", "\n---", "\n? "),
]

pytestmark = pytest.mark.skipif(not yaml.__with_libyaml__, reason="this PyYAML was built without libyaml")


def parsed(text):
    """Give what is read of a text, with the place of each scalar, or the error."""
    try:
        located = parse_yaml(text, name="a", error=InputError, example="b")
    except InputError as error:
        return str(error), error.hint
    marks = {path: (node.start_mark.index, node.end_mark.index) for path, node in located.scalars.items()}
    return located.data, located.lines, {path: located.text(path) for path in marks}


def both(text, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(yaml_text, "_LOADERS", yaml_text._LOADERS[-1:])
        slow = parsed(text)
    return parsed(text), slow


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_bundled_files_are_read_by_libyaml_and_alike(file, monkeypatch):
    text = file.read_text(encoding="utf-8")
    fast, slow = both(text, monkeypatch)
    assert fast == slow
    monkeypatch.setattr(yaml_text, "_LOADERS", (yaml_text._LOADERS[0], None))  # no other is needed
    assert parsed(text) == fast


@pytest.mark.parametrize(
    "text",
    [
        *("a:\t1", "a: 1\t", "[a?, b]", "{a: b? c}", "{a? b: c}", "[[a?]]", "a: ?", "? a", "?", "---", "|#", "|2#'"),
        *("!@!", "!", "a: !b c", "\ufeffa: 1", "a: 1\n\ufeff", "a: |\r\n  b\r\n", "a\x85b: 1", "%TAG ! x\n--- a"),
        *("a: [1\n", "a: 1\na: 2", "*a", "a: &a [*a]", "[" * 70, "a: '", "\0", '"\\UFFFFFFFF"', "\ud800", ""),
    ],
)
def test_what_libyaml_takes_otherwise_is_read_alike(text, monkeypatch):
    fast, slow = both(text, monkeypatch)
    assert fast == slow


@pytest.mark.parametrize("seed", range(4))
def test_any_text_is_read_alike(seed, monkeypatch):
    rng = random.Random(seed)
    rows = [line for file in FILES for line in file.read_text(encoding="utf-8").splitlines(keepends=True)]
    for _ in range(250):
        first = rng.randrange(len(rows))
        text = dedent("".join(rows[first : first + rng.randrange(8)]))
        for _ in range(rng.randrange(6)):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(PIECES) + text[at + rng.choice((0, 0, 1, 2)) :]
        fast, slow = both(text, monkeypatch)
        assert fast == slow, text
