"""Build hook: ``CAUSALSYNTH_COMPILE=1 pip install .`` puts the extractor, compiled by mypyc, beside its plain Python.

Without that variable nothing is compiled and no compiler is needed. What is compiled is a copy: no binary is ever left
in the source tree, so that what is edited there is what runs there. Python takes a compiled module where there is one.

    python hatch_build.py DIRECTORY     compile into DIRECTORY, a copy of the package to put on PYTHONPATH
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["CompileHook", "compile_into", "for_mypyc", "sources"]

_PACKAGE = "causalsynth/extract"
_LEFT_PLAIN = frozenset({"__init__", "compiling", "drafts", "findings", "round_trip", "samples"})
"""Modules that run once a lexicon, and the findings, which everything else subclasses, pickles and compares."""
_DATACLASS = re.compile(r"^@dataclass\((.*)\)$", re.MULTILINE)
_CONSTANT = re.compile(r"^(_?[A-Z][A-Z\d_]+)(?:: (.+?))? = ", re.MULTILINE)
_CONFIG = "[mypy]\npython_version = 3.11\nfollow_imports = skip\nignore_missing_imports = True\n"
"""Other packages needn't be there to build: what comes from them is checked when it runs, as in plain Python."""
_SETUP = """
from setuptools import setup
from mypyc.build import mypycify

setup(
    name="causalsynth-extract",
    packages=[],
    ext_modules=mypycify(
        ["--config-file", "mypyc.ini", *{files!r}],
        opt_level="2",
        debug_level="0",
        multi_file=True,
        group_name="causalsynth_extract",
    ),
)
"""


def sources(root: Path) -> list[str]:
    """Give the modules that are compiled, as paths below `root`."""
    found = sorted((*(root / _PACKAGE).glob("*.py"), *(root / _PACKAGE / "layout").glob("*.py")))
    return [path.relative_to(root).as_posix() for path in found if path.stem not in _LEFT_PLAIN]


def for_mypyc(text: str) -> str:
    """Give a module's text as mypyc makes the most of it; every line stays where it is.

    Constants are said to be final: their values are then known where they are used, not looked up. Sets that others are
    cut with are made constants, else they would be built each time. Dataclasses get their ``__init__`` written out: the
    one that `dataclasses` writes is never compiled. They can't be made again to give them slots, and their attributes
    are slots anyway.
    """
    module = ast.parse(text)
    body = module.body
    lines, sets = _with_constant_sets(text.splitlines(), module)
    for node in body:
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(mark) for mark in node.decorator_list):
            at = node.end_lineno or 0  # the first of the empty lines behind the class
            lines[at : at + 1] = [_init_of(node)]
    lines[(body[0].end_lineno or 0) - 1] += "; ".join(["; from typing import Final", *sets])  # behind the docstring
    text = _DATACLASS.sub(_decorator, _with_names("\n".join(lines) + "\n"))
    return _CONSTANT.sub(lambda found: f"{found[1]}: {f'Final[{found[2]}]' if found[2] else 'Final'} = ", text)


def _with_constant_sets(lines: list[str], module: ast.Module) -> tuple[list[str], list[str]]:
    """Put a constant in place of each set of words in ``cues & {"be", "verb"}``; give the constants too."""
    found = [node.right for node in ast.walk(module) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd)]
    sets = [node for node in found if isinstance(node, ast.Set) and node.lineno == node.end_lineno]
    constants: dict[str, str] = {}
    for node in sorted(sets, key=lambda node: (node.lineno, -node.col_offset)):  # from right to left: offsets stay
        words = ", ".join(sorted(ast.unparse(word) for word in node.elts if isinstance(word, ast.Constant)))
        if words.count(", ") == len(node.elts) - 1:
            name = constants.setdefault(f"frozenset(({words},))", f"_SET_{len(constants)}")
            line = lines[node.lineno - 1].encode()
            lines[node.lineno - 1] = (line[: node.col_offset] + name.encode() + line[node.end_col_offset :]).decode()
    return lines, [f"{name}: Final = {words}" for words, name in constants.items()]


