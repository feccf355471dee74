"""What four ways to make a data set would have given, told from the ledger of one run.

- **unverified**: every first draft is taken as it is.
- **rejection**: first drafts that say exactly their facts; the other records are dropped.
- **loop**: drafts of the realizer that say exactly their facts within the rounds; the other records are dropped.
- **fallback**: what the loop does not reach is written deterministically. Nothing is dropped.

The first attempts are the same in all four, so that what differs between them is the method's doing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.ledger import Attempt, RecordStatus, Value, final_line

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Method", "MethodSample", "method_samples"]


class Method(StrEnum):
    """A way to make a data set of texts."""

    UNVERIFIED = "unverified"
    REJECTION = "rejection"
    LOOP = "loop"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodSample:
    """The data set that a method gives.

    Attributes
    ----------
    method
        Which it is.
    kept
        Which records it keeps: bool, shape (records,), in order of their index.
    values
        One row a record, as `causalsynth.evaluate.rundir.value_frames` gives them: what the extractor read from the
        text that the method lets through, null in the rows of records that it drops.
    texts
        One a record; None where it is dropped.
    tokens
        Prompt and completion tokens of all attempts that the method makes, as far as they were counted.
    """

    method: Method
    kept: NDArray[np.bool_]
    values: "pd.DataFrame"
    texts: Sequence[str | None]
    tokens: int

    @property
    def tokens_per_text(self) -> float | None:
        """Give all tokens spent, over the texts kept; None without any."""
        kept = int(self.kept.sum())
        return self.tokens / kept if kept and self.tokens else None


@dataclass(slots=True)
class _Record:
    """The attempts of a finished record."""

    index: int
    attempts: Sequence[Attempt]
    last: Attempt

    def shown(self, method: Method) -> Attempt | None:
        """Give the attempt whose text the method lets through; None: it drops the record."""
        first = self.attempts[0]
        if method is Method.UNVERIFIED:
            return first if first.has_usable_draft else None
        if method is Method.REJECTION:
            return first if first.final and first.status is RecordStatus.REALIZED else None
        if method is Method.LOOP:
            return self.last if self.last.status is RecordStatus.REALIZED else None
        return None if self.last.status is RecordStatus.UNREALIZED else self.last

    def tokens(self, method: Method) -> int:
        """Count what the method's attempts at this record took."""
        once = method in (Method.UNVERIFIED, Method.REJECTION)
        return sum(sum(attempt.usage.values()) for attempt in (self.attempts[:1] if once else self.attempts))


def method_samples(attempts: Sequence[Attempt], variables: Sequence[str]) -> dict[Method, MethodSample]:
    """Give the data set of each method.

    Parameters
    ----------
    attempts
        Each ``(i, k)`` once and sorted by it, as `causalsynth.ledger.read_ledger` gives them.
    variables
        Columns of the tables of values.

    Returns
    -------
    dict
        Without ``fallback`` where the run had none: no record is repaired and some are unrealized.
    """
    records = list(_finished(attempts))
    statuses = {record.last.status for record in records}
    without_fallback = RecordStatus.UNREALIZED in statuses and RecordStatus.REPAIRED not in statuses
    methods = [method for method in Method if not (method is Method.FALLBACK and without_fallback)]
    return {method: _sample(method, records, variables) for method in methods}


def _finished(attempts: Sequence[Attempt]) -> Iterator[_Record]:
    for index, lines in groupby(attempts, key=lambda attempt: attempt.i):
        record = list(lines)
        if last := final_line(record):
            yield _Record(index, record, last)


def _sample(method: Method, records: Sequence[_Record], variables: Sequence[str]) -> MethodSample:
    import pandas as pd

    shown = [record.shown(method) for record in records]
    read: list[Mapping[str, Value | None]] = [(attempt.values or {}) if attempt else {} for attempt in shown]
    values = pd.DataFrame(
        {name: [row.get(name) for row in read] for name in variables},
        index=pd.Index([record.index for record in records], name="i"),
        dtype=object,
    )
    return MethodSample(
        method=method,
        kept=np.array([attempt is not None for attempt in shown], bool),
        values=values,
        texts=[attempt.draft if attempt else None for attempt in shown],
        tokens=sum(record.tokens(method) for record in records),
    )
