"""A reading: what something other than the loop's extractor read in a run's texts, and how it is kept on disk.

``RUNDIR/readings/NAME.parquet`` holds the values, ``NAME.json`` beside it who read them and in which texts. The ledger
only ever grows, so its size tells whether a reading is still of the texts that are there.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.files import replacing
from causalsynth.ledger import ledger_files

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = [
    "FOLDER",
    "Reading",
    "ReadingCard",
    "check_name",
    "kept_readings",
    "read_readings",
    "stale_readings",
    "unusable_readings",
    "write_reading",
]

FOLDER = "readings"
"""Where in a run directory readings lie."""

_INDEX = "_index"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}")
_AUDIT = ".audit"
"""What an audit's plan (`causalsynth.evaluate.readers.audit.plan`) has before its ending; it is no reading."""
_TAKEN = frozenset({"skeleton", "extracted", "table"})


class ReadingCard(BaseModel):
    """What ``NAME.json`` says of a reading."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    v: int = 1
    """Format version."""
    name: str
    """What tables call it."""
    kind: str
    """``probe``, ``llm`` or ``human``."""
    settings: Mapping[str, Any]
    """All that decides what is read, seed included."""
    records: int
    """Records of the table."""
    texts: str
    """`causalsynth.evaluate.texts.digest_of_texts` of the texts read."""
    ledger_bytes: int
    """Size of the ledger that they were in."""
    notes: Mapping[str, Any] = {}
    """What the reader found out beside the values."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """Values that were read in the texts of a run.

    Attributes
    ----------
    name
        What tables call it.
    kind
        ``probe``, ``llm`` or ``human``.
    values
        One row for each finished record that was read, as in `causalsynth.evaluate.rundir.value_frames`: index ``i``,
        a column a variable; states as text, numbers as float, null where nothing definite was read. An audit reads a
        sample: records without a row are in none of its figures.
    texts
        `causalsynth.evaluate.texts.digest_of_texts` of the texts read.
    settings
        All that decides what is read, seed included.
    notes
        What the reader found out beside the values; plain JSON.
    """

    name: str
    kind: str
    values: "pd.DataFrame"
    texts: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)


def check_name(name: str) -> str:
    """Give a reading's name back if it can be one.

    Raises
    ------
    InputError
        It is the name of other values, or no plain file name.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"--name {name!r}: no name for a reading", hint="take letters, digits, and _ . + - in between")
    if name in _TAKEN or name.endswith(_AUDIT):
        raise InputError(f"--name {name}: something else is called so", hint="choose another one")
    return name


