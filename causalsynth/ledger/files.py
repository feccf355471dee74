"""Where a run's ledger lies, and which of its lines count."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from causalsynth.errors import RunDirectoryError
from causalsynth.ledger.attempt import Attempt, RecordStatus
from causalsynth.ledger.parse import parse_line

__all__ = [
    "LEDGER_NAME",
    "PARTS_NAME",
    "best_draft",
    "final_line",
    "intact_length",
    "iter_ledger",
    "latest_by_key",
    "leaving_attempt",
    "ledger_files",
    "read_ledger",
]

LEDGER_NAME = "attempts.jsonl"
"""File name inside a run directory."""

PARTS_NAME = "attempts"
"""Folder inside a run directory that several writers fill, each its own ``part-*.jsonl``."""

_READ_BACK = 1 << 16


def ledger_files(path: str | Path) -> tuple[Path, ...]:
    """Find the ledger's files: of a run directory, or the one file that `path` itself is.

    Raises
    ------
    RunDirectoryError
        There is none.
    """
    path = Path(path)
    if path.is_file():
        return (path,)
    single = path / LEDGER_NAME
    parts = sorted((path / PARTS_NAME).glob("part-*.jsonl"))
    if files := ((single, *parts) if single.is_file() else tuple(parts)):
        return files
    raise RunDirectoryError(f"{path}: no {LEDGER_NAME} there", hint="give a directory that `generate` wrote")


def intact_length(path: str | Path) -> int:
    """Give the bytes up to and including the last newline: cut a file there before appending to it.

    Reads from the end, so the cost does not grow with the file.
    """
    with Path(path).open("rb") as file:
        stop = file.seek(0, 2)
        while stop > 0:
            start = max(0, stop - _READ_BACK)
            file.seek(start)
            newline = file.read(stop - start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
            stop = start
    return 0


def iter_ledger(path: str | Path) -> Iterator[Attempt]:
    """Give every attempt in the order of the files, duplicates included; a torn last line is left out.

    Raises
    ------
    RunDirectoryError
        There is no ledger, or one of its lines is malformed.
    """
    for file in ledger_files(path):
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.endswith(b"\n"):
                    yield parse_line(line, source=str(file), number=number)


def latest_by_key(attempts: Iterable[Attempt]) -> list[Attempt]:
    """Keep the last of each ``(i, k)``, sorted by it."""
    latest = {(attempt.i, attempt.k): attempt for attempt in attempts}
    return [latest[key] for key in sorted(latest)]


def final_line(record: Iterable[Attempt]) -> Attempt | None:
    """Find the line that ends a record: its last final one by ``k``, for a record may be tried again.

    Takes one record's attempts in any order; None while it is under way.
    """
    return max((attempt for attempt in record if attempt.final), key=lambda attempt: attempt.k, default=None)


def best_draft(record: Iterable[Attempt]) -> Attempt | None:
    """Find the attempt whose usable draft has the fewest violations, the earliest of equals.

    Takes one record's attempts in any order; None where no draft could be used.
    """
    usable = (attempt for attempt in record if attempt.has_usable_draft)
    return min(usable, key=lambda attempt: (len(attempt.violations), attempt.k), default=None)


def leaving_attempt(record: Iterable[Attempt], last: Attempt) -> Attempt | None:
    """Give the attempt whose text a finished record leaves the run with.

    Of an unrealized record it is the draft with the fewest violations; None where no draft could be used. What came
    after its last final line is under way, and counts once the record is finished again.

    Parameters
    ----------
    record
        Its attempts, in any order.
    last
        Its `final_line`.
    """
    if last.status is not RecordStatus.UNREALIZED:
        return last
    return best_draft(attempt for attempt in record if attempt.k <= last.k)


def read_ledger(path: str | Path) -> list[Attempt]:
    """Read a run directory's ledger without a torn last line: each ``(i, k)`` once (the last wins), in that order.

    Raises
    ------
    RunDirectoryError
        There is no ledger, or one of its lines is malformed.
    """
    return latest_by_key(iter_ledger(path))
