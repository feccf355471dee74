"""Read discrete networks from BIF files (Bayesian Interchange Format 0.15 and its dialects).

Rows are read by their labels, never by position, as copies of one network differ in row order. States may be
anything (``<5``, ``Asy/Patch``, ``[0-5)``, ``None``, ``12``); a row's label ends at its *last* closing
bracket. Both dialects in circulation are understood: that of the bnlearn repository and pgmpy, and that of
JavaBayes (quoted names, comments, properties, parents without ``|``, states without commas, ``default`` rows,
``table`` for nodes with parents).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product, repeat
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError
from causalsynth.graph import find_cycle
from causalsynth.scm.bif_source import Block, Source, Statement, decode, reveal
from causalsynth.scm.mechanisms import CategoricalTable, row_fault
from causalsynth.scm.support import MAX_STATES

__all__ = ["MAX_PARENTS", "parse_bif", "read_bif"]

MAX_PARENTS = 31
"""Each parent is an axis of an array, and numpy 1 stops at 32 axes."""

MAX_CELLS = 2**24
"""How many probabilities the tables of one file may have in all: by ``default``, one line makes any number of them.

The largest network in circulation (mildew) has 547,158.
"""

_TYPE = re.compile(r"type\s+discrete\s*\[\s*([^\s\[\]]+)\s*\]\s*\{(.*)\}", re.DOTALL)
_SEPARATOR = re.compile(r"[,\s]")

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
    for block in source.blocks():
        header = block.header
        if block.keyword == "variable":
            name = _variable_name(header)
            if name in states:
                first = source.line(declared[name].offset)
                raise header.error(f"variable {name!r} was declared before (line {first})")
            states[name], declared[name] = _states(block), header
        elif block.keyword == "probability":
            family = _family(block)
            if family.variable in families:
                first = source.line(families[family.variable].block.header.offset)
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
    block: Block

    def table(self, states: Mapping[str, tuple[str, ...]]) -> CategoricalTable:
        """Give the table that the block holds; `states` are all variables'."""
        own = states[self.variable]
        of_parents = tuple(states[parent] for parent in self.parents)
        shape = (*(len(parent) for parent in of_parents), len(own))
        values = self._plain_rows(len(own), of_parents)
        if values is not None:
            with suppress(GraphError):  # it doesn't know the line
                return CategoricalTable(own, self.parents, values.reshape(shape), of_parents)
        return CategoricalTable(own, self.parents, self._any_rows(own, of_parents).reshape(shape), of_parents)

    def _plain_rows(self, length: int, of_parents: Sequence[tuple[str, ...]]) -> NDArray[np.float64] | None:
        """Read a block of nothing but rows ``(state, …) number, …;``, or ``table number, …;``, at one go.

        Gives None if there is anything else to it: `_any_rows` then finds out what it is, with its line.
        """
        if any(_SEPARATOR.search("".join(parent)) for parent in of_parents):
            return None
        pieces = self.block.text.split(";")[:-1]
        rows = [piece.rpartition(")") if of_parents else piece.partition("table ") for piece in pieces]
        if len(rows) != prod(map(len, of_parents)):
            return None
        labels = [label.strip() for label, _, _ in rows]
        beginning = "(" if of_parents else ""
        place = {beginning + label: i for i, label in enumerate(map(", ".join, product(*of_parents)))}
        if place.keys() != set(labels):
            return None
        values = _plain_numbers([numbers for _, _, numbers in rows], length)
        if values is None or len(rows) == 1:
            return values
        ordered = np.empty_like(values)
        ordered[list(map(place.__getitem__, labels))] = values
        return ordered

    def _any_rows(self, own: tuple[str, ...], of_parents: tuple[tuple[str, ...], ...]) -> NDArray[np.float64]:
        rows, default = self._rows(own, of_parents)
        if default is None and len(rows) < prod(map(len, of_parents)):
            missing = next(label for label in product(*of_parents) if label not in rows)
            wanted = f"row ({', '.join(missing)})" if missing else "the line 'table …'"
            raise self.block.header.error(f"{self.variable}: {wanted} is missing")
        for label, (values, at) in rows.items():
            if (fault := row_fault(values)) is not None:
                raise at.error(f"{_row_name(self.variable, label)}: {fault}", _row_hint(values))
        shape = tuple(len(parent) for parent in of_parents)
        found = np.empty((*shape, len(own)))
        if default is not None:
            found[...] = default
        for label, (values, _) in rows.items():
            found[tuple(known.index(state) for known, state in zip(of_parents, label, strict=True))] = values
        return found

    def _rows(
        self, own: tuple[str, ...], of_parents: tuple[tuple[str, ...], ...]
    ) -> tuple[dict[tuple[str, ...], Row], list[float] | None]:
        rows: dict[tuple[str, ...], Row] = {}
        default: list[float] | None = None
        for statement in self.block.statements():
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


