"""What drafts made of each fact that they had to state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.domain.mention import MentionPlan
from causalsynth.errors import InputError
from causalsynth.evaluate.surprise import FactSurprise, range_of, surprises
from causalsynth.ledger import Attempt, final_line
from causalsynth.scm import SCM, Skeletons

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Fate", "VariableFacts", "draft_facts"]


class Fate(IntEnum):
    """What became of a fact in a draft."""

    ABSENT = -1
    """The draft did not have to state it, or there is no draft."""
    SAID = 0
    OVERRIDDEN = 1
    """Something else is said, or follows from what is said."""
    OMITTED = 2
    HEDGED = 3
    CONTRADICTORY = 4


_FATES = {
    "wrong": Fate.OVERRIDDEN,
    "missing": Fate.OMITTED,
    "uncertain": Fate.HEDGED,
    "contradictory": Fate.CONTRADICTORY,
}

_UNCLEAR = {"uncertain": Fate.HEDGED, "conflict": Fate.CONTRADICTORY}


@dataclass(frozen=True, slots=True, eq=False)
class VariableFacts:
    """One variable in all records' drafts.

    Attributes
    ----------
    surprise
        Of the imposed facts.
    first, after
        `Fate` in the first draft that could be used, and in the last one of the realizer: int8, shape (records,).
    written
        Class of what the first draft says instead: shape (records,); -1 where it is none of them.
    read
        Name of a reading → `Fate` in the text that leaves the run, as that reader has it: int8, shape (records,); also
        `Fate.ABSENT` where it was not among the texts that were read.
    """

    surprise: FactSurprise
    first: NDArray[np.int8]
    after: NDArray[np.int8]
    written: NDArray[np.intp]
    read: Mapping[str, NDArray[np.int8]]


def draft_facts(
    attempts: Iterable[Attempt],
    usual: SCM,
    plan: MentionPlan,
    seed: int,
    readings: "Mapping[str, pd.DataFrame] | None" = None,
) -> dict[str, VariableFacts]:
    """Follow every fact from skeleton to draft.

    Parameters
    ----------
    attempts
        Each ``(i, k)`` once and sorted by it, as `causalsynth.ledger.read_ledger` gives them. Finished records with a
        usable draft of the realizer count.
    usual
        The graph without the run's interventions.
    plan, seed
        The run's, for which facts each text was to state.
    readings
        Name → what a reader has of the final texts: a row a record that it read, by its index, a column a variable,
        null where nothing was read of it.

    Raises
    ------
    InputError
        No finished record has a usable draft, or a skeleton does not fit the graph.
    """
    drafts = [pair for _, record in groupby(attempts, key=lambda each: each.i) if (pair := _drafts(list(record)))]
    if not drafts:
        raise InputError("no finished record has a draft that could be read", hint="see `evaluate realizability`")
    firsts = [first for first, _ in drafts]
    rows = Skeletons.from_records(
        [draft.skeleton for draft in firsts], usual.supports, index=[draft.i for draft in firsts]
    )
    mentioned = plan.mentioned_in(rows, seed)
    found: dict[str, VariableFacts] = {}
    for variable, surprise in surprises(usual, rows).items():
        stated = np.array([variable in names for names in mentioned], dtype=bool)
        said = [_violation(draft, variable) for draft in firsts]
        later = [_violation(draft, variable) for _, draft in drafts]
        found[variable] = VariableFacts(
            surprise,
            _fates(said, stated),
            _fates(later, stated),
            _classes_of([each[1] for each in said], surprise),
            {
                name: _read_fates(frame[variable], rows.index, stated, surprise)
                for name, frame in (readings or {}).items()
                if variable in frame.columns
            },
        )
    return found


def _drafts(record: Sequence[Attempt]) -> tuple[Attempt, Attempt] | None:
    """Give a finished record's first and last usable drafts of the realizer."""
    if (last := final_line(record)) is None:
        return None
    usable = [line for line in record if line.has_usable_draft and not line.is_repair and line.k <= last.k]
    return (usable[0], usable[-1]) if usable else None


def _violation(draft: Attempt, variable: str) -> tuple[Fate, str | None]:
    for violation in draft.violations:
        if violation.variable == variable and violation.kind in _FATES:
            return _FATES[violation.kind], violation.found
    return Fate.SAID, None


def _fates(said: Sequence[tuple[Fate, str | None]], stated: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.where(stated, [fate for fate, _ in said], Fate.ABSENT).astype(np.int8)


def _read_fates(
    column: "pd.Series[Any]", index: NDArray[np.int64], stated: NDArray[np.bool_], surprise: FactSurprise
) -> NDArray[np.int8]:
    """Compare what a reader has with the facts; a number says another one if it lies in another range."""
    values = column.reindex(index).astype(object)
    texts = [None if value is None or value != value else str(value) for value in values]
    classes = _classes_of(texts, surprise)
    fates = np.where(classes == surprise.own, Fate.SAID, Fate.OVERRIDDEN)
    unclear = np.array([Fate.OMITTED if text is None else _UNCLEAR.get(text, Fate.ABSENT) for text in texts])
    said = np.where((unclear == Fate.ABSENT) | (classes >= 0), fates, unclear)
    return np.where(stated & values.index.isin(column.index), said, Fate.ABSENT).astype(np.int8)


def _classes_of(found: Sequence[str | None], surprise: FactSurprise) -> NDArray[np.intp]:
    known: Mapping[str, int]
    if surprise.ends is None:
        known = {state: code for code, state in enumerate(surprise.classes)}
    else:
        numbers = {text: number for text in found if text is not None and (number := _number(text)) is not None}
        places = range_of(np.array([*numbers.values()], dtype=np.float64), surprise.ends)
        known = dict(zip(numbers, places.tolist(), strict=True))
    return np.array([-1 if text is None else known.get(text, -1) for text in found], dtype=np.intp)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