def _with_names(text: str) -> str:
    """Give each ``_`` that takes what isn't asked for a name of its own.

    mypy infers no type for ``_``, whatever it is given: mypyc would box every number to put it there.
    """
    lines = text.splitlines()
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name) and node.id == "_"]
    for n, node in enumerate(sorted(found, key=lambda node: (node.lineno, -node.col_offset))):  # from right to left
        line = lines[node.lineno - 1].encode()
        lines[node.lineno - 1] = (line[: node.col_offset] + b"_unused%d" % n + line[node.col_offset + 1 :]).decode()
    return "\n".join(lines) + "\n"


def _decorator(found: re.Match[str]) -> str:
    """Leave out what `_init_of` sees to; what was frozen can still be hashed."""
    kept = [option for option in found[1].split(", ") if option not in ("slots=True", "frozen=True")]
    hashed = ["unsafe_hash=True"] if "frozen=True" in found[1] else []
    return f"@dataclass({', '.join([*kept, *hashed, 'init=False'])})"


def _init_of(node: ast.ClassDef) -> str:
    """Write, in one line, what `dataclasses` would write as ``__init__``."""
    taken, sets = ["self"], []
    for field in node.body:
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        name, kind = field.target.id, ast.unparse(field.annotation)
        options = {}
        if isinstance(field.value, ast.Call) and ast.unparse(field.value.func) == "field":
            options = {option.arg: ast.unparse(option.value) for option in field.value.keywords}
        default = options.get("default") if options else field.value and ast.unparse(field.value)
        if options.get("init") == "False":
            sets.append(f"self.{name} = {default or options['default_factory'] + '()'}")
        elif factory := options.get("default_factory"):
            taken.append(f"{name}: {kind} | None = None")
            sets.append(f"self.{name} = {factory}() if {name} is None else {name}")
        else:
            taken.append(f"{name}: {kind}" + (f" = {default}" if default else ""))
            sets.append(f"self.{name} = {name}")
    if any(isinstance(method, ast.FunctionDef) and method.name == "__post_init__" for method in node.body):
        sets.append("self.__post_init__()")
    return f"    def __init__({', '.join(taken)}) -> None: {'; '.join(sets)}"


def compile_into(root: Path, target: Path) -> list[Path]:
    """Copy the package to `target` and compile the extractor there; give the compiled files.

    Raises
    ------
    RuntimeError
        mypyc or the C compiler refused; the message is theirs.
    """
    shutil.copytree(
        root / "causalsynth", target / "causalsynth", ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
    )
    files = sources(target)
    for file in files:
        path = target / file
        path.write_text(for_mypyc(path.read_text(encoding="utf-8")), encoding="utf-8")
    (target / "mypyc.ini").write_text(_CONFIG, encoding="utf-8")
    (target / "setup.py").write_text(_SETUP.format(files=files), encoding="utf-8")
    jobs = str(os.cpu_count() or 1)
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace", "--parallel", jobs]
    done = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip() and ": warning: " not in line]
        raise RuntimeError("the extractor doesn't compile; plain Python works without\n" + "\n".join(said[-20:]))
    shutil.rmtree(target / "build")
    return sorted(path for ending in ("*.so", "*.pyd") for path in target.rglob(ending))


class CompileHook(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel where the environment asks for them."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Give what is needed to build: nothing, unless asked."""
        return ["mypy>=2.4,<3", "setuptools>=77"] if _is_wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless it is an editable install: there the source runs."""
        if version == "editable" or not _is_wanted():
            return
        self._work = TemporaryDirectory(prefix="causalsynth-")
        work = Path(self._work.name)
        compiled = compile_into(Path(self.root), work)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"].update({str(path): path.relative_to(work).as_posix() for path in compiled})

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled, now that it is in the wheel."""
        work = getattr(self, "_work", None)
        if work is not None:
            work.cleanup()


def _is_wanted() -> bool:
    return os.environ.get("CAUSALSYNTH_COMPILE", "").lower() in ("1", "true", "yes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    for compiled in compile_into(Path(__file__).resolve().parent, Path(sys.argv[1]).resolve()):
        print(compiled)
