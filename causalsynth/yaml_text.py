"""YAML in which every scalar is text, with the line of every node, for errors that point at the place.

YAML 1.1 reads ``no`` as a boolean and ``NA`` or ``01`` as something else again; state names are text.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.composer import Composer, ComposerError

from causalsynth.errors import InputError

__all__ = ["MAX_DEPTH", "MAX_NODES", "Located", "Path", "Text", "one_line", "parse_yaml", "validate"]

MAX_DEPTH = 64
"""How deep lists and mappings may be nested."""

MAX_NODES = 1_000_000
"""How many scalars, lists and mappings there may be, aliases written out: nine lines of aliases can make a billion."""

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]
"""Keys and positions that lead to a node."""

_QUOTE = (
    "quote texts that contain ': ' or ' #', or begin with one of [ ] { } , & * ! | > ' \" % @ `; "
    "inside {…} or […] also those with a comma or a bracket"
)
_HINTS = {
    "nested": "write it with fewer brackets in one another",
    "alias": "*name stands for what &name marks above it; quote a text that begins with *",
    "another document": "a file holds one document: take out the line ---",
    "'\\t'": "indent by spaces, not by tabs",
}
_LONGEST = 400
_ODD = re.compile(r"[\t\r\x85\u2028\u2029\ufeff]|^[ -]*[?%]|^(?:---|\.\.\.)|(?<![\w(|])!|[|>][-+0-9]*#", re.MULTILINE)
"""What libyaml takes otherwise than PyYAML in Python: tabs, line ends, marks of keys, documents and tags, comments."""


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as it stands in the file, line ends included, so that any of its characters can be pointed at.

    Attributes
    ----------
    text
        Without quotes, indentation that all lines share, and blank ends.
    line, column
        Where it begins, from 1. All its lines begin at that column.
    """

    text: str
    line: int
    column: int


@dataclass(slots=True)
class Located:
    """A parsed document: plain dicts, lists and strings, with the 1-based line of every path."""

    name: str
    error: type[InputError]
    """What faults are raised as."""
    example: str
    """A document of the kind to look at, for hints."""
    source: str = ""
    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    scalars: dict[Path, yaml.ScalarNode] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """Give ``file:line`` of `path`, or of the nearest node above it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"

    def fault(self, path: Path, message: str, hint: str) -> InputError:
        """Make an error of one line that begins with the place of `path`."""
        return self.error(f"{self.place(path)}: {one_line(message)}", hint=one_line(hint))

    def text(self, path: Path) -> Text:
        """Give the text of the scalar at `path` as it stands in the file.

        In quoted texts that escape a character, those behind it aren't where they seem.
        """
        node = self.scalars[path]
        line, column = node.start_mark.line + 1, node.start_mark.column
        raw = self.source[node.start_mark.index : node.end_mark.index]
        if node.style in ("'", '"'):
            raw, column = raw[1:-1], column + 1
            if ("\\" if node.style == '"' else "''") in raw:
                return Text(node.value, line, column + 1)
        elif node.style in ("|", ">"):
            raw, line, column = raw.partition("\n")[2], line + 1, 0
        return _dedented(" " * column + raw, line)


def _dedented(raw: str, line: int) -> Text:
    rows = raw.rstrip().split("\n")
    while len(rows) > 1 and not rows[0].strip():
        rows, line = rows[1:], line + 1
    margin = min((len(row) - len(row.lstrip(" ")) for row in rows if row.strip()), default=0)
    return Text("\n".join(row[margin:] for row in rows), line, margin + 1)


class _Composer(Composer):
    """Composes nodes, not too deep: PyYAML's own composer runs out of stack."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[attr-defined]
            raise ComposerError(None, None, f"nested more than {MAX_DEPTH} deep", mark)
        node: yaml.Node | None = super().compose_node(parent, index)  # type: ignore[arg-type]
        self.depth -= 1
        return node


class _Loader(_Composer, yaml.BaseLoader):
    """PyYAML in Python, which is always there: what is YAML, and what is said of what isn't, goes by it."""


_LOADERS: tuple[type[yaml.BaseLoader | yaml.CBaseLoader], ...] = (_Loader,)

if yaml.__with_libyaml__:

    class _LibYAML(_Composer, yaml.CBaseLoader):
        """PyYAML on libyaml, which takes a tenth of the time: a lexicon's 0.2 s are much of a short command."""

        def __init__(self, text: str) -> None:
            Composer.__init__(self)
            yaml.CBaseLoader.__init__(self, text)

        def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
            node = super().compose_node(parent, index)
            if isinstance(node, yaml.CollectionNode) and node.flow_style and any(map(_asks, _inside(node))):
                raise ComposerError(None, None, "a question mark in brackets", node.start_mark)
            return node

    _LOADERS = (_LibYAML, _Loader)


def _inside(node: yaml.CollectionNode) -> Iterator[object]:
    """Give what stands in a list or a mapping, keys and values."""
    return (part for entry in node.value for part in (entry if isinstance(entry, tuple) else (entry,)))


def _asks(node: object) -> bool:
    """Tell whether a text without quotes has a question mark, which PyYAML refuses within brackets."""
    return isinstance(node, yaml.ScalarNode) and node.style not in ("'", '"') and "?" in node.value


