"""YAML in which every scalar is text, with the line of every node, for errors that point at the place.

YAML 1.1 reads ``no`` as a boolean and ``NA`` or ``01`` as something else again; state names are text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from causalsynth.errors import LexiconError

__all__ = ["Located", "parse_yaml", "validate"]

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]


@dataclass(slots=True)
class Located:
    """A parsed document: plain dicts, lists and strings, with the 1-based line of every path."""

    name: str
    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """Give ``file:line`` of `path`, or of the nearest node above it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"


def parse_yaml(text: str, *, name: str) -> Located:
    """Parse `text`; `name` stands for the file in messages.

    Raises
    ------
    LexiconError
        The text is no YAML, names a key twice, or refers to itself.
    """
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        problem = getattr(error, "problem", None) or "not YAML"
        hint = "quote texts that contain ': ', '#' or begin with one of [ ] { } , & * ! | > ' \" % @ `"
        raise LexiconError(f"{name}:{line}: {problem}", hint=hint) from None
    located = Located(name)
    located.data = _plain(root, (), located, frozenset()) if root is not None else {}
    return located


def _plain(node: yaml.Node, path: Path, located: Located, above: frozenset[int]) -> object:
    line = node.start_mark.line + 1
    located.lines[path] = line
    if id(node) in above:
        raise LexiconError(f"{located.name}:{line}: an alias that contains itself", hint="write it out")
    above = above | {id(node)}
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, path, located, above)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), located, above) for i, item in enumerate(node.value)]
    return node.value


def _plain_mapping(node: yaml.MappingNode, path: Path, located: Located, above: frozenset[int]) -> dict[str, object]:
    mapping: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in mapping:
            raise LexiconError(f"{located.name}:{line}: '{key}' stands twice", hint="keep one of them")
        mapping[key] = _plain(value_node, (*path, key), located, above)
        located.lines[(*path, key)] = line
    return mapping


def validate(model: type[Model], located: Located) -> Model:
    """Build `model` from a parsed document.

    Raises
    ------
    LexiconError
        The first thing that is wrong, with its line.
    """
    if not isinstance(located.data, Mapping):
        raise LexiconError(f"{located.name}:1: a mapping is wanted here", hint="begin with 'domain: NAME'")
    try:
        return model.model_validate(located.data)
    except ValidationError as error:
        # A misspelt key is both missing and extra; the extra one shows what was meant.
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        path = tuple(first["loc"])
        where = ".".join(map(str, path)) or "document"
        message = first["msg"].removeprefix("Value error, ")
        named = (*path, message.partition(":")[0])
        place = located.place(named if named in located.lines else path)
        raise LexiconError(f"{place}: {where}: {message}", hint=_remedy(first["type"])) from None


def _remedy(kind: str) -> str:
    return {
        "extra_forbidden": "no such key here: check its spelling",
        "missing": "add this key",
        "tuple_type": "a list is wanted: [one, two] or lines that begin with '- '",
        "string_type": "a text is wanted: quote it if it contains ': '",
        "too_short": "give at least one",
    }.get(kind, "see graphs/asia/lexicon.yaml for an example")
