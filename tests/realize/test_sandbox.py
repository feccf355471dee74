"""The templates' sandbox: it gives what Jinja2's own gives, and refuses what that refuses."""

import pytest
from jinja2 import DictLoader, StrictUndefined, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import BaseModel

from causalsynth import SCM, Domain
from causalsynth.bundled import PROMPTS
from causalsynth.domain.values import quantity
from causalsynth.realize.prompts import Prompts
from causalsynth.realize.sandbox import TemplateSandbox

SHARED = {f"shared/{path.name}": path.read_text() for path in (PROMPTS / "shared").iterdir()}


class Plain(BaseModel):
    name: str = "plain"
    _private: str = "hidden"

    def said(self, twice=False):
        return self.name * (1 + twice)


class Derived(Plain):
    def changed(self):
        return "changed"

    changed.alters_data = True


def twice(text):
    return text * 2


def render(text, **names):
    sandbox = TemplateSandbox(DictLoader({"a": text}), plain=[Plain], functions=[twice])
    return sandbox.get_template("a").render(names)


@pytest.mark.parametrize("name", ["asia", "alarm", "mimic_struct", "payments"])
def test_a_task_reads_as_under_jinja2s_own_sandbox(name):
    domain = Domain.load(name)
    own = SandboxedEnvironment(loader=DictLoader(SHARED), undefined=StrictUndefined, autoescape=False)
    own.globals["quantity"] = quantity
    quick = Prompts.load(domain.lexicon.document)
    style = quick.styles[0]
    for skeleton in SCM.load(name).sample(20, seed=3):
        facts = dict(skeleton)
        silent = [facts.popitem()[0]]
        names = {"lexicon": domain.lexicon, "style": style, "opening": "It began.", "facts": facts, "silent": silent}
        assert quick._render("shared/task.j2", **names) == own.get_template("shared/task.j2").render(names).strip()


def test_plain_data_and_known_functions_are_used():
    text = "{% for _ in [1] %}{{ x.name }} {{ x.said(twice=true) }} {{ twice('a') }}{% endfor %}"
    assert render(text, x=Plain()) == "plain plainplain aa"
    assert render("{{ x.name }} {{ x.said() }}", x=Derived()) == "plain plain"


@pytest.mark.parametrize(
    "text",
    [
        "{{ x._private }}",
        "{{ x.__class__ }}",
        "{{ x['__class__'] }}",
        "{{ x.said.__func__ }}",
        "{{ y.changed() }}",
        "{{ x.parse_raw('1', proto='pickle', allow_pickle=true) }}",
        "{{ x['parse_file']('/etc/passwd') }}",
        "{{ y.parse_file('/etc/passwd') }}",
        "{{ (x|attr('model_dump'))() }}",
        "{{ [x]|map(attribute='model_dump')|first }}",
        "{{ x.model_construct() }}",
    ],
)
def test_what_is_private_or_unsafe_is_refused(text):
    with pytest.raises(SecurityError):
        render(text, x=Plain(), y=Derived())


@pytest.mark.parametrize("text", ["{{ x.nothing }}", "{{ nothing() }}", "{{ x.nothing() }}"])
def test_what_is_not_there_is_an_error(text):
    with pytest.raises(UndefinedError, match="nothing"):
        render(text, x=Plain())