def _compose(text: str) -> yaml.Node | None:
    """Compose by libyaml what both read alike; the rest, and what it refuses, by PyYAML in Python."""
    if len(_LOADERS) > 1 and not _ODD.search(text):
        with suppress(yaml.YAMLError, ValueError, OverflowError):
            return yaml.compose(text, Loader=_LOADERS[0])
    return yaml.compose(text, Loader=_LOADERS[-1])


def parse_yaml(text: str, *, name: str, error: type[InputError], example: str) -> Located:
    """Parse `text`; `name` stands for the file in messages, faults are raised as `error`, hints name `example`.

    Raises
    ------
    InputError
        Of the given type: the text is no YAML, names a key twice, refers to itself, or is too large or deep.
    """
    located = Located(name, error, example, text)
    try:
        root = _compose(text)
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        message = f"the character {_shown(fault.character)} can't stand in YAML"
        raise error(f"{name}:{line}: {message}", hint="take it out; is this a text file?") from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        problem = one_line(getattr(fault, "problem", None) or "not YAML")
        hint = next((hint for word, hint in _HINTS.items() if word in problem), _QUOTE)
        raise error(f"{name}:{line}: {problem}", hint=hint) from None
    except (ValueError, OverflowError):  # PyYAML's own, from an escape such as "\UFFFFFFFF"
        raise error(f"{name}:1: an escape stands for no character", hint="write the character itself") from None
    located.data = _plain(root, (), located, frozenset()) if root is not None else {}
    return located


def _plain(node: yaml.Node, path: Path, located: Located, above: frozenset[int]) -> object:
    line = node.start_mark.line + 1
    located.lines[path] = line
    if id(node) in above:
        raise located.error(f"{located.name}:{line}: an alias that contains itself", hint="write it out")
    if len(located.lines) > MAX_NODES:
        message = f"more than {MAX_NODES:,} entries, aliases written out"
        raise located.error(f"{located.name}:{line}: {message}", hint="use fewer aliases (*) in one another")
    above = above | {id(node)}
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, path, located, above)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), located, above) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        located.scalars[path] = node
        _refuse_surrogates(node, located)
    return node.value


def _refuse_surrogates(node: yaml.ScalarNode, located: Located) -> None:
    """Refuse what an escape can write and no file can hold."""
    if not node.value.isascii() and any("\ud800" <= char <= "\udfff" for char in node.value):
        place = f"{located.name}:{node.start_mark.line + 1}"
        raise located.error(f"{place}: an escape stands for no character", hint="write the character itself")


def _plain_mapping(node: yaml.MappingNode, path: Path, located: Located, above: frozenset[int]) -> dict[str, object]:
    mapping: dict[str, object] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise located.error(f"{located.name}:{line}: a list or a mapping as a key", hint=_QUOTE)
        _refuse_surrogates(key_node, located)
        key = str(key_node.value)
        if key in mapping:
            first = located.lines[(*path, key)]
            message = f"'{one_line(key)}' stands twice, first in line {first}"
            raise located.error(f"{located.name}:{line}: {message}", hint="keep one of them, or rename it")
        mapping[key] = _plain(value_node, (*path, key), located, above)
        located.lines[(*path, key)] = line
    return mapping


def validate(model: type[Model], located: Located) -> Model:
    """Build `model` from a parsed document.

    A validator may raise `pydantic_core.PydanticCustomError` with ``hint`` and ``key`` in its context: the remedy, and
    the key whose line is meant.

    Raises
    ------
    InputError
        Of the document's type: the first thing that is wrong, with its line.
    """
    if not isinstance(located.data, Mapping):
        raise located.error(f"{located.name}:1: a mapping is wanted here", hint=f"see {located.example}")
    try:
        return model.model_validate(located.data)
    except ValidationError as error:
        # A misspelt key is both missing and extra; the extra one shows what was meant.
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        path = tuple(first["loc"])
        where = ".".join(map(str, path)) or "document"
        message = _MESSAGES.get(first["type"]) or first["msg"].removeprefix("Value error, ")
        context = first.get("ctx", {})
        named = (*path, context.get("key") or message.partition(":")[0])
        hint = context.get("hint") or _remedy(first["type"], located)
        raise located.fault(named if named in located.lines else path, f"{where}: {message}", hint) from None


_MESSAGES = {
    "extra_forbidden": "there is no such key",
    "missing": "it is missing",
    "string_too_short": "it is empty",
    "too_short": "it is empty",
    "string_type": "a text is wanted, not a list or a mapping",
    "tuple_type": "a list is wanted",
    "model_type": "a mapping is wanted",
    "mapping_type": "a mapping is wanted",
    "dict_type": "a mapping is wanted",
}


def _remedy(kind: str, located: Located) -> str:
    return {
        "extra_forbidden": "no such key here: check its spelling",
        "missing": "add this key",
        "tuple_type": "write [one, two], or lines that begin with '- '",
        "string_type": "quote a text that begins with [ or {, or contains ': '",
        "too_short": "give at least one",
    }.get(kind, f"see {located.example} for an example")


def _shown(character: object) -> str:
    """Write a character by its number, as ``U+0000``."""
    code = character if isinstance(character, int) else ord(str(character)[:1] or "\0")
    return f"U+{code:04X}"


def one_line(text: str) -> str:
    """Make a text fit for a message: on one line, printable, not too long."""
    line = " ".join(text[: 4 * _LONGEST].split())
    clean = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"
