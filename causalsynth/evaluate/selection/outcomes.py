"""When each record was accepted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from causalsynth.ledger import Attempt, RecordStatus, final_line
from causalsynth.scm import SCM, Skeletons

__all__ = ["FIRST", "LATER", "NEVER", "REPAIRED", "Outcomes"]

FIRST, LATER, REPAIRED, NEVER = range(4)
"""Accepted at the first attempt, at a later one, only after repair, or not at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """The finished records of a run.

    Attributes
    ----------
    skeletons
        Their facts; the index is that of the records.
    stage
        `FIRST`, `LATER`, `REPAIRED` or `NEVER`: int8, shape (records,).
    fallback
        Whether what the realizer did not achieve was repaired.
    """

    skeletons: Skeletons
    stage: NDArray[np.int8]
    fallback: bool

    @classmethod
    def of(cls, attempts: Iterable[Attempt], scm: SCM) -> "Outcomes":
        """Take them from a ledger, each ``(i, k)`` once and sorted by it.

        Raises
        ------
        InputError
            A skeleton does not fit the graph.
        """
        found = [stop for _, lines in groupby(attempts, key=lambda each: each.i) if (stop := _stage(list(lines)))]
        skeletons = Skeletons.from_records(
            [last.skeleton for last, _ in found], scm.supports, index=[last.i for last, _ in found]
        )
        stage = np.array([reached for _, reached in found], dtype=np.int8)
        return cls(skeletons, stage, bool((stage == REPAIRED).any() or not (stage == NEVER).any()))

    def __len__(self) -> int:
        return len(self.stage)


def _stage(record: Sequence[Attempt]) -> tuple[Attempt, int] | None:
    last = final_line(record)
    if last is None:
        return None
    if last.status is RecordStatus.REALIZED:
        calls = [attempt for attempt in record if not attempt.is_repair]
        return last, FIRST if calls[0] is last else LATER
    return last, REPAIRED if last.status is RecordStatus.REPAIRED else NEVER
