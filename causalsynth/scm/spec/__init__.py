"""YAML specs: structural causal models as people write them (docs/specs.md)."""

from pathlib import Path

from causalsynth.errors import GraphError
from causalsynth.scm.mechanisms import Mechanism
from causalsynth.scm.spec.build import build
from causalsynth.scm.spec.reading import check_text, decode
from causalsynth.scm.spec.schema import Spec
from causalsynth.yaml_text import one_line, parse_yaml, validate

__all__ = ["parse_spec", "read_spec"]

_EXAMPLE = "docs/specs.md"


def read_spec(path: Path) -> tuple[str, dict[str, Mechanism]]:
    """Read a spec from a file.

    Returns
    -------
    (name, mechanisms)
        The model's name, and variable → its structural equation, in the file's order.

    Raises
    ------
    GraphError
        The file can't be read or isn't a spec, the graph has a cycle, or an equation has no value for values that its
        parents can take. The message begins with ``file:line:``, or ``file:line:column:`` inside an expression.
    """
    return parse_spec(decode(path), str(path))


def parse_spec(text: str, place: str = "<text>") -> tuple[str, dict[str, Mechanism]]:
    """Parse the text of a spec; `place` is what errors call it. Otherwise as `read_spec`."""
    name = one_line(place)
    check_text(text, name)
    located = parse_yaml(text, name=name, error=GraphError, example=_EXAMPLE)
    spec = validate(Spec, located)
    try:
        return spec.graph, build(spec, located)
    except GraphError as error:
        raise GraphError(error.message, hint=error.hint or f"see {_EXAMPLE}") from None