def _states(block: Block) -> tuple[str, ...]:
    name = reveal(block.header.text)
    declarations = [statement for statement in block.statements() if statement.text.split(None, 1)[0] == "type"]
    if len(declarations) != 1:
        raise block.header.error(f"variable {name} needs one 'type discrete [n] {{ … }};', it has {len(declarations)}")
    (at,) = declarations
    match = _TYPE.fullmatch(at.text)
    if match is None:
        raise at.error(f"variable {name}: the type is not 'discrete [n] {{ … }}'", "only discrete variables are read")
    states = _names(match.group(2))
    if match.group(1) != str(len(states)):
        raise at.error(f"variable {name} says [{match.group(1)}] and lists {len(states)} states: {', '.join(states)}")
    if "" in states:
        raise at.error(f"variable {name} has a state without a name", "is there a comma too many?")
    if len(set(states)) < len(states):
        raise at.error(f"variable {name} has the state {_repeated(states)!r} twice")
    if not 1 <= len(states) <= MAX_STATES:
        raise at.error(f"variable {name} has {len(states)} states; 1 to {MAX_STATES} are possible")
    return states


def _family(block: Block) -> _Family:
    header = block.header
    inner = header.text.strip()
    if not (inner.startswith("(") and inner.endswith(")")):
        raise header.error("'probability' must be followed by '( variable | parents )'")
    given, bar, parents_text = inner[1:-1].partition("|")
    names = (*_names(given), *_names(parents_text))
    if not names or "" in names or (bar and len(_names(given)) != 1):
        raise header.error("'probability' must name one variable, and its parents after '|'")
    parents = names[1:]
    if len(set(parents)) < len(parents):
        raise header.error(f"{names[0]} has the parent {_repeated(parents)} twice")
    if len(parents) > MAX_PARENTS:
        raise header.error(f"{names[0]} has {len(parents)} parents; at most {MAX_PARENTS} are possible")
    return _Family(names[0], parents, block)


def _check_families(
    families: Mapping[str, _Family], states: Mapping[str, tuple[str, ...]], declared: Mapping[str, Statement]
) -> None:
    for family in families.values():
        for role, name in (("variable", family.variable), *(("parent", parent) for parent in family.parents)):
            if name not in states:
                of = f" of {family.variable}" if role == "parent" else ""
                raise family.block.header.error(f"the {role} {name!r}{of} is not declared", _suggest(name, states))
    for name, at in declared.items():
        if name not in families:
            raise at.error(f"variable {name} has no table", f"add 'probability ( {name} ) {{ … }}'")
    if (cycle := find_cycle({name: families[name].parents for name in states})) is not None:
        at = families[cycle[1]].block.header
        raise at.error(f"the graph has a cycle: {' → '.join(cycle)}", "take out or turn round one of its arcs")
    cells = 0
    for family in families.values():
        size = prod(len(states[name]) for name in (family.variable, *family.parents))
        if (cells := cells + size) > MAX_CELLS:
            raise family.block.header.error(
                f"the table of {family.variable} has {size} probabilities, the file more than {MAX_CELLS}",
                "a variable needs fewer parents",
            )


def _names(text: str) -> tuple[str, ...]:
    """Split a list of names at its commas, or at white space if it has none."""
    parts = [" ".join(part.split()) for part in text.split(",")] if "," in text else text.split()
    return tuple(parts) if text.isascii() else tuple(map(reveal, parts))


def _repeated(names: Iterable[str]) -> str:
    return next(name for name, times in Counter(names).items() if times > 1)


def _plain_numbers(rows: Sequence[str], length: int) -> NDArray[np.float64] | None:
    """Read rows of `length` numbers with commas between them; None if there is anything else."""
    text = ",".join(rows)
    if "_" in text or set(map(str.count, rows, repeat(","))) != {length - 1}:
        return None
    words = text.split(",")
    try:
        value_of = {word: float(word) for word in set(words)}  # 0.0 and a few others are most of a large table
    except ValueError:
        return None
    return np.fromiter(map(value_of.__getitem__, words), np.float64, len(words)).reshape(-1, length)


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
    close = get_close_matches(name[:100], known, n=3)  # comparing is slow where names are long
    return f"did you mean {' or '.join(close)}?" if close else "declare it by 'variable'"
