"""The attempt ledger: one JSON line an attempt, the only truth of a run directory.

`causalsynth.run` writes it and `causalsynth.evaluate` reads it; this module is the format that both stand on:
what a line is, how it is written and parsed, and which lines of a file count.

* A line counts once its newline is on disk. What follows the last newline is a torn line, left by a crash,
  and is ignored (`intact_length` says where to cut before appending).
* Every other line must be well formed; anything else is an error that names file and line.
* Of two lines for the same ``(i, k)`` the later one wins.
* Keys that are not known here are passed over: a later program may write more of them.
"""

from causalsynth.ledger.attempt import FORMAT_VERSION, REPAIR, Attempt, LoggedViolation, RecordStatus, Value
from causalsynth.ledger.files import (
    LEDGER_NAME,
    PARTS_NAME,
    best_draft,
    final_line,
    intact_length,
    iter_ledger,
    latest_by_key,
    leaving_attempt,
    ledger_files,
    read_ledger,
)
from causalsynth.ledger.parse import parse_line

__all__ = [
    "FORMAT_VERSION",
    "LEDGER_NAME",
    "PARTS_NAME",
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
    "leaving_attempt",
    "ledger_files",
    "parse_line",
    "read_ledger",
]
