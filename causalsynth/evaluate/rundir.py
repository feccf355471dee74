"""What evaluation takes from a run directory: the plan of its manifest, tables of values from its ledger."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.ledger import Attempt, RecordStatus

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunPlan", "interventions", "read_plan", "value_frames"]

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What the run was asked for; None where the manifest does not say."""

    graph: str | None = None
    n: int | None = None
    rounds: int | None = None
    realizer: str | None = None


def read_plan(directory: str | Path) -> RunPlan:
    """Read ``config`` of a run directory's manifest; an empty plan where there is none.

    Raises
    ------
    RunDirectoryError
        The manifest is not one.
    """
    path = Path(directory) / _MANIFEST
    if not path.is_file():
        return RunPlan()
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["config"]
        return RunPlan(
            graph=config.get("graph"),
            n=config.get("n"),
            rounds=config.get("rounds"),
            realizer=config.get("realizer"),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunDirectoryError(f"{path}: not a manifest", hint="give a directory that `generate` wrote") from error


def interventions(attempts: Iterable[Attempt]) -> dict[str, str]:
    """Give the one intervention that all records share.

    Raises
    ------
    InputError
        Records differ in it: they follow different graphs, and must be tested apart.
    """
    found = {tuple(sorted(attempt.do.items())) for attempt in attempts}
    if len(found) > 1:
        raise InputError(
            "the run mixes records under different interventions",
            hint="test each intervention's records alone",
        )
    return dict(*found)


def value_frames(attempts: Iterable[Attempt], variables: Sequence[str]) -> dict[str, "pd.DataFrame"]:
    """Give one row for each finished record, as ``skeleton`` and as ``extracted``.

    Parameters
    ----------
    attempts
        Each ``(i, k)`` once and sorted by it, as `causalsynth.ledger.read_ledger` gives them.
    variables
        Columns; those that a record lacks are null.

    Returns
    -------
    dict
        Two tables with the same index (``i``). Extracted values are those of the text that leaves the run:
        of a realized or repaired record its last draft, of an unrealized one the draft with the fewest
        violations. No record is left out; where there is no draft, all values are null.
    """
    import pandas as pd

    skeletons: dict[int, Mapping[str, str]] = {}
    extracted: dict[int, Mapping[str, str | None]] = {}
    for index, lines in groupby(attempts, key=lambda attempt: attempt.i):
        record = list(lines)
        if any(attempt.final for attempt in record):
            skeletons[index] = record[0].skeleton
            extracted[index] = _values(record)
    columns = list(variables)
    return {
        name: pd.DataFrame(
            {column: [row.get(column) for row in rows.values()] for column in columns},
            index=pd.Index(rows, name="i"),
            dtype=object,
        )
        for name, rows in (("skeleton", skeletons), ("extracted", extracted))
    }


def _values(record: Sequence[Attempt]) -> Mapping[str, str | None]:
    last = next(attempt for attempt in reversed(record) if attempt.final)
    if last.status is not RecordStatus.UNREALIZED:
        return last.values or {}
    read = [attempt for attempt in record if attempt.values is not None]
    best = min(read, key=lambda attempt: len(attempt.violations), default=None)
    return (best.values or {}) if best else {}
