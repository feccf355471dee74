"""Request files, cut to what a service takes, each there in full or not at all.

``batch/requests-0003-002.jsonl`` is the second file of the third set. A set is the requests of one `prepare`;
``requests-0003.json`` tells what is in it, and is written last. Requests that are the last set's again keep its number:
a second `prepare` changes nothing.
"""

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.run.directory import write_json

__all__ = ["FOLDER", "RequestFiles", "Service", "last_service"]

FOLDER = "batch"
"""Inside the run directory."""

_INDEX = re.compile(r"requests-(\d{4,})\.json")

TokensField = Literal["max_tokens", "max_completion_tokens"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the service that answers takes.

    Attributes
    ----------
    requests, megabytes
        Most requests and most MB (10⁶ bytes) a file: OpenAI takes 50,000 and 200.
    tokens_field
        ``max_tokens``, which all servers know, or ``max_completion_tokens``, which OpenAI's reasoning models want.
    structured_output
        Whether it holds an answer to a JSON schema: edits are then asked for as JSON.
    """

    requests: int = 50_000
    megabytes: float = 200.0
    tokens_field: TokensField = "max_tokens"
    structured_output: bool = False

    def __post_init__(self) -> None:
        if self.requests < 1 or not self.megabytes > 0:
            raise InputError(f"{self.requests} requests, {self.megabytes:g} MB a file", hint="give positive numbers")
        if self.tokens_field not in ("max_tokens", "max_completion_tokens"):
            raise InputError(
                f"{self.tokens_field!r}: no field for the longest answer", hint="max_tokens or max_completion_tokens"
            )


class RequestFiles:
    """Writes one set. Use as a context: leaving it with an error leaves what was there before.

    Parameters
    ----------
    folder
        Made if it isn't there. The caller sees to it that nobody else writes there.
    service
        Whom the files are for.
    """

    def __init__(self, folder: Path, service: Service) -> None:
        self._folder = folder
        self.service = service
        self._drafts: list[Path] = []
        self._file: BinaryIO | None = None
        self._requests = self._bytes = 0
        self._digest = hashlib.sha256()
        self.paths: tuple[Path, ...] = ()
        """The files, once the set is complete."""

    def add(self, custom_id: str, body: dict[str, Any]) -> None:
        """Write one request.

        Raises
        ------
        InputError
            It alone is larger than a file may be.
        """
        if self.service.tokens_field != "max_tokens":
            body = {self.service.tokens_field if name == "max_tokens" else name: it for name, it in body.items()}
        request = {"custom_id": custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}
        line = json.dumps(request, separators=(",", ":")).encode() + b"\n"
        most = self.service.megabytes * 1e6
        if len(line) > most:
            raise InputError(
                f"{custom_id}: a request of {len(line)} bytes does not fit into {self.service.megabytes:g} MB",
                hint="allow larger files",
            )
        if self._file is None or self._requests >= self.service.requests or self._bytes + len(line) > most:
            self._next_file()
        assert self._file is not None
        self._file.write(line)
        self._digest.update(line)
        self._requests += 1
        self._bytes += len(line)

    def _next_file(self) -> None:
        self._close_file()
        self._drafts.append(self._folder / f".requests-{len(self._drafts) + 1:03d}.tmp")
        self._file = self._drafts[-1].open("wb")
        self._requests = self._bytes = 0

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        self._folder.mkdir(exist_ok=True)
        self._drop_drafts()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._close_file()
            if error is None and self._drafts:
                self._publish()
        except OSError as failure:
            raise _unwritable(self._folder, failure) from failure
        finally:
            self._drop_drafts()
        if isinstance(error, OSError):
            raise _unwritable(self._folder, error) from error

    def _publish(self) -> None:
        """Give the files their names, and tell that the set is complete."""
        number = self._number()
        names = [f"requests-{number:04d}-{part:03d}.jsonl" for part in range(1, len(self._drafts) + 1)]
        for left_over in set(self._folder.glob(f"requests-{number:04d}-*.jsonl")):
            if left_over.name not in names:
                left_over.unlink()
        self.paths = tuple(self._folder / name for name in names)
        for draft, path in zip(self._drafts, self.paths, strict=True):
            draft.replace(path)
        told = {"sha256": self._digest.hexdigest(), "files": names, "service": asdict(self.service)}
        write_json(self._folder / f"requests-{number:04d}.json", told)

    def _number(self) -> int:
        """Give the last set's number if the requests are the same, else the next."""
        last = last_set(self._folder)
        if last is None:
            return 1
        number, told = last
        same = (told.get("sha256"), told.get("service")) == (self._digest.hexdigest(), asdict(self.service))
        return number if same else number + 1

    def _drop_drafts(self) -> None:
        for draft in self._folder.glob(".requests-*.tmp"):
            draft.unlink(missing_ok=True)


def last_set(folder: Path) -> tuple[int, dict[str, Any]] | None:
    """Find the number of the last complete set, and what its ``.json`` tells; None where there is none."""
    numbered = [(int(match[1]), path) for path in folder.glob("*.json") if (match := _INDEX.fullmatch(path.name))]
    if not numbered:
        return None
    number, path = max(numbered)
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        told = None
    return number, told if isinstance(told, dict) else {}


def last_service(folder: Path) -> Service | None:
    """Give whom the last set was for: a service stays the same from round to round. None where there is no set."""
    last = last_set(folder)
    try:
        return Service(**last[1]["service"]) if last else None
    except (KeyError, TypeError, InputError):
        return None


def _unwritable(folder: Path, error: OSError) -> RunDirectoryError:
    return RunDirectoryError(f"{folder}: can't be written ({error.strerror})", hint="make room, then run it again")
