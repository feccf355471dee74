"""Writing files so that a reader sees all of the new content or all of the old."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["replacing"]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield where to write what `path` is to hold; on success it takes the place of what was there.

    Links are followed. What is no regular file (a pipe, a device) can't be replaced and is written straight.

    Raises
    ------
    OSError
        From the body, or because the folder can't be written.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
