"""Tables in and out: Parquet, CSV and JSON Lines, told apart by the file's ending.

Columns are of two kinds. A variable's column holds the names of states and stays text, whatever it looks like
(``None``, ``NA``, ``True``, ``01``, ``<5``). A column whose name begins with ``_`` is ours (``_index``) and
keeps the type that it looks like.
"""

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from causalsynth.errors import InputError
from causalsynth.files import replacing

__all__ = ["check_target", "read_table", "write_table"]

_LONGEST_ROW = 16 * 2**20  # bytes; pyarrow's own limit of 1 MB is too little for a table with texts

T = TypeVar("T")


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    path
        Ends in ``.parquet``, ``.csv`` or ``.jsonl``.

    Returns
    -------
    pandas.DataFrame
        Columns of text, but for those whose name begins with ``_``: these are integers, floats or booleans
        where the file has such. Missing values (``null``) stay missing; an empty CSV field is the empty text.

    Raises
    ------
    InputError
        The file is missing, its ending unknown, or a line broken (names the line).
    """
    path = Path(path)
    read = _format(path, _READERS)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file", hint="check the path")
    try:
        frame = read(path)
        if frame.index.name:
            frame = frame.reset_index()  # pandas keeps a named index apart in Parquet
        for name in frame.columns:
            if not str(name).startswith("_"):
                frame[name] = _as_text(frame[name])
    except UnicodeError:
        raise InputError(f"{path}: not UTF-8 text", hint="save it as UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror or error}", hint="check the file") from None
    return frame


def write_table(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table: under another name first, then renamed, so that `path` is never half a table.

    Parameters
    ----------
    frame
        A named index becomes the first column, another one is dropped.
    path
        Ends in ``.parquet``, ``.csv`` or ``.jsonl``; an existing file is replaced.

    Raises
    ------
    InputError
        The ending is unknown, or the file can't be written.
    """
    path = Path(path)
    write = _format(path, _WRITERS)
    frame = frame.reset_index() if frame.index.name else frame
    try:
        with replacing(path) as temporary:
            write(frame, temporary)
    except OSError as error:
        raise InputError(
            f"{path}: can't be written: {error.strerror or error}", hint="check folder and permissions"
        ) from None
    except UnicodeEncodeError:
        raise InputError(f"{path}: can't be written: a text holds half a surrogate pair") from None


def check_target(path: str | Path) -> None:
    """Refuse a path that no table can be written to, before any work is done.

    Raises
    ------
    InputError
        The ending is unknown, or the folder isn't there.
    """
    path = Path(path)
    _format(path, _WRITERS)
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}", hint="make it first")


def _format(path: Path, by_ending: dict[str, T]) -> T:
    if (ending := path.suffix.lower()) not in by_ending:
        raise InputError(f"{path}: a table can't end in {ending or 'nothing'!r}", hint=f"use {', '.join(by_ending)}")
    return by_ending[ending]


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except pa.ArrowException as error:
        raise InputError(f"{path}: not a Parquet file: {_first_line(error)}", hint="was it cut short?") from None


def _read_csv(path: Path) -> pd.DataFrame:
    header = _csv_header(path)
    options = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, null_values=[]
    )
    parsing = pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=len(header) > 1)
    try:
        reading = pa_csv.ReadOptions(block_size=_LONGEST_ROW)
        table = pa_csv.read_csv(path, reading, parsing, options)
    except pa.ArrowInvalid as error:
        raise _csv_fault(path, len(header), _first_line(error)) from None
    frame: pd.DataFrame = table.to_pandas()
    for name in (name for name in header if name.startswith("_")):
        frame[name] = _natural(frame[name])
    return frame


def _csv_header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            header = next(csv.reader(file), [])
        except csv.Error as error:
            raise InputError(f"{path}:1: {error}", hint="is it a CSV file?") from None
    if not header:
        raise InputError(f"{path}:1: no header", hint="the first line names the columns")
    for position, name in enumerate(header):
        if name in header[:position]:
            raise InputError(f"{path}:1: the column {name!r} occurs twice", hint="rename one of them")
    return header


