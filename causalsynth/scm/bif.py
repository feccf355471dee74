"""Read discrete networks from BIF files (Bayesian Interchange Format 0.15 and its dialects).

Rows are read by their labels, never by position, as copies of one network differ in row order. States may be
anything (``<5``, ``Asy/Patch``, ``[0-5)``, ``None``, ``12``); a row's label ends at its *last* closing
bracket. Both dialects in circulation are understood: that of the bnlearn repository and pgmpy, and that of
JavaBayes (quoted names, comments, properties, parents without ``|``, states without commas, ``default`` rows,
``table`` for nodes with parents).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from math import prod
from pathlib import Path

import numpy as np

from causalsynth.errors import GraphError
from causalsynth.graph import find_cycle
from causalsynth.scm.bif_source import Source, Statement, decode, reveal
from causalsynth.scm.mechanisms import MAX_STATES, CategoricalTable, row_fault

__all__ = ["parse_bif", "read_bif"]

Row = tuple[list[float], Statement]


def read_bif(path: Path) -> dict[str, CategoricalTable]:
    """Read a ``.bif`` or ``.bif.gz`` file.

    Returns
    -------
    dict
        Variable → its table, in the file's order of variables; parents in the order of the file.

    Raises
    ------
    GraphError
        The file can't be read, or is no network; names the line.
    """
    return parse_bif(decode(path), str(path))


def parse_bif(text: str, place: str = "<text>") -> dict[str, CategoricalTable]:
    """Parse BIF text; `place` is what errors call it. Otherwise as `read_bif`."""
    source = Source.of(text, place)
    states: dict[str, tuple[str, ...]] = {}
    declared: dict[str, Statement] = {}
    families: dict[str, _Family] = {}
    for keyword, header, body in source.blocks():
        if keyword == "variable":
            name = _variable_name(header)
            if name in states:
                first = source.line(declared[name].offset)
                raise header.error(f"variable {name!r} was declared before (line {first})")
            states[name], declared[name] = _states(header, body), header
        elif keyword == "probability":
            family = _family(header, body)
            if family.variable in families:
                first = source.line(families[family.variable].header.offset)
                raise header.error(f"the table of {family.variable!r} was given before (line {first})")
            families[family.variable] = family
    if not states:
        raise GraphError(f"{place}:1: there is no variable in it", hint="is it a BIF file?")
    _check_families(families, states, declared)
    return {name: families[name].table(states) for name in states}


@dataclass(frozen=True, slots=True)
class _Family:
    """One ``probability`` block."""

    variable: str
    parents: tuple[str, ...]
    header: Statement
    body: Sequence[Statement]

    def table(self, states: Mapping[str, tuple[str, ...]]) -> CategoricalTable:
        own = states[self.variable]
        of_parents = tuple(states[parent] for parent in self.parents)
        rows, default = self._rows(own, of_parents)
        configurations = list(product(*of_parents))
        if default is None and len(rows) < len(configurations):
            missing = next(label for label in configurations if label not in rows)
            wanted = f"row ({', '.join(missing)})" if missing else "the line 'table …'"
            raise self.header.error(f"{self.variable}: {wanted} is missing")
        for label, (values, at) in rows.items():
            if (fault := row_fault(values)) is not None:
                raise at.error(f"{_row_name(self.variable, label)}: {fault}", _row_hint(values))
        values_of = [rows[label][0] if label in rows else default for label in configurations]
        shape = (*(len(parent) for parent in of_parents), len(own))
        return CategoricalTable(own, self.parents, np.array(values_of).reshape(shape), of_parents)

    def _rows(
        self, own: tuple[str, ...], of_parents: tuple[tuple[str, ...], ...]
    ) -> tuple[dict[tuple[str, ...], Row], list[float] | None]:
        rows: dict[tuple[str, ...], Row] = {}
        default: list[float] | None = None
        for statement in self.body:
            word = statement.text.split(None, 1)[0]
            if statement.text.startswith("("):
                label, values = self._labelled(statement, of_parents, len(own))
                if label in rows:
                    raise statement.error(f"{_row_name(self.variable, label)} was given before")
                rows[label] = values, statement
            elif word == "default":
                default = _numbers(statement, statement.text[len(word) :], len(own), self.variable)
                if (fault := row_fault(default)) is not None:
                    raise statement.error(f"default row of {self.variable}: {fault}", _row_hint(default))
            elif word == "table":
                if rows:
                    raise statement.error(f"'table' of {self.variable} follows other rows", "keep one of the two")
                rows = self._full_table(statement, own, of_parents)
            elif word != "property":
                raise statement.error(
                    f"{reveal(word)!r} where a row of {self.variable} should be",
                    "rows begin with '(', 'table', 'default' or 'property'",
                )
        return rows, default

    def _labelled(
        self, statement: Statement, of_parents: tuple[tuple[str, ...], ...], length: int
    ) -> tuple[tuple[str, ...], list[float]]:
        label_text, bracket, numbers = statement.text[1:].rpartition(")")
        if not bracket:
            raise statement.error(f"a row of {self.variable} has no ')'")
        label = _names(label_text)
        if len(of_parents) == 1 and reveal(" ".join(label_text.split())) in of_parents[0]:
            label = (reveal(" ".join(label_text.split())),)
        if len(label) != len(self.parents):
            raise statement.error(
                f"row ({', '.join(label)}) of {self.variable} names {len(label)} states, its parents are "
                f"{len(self.parents)} ({', '.join(self.parents) or 'none'})"
            )
        for parent, state, known in zip(self.parents, label, of_parents, strict=True):
            if state not in known:
                raise statement.error(
                    f"{_row_name(self.variable, label)}: {parent} has no state {state!r}",
                    f"its states are {', '.join(known)}",
                )
        return label, _numbers(statement, numbers, length, _row_name(self.variable, label))

    def _full_table(
        self, statement: Statement, own: tuple[str, ...], of_parents: tuple[tuple[str, ...], ...]
    ) -> dict[tuple[str, ...], Row]:
        """Read all rows from one list: own state slowest, last parent fastest, as JavaBayes writes it."""
        size = len(own) * prod(len(parent) for parent in of_parents)
        what = f"table of {self.variable}"
        values = np.array(_numbers(statement, statement.text[len("table") :], size, what))
        by_column = values.reshape(len(own), -1).T.tolist()
        by_row = values.reshape(-1, len(own)).tolist()
        if any(map(row_fault, by_column)) and not any(map(row_fault, by_row)):
            raise statement.error(
                f"{what}: the own state of {self.variable} varies fastest here, and BIF wants it slowest",
                "write one labelled row for each configuration of the parents",
            )
        return dict(zip(product(*of_parents), ((row, statement) for row in by_column), strict=True))


def _variable_name(header: Statement) -> str:
    names = _names(header.text)
    if len(names) != 1:
        raise header.error("'variable' must be followed by one name", 'a name with spaces needs quotes: "my name"')
    return names[0]


def _states(header: Statement, body: Sequence[Statement]) -> tuple[str, ...]:
    name = reveal(header.text)
    declarations = [statement for statement in body if statement.text.split(None, 1)[0] == "type"]
    if len(declarations) != 1:
        raise header.error(f"variable {name} needs one 'type discrete [n] {{ … }};', it has {len(declarations)}")
    (at,) = declarations
    kind, brace, listed = at.text.rstrip().removesuffix("}").partition("{")
    words = kind.replace("[", " [ ").replace("]", " ] ").split()
    if not brace or len(words) != 5 or words[1] != "discrete" or words[2] != "[" or words[4] != "]":
        raise at.error(f"variable {name}: the type is not 'discrete [n] {{ … }}'", "only discrete variables are read")
    states = _names(listed)
    if words[3] != str(len(states)):
        raise at.error(f"variable {name} says [{words[3]}] and lists {len(states)} states: {', '.join(states)}")
    if "" in states:
        raise at.error(f"variable {name} has a state without a name", "is there a comma too many?")
    if len(set(states)) < len(states):
        twice = next(state for i, state in enumerate(states) if state in states[:i])
        raise at.error(f"variable {name} has the state {twice!r} twice")
    if not 1 <= len(states) <= MAX_STATES:
        raise at.error(f"variable {name} has {len(states)} states; 1 to {MAX_STATES} are possible")
    return states


def _family(header: Statement, body: Sequence[Statement]) -> _Family:
    inner = header.text.strip()
    if not (inner.startswith("(") and inner.endswith(")")):
        raise header.error("'probability' must be followed by '( variable | parents )'")
    given, bar, parents_text = inner[1:-1].partition("|")
    names = (*_names(given), *_names(parents_text))
    if not names or "" in names or (bar and len(_names(given)) != 1):
        raise header.error("'probability' must name one variable, and its parents after '|'")
    parents = names[1:]
    for position, parent in enumerate(parents):
        if parent in parents[:position]:
            raise header.error(f"{names[0]} has the parent {parent} twice")
    return _Family(names[0], parents, header, body)


def _check_families(
    families: Mapping[str, _Family], states: Mapping[str, tuple[str, ...]], declared: Mapping[str, Statement]
) -> None:
    for family in families.values():
        for role, name in (("variable", family.variable), *(("parent", parent) for parent in family.parents)):
            if name not in states:
                of = f" of {family.variable}" if role == "parent" else ""
                raise family.header.error(f"the {role} {name!r}{of} is not declared", _suggest(name, states))
    for name, at in declared.items():
        if name not in families:
            raise at.error(f"variable {name} has no table", f"add 'probability ( {name} ) {{ … }}'")
    if (cycle := find_cycle({name: families[name].parents for name in states})) is not None:
        at = families[cycle[1]].header
        raise at.error(f"the graph has a cycle: {' → '.join(cycle)}", "take out or turn round one of its arcs")


def _names(text: str) -> tuple[str, ...]:
    """Split a list of names at its commas, or at white space if it has none."""
    parts = (" ".join(part.split()) for part in text.split(",")) if "," in text else iter(text.split())
    return tuple(reveal(part) for part in parts)


def _numbers(statement: Statement, text: str, count: int, what: str) -> list[float]:
    values = list(_floats(statement, text.replace(",", " ").split(), what))
    if values and all(value == -1 for value in values):
        raise statement.error(f"{what}: -1 says that the probabilities are unknown", "a model needs them all")
    if len(values) != count:
        raise statement.error(f"{what}: {len(values)} probabilities where {count} are needed")
    return values


def _floats(statement: Statement, words: Sequence[str], what: str) -> Iterator[float]:
    for word in words:
        try:
            if "_" in word:
                raise ValueError
            yield float(word)
        except ValueError:
            raise statement.error(f"{what}: {reveal(word)!r} is no number") from None


def _row_name(variable: str, label: Sequence[str]) -> str:
    return f"row ({', '.join(label)}) of {variable}" if label else f"table of {variable}"


def _row_hint(values: Sequence[float]) -> str:
    if all(value >= 0 for value in values) and abs(sum(values) - 1) < 0.02:
        return "write more digits: rounding by up to 0.001 in all is put right"
    return "correct the row"


def _suggest(name: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(name, known, n=3)
    return f"did you mean {' or '.join(close)}?" if close else "declare it by 'variable'"
