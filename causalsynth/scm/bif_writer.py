"""Write discrete networks as BIF files, in the dialect of the bnlearn repository.

What is written reads back bit for bit: numbers have as many digits as they need, and variables, states and parents
keep their order. Names with white space or characters that carry structure are put in quotes, which
`causalsynth.scm.bif` understands; other readers often don't.
"""

import gzip
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import numpy as np

from causalsynth.errors import GraphError
from causalsynth.files import replacing
from causalsynth.graph import find_cycle
from causalsynth.scm.bif import MAX_PARENTS
from causalsynth.scm.bif_source import is_hidden
from causalsynth.scm.mechanisms import CategoricalTable

__all__ = ["bif_text", "check_tables", "write_bif"]

_PLAIN = re.compile(r"(?!.*(?://|/\*))[^\s{}();,|\[\]]+")


def write_bif(name: str, tables: Mapping[str, CategoricalTable], path: Path) -> None:
    """Write a network to a ``.bif`` or ``.bif.gz`` file; the same network gives the same bytes.

    Parameters
    ----------
    name, tables
        As in `bif_text`.
    path
        The file; an old one is replaced once the new one is complete.

    Raises
    ------
    GraphError
        As `bif_text`; or the file can't be written.
    """
    if not path.name.endswith((".bif", ".bif.gz")):
        raise GraphError(f"{path}: a BIF file's name ends in .bif or .bif.gz", hint="rename it")
    data = bif_text(name, tables).encode("utf-8")
    if path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(data)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise GraphError(f"{path}: can't be written: {reason}", hint="check the folder") from None


def bif_text(name: str, tables: Mapping[str, CategoricalTable]) -> str:
    """Give a network as BIF text.

    Parameters
    ----------
    name
        What the file calls the network.
    tables
        Variable → its table, in the order of the file.

    Raises
    ------
    GraphError
        The tables don't make a network, or a name can't be written: it is empty, or holds a double quote, a line
        break or another character that text can't hold.
    """
    check_tables(tables)
    return "".join(
        (
            f"network {_written('network', name)} {{\n}}\n",
            *(_variable(variable, table) for variable, table in tables.items()),
            *(_family(variable, table, tables) for variable, table in tables.items()),
        )
    )


def check_tables(tables: Mapping[str, CategoricalTable]) -> None:
    """Refuse tables that don't make a network.

    Raises
    ------
    GraphError
        There are none, a parent is missing or has other states than its child's table takes it to have, or there is
        a cycle.
    """
    if not tables:
        raise GraphError("a network needs at least one variable")
    for variable, table in tables.items():
        for position, parent in enumerate(table.parents):
            if parent not in tables:
                raise GraphError(f"{variable} has the parent {parent}, which has no table", hint="give it one")
            states = tables[parent].states
            taken = table.parent_states[position] if table.parent_states is not None else states
            if taken != states or table.probabilities.shape[position] != len(states):
                raise GraphError(
                    f"the table of {variable} doesn't fit the states of {parent}", hint=f"those are {', '.join(states)}"
                )
    if (cycle := find_cycle({variable: table.parents for variable, table in tables.items()})) is not None:
        raise GraphError(f"the graph has a cycle: {' → '.join(cycle)}", hint="take out or turn round one of its arcs")


def _variable(variable: str, table: CategoricalTable) -> str:
    states = ", ".join(_written("state", state) for state in table.states)
    return (
        f"variable {_written('variable', variable)} {{\n  type discrete [ {len(table.states)} ] {{ {states} }};\n}}\n"
    )


def _family(variable: str, table: CategoricalTable, tables: Mapping[str, CategoricalTable]) -> str:
    if len(table.parents) > MAX_PARENTS:
        raise GraphError(f"{variable} has {len(table.parents)} parents; at most {MAX_PARENTS} can be written")
    given = " | " + ", ".join(_written("variable", parent) for parent in table.parents) if table.parents else ""
    rows = "".join(f"  {row};\n" for row in _rows(table, tables))
    return f"probability ( {_written('variable', variable)}{given} ) {{\n{rows}}}\n"


def _rows(table: CategoricalTable, tables: Mapping[str, CategoricalTable]) -> Iterator[str]:
    """Yield rows with the first parent varying fastest, as files in circulation have them."""
    axes = (*reversed(range(len(table.parents))), len(table.parents))
    values = np.transpose(table.probabilities, axes).reshape(-1, len(table.states)).tolist()
    labels = product(*([_written("state", state) for state in tables[parent].states] for parent in table.parents[::-1]))
    for label, row in zip(labels, values, strict=True):
        beginning = f"({', '.join(label[::-1])})" if label else "table"
        yield f"{beginning} {', '.join(map(repr, row))}"


def _written(kind: str, name: str) -> str:
    """Give a name as it stands in the file, in quotes if it needs them."""
    if not name or any(char in name for char in '"\n\r\0') or is_hidden(name) or not _is_text(name):
        raise GraphError(
            f"the {kind} {name!a} can't be written as BIF",
            hint="take out double quotes, line breaks and special characters" if name else "give it a name",
        )
    return name if _PLAIN.fullmatch(name) else f'"{name}"'


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True