def _csv_fault(path: Path, columns: int, otherwise: str) -> InputError:
    """Read again, slowly, to find the line that is wrong."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        line = 1
        try:
            for row in reader:
                if len(row) != columns and not (not row and columns > 1):
                    return InputError(
                        f"{path}:{line}: {len(row)} fields where the header has {columns}",
                        hint="quote fields that hold commas or line ends",
                    )
                line = reader.line_num + 1
        except csv.Error as error:
            return InputError(f"{path}:{line}: {error}", hint="is a quote not closed?")
    return InputError(f"{path}: {otherwise}")


def _read_jsonl(path: Path) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    names: dict[str, None] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                row = _json_row(line, f"{path}:{number}")
                rows.append(row)
                if row.keys() != names.keys():
                    names |= dict.fromkeys(row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    return pd.DataFrame({name: _json_column(name, values) for name, values in columns.items()})


def _json_column(name: str, values: list[Any]) -> "pd.Series[Any]":
    # Through pandas' own inference, 1 would become 1.0 beside a null or a float.
    return pd.Series(values) if name.startswith("_") else _text_column(values)


def _json_row(line: bytes, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except UnicodeDecodeError:
        raise InputError(f"{place}: not UTF-8 text", hint="save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: not JSON: {error}", hint="each line is one JSON object") from None
    if not isinstance(row, dict):
        raise InputError(f"{place}: not a JSON object", hint="each line is {column: value, …}")
    for name, value in row.items():
        if type(value) in (dict, list) and not name.startswith("_"):
            raise InputError(f"{place}: {name} holds a {type(value).__name__}", hint="a state is a text")
    return row


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False)


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    # Python's csv leaves a lone CR unquoted, and readers take it for the end of a row.
    returns = any("\r" in str(name) or _holds_return(frame[name]) for name in frame.columns)
    quoting: Literal[0, 2] = 2 if returns else 0  # csv.QUOTE_NONNUMERIC, csv.QUOTE_MINIMAL
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", quoting=quoting)


def _holds_return(column: "pd.Series[Any]") -> bool:
    if column.dtype.kind in "biuf":
        return False
    return any("\r" in value for value in column.unique() if isinstance(value, str))


def _write_jsonl(frame: pd.DataFrame, path: Path) -> None:
    columns = [frame[name].astype(object).tolist() for name in frame.columns]
    names = [str(name) for name in frame.columns]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for values in zip(*columns, strict=True):
            row = {name: None if _missing(value) else value for name, value in zip(names, values, strict=True)}
            file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def _as_text(column: "pd.Series[Any]") -> "pd.Series[str]":
    if isinstance(column.dtype, pd.StringDtype):
        return column
    return _text_column(column.tolist()).set_axis(column.index)


def _text_column(values: list[Any]) -> "pd.Series[str]":
    texts = [value if type(value) is str else None if _missing(value) else str(value) for value in values]
    return pd.Series(texts, dtype=object if None in texts else "str")


def _natural(column: "pd.Series[str]") -> "pd.Series[Any]":
    """Read numbers only where writing them gives the same text again: ``01`` stays text."""
    texts = column.tolist()
    for convert in (int, float):
        try:
            values = [convert(text) for text in texts]
        except ValueError:
            continue
        same = all(text in _spellings(value) for value, text in zip(values, texts, strict=True))
        if texts and same and max(map(abs, values)) < 2**63:
            return pd.Series(values, index=column.index, dtype="int64" if convert is int else "float64")
    if texts and all(text in ("True", "False") for text in texts):
        return pd.Series([text == "True" for text in texts], index=column.index, dtype=bool)
    return column


def _spellings(number: float) -> tuple[str, ...]:
    return (str(number), str(int(number))) if math.isfinite(number) else (str(number),)


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:300]


_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".parquet": _read_parquet,
    ".csv": _read_csv,
    ".jsonl": _read_jsonl,
}
_WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
}
