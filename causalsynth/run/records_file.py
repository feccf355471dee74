"""``records.parquet``, written some thousand records at a time: memory stays bounded whatever n."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from causalsynth.errors import RunDirectoryError
from causalsynth.files import replacing
from causalsynth.run.records import Record, to_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Mentioned", "write_frames", "write_records"]

Mentioned = Callable[[Sequence[Record]], Iterable[Collection[str]]]
"""Gives the variables that each of some records' texts was to state."""

_CHUNK = 8192


def write_records(records: Iterable[Record], path: Path, mentioned: Mentioned) -> None:
    """Write the table of `causalsynth.run.records.to_frame`, in one step as a reader sees it.

    Parameters
    ----------
    records
        By index.
    path
        Replaced if it is there.
    mentioned
        Asked for each chunk.

    Raises
    ------
    RunDirectoryError
        The file can't be written.
    """
    try:
        with replacing(path) as draft:
            write_frames((to_frame(chunk, mentioned(chunk)) for chunk in _chunks(records)), draft)
    except OSError as error:
        raise RunDirectoryError(
            f"{path}: can't be written: {error.strerror or error}",
            hint="what is finished is kept; make room, then run the command again",
        ) from error


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Cut into chunks, the first of which may be empty: an empty run has a table with its columns, too."""
    rest = iter(records)
    yield list(islice(rest, _CHUNK))
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def write_frames(frames: "Iterable[pd.DataFrame]", path: Path) -> None:
    """Write tables of the same columns below one another into a Parquet file, one at a time in memory.

    Raises
    ------
    OSError
        The file can't be written.
    """
    writer: Any = None
    schema: Any = None
    try:
        for frame in frames:
            if schema is None:
                schema = _schema(pa.Schema.from_pandas(frame, preserve_index=False))
                writer = pq.ParquetWriter(path, schema)
            writer.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False))
    finally:
        if writer is not None:
            writer.close()


def _schema(schema: Any) -> Any:
    """Make text of the columns that hold nothing in the first chunk: numbers have their type even then."""
    fields = [pa.field(column.name, pa.string()) if pa.types.is_null(column.type) else column for column in schema]
    return pa.schema(fields, metadata=schema.metadata)
