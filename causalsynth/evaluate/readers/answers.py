"""Answers of an LLM reader, kept one line each as they come: the same command goes on where it was stopped."""

import json
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from causalsynth.errors import RunDirectoryError
from causalsynth.evaluate.readers.reading import FOLDER, check_name
from causalsynth.ledger import intact_length

__all__ = ["AnswerFile"]


class AnswerFile:
    """``RUNDIR/readings/NAME.answers.jsonl``: what was answered to which question.

    A line's key is a digest of all that its answer depends on. A text that has changed since, other questions or
    another model have other keys, so that nothing old is ever taken for an answer.

    Parameters
    ----------
    directory
        A run directory.
    name
        Of the reading.

    Raises
    ------
    InputError
        No reading can have this name.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self.path = directory / FOLDER / f"{check_name(name)}.answers.jsonl"
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(exist_ok=True)
            self._file = self.path.open("ab")
            self._file.truncate(intact_length(self.path))
        except OSError as error:
            raise self._failed(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def known(self) -> dict[str, dict[str, Any]]:
        """Give the lines by key; of two for one key the later."""
        lines: dict[str, dict[str, Any]] = {}
        number = 0
        try:
            with self.path.open("rb") as file:
                for line in file:
                    number += 1
                    entry = json.loads(line)
                    lines[entry["key"]] = entry
        except (ValueError, KeyError, TypeError) as error:
            raise RunDirectoryError(f"{self.path}:{number}: not an answer", hint="remove the file") from error
        except OSError as error:
            raise self._failed(error) from error
        return lines

    def add(self, entry: dict[str, Any]) -> None:
        """Append one line; it is with the operating system before this returns."""
        assert self._file is not None
        try:
            self._file.write(json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> RunDirectoryError:
        return RunDirectoryError(
            f"{self.path}: can't be used: {error.strerror or error}", hint="make room, or mend the folder"
        )
