"""Every example in docs/specs.md is run: specs load, Python prints what it says, faults give the errors shown."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from causalsynth.errors import GraphError
from causalsynth.scm import SCM
from causalsynth.scm.expressions.calls import FORMS
from causalsynth.scm.spec import parse_spec
from causalsynth.scm.spec.schema import MECHANISMS, Spec, VariableEntry

PAGE = Path(__file__).parents[2].joinpath("docs", "specs.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FOLLOWED = [(kind, text, after) for (kind, text), after in zip(BLOCKS, [*BLOCKS[1:], ("", "")], strict=True)]
FAULTS = [(text, after[1]) for kind, text, after in FOLLOWED if kind == "yaml" and after[1].startswith("error:")]
SPECS = [text for kind, text, after in FOLLOWED if kind == "yaml" and not after[1].startswith("error:")]


def test_every_block_is_of_a_kind_that_is_run():
    assert {kind for kind, _ in BLOCKS} == {"yaml", "python", "text"}
    assert (len(SPECS), len(FAULTS)) == (3, 6)


@pytest.mark.parametrize("text", SPECS)
def test_specs_load_and_can_be_drawn_from(text):
    scm = SCM.from_mechanisms(*parse_spec(text))
    assert len(scm.sample(50, seed=1)) == 50


@pytest.mark.parametrize(("text", "printed"), FAULTS)
def test_faults_are_printed_as_shown(text, printed):
    with pytest.raises(GraphError) as error:
        parse_spec(text, "my.yaml")
    assert f"error: {error.value.message}\n  → {error.value.hint}\n" == printed


def test_python_prints_what_is_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("clinic.yaml").write_text(SPECS[0], encoding="utf-8")
    programs = [(text, after[1]) for kind, text, after in FOLLOWED if kind == "python"]
    assert programs
    for program, shown in programs:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(program, "docs/specs.md", "exec"), {})
        assert printed.getvalue() == shown


def test_all_keys_and_functions_are_told():
    """A key or function that is added must be added to the page."""
    for key in (*MECHANISMS, *Spec.model_fields, *VariableEntry.model_fields, *FORMS):
        assert re.search(rf"\b{key}\b", PAGE), key
    for mechanism in MECHANISMS:
        assert f"\n| `{mechanism}` |" in PAGE
