"""Which process may write a ledger file: advisory locks, which end with the process whatever ends it."""

import fcntl
import os
from pathlib import Path

from causalsynth.errors import RunDirectoryError

__all__ = ["check_idle", "lock"]


def lock(descriptor: int, path: Path) -> None:
    """Take the file for this process alone.

    Raises
    ------
    RunDirectoryError
        Another process has it, or the file system knows no locks.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _taken(path) from error
    except OSError as error:
        raise RunDirectoryError(
            f"{path}: can't be locked ({error.strerror})", hint="choose an -o on a file system with locks"
        ) from error


def check_idle(path: Path) -> None:
    """Make sure that no other process has the file; it isn't taken.

    Raises
    ------
    RunDirectoryError
        One has it, or it can't be opened.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise RunDirectoryError(f"{path}: can't be read ({error.strerror})", hint="mend the directory") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _taken(path) from error
    finally:
        os.close(descriptor)


def _taken(path: Path) -> RunDirectoryError:
    return RunDirectoryError(
        f"{path}: another process is writing this run", hint="wait for it, or choose another run directory"
    )
