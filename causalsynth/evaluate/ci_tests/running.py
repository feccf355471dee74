"""Many triples at once: the same answers for any number of threads and any order of the triples."""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.blas import on_one_blas_thread
from causalsynth.evaluate.ci_tests.cmh import cmh
from causalsynth.evaluate.ci_tests.contingency import Contingency, count_cells
from causalsynth.evaluate.ci_tests.exact import mc, mc_sequential
from causalsynth.evaluate.ci_tests.fisher_z import fisher_z
from causalsynth.evaluate.ci_tests.g2 import g2
from causalsynth.evaluate.ci_tests.mixed import Variable, mixed, normal_scores
from causalsynth.evaluate.ci_tests.result import CITestResult
from causalsynth.evaluate.ci_tests.x2 import x2
from causalsynth.evaluate.ci_tests.x2_adjusted import x2_adjusted
from causalsynth.graph import Independence

if TYPE_CHECKING:
    from causalsynth.evaluate.coded import CodedTable

__all__ = ["TESTS", "TripleTest", "run_tests", "select_test", "triple_stream"]

_MOST_CELLS = 1_000_000
"""Cells of contingency tables held at once by each thread."""

Floats = NDArray[np.float64]

_Counted = tuple[int, NDArray[np.intp]]
"""Position of a triple, and its cells."""

_CHUNK = 64
"""Triples that a thread takes at a time."""


class TripleTest(Protocol):
    """A test of X ⟂ Y | Z on a table, for several triples."""

    def __call__(self, table: "CodedTable", triples: Sequence[Independence], *, seed: int) -> list[CITestResult]:
        """Give one result a triple, in their order."""
        ...


def triple_stream(seed: int, triple: Independence) -> np.random.Generator:
    """Give the random numbers of one triple: a function of `seed` and its names, X and Y in either order."""
    x, y, given = triple
    names = "\x1f".join([str(seed), *sorted((x, y)), *sorted(given)])
    digest = hashlib.sha256(names.encode()).digest()
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(int.from_bytes(digest[:16], "little"))))


def _stacked(decide: Callable[[Contingency], list[CITestResult]]) -> TripleTest:
    """Make a test of contingency tables run on triples: those with tables of the same shape go through it together."""

    def test(table: "CodedTable", triples: Sequence[Independence], *, seed: int) -> list[CITestResult]:
        found: dict[int, CITestResult] = {}
        for positions, stack in _stacks(table, triples):
            found.update(zip(positions, decide(stack), strict=True))
        return [found[position] for position in range(len(triples))]

    return test


def _drawn(decide: Callable[[Contingency, Sequence[np.random.Generator]], list[CITestResult]]) -> TripleTest:
    """Do as `_stacked` with a test that draws tables, each triple with its own random numbers."""

    def test(table: "CodedTable", triples: Sequence[Independence], *, seed: int) -> list[CITestResult]:
        found: dict[int, CITestResult] = {}
        for positions, stack in _stacks(table, triples):
            rngs = [triple_stream(seed, triples[position]) for position in positions]
            found.update(zip(positions, decide(stack, rngs), strict=True))
        return [found[position] for position in range(len(triples))]

    return test


def _stacks(table: "CodedTable", triples: Sequence[Independence]) -> Iterator[tuple[list[int], Contingency]]:
    """Give stacks of tables of one shape, none much above `_MOST_CELLS`, with the positions of their triples."""
    waiting: defaultdict[tuple[int, int], list[_Counted]] = defaultdict(list)
    cells: Counter[tuple[int, int]] = Counter()
    for position, triple in enumerate(triples):
        _check_given(table, triple)
        (x, y, *given), cards, _ = table.columns(triple)
        counts = count_cells(x, y, given, cards)
        shape = (cards[0], cards[1])
        waiting[shape].append((position, counts))
        cells[shape] += counts.size
        if cells[shape] > _MOST_CELLS:
            yield _stack(waiting.pop(shape))
            cells[shape] = 0
    for items in waiting.values():
        yield _stack(items)


