"""Where attempts go: into a file of a run directory's ledger, or into memory.

A line is handed to the operating system before the attempt counts, so that kill -9 loses only what was under way;
it is forced to the disk once in `SYNC_SECONDS`, so that a power cut loses at most what came in such a time. Not by
number of lines: the disk may take longer over it than a fast server over as many answers, and all requests wait
meanwhile.
"""

import os
import stat
import time
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from causalsynth.errors import RunDirectoryError
from causalsynth.ledger import LEDGER_NAME, PARTS_NAME, Attempt, intact_length, ledger_files
from causalsynth.run.locks import check_idle, lock
from causalsynth.run.shard import Shard
from causalsynth.run.state import LedgerState

__all__ = ["LedgerStore", "MemoryStore", "Store"]

SYNC_SECONDS = 1.0


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
    """An append-only file of a run directory's ledger; one process at a time holds it.

    Parameters
    ----------
    directory
        The run directory; made if it isn't there.
    shard
        The writer's share of the records, which has a file of its own; None: all of them.

    Raises
    ------
    RunDirectoryError
        The ledger can't be opened or written, or another process writes records of this share.
    """

    def __init__(self, directory: Path, shard: Shard | None = None) -> None:
        self.directory = directory
        self.shard = shard
        self.path = directory / LEDGER_NAME if shard is None else directory / PARTS_NAME / shard.part
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise RunDirectoryError(
                f"{self.path}: can't be written ({error.strerror})",
                hint="choose another run directory, or mend the directory",
            ) from error
        try:
            if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
                raise RunDirectoryError(f"{self.path}: no file", hint="choose another run directory, or mend this one")
            lock(self._descriptor, self.path)
            self._refuse_rivals()
        except BaseException:
            os.close(self._descriptor)
            raise
        self._synced_at = time.monotonic()

    def _refuse_rivals(self) -> None:
        """Make sure that nobody writes a file whose records overlap with this one's.

        Each takes its own lock first and looks then, so of two that start at once at least one sees the other.
        """
        for file in ledger_files(self.directory):
            other = Shard.of_part(file.name)
            siblings = self.shard is not None and other is not None and other.count == self.shard.count
            if file != self.path and not siblings:
                check_idle(file)

    @property
    def empty(self) -> bool:
        """Whether nothing was ever written to the ledger, by whomever."""
        return not any(file.stat().st_size for file in ledger_files(self.directory))

    def recover(self, retry: int = 0) -> LedgerState:
        """Cut a torn last line, and read how far the run is; to be called before the first `append`.

        Parameters
        ----------
        retry
            As `LedgerState` takes it.

        Raises
        ------
        RunDirectoryError
            A line is malformed.
        """
        state = LedgerState.read(ledger_files(self.directory), retry)
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
        if time.monotonic() - self._synced_at >= SYNC_SECONDS:
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
