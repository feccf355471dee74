"""The extractor compiled by mypyc reads as plain Python does, byte for byte."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import hashlib, json, random, sys
from pathlib import Path
root = Path(sys.argv[1])
sys.path.insert(0, str(root / "scripts"))
from benchmark_extractor import PATHOLOGICAL, notes, pathological
from causalsynth.domain import Domain
from causalsynth.extract import COMPILED, Extractor
here = root / "tests" / "extract"
written = [line.partition("|")[2] for name in ("asia", "icu") for line in (here / f"{name}_readings.txt").open()]
written += [line.split("\\t")[-1] for line in (root / "benchmarks" / "negation" / "sentences.tsv").open()]
rng = random.Random(1)
words = [word for text in written for word in text.split()]
mixed = [" ".join(rng.choices(words, k=60)) for _ in range(300)]
joined = [rng.choice((" ", "\\n", "\\n- ", ", ")).join(rng.choices(written, k=5)) for _ in range(300)]
hard = [pathological(piece, 1500) for piece in PATHOLOGICAL.values()]
signs = ["".join(rng.choices("TB no. \\n|=:?[]()x-,12\\u0130\\u2610'", k=80)) for _ in range(300)]
found = hashlib.sha256()
for name in ("asia", "mimic_struct", "payments", "alarm"):
    domain = Domain.load(name)
    extractor = Extractor(domain.lexicon)
    for text in (*notes(domain, 60, 120), *written, *mixed, *joined, *hard, *signs):
        read = extractor.extract(text)
        said = read.to_json(), [list(finding.candidates) for finding in read.values()], read.values_by_variable()
        found.update(json.dumps(said).encode())
print(COMPILED, found.hexdigest())
"""


@pytest.fixture(scope="module")
def hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_is_compiled_unless_asked(hook, monkeypatch):
    made = hook.CompileHook(str(ROOT), {}, None, None, "", "wheel")
    monkeypatch.delenv("CAUSALSYNTH_COMPILE", raising=False)
    data = {}
    made.initialize("standard", data)
    assert (made.dependencies(), data) == ([], {})
    monkeypatch.setenv("CAUSALSYNTH_COMPILE", "1")
    assert [need.split(">=")[0] for need in made.dependencies()] == ["mypy", "setuptools"]
    made.initialize("editable", data)
    assert data == {}


def test_compiled_modules_have_nothing_that_mypyc_cannot_take(hook):
    """No ``cached_property`` (native classes have no ``__dict__``), no ``in (*…)``, no slots given by a decorator."""
    files = hook.sources(ROOT)
    assert len(files) > 60
    for file in files:
        text = hook.for_mypyc((ROOT / file).read_text(encoding="utf-8"))
        assert not re.search(r"cached_property|slots=True", text), file
        for node in ast.walk(ast.parse(text)):
            starred = isinstance(node, ast.Compare) and any(
                isinstance(part, ast.Starred) for listed in node.comparators for part in ast.iter_child_nodes(listed)
            )
            assert not starred, f"{file}:{node.lineno}"


MODULE = '''"""A module."""

from dataclasses import dataclass, field

_CUES: dict[str, int] = {"be": 1}
_MOST = 3


@dataclass(frozen=True, slots=True)
class Fixed:
    """It can be hashed."""

    first: int
    end: int = 2


@dataclass(slots=True)
class Changing:
    """It can be changed."""

    name: str
    found: list[int] = field(default_factory=list)
    length: int = field(init=False, default=0)
    known: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.length = len(self.name)


def said(cues: frozenset[str]) -> frozenset[str]:
    """Give those that are said."""
    return cues & {"be", "verb"} or cues & {"verb", "be"} or cues & {"…"}


def last(items: list[tuple[int, int, str]]) -> list[str]:
    """Give what isn't passed over."""
    (_, _, only), *_ = items  # "…"
    return [word for _, _, word in items] + [only]
'''


def test_what_mypyc_is_given_does_the_same_in_the_same_lines(hook):
    given = hook.for_mypyc(MODULE)
    assert len(given.splitlines()) == len(MODULE.splitlines())
    assert given.splitlines()[0].count("frozenset((") == 2  # one for each set, however often it stands there
    assert "_CUES: Final[dict[str, int]] = " in given
    assert "_MOST: Final = 3" in given
    assert "frozen" not in given.replace("frozenset", "")
    assert "slots" not in given
    space = {"__name__": "given"}
    exec(compile(given, "given", "exec"), space)
    assert len({space["Fixed"](1), space["Fixed"](1, 2), space["Fixed"](1, end=3)}) == 2
    one, other = space["Changing"]("ab"), space["Changing"]("ab")
    one.found.append(1)
    one.known["ab"] = 2
    assert (one.length, one.found, other.found, other.known, one == other) == (2, [1], [], {}, False)
    assert space["said"](frozenset({"be", "…"})) == {"be"}
    assert space["said"](frozenset({"…"})) == {"…"}
    assert not re.search(r"\b_\b", given)
    assert space["last"]([(0, 1, "…"), (1, 2, "b")]) == ["…", "b", "…"]


@pytest.mark.compiled
def test_compiled_and_plain_findings_are_equal(hook, tmp_path):
    hook.compile_into(ROOT, tmp_path)
    for folder in ("graphs", "prompts"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    said = {}
    for place, seed in ((ROOT, "0"), (tmp_path, "0"), (tmp_path, "77")):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(ROOT)],
            env={**os.environ, "PYTHONPATH": str(place), "PYTHONHASHSEED": seed},
            cwd=place,  # the first place that modules are sought in
            capture_output=True,
            text=True,
            check=True,
        )
        said[place, seed] = done.stdout.split()
    assert [compiled for compiled, _ in said.values()] == ["False", "True", "True"]
    assert len({digest for _, digest in said.values()}) == 1
