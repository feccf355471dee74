"""From a complete line to the attempt that it holds, or one line saying what is wrong with it."""

import json
from dataclasses import fields
from typing import Any

from causalsynth.errors import RunDirectoryError
from causalsynth.ledger.attempt import FORMAT_VERSION, Attempt, LoggedViolation, RecordStatus

__all__ = ["parse_line"]

_LARGEST = 2**62
"""Of what is counted: numbers are kept as int64."""
_OPTIONAL = frozenset({"retry", "edits"})
_KEYS = frozenset(column.name for column in fields(Attempt)) - _OPTIONAL


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
    except (ValueError, TypeError, KeyError, RecursionError) as error:
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
        edits=_text(record, "edits") if "edits" in record else None,
        retry=_integer(record, "retry", least=0) if "retry" in record else 0,
        v=FORMAT_VERSION,
    )


def _integer(record: dict[str, Any], key: str, *, least: int) -> int:
    value = record[key]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _LARGEST:
        raise ValueError(f"{key!r} must be an integer from {least} to {_LARGEST}, not {value!r}")
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


_VALUE_TYPES = frozenset({str, int, float})
_VALUE_OR_NULL_TYPES = _VALUE_TYPES | {type(None)}


def _values(value: Any, key: str, *, nulls: bool = False) -> dict[str, Any]:
    # By exact type, which is quick: json.loads makes no others, and a bool is no int then.
    allowed = _VALUE_OR_NULL_TYPES if nulls else _VALUE_TYPES
    if not isinstance(value, dict) or not allowed.issuperset(map(type, value.values())):
        raise ValueError(f"{key!r} must map variables to states or numbers")
    return value


def _usage(value: Any) -> dict[str, int]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("'usage' must be an object or null")
    counts = {key: count for key, count in value.items() if count is not None}
    if any(type(count) is not int or not 0 <= count <= _LARGEST for count in counts.values()):
        raise ValueError("'usage' must hold numbers of tokens")
    return counts


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
