"""The package as a whole: public names, cheap imports, what ships in the wheel, the README's own examples."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import causalsynth

ROOT = Path(__file__).parents[1]
HEAVY = ("pandas", "pgmpy", "aiohttp", "scipy", "torch", "networkx", "pyarrow", "numpy")


def test_every_public_name_is_there_and_listed_once():
    assert sorted(set(causalsynth.__all__)) == sorted(causalsynth.__all__)
    for name in causalsynth.__all__:
        assert getattr(causalsynth, name) is not None
    assert set(causalsynth.__all__) <= set(dir(causalsynth))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = causalsynth.no_such_name


def test_every_module_says_what_it_is_for_and_what_it_exports():
    for path in (ROOT / "causalsynth").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(('"""', 'r"""')), path
        if path.name not in ("__init__.py", "__main__.py", "_version.py"):
            assert re.search(r"^__all__ = \[", text, re.MULTILINE), path


def test_importing_the_package_imports_nothing_heavy():
    code = f"import sys, causalsynth; print([m for m in {HEAVY} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_wheel_ships_graphs_and_prompts_and_works_elsewhere(tmp_path):
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*pip, str(ROOT)], check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("causalsynth-*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    names = {path.relative_to(installed).as_posix() for path in installed.rglob("*")}
    assert "causalsynth/py.typed" in names
    assert "causalsynth/_bundled/graphs/asia/lexicon.yaml" in names
    assert "causalsynth/_bundled/prompts/clinical_note/task.j2" in names
    assert not any(name.startswith(("tests", "scripts")) for name in names)
    environment = os.environ | {"PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "causalsynth", "generate", "asia", "-n", "3", "-o", "run", "--json"]
    shown = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert '"finished": 3' in shown.stdout
    where = [sys.executable, "-c", "import causalsynth.bundled as b; print(b.GRAPHS)"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()) == installed / "causalsynth" / "_bundled" / "graphs"


def test_the_readme_s_python_runs():
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    exec(compile(code, "README.md", "exec"), names)
    assert len(names["result"].records) == 100
    assert {record.skeleton["smoke"] for record in names["held"].records} == {"yes"}


def test_the_example_runs():
    example = [sys.executable, ROOT / "examples" / "own_dag.py"]
    shown = subprocess.run(example, capture_output=True, text=True, check=True)
    assert shown.stdout.count("realized: {") == 5
    assert shown.stderr == ""