def _check_given(table: "CodedTable", triple: Independence) -> None:
    """Refuse a number in Z: within a group of its values X and Y still depend on it, and so on each other."""
    if numbers := [name for name in triple[2] if name in table.numbers]:
        raise InputError(
            f"a test of contingency tables can't hold {numbers[0]} fixed: it is a number",
            hint="take the test auto: x2 where all have states, mixed elsewhere",
        )


def _stack(items: Sequence[_Counted]) -> tuple[list[int], Contingency]:
    positions, tables = zip(*items, strict=True)
    return list(positions), Contingency.stack(tables)


def _fisher_z(table: "CodedTable", triples: Sequence[Independence], *, seed: int) -> list[CITestResult]:
    return [fisher_z(*table.numeric_columns(triple)) for triple in triples]


def _mixed(table: "CodedTable", triples: Sequence[Independence], *, seed: int) -> list[CITestResult]:
    scored: dict[str, Floats] = {}

    def variable(name: str, rows: NDArray[np.intp] | None) -> Variable:
        if name not in table.numbers:
            return Variable(codes=table.codes[name] if rows is None else table.codes[name][rows])
        if name not in scored:
            scored[name] = normal_scores(table.numbers[name])
        return Variable(scores=scored[name] if rows is None else scored[name][rows])

    results = []
    for triple in triples:
        x, y, given = triple
        rows = table.definite_rows(triple)
        first, second = sorted((x, y))
        held = [variable(name, rows) for name in sorted(given)]
        results.append(mixed(variable(first, rows), variable(second, rows), held))
    return results


def _auto(table: "CodedTable", triples: Sequence[Independence], *, seed: int) -> list[CITestResult]:
    """Take x2 where all have states, and mixed elsewhere."""
    found: dict[int, CITestResult] = {}
    numeric = [position for position, (x, y, given) in enumerate(triples) if {x, y, *given} & table.numbers.keys()]
    discrete = sorted(set(range(len(triples))) - set(numeric))
    for positions, test in ((discrete, TESTS["x2"]), (numeric, _mixed)):
        part = [triples[position] for position in positions]
        found.update(zip(positions, test(table, part, seed=seed), strict=True))
    return [found[position] for position in range(len(triples))]


TESTS: Mapping[str, TripleTest] = MappingProxyType(
    {
        "x2": _stacked(x2),
        "mc": _drawn(mc),
        "mc_sequential": _drawn(mc_sequential),
        "g2": _stacked(g2),
        "x2_adjusted": _stacked(x2_adjusted),
        "cmh": _stacked(cmh),
        "fisherz": _fisher_z,
        "mixed": _mixed,
        "auto": _auto,
    }
)
"""By the name that ``--test`` takes."""


def select_test(name: str) -> TripleTest:
    """Give the test called `name`.

    Raises
    ------
    InputError
        There is none of that name.
    """
    if name not in TESTS:
        raise InputError(f"test {name!r} is not known", hint=f"choose one of: {', '.join(TESTS)}")
    return TESTS[name]


@on_one_blas_thread
def run_tests(
    table: "CodedTable", triples: Sequence[Independence], *, test: str = "x2", seed: int = 0, threads: int = 1
) -> list[CITestResult]:
    """Test X ⟂ Y | Z for every triple.

    Parameters
    ----------
    table
        The data; rows in which one of a triple's variables is not definite are left out of its test.
    triples
        (x, y, z) each.
    test
        A name in `TESTS`.
    seed
        Of the tests that draw. A triple's random numbers are a function of `seed` and its names: other triples, their
        order and the number of threads change nothing.
    threads
        How many to use; 0 for one a core.

    Returns
    -------
    list
        One result a triple, in their order.

    Raises
    ------
    InputError
        An unknown test, or one that can't deal with a variable of a triple.
    """
    decide = select_test(test)
    chunks = [triples[start : start + _CHUNK] for start in range(0, len(triples), _CHUNK)]
    workers = min(threads or os.cpu_count() or 1, len(chunks))
    if workers <= 1:
        return decide(table, triples, seed=seed)
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(lambda chunk: decide(table, chunk, seed=seed), chunks))
    return [result for part in parts for result in part]
