"""The attempt ledger: one JSON line an attempt, the only truth of a run directory.

`causalsynth.run` writes it and `causalsynth.evaluate` reads it; this module is the format that both stand on:
what a line is, how it is written and parsed, and which lines of a file count.

* A line counts once its newline is on disk. What follows the last newline is a torn line, left by a crash,
  and is ignored (`intact_length` says where to cut before appending).
* Every other line must be well formed; anything else is an error that names file and line.
* Of two lines for the same ``(i, k)`` the later one wins.
* Keys that are not known here are passed over: a later program may write more of them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from causalsynth.errors import RunDirectoryError

__all__ = [
    "FORMAT_VERSION",
    "LEDGER_NAME",
    "REPAIR",
    "Attempt",
    "LoggedViolation",
    "RecordStatus",
    "Value",
    "best_draft",
    "final_line",
    "intact_length",
    "iter_ledger",
    "latest_by_key",
    "ledger_files",
    "parse_line",
    "read_ledger",
]

FORMAT_VERSION = 1
"""The ``v`` of every line. A reader refuses versions that it does not know."""

LEDGER_NAME = "attempts.jsonl"
"""File name inside a run directory; larger runs have ``attempts/part-*.jsonl`` instead."""

REPAIR = "repair"
"""`Attempt.finish` of a line that the deterministic fallback wrote, not the realizer."""

Value = str | int | float
"""What a fact says of its variable: a state, or a number where the variable is numeric."""

_READ_BACK = 1 << 16


class RecordStatus(StrEnum):
    """How a record left the loop."""

    REALIZED = "realized"
    """The realizer's own draft states every fact."""
    REPAIRED = "repaired"
    """The deterministic fallback wrote a fact into the draft."""
    UNREALIZED = "unrealized"
    """No draft states every fact, and nothing was repaired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedViolation:
    """One violation as it stands in the ledger."""

    variable: str
    kind: str
    """``missing``, ``wrong``, ``uncertain``, ``contradictory`` or ``leaked``."""
    expected: str | None = None
    found: str | None = None
    spans: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> dict[str, object]:
        """Give the object of the ``violations`` list."""
        return {
            "variable": self.variable,
            "kind": self.kind,
            "expected": self.expected,
            "found": self.found,
            "spans": [list(span) for span in self.spans],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One line of the ledger.

    Attributes
    ----------
    i
        Record index, from 0. The record's noise and skeleton are functions of (seed, i) alone.
    k
        Attempt of this record, from 1; a repair is a further attempt.
    t
        When it was written, in seconds since 1970-01-01 UTC.
    skeleton
        The facts: variable → state, or number.
    do
        Interventions in force: variable → state.
    draft
        What the realizer wrote; None where the call failed.
    values
        What the extractor read: variable → state, number, ``"uncertain"``, ``"conflict"`` or None. None without a
        draft, and where the draft could not be used.
    violations
        Where `values` and `skeleton` differ. Empty if the draft is accepted, but also if there is none that could be
        used: `status` alone says what was accepted.
    finish
        As in `causalsynth.realize.chat.Completion`; `REPAIR` for a repair; None where the call failed.
    usage
        Tokens: ``{"prompt": int, "completion": int}``, as far as the server counts them.
    latency_s
        Seconds from request to answer.
    error
        One line saying why there is no draft, or why the one that is there could not be used (a text cut at
        ``max_tokens``, say); else None.
    final
        True on the record's last line.
    status
        How the record left the loop; None unless `final`.
    v
        Format version.
    """

    i: int
    k: int
    t: float
    skeleton: Mapping[str, Value]
    do: Mapping[str, str] = field(default_factory=dict)
    draft: str | None = None
    values: Mapping[str, Value | None] | None = None
    violations: tuple[LoggedViolation, ...] = ()
    finish: str | None = None
    usage: Mapping[str, int] = field(default_factory=dict)
    latency_s: float | None = None
    error: str | None = None
    final: bool = False
    status: RecordStatus | None = None
    v: int = FORMAT_VERSION

    @property
    def is_repair(self) -> bool:
        """Whether the deterministic fallback wrote this line."""
        return self.finish == REPAIR

    @property
    def has_usable_draft(self) -> bool:
        """Whether there is a draft that the extractor read."""
        return self.draft is not None and self.values is not None

    def to_json(self) -> dict[str, object]:
        """Give the line's object, keys in the documented order."""
        return {
            "v": self.v,
            "i": self.i,
            "k": self.k,
            "t": self.t,
            "skeleton": dict(self.skeleton),
            "do": dict(self.do),
            "draft": self.draft,
            "values": None if self.values is None else dict(self.values),
            "violations": [violation.to_json() for violation in self.violations],
            "finish": self.finish,
            "usage": dict(self.usage),
            "latency_s": self.latency_s,
            "error": self.error,
            "final": self.final,
            "status": None if self.status is None else str(self.status),
        }

    def to_line(self) -> str:
        """Give the line, newline included.

        It is pure ASCII: an LLM's lone surrogates survive, and no crash can tear a character in two.
        """
        return json.dumps(self.to_json(), ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n"


_KEYS = frozenset(column.name for column in fields(Attempt))


def parse_line(line: str | bytes, *, source: str = "ledger", number: int = 1) -> Attempt:
    """Parse one complete line.

    Parameters
    ----------
    line
        With or without its newline.
    source, number
        File and line number (from 1), for the error message.

    Raises
    ------
    RunDirectoryError
        The line is not a ledger line of a version that is known here.
    """
    try:
        return _attempt(json.loads(line))
    except (ValueError, TypeError, KeyError) as error:
        raise RunDirectoryError(
            f"{source}:{number}: not a ledger line: {_reason(error)}",
            hint="only the last line of a ledger may be torn; restore the file or remove this line",
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return str(error.args[0]) if error.args else type(error).__name__


def _attempt(record: Any) -> Attempt:
    if not isinstance(record, dict):
        raise TypeError("not a JSON object")
    if record.get("v") != FORMAT_VERSION:
        raise ValueError(f"format version {record.get('v')!r}, this program reads {FORMAT_VERSION}")
    if missing := sorted(_KEYS - record.keys()):
        raise KeyError(f"key {missing[0]!r} is missing")
    return Attempt(
        i=_integer(record, "i", least=0),
        k=_integer(record, "k", least=1),
        t=_number(record, "t"),
        skeleton=_values(record["skeleton"], "skeleton"),
        do=_states(record["do"]),
        draft=_text(record, "draft"),
        values=None if record["values"] is None else _values(record["values"], "values", nulls=True),
        violations=_violations(record["violations"]),
        finish=_text(record, "finish"),
        usage=_usage(record["usage"]),
        latency_s=None if record["latency_s"] is None else _number(record, "latency_s"),
        error=_text(record, "error"),
        final=_flag(record, "final"),
        status=_status(record),
        v=FORMAT_VERSION,
    )


def _integer(record: dict[str, Any], key: str, *, least: int) -> int:
    value = record[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{key!r} must be an integer of at least {least}, not {value!r}")
    return value


def _number(record: dict[str, Any], key: str) -> float:
    value = record[key]
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"{key!r} must be a number, not {value!r}")
    return value


def _text(record: dict[str, Any], key: str) -> str | None:
    value = record[key]
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key!r} must be a string or null, not {value!r}")
    return value


def _flag(record: dict[str, Any], key: str) -> bool:
    value = record[key]
    if not isinstance(value, bool):
        raise ValueError(f"{key!r} must be true or false, not {value!r}")
    return value


def _states(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(state, str) for state in value.values()):
        raise ValueError("'do' must map variables to states")
    return value


def _values(value: Any, key: str, *, nulls: bool = False) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(nulls if it is None else _is_value(it) for it in value.values()):
        raise ValueError(f"{key!r} must map variables to states or numbers")
    return value


def _is_value(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _usage(value: Any) -> dict[str, int]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("'usage' must be an object or null")
    return {key: count for key, count in value.items() if count is not None}


def _violations(value: Any) -> tuple[LoggedViolation, ...]:
    if not isinstance(value, list):
        raise ValueError("'violations' must be a list")
    return tuple(
        LoggedViolation(
            variable=entry["variable"],
            kind=entry["kind"],
            expected=entry["expected"],
            found=entry["found"],
            spans=tuple((int(start), int(stop)) for start, stop in entry["spans"]),
        )
        for entry in value
    )


def _status(record: dict[str, Any]) -> RecordStatus | None:
    status, final = record["status"], record["final"]
    if final != (status is not None):
        raise ValueError("'status' goes with 'final': a state on the record's last line, null on every other")
    return None if status is None else RecordStatus(status)


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
    if (single := path / LEDGER_NAME).is_file():
        return (single,)
    if parts := tuple(sorted((path / "attempts").glob("part-*.jsonl"))):
        return parts
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


def read_ledger(path: str | Path) -> list[Attempt]:
    """Read a run directory's ledger without a torn last line: each ``(i, k)`` once (the last wins), in that order.

    Raises
    ------
    RunDirectoryError
        There is no ledger, or one of its lines is malformed.
    """
    return latest_by_key(iter_ledger(path))
