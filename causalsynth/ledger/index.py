"""Record by record through a ledger that is larger than memory."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from causalsynth.ledger.attempt import Attempt
from causalsynth.ledger.files import ledger_files
from causalsynth.ledger.parse import parse_line
from causalsynth.ledger.scan import iter_marks

__all__ = ["iter_attempts", "iter_records"]

_COLUMNS = [("i", np.int64), ("k", np.int64), ("file", np.int32), ("order", np.int64), ("start", np.int64)]


def iter_attempts(path: str | Path) -> Iterator[Attempt]:
    """Give a ledger's attempts sorted by ``(i, k)``, each once (the last wins), one line in memory at a time.

    The same attempts as `causalsynth.ledger.read_ledger`, for about 36 bytes of memory a line.

    Raises
    ------
    RunDirectoryError
        There is no ledger, or one of its lines is malformed.
    """
    files = ledger_files(path)
    places = _latest(_places(files))
    handles = [file.open("rb") for file in files]
    try:
        for place in places:
            handle = handles[place["file"]]
            handle.seek(place["start"])
            yield parse_line(handle.readline(), source=str(files[place["file"]]), number=int(place["order"]))
    finally:
        for handle in handles:
            handle.close()


def iter_records(path: str | Path) -> Iterator[list[Attempt]]:
    """Give each record's attempts, by record; otherwise as `iter_attempts`."""
    for _, attempts in groupby(iter_attempts(path), key=lambda attempt: attempt.i):
        yield list(attempts)


def _places(files: tuple[Path, ...]) -> "np.ndarray":
    """Find where each line lies: structured array with the columns of `_COLUMNS`, in the order of the files."""

    def rows() -> Iterator[tuple[int, int, int, int, int]]:
        for number, file in enumerate(files):
            start = 0
            for order, (mark, line) in enumerate(iter_marks(file), start=1):
                yield mark.i, mark.k, number, order, start
                start += len(line)

    return np.fromiter(rows(), dtype=np.dtype(_COLUMNS))


def _latest(places: "np.ndarray") -> "np.ndarray":
    """Sort by record and attempt, and keep the last line of each."""
    ordered = places[np.lexsort((np.arange(len(places)), places["k"], places["i"]))]
    last = np.ones(len(ordered), dtype=bool)
    last[:-1] = (ordered["i"][1:] != ordered["i"][:-1]) | (ordered["k"][1:] != ordered["k"][:-1])
    return ordered[last]
