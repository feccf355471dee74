"""Rates of rejection with errors that know of replicates, and the goals that they are held to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cell", "Goal", "calibration_goals", "cell_lines", "rate", "speed_goals"]

Flags = NDArray[np.bool_]

DEFAULT = "x2"
EXACT = "mc"

CALIBRATED = (0.045, 0.055)
"""Within these a false-positive rate at alpha = .05 counts as calibrated."""

MOST_POWER_LOST = 0.02
LEAST_PER_SECOND = {DEFAULT: 5000, EXACT: 1500}


def rate(rejected: Sequence[Flags], counted: Sequence[Flags]) -> tuple[float, float]:
    """Give the share rejected of those counted, and its standard error.

    Tests on the same replicate go wrong together: the error is that of a ratio of sums over replicates, which are
    independent (Cochran, Sampling Techniques, 1977, section 6.3).

    Parameters
    ----------
    rejected, counted
        One array a replicate, of the same triples.
    """
    hits = np.array([np.count_nonzero(flags & use) for flags, use in zip(rejected, counted, strict=True)], float)
    sizes = np.array([np.count_nonzero(use) for use in counted], float)
    if not sizes.sum():
        return float("nan"), float("nan")
    share = hits.sum() / sizes.sum()
    replicates = len(sizes)
    squares = float(((hits - share * sizes) ** 2).sum())
    error = np.sqrt(squares * replicates / max(1, replicates - 1)) / sizes.sum()
    return float(share), float(error)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one test did on one network with one number of rows.

    Attributes
    ----------
    fpr, fpr_se
        Share of testable implied independencies that it rejects, and its standard error.
    power
        Share of testable arc triples that it rejects.
    untestable
        Share of implied independencies that the data can't speak against.
    untestable_rejected
        Share of those that the test calls dependent all the same.
    by_given
        Number of conditioning variables → (rate, standard error, tests).
    seconds
        CPU time of all its tests.
    """

    network: str
    rows: int
    test: str
    replicates: int
    fpr: float
    fpr_se: float
    power: float
    untestable: float
    untestable_rejected: float
    seconds: float
    by_given: Mapping[int, tuple[float, float, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Give its fields."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal and what was measured."""

    text: str
    value: float
    met: bool

    def as_json(self) -> dict[str, object]:
        """Give its fields."""
        return asdict(self)


def calibration_goals(cells: Sequence[Cell]) -> Iterator[Goal]:
    """Hold the default test to what it promises on ALARM and ASIA."""
    low, high = CALIBRATED
    for cell in cells:
        if cell.test != DEFAULT or cell.network not in ("alarm", "asia"):
            continue
        where = f"{cell.network}, n = {cell.rows:,}"
        if cell.network == "asia":
            yield Goal(f"{where}: false-positive rate at most {high}", cell.fpr, cell.fpr <= high)
            continue
        yield Goal(f"{where}: false-positive rate within {low}-{high}", cell.fpr, low <= cell.fpr <= high)
        others = [
            other.power
            for other in cells
            if (other.network, other.rows) == (cell.network, cell.rows) and low <= other.fpr <= high
        ]
        lost = max(others, default=cell.power) - cell.power
        yield Goal(f"{where}: power lost to the best calibrated test", lost, lost <= MOST_POWER_LOST)


def speed_goals(per_second: Mapping[str, float]) -> Iterator[Goal]:
    """Hold the default and the exact test to their speed."""
    for test, least in LEAST_PER_SECOND.items():
        if test in per_second:
            text = f"{test}: at least {least:,} tests per CPU second"
            yield Goal(text, per_second[test], per_second[test] >= least)


def cell_lines(cells: Sequence[Cell]) -> Iterator[str]:
    """Lay out one table a network, and one by the size of Z for its fewest rows."""
    for network in dict.fromkeys(cell.network for cell in cells):
        own = [cell for cell in cells if cell.network == network]
        rows = list(dict.fromkeys(cell.rows for cell in own))
        replicates = ", ".join(f"{next(c.replicates for c in own if c.rows == n)} of n = {n:,}" for n in rows)
        shares = ", ".join(f"{next(c.untestable for c in own if c.rows == n):.3f}" for n in rows)
        yield f"{network}: replicates {replicates}; untestable share {shares}"
        yield from _table(own, rows, "false-positive rate (standard error)", _fpr)
        yield from _table(own, rows, "power on arcs", lambda cell: f"{cell.power:.3f}")
        yield from _table(own, rows, "untestable triples rejected", lambda cell: f"{cell.untestable_rejected:.3f}")
        yield from _by_given([cell for cell in own if cell.rows == min(rows)])
        yield ""


def _fpr(cell: Cell) -> str:
    return f"{cell.fpr:.3f} ({cell.fpr_se:.3f})"


def _table(cells: Sequence[Cell], rows: Sequence[int], title: str, show: Callable[[Cell], str]) -> Iterator[str]:
    yield f"  {title:38}" + "".join(f"{f'n = {n:,}':>15}" for n in rows)
    for test in dict.fromkeys(cell.test for cell in cells):
        by_rows = {cell.rows: show(cell) for cell in cells if cell.test == test}
        yield f"    {test:36}" + "".join(f"{by_rows.get(n, '-'):>15}" for n in rows)


def _by_given(cells: Sequence[Cell]) -> Iterator[str]:
    sizes = sorted({size for cell in cells for size in cell.by_given})
    tests = {size: max(cell.by_given[size][2] for cell in cells if size in cell.by_given) for size in sizes}
    yield f"  {f'n = {cells[0].rows:,}, by |Z| (tests a replicate)':38}" + "".join(
        f"{f'{size} ({tests[size]})':>15}" for size in sizes
    )
    for cell in cells:
        shown = (cell.by_given.get(size) for size in sizes)
        yield f"    {cell.test:36}" + "".join(f"{f'{s[0]:.3f} ({s[1]:.3f})' if s else '-':>15}" for s in shown)
