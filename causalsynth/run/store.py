"""Where attempts go: into a run directory's ledger, or into memory.

A line is handed to the operating system before the attempt counts, so that kill -9 loses only what was under way;
it is forced to the disk every `SYNC_LINES` lines or `SYNC_SECONDS`, so that a power cut loses at most those.
"""

import fcntl
import os
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from causalsynth.errors import RunDirectoryError
from causalsynth.ledger import LEDGER_NAME, Attempt, intact_length, iter_ledger

__all__ = ["LedgerState", "LedgerStore", "MemoryStore", "Store"]

SYNC_LINES = 64
SYNC_SECONDS = 1.0


class LedgerState:
    """How far the records of a run are: which are finished, and the attempts of those that are under way."""

    def __init__(self, attempts: Iterable[Attempt] = ()) -> None:
        self.finished: set[int] = set()
        self.partial: dict[int, dict[int, Attempt]] = {}
        for attempt in attempts:
            self.add(attempt)

    def add(self, attempt: Attempt) -> None:
        """Take in one line, in the order of the ledger."""
        if attempt.i in self.finished:
            return
        if attempt.final:
            self.finished.add(attempt.i)
            self.partial.pop(attempt.i, None)
        else:
            self.partial.setdefault(attempt.i, {})[attempt.k] = attempt

    def past(self, index: int) -> list[Attempt]:
        """Give an unfinished record's attempts in order, without a gap."""
        known = self.partial.get(index, {})
        past: list[Attempt] = []
        while (attempt := known.get(len(past) + 1)) is not None:
            past.append(attempt)
        return past


class Store(Protocol):
    """Takes attempts as they are made."""

    def append(self, attempt: Attempt) -> None:
        """Write one attempt down; when this returns, it counts."""
        ...

    def sync(self) -> None:
        """Force everything written to the disk."""
        ...


class MemoryStore:
    """Keeps attempts in memory: for runs without a directory."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []

    def append(self, attempt: Attempt) -> None:
        """Keep one attempt."""
        self.attempts.append(attempt)

    def sync(self) -> None:
        """Do nothing: there is no disk."""


class LedgerStore:
    """The append-only ledger of a run directory; one process at a time holds it.

    Parameters
    ----------
    directory
        The run directory; made if it isn't there.

    Raises
    ------
    RunDirectoryError
        The ledger can't be opened or written, or another process holds it.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / LEDGER_NAME
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise RunDirectoryError(
                f"{self.path}: can't be written ({error.strerror})", hint="choose another -o, or mend the directory"
            ) from error
        self._lock()
        if any((directory / "attempts").glob("part-*.jsonl")):
            os.close(self._descriptor)
            raise RunDirectoryError(
                f"{directory}: its ledger is in several parts, which this version can't go on with",
                hint="choose another -o",
            )
        self._unsynced = 0
        self._synced_at = time.monotonic()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise RunDirectoryError(
                f"{self.path}: another process is writing this run", hint="wait for it, or choose another -o"
            ) from error
        except OSError as error:
            os.close(self._descriptor)
            raise RunDirectoryError(
                f"{self.path}: can't be locked ({error.strerror})", hint="choose an -o on a file system with locks"
            ) from error

    @property
    def empty(self) -> bool:
        """Whether nothing was ever written to it."""
        return os.fstat(self._descriptor).st_size == 0

    def recover(self) -> LedgerState:
        """Cut a torn last line, and read how far the run is; to be called before the first `append`.

        Raises
        ------
        RunDirectoryError
            A line is malformed.
        """
        state = LedgerState(iter_ledger(self.path))
        length = intact_length(self.path)
        if length < os.fstat(self._descriptor).st_size:
            os.ftruncate(self._descriptor, length)
        return state

    def append(self, attempt: Attempt) -> None:
        """Write one line.

        Raises
        ------
        RunDirectoryError
            The disk is full or the file can't be written; a line written in part is cut again.
        """
        line = attempt.to_line().encode()
        end = os.fstat(self._descriptor).st_size
        try:
            written = os.write(self._descriptor, line)
            if written < len(line):
                os.ftruncate(self._descriptor, end)
                raise OSError(28, "No space left on device")
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._unsynced += 1
        if self._unsynced >= SYNC_LINES or time.monotonic() - self._synced_at >= SYNC_SECONDS:
            self.sync()

    def sync(self) -> None:
        """Force everything written to the disk.

        Raises
        ------
        RunDirectoryError
            The disk doesn't take it.
        """
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._unsynced = 0
        self._synced_at = time.monotonic()

    def close(self) -> None:
        """Force everything to the disk and let other processes write."""
        try:
            self.sync()
        finally:
            os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _unwritable(path: Path, error: OSError) -> RunDirectoryError:
    return RunDirectoryError(
        f"{path}: can't be written ({error.strerror})",
        hint="what is finished is kept; make room, then run the command again",
    )
