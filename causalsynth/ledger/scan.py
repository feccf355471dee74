"""What a line says at its two ends: enough to resume a run, at a tenth of the cost of parsing its draft.

A line as `Attempt.to_line` writes it begins with its record and attempt and ends with its tokens and status. Inside a
JSON string every quotation mark has a backslash before it, so neither end can be mistaken for text. Lines that look
otherwise (another program's key order, say) are parsed whole.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from causalsynth.ledger.attempt import RecordStatus
from causalsynth.ledger.parse import parse_line

__all__ = ["Mark", "iter_marks", "mark_of"]

_HEAD = re.compile(rb'\{"v":1,"i":(\d{1,18}),"k":([1-9]\d{0,17}),(?:"retry":([1-9]\d*),)?"t":\d')
_TAIL = re.compile(
    rb'"usage":\{(?:"prompt":(\d{1,18}))?,?(?:"completion":(\d{1,18}))?\},"latency_s":(?:null|[\d.e+-]+),'
    rb'"error":(?:(null)|"(?:[^"\\]|\\.)*"),'
    rb'"final":(?:false,"status":null|true,"status":"(realized|repaired|unrealized)")\}\r?\n?'
)
_USAGE = b'"usage":{'


_STATUSES: Mapping[bytes | None, RecordStatus | None] = {
    None: None,
    **{str(status).encode(): status for status in RecordStatus},
}


class Mark(NamedTuple):
    """One complete line of a ledger, told by its ends.

    Attributes
    ----------
    i, k, retry
        Record, attempt, and the pass over failed records that it belongs to.
    status
        How it ends its record; None where it doesn't.
    prompt, completion
        Tokens, 0 where the server did not count.
    failed
        Whether the call brought no draft that could be used.
    """

    i: int
    k: int
    retry: int
    status: RecordStatus | None
    prompt: int
    completion: int
    failed: bool


def mark_of(line: bytes, *, source: str = "ledger", number: int = 1) -> Mark:
    """Read the ends of one complete line.

    Raises
    ------
    RunDirectoryError
        It doesn't look as this program writes it, and is no ledger line otherwise either.
    """
    head = _HEAD.match(line)
    tail = _TAIL.fullmatch(line, line.rfind(_USAGE)) if head else None
    if head is None or tail is None:
        attempt = parse_line(line, source=source, number=number)
        usage = attempt.usage
        return Mark(
            i=attempt.i,
            k=attempt.k,
            retry=attempt.retry,
            status=attempt.status,
            prompt=usage.get("prompt", 0),
            completion=usage.get("completion", 0),
            failed=attempt.error is not None,
        )
    prompt, completion, no_error, status = tail.groups()
    # By position: a million of these are made when a run of as many records is resumed.
    return Mark(
        int(head[1]),
        int(head[2]),
        int(head[3] or 0),
        _STATUSES[status],
        int(prompt or 0),
        int(completion or 0),
        no_error is None,
    )


def iter_marks(file: Path) -> Iterator[tuple[Mark, bytes]]:
    """Give every complete line of one ledger file with its mark; a torn last line is left out.

    Raises
    ------
    RunDirectoryError
        A line is malformed, as far as its ends show.
    """
    source = str(file)
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.endswith(b"\n"):
                yield mark_of(line, source=source, number=number), line