def write_reading(directory: str | Path, reading: Reading) -> Path:
    """Keep a reading in a run directory; one of the same name is replaced.

    Returns
    -------
    Path
        The table.

    Raises
    ------
    InputError
        It can't have this name.
    RunDirectoryError
        The directory holds no run, or can't be written.
    """
    directory = Path(directory)
    card = ReadingCard(
        name=check_name(reading.name),
        kind=reading.kind,
        settings=reading.settings,
        records=len(reading.values),
        texts=reading.texts,
        ledger_bytes=_ledger_bytes(directory),
        notes=reading.notes,
    )
    table = directory / FOLDER / f"{reading.name}.parquet"
    try:
        table.parent.mkdir(exist_ok=True)
        # The card goes first and comes last: a table without one doesn't count.
        table.with_name(f"{reading.name}.json").unlink(missing_ok=True)
        with replacing(table) as draft:
            reading.values.rename_axis(_INDEX).reset_index().to_parquet(draft, index=False)
        with replacing(table.with_name(f"{reading.name}.json")) as draft:
            draft.write_text(json.dumps(card.model_dump(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise RunDirectoryError(
            f"{table}: can't be written: {error.strerror or error}", hint="make room, or mend the folder"
        ) from error
    return table


def read_readings(directory: str | Path, *, without: Collection[str] = ()) -> "dict[str, pd.DataFrame]":
    """Give the readings of the texts that are there now, by name.

    Parameters
    ----------
    directory
        A run directory.
    without
        Names of readings to be passed over, unread.

    Returns
    -------
    dict
        Name → table like those of `causalsynth.evaluate.rundir.value_frames`, with the records that were read.
        Empty where there are none. Those whose run has gone on since are left out: `stale_readings` names them.

    Raises
    ------
    RunDirectoryError
        A reading's file is not one, or `directory` holds no run.
    """
    return {card.name: values for card, values in _kept(Path(directory), without)}


def kept_readings(run: "EvaluatedRun") -> list[Reading]:
    """Give the readings of a run's texts but for those that are left out, by name; variables that one lacks are null.

    Raises
    ------
    RunDirectoryError
        As `read_readings`.
    """
    found = []
    for card, values in _kept(run.directory, run.left_out):
        whole = values.reindex(columns=list(run.scm.variables)).astype(object)
        found.append(
            Reading(
                name=card.name,
                kind=card.kind,
                values=whole.where(whole.notna(), None),
                texts=card.texts,
                settings=card.settings,
                notes=card.notes,
            )
        )
    return found


def unusable_readings(run: "EvaluatedRun") -> dict[str, RunDirectoryError]:
    """Find the readings that no figure can be taken on, by name, with what is wrong; stale ones don't count.

    Their files can't be read, or hold values that their variables don't have, or records that the run doesn't have.
    """
    unusable = {}
    for path, size in _card_files(run.directory):
        try:
            card = _read_card(path)
            if card.ledger_bytes == size:
                _check_fit(_values_beside(path), run, path.with_suffix(".parquet"))
        except RunDirectoryError as error:
            unusable[path.stem] = error
    return unusable


def _check_fit(values: "pd.DataFrame", run: "EvaluatedRun", path: Path) -> None:
    """Make sure that values are of the run's variables and records; it may lack some of both."""
    from causalsynth.evaluate.coded import CodedTable

    known = {name: support for name, support in run.scm.supports.items() if name in values.columns}
    try:
        CodedTable.from_frame(values, known, name=str(path))
    except InputError as error:
        raise RunDirectoryError(error.message, hint=error.hint) from error
    strangers = values.index.difference(run.frames()["skeleton"].index)
    if len(strangers):
        raise RunDirectoryError(f"{path}: record {strangers[0]} is not in the run", hint="read again")


def stale_readings(directory: str | Path) -> list[str]:
    """Name the readings of texts that may be no longer those of the run: it has gone on since.

    One whose card can't be read is passed over: `read_readings` and `unusable_readings` tell.
    """
    stale = []
    for path, size in _card_files(Path(directory)):
        with suppress(RunDirectoryError):
            card = _read_card(path)
            if card.ledger_bytes != size:
                stale.append(card.name)
    return stale


def _kept(directory: Path, without: Collection[str]) -> "Iterator[tuple[ReadingCard, pd.DataFrame]]":
    """Give what was read in the texts that are there now, with who read it."""
    for path, size in _card_files(directory):
        if path.stem not in without and (card := _read_card(path)).ledger_bytes == size:
            yield card, _values_beside(path)


def _card_files(directory: Path) -> Iterator[tuple[Path, int]]:
    """Give the cards' files by name, each with the size that the ledger has now."""
    found = (directory / FOLDER).glob("*.json")
    paths = sorted(path for path in found if not path.stem.endswith(_AUDIT))
    size = _ledger_bytes(directory) if paths else 0
    for path in paths:
        yield path, size


def _read_card(path: Path) -> ReadingCard:
    try:
        card = ReadingCard.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise RunDirectoryError(f"{path}: not the card of a reading", hint="remove it, and read again") from error
    if card.name != path.stem or card.name in _TAKEN:  # it would take another table's place without a word
        raise RunDirectoryError(
            f"{path}: the card of a reading called {card.name}",
            hint="give card and table that name again, or remove both",
        )
    return card


def _values_beside(card: Path) -> "pd.DataFrame":
    """Read the values of a reading; null where nothing definite was read."""
    path = card.with_suffix(".parquet")
    try:
        frame = _read_table(path)
    except (OSError, ValueError, KeyError) as error:  # pyarrow's errors are ValueErrors
        raise RunDirectoryError(f"{path}: not a reading's table", hint="read again") from error
    if not (frame.index.is_unique and frame.columns.is_unique):
        raise RunDirectoryError(f"{path}: a record or a variable stands there twice", hint="read again")
    return frame.astype(object).where(frame.notna(), None)


def _read_table(path: Path) -> "pd.DataFrame":
    """Read a reading's table; ValueError or KeyError: it isn't one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    if not pa.types.is_integer(table.field(_INDEX).type) or any(pa.types.is_nested(own) for own in table.schema.types):
        raise ValueError
    frame: pd.DataFrame = table.to_pandas()
    return frame.set_index(_INDEX).rename_axis("i")


def _ledger_bytes(directory: Path) -> int:
    return sum(path.stat().st_size for path in ledger_files(directory))
