"""Probabilities in a spec: lists, mappings by state, and tables nested by the parents' states."""

from collections.abc import Iterator, Mapping, Sequence

from causalsynth.scm.bif import MAX_PARENTS
from causalsynth.scm.mechanisms import CategoricalTable, row_fault
from causalsynth.scm.spec.entry import Entry, meant
from causalsynth.scm.support import Categorical, Support

__all__ = ["distribution", "root", "table"]

Row = tuple[tuple[str, ...], list[float]]


def distribution(entry: Entry, states: Sequence[str]) -> list[Entry]:
    """Give where the probability of each state stands, in the order of the states.

    Parameters
    ----------
    entry
        A list in the order of the states, or a mapping state → probability.
    states
        Of the variable.

    Raises
    ------
    GraphError
        It is neither, or a state is missing or unknown.
    """
    content = entry.content
    if isinstance(content, Mapping):
        _check_keys(entry, content, states, "a probability for the state", "write all of them, 0 too")
        return [entry / state for state in states]
    if not isinstance(content, list):
        example = ", ".join(f"{1 / len(states):.2g}" for _ in states[:3]) + ", …" * (len(states) > 3)
        raise entry.error("a list of probabilities is wanted", f"one a state, such as [{example}]")
    if len(content) != len(states):
        states_are = ", ".join(states[:12]) + ", …" * (len(states) > 12)
        raise entry.error(f"{len(content)} probabilities for {len(states)} states", f"the states are {states_are}")
    return [entry / position for position in range(len(states))]


def root(entry: Entry, states: Sequence[str]) -> CategoricalTable:
    """Build the mechanism of a variable without parents from its probabilities.

    Raises
    ------
    GraphError
        They aren't a distribution over the states.
    """
    return CategoricalTable.from_rows(states, (), {(): _row(entry, states)}, {})


def table(entry: Entry, states: Sequence[str], supports: Mapping[str, Support]) -> CategoricalTable:
    """Build the mechanism of a variable with ``parents`` and a ``table``.

    Parameters
    ----------
    entry
        The variable's.
    states
        Its own.
    supports
        What every variable can take.

    Raises
    ------
    GraphError
        A parent is unknown, a number, or named twice; a row is missing, unknown or no distribution.
    """
    parents = _parents(entry / "parents", supports)
    rows = dict(_rows(entry / "table", states, list(parents.items()), ()))
    with (entry / "table").placed():
        return CategoricalTable.from_rows(states, tuple(parents), rows, parents)


def _parents(entry: Entry, supports: Mapping[str, Support]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    names = entry.content
    assert isinstance(names, list)
    for position, name in enumerate(map(str.strip, names)):
        at = entry / position
        support = supports.get(name)
        if support is None:
            raise at.error(f"there is no variable {name[:60]!r}", meant(name, supports))
        if name in found:
            raise at.error(f"the parent {name} is named twice", "name it once")
        if not isinstance(support, Categorical):
            hint = f"use cases, with conditions such as {name} < 65, or a formula"
            raise at.error(f"a table can't have the parent {name}, which is a number", hint)
        found[name] = support.states
    if len(found) > MAX_PARENTS:
        raise entry.error(f"{len(found)} parents, {MAX_PARENTS} are the most", "use cases, or a formula")
    return found


def _rows(
    entry: Entry, states: Sequence[str], parents: Sequence[tuple[str, tuple[str, ...]]], label: tuple[str, ...]
) -> Iterator[Row]:
    if not parents:
        yield label, _row(entry, states)
        return
    (parent, of_parent), deeper = parents[0], parents[1:]
    content = entry.content
    if not isinstance(content, Mapping):
        hint = f"begin a level for each of its states: {of_parent[0]}: …"
        raise entry.error(f"the rows by state of {parent} are missing here", hint)
    _check_keys(entry, content, of_parent, f"a row for {parent} =", "write one for each of its states")
    for state in of_parent:
        yield from _rows(entry / state, states, deeper, (*label, state))


def _row(entry: Entry, states: Sequence[str]) -> list[float]:
    row = [each.number() for each in distribution(entry, states)]
    if fault := row_fault(row):
        raise entry.error(fault, "the probabilities of a row are from 0 to 1 and sum to 1")
    return row


def _check_keys(entry: Entry, content: Mapping[str, object], wanted: Sequence[str], what: str, hint: str) -> None:
    for key in content:
        if key not in wanted:
            raise (entry / key).error(f"{what} {key[:60]!r}, which there is not", meant(key, wanted))
    for state in wanted:
        if state not in content:
            raise entry.error(f"{what} {state!r} is missing", hint)
