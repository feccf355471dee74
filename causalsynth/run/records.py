"""What a run gave, derived from its ledger and from nothing else."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

from causalsynth.ledger import Attempt, RecordStatus, Value, final_line, leaving_attempt

if TYPE_CHECKING:
    import pandas

__all__ = ["Record", "record_of", "records_of", "to_frame", "tokens_of"]

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair can't be stored in a table; the ledger keeps it as it came."""
_COUNTS = ("rounds", "prompt_tokens", "completion_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One skeleton and its text.

    Attributes
    ----------
    index
        Record index, from 0.
    status
        Realized by the realizer, repaired by the fallback, or unrealized.
    rounds
        Attempts of the realizer.
    text
        The final text; of an unrealized record the draft with the fewest violations, None if none could be used.
    skeleton
        The facts: variable → state, or number.
    values
        What the extractor read in `text`: variable → state, number, ``"uncertain"``, ``"conflict"`` or None.
    prompt_tokens, completion_tokens
        Summed over all attempts, as far as the server counts them; None where it never did.
    """

    index: int
    status: RecordStatus
    rounds: int
    text: str | None
    skeleton: Mapping[str, Value]
    values: Mapping[str, Value | None]
    prompt_tokens: int | None
    completion_tokens: int | None


def records_of(attempts: Iterable[Attempt]) -> list[Record]:
    """Give one record for each finished skeleton, by index.

    Parameters
    ----------
    attempts
        A ledger's lines in any order; unfinished records are left out.
    """
    by_index: dict[int, list[Attempt]] = {}
    for attempt in attempts:
        by_index.setdefault(attempt.i, []).append(attempt)
    return [record for index in sorted(by_index) if (record := record_of(by_index[index])) is not None]


def record_of(attempts: Sequence[Attempt]) -> Record | None:
    """Give the record that these attempts made, all of one index and in any order; None while it is under way."""
    last = final_line(attempts)
    if last is None or last.status is None:
        return None
    attempts = [attempt for attempt in attempts if attempt.k <= last.k]
    shown = leaving_attempt(attempts, last)
    return Record(
        index=last.i,
        status=last.status,
        rounds=sum(not attempt.is_repair for attempt in attempts),
        text=shown.draft if shown else None,
        skeleton=last.skeleton,
        values=(shown.values or {}) if shown else {},
        prompt_tokens=tokens_of(attempts, "prompt"),
        completion_tokens=tokens_of(attempts, "completion"),
    )


def tokens_of(attempts: Iterable[Attempt], kind: str) -> int | None:
    """Sum ``prompt`` or ``completion`` tokens, as far as the server counted them; None where it never did."""
    counts = [attempt.usage[kind] for attempt in attempts if kind in attempt.usage]
    return sum(counts) if counts else None


def to_frame(records: Iterable[Record], mentioned: Iterable[Collection[str]] | None = None) -> "pandas.DataFrame":
    """Give records as a table: one row a skeleton, by index.

    Parameters
    ----------
    records
        By index.
    mentioned
        The variables that each record's text was to state; without it the table has no such columns.

    Returns
    -------
    pandas.DataFrame
        ``_index`` int64; ``status``, ``text`` str; ``rounds``, ``prompt_tokens``, ``completion_tokens`` Int64; for
        each variable ``skeleton.NAME`` and ``extracted.NAME``, str (None where nothing is stated), and
        ``mentioned.NAME``, bool: whether the text was to state it. Of a number both values are float64, null where the
        text states none, and ``unclear.NAME`` tells why: ``uncertain``, ``conflict``, or None (not stated at all).
    """
    import pandas

    records = list(records)
    plans = repeat(None, len(records)) if mentioned is None else mentioned
    rows = [_row(record, plan) for record, plan in zip(records, plans, strict=True)]
    frame = pandas.DataFrame(rows, columns=None if rows else ["_index", "status", "text", *_COUNTS])
    numbers = {f"{kind}.{name}" for name in _numbers(records) for kind in ("skeleton", "extracted")}
    return frame.astype(dict.fromkeys(_COUNTS, "Int64") | dict.fromkeys(numbers, "float64"))


def _numbers(records: Iterable[Record]) -> set[str]:
    """Tell which variables are numbers: a skeleton holds nothing else of them."""
    return {name for record in records for name, value in record.skeleton.items() if not isinstance(value, str)}


def _row(record: Record, mentioned: Collection[str] | None) -> dict[str, object]:
    row: dict[str, object] = {
        "_index": record.index,
        "status": str(record.status),
        "rounds": record.rounds,
        "text": None if record.text is None else _SURROGATE.sub("\ufffd", record.text),
    }
    row |= {f"skeleton.{name}": value for name, value in record.skeleton.items()}
    for name, value in record.skeleton.items():
        read = record.values.get(name)
        if isinstance(value, str):
            row[f"extracted.{name}"] = read
        else:
            row[f"extracted.{name}"] = None if isinstance(read, str) else read
            row[f"unclear.{name}"] = read if isinstance(read, str) else None
    if mentioned is not None:
        row |= {f"mentioned.{name}": name in mentioned for name in record.skeleton}
    return row | {"prompt_tokens": record.prompt_tokens, "completion_tokens": record.completion_tokens}
