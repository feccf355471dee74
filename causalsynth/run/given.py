"""Skeletons that are given in a table instead of drawn."""

import csv
import hashlib
from pathlib import Path

import numpy as np

from causalsynth.errors import InputError
from causalsynth.scm import SCM, Skeletons
from causalsynth.tables import read_table

__all__ = ["count_given", "given_digest", "read_given"]


def read_given(path: str | Path, scm: SCM) -> Skeletons:
    """Read a table of skeletons; row i is record i, from 0, whatever its ``_index`` says.

    Parameters
    ----------
    path
        Ends in ``.parquet``, ``.csv`` or ``.jsonl``; a column for each variable, others are passed over.
    scm
        Whose variables and states they are.

    Raises
    ------
    InputError
        The table can't be read, lacks a variable, has no rows, or has a value that the graph doesn't know; names file
        and line.
    """
    frame = read_table(path)
    try:
        rows = Skeletons.from_frame(frame.drop(columns="_index", errors="ignore"), scm.supports)
    except InputError as error:
        raise InputError(_placed(Path(path), error.message), hint=error.hint) from None
    if not len(rows):
        raise InputError(f"{path}: no rows", hint="give a table with one row a skeleton")
    return rows


def count_given(path: str | Path) -> int:
    """Count the rows of a table of skeletons; InputError as `read_given`, as far as the file itself goes."""
    return len(read_table(path))


def given_digest(rows: Skeletons) -> str:
    """Give the SHA-256 of the facts, whatever the file's format."""
    digest = hashlib.sha256()
    digest.update("\x1f".join(rows.variables).encode())
    for array in (rows.codes, rows.numbers):
        digest.update(str(array.shape).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _placed(path: Path, message: str) -> str:
    """Write ``skeletons.csv:4: smoke = …`` for ``row 3: smoke = …``."""
    row, colon, rest = message.partition(": ")
    number = row.removeprefix("row ")
    if not (colon and row.startswith("row ") and number.isdecimal()):
        return f"{path}: {message}"
    line = _line(path, int(number))
    return f"{path}: {message}" if line is None else f"{path}:{line}: {rest}"


def _line(path: Path, row: int) -> int | None:
    """Give the line of a text file on which a row begins; None in a file without lines."""
    ending = path.suffix.lower()
    if ending == ".jsonl":
        with path.open("rb") as file:
            filled = (number for number, line in enumerate(file, start=1) if line.strip())
            return next((number for count, number in enumerate(filled, start=1) if count == row), None)
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            begins = 1
            count = -1  # the header is no row
            for fields in reader:
                count += bool(fields)
                if count == row:
                    return begins
                begins = reader.line_num + 1
    return None
