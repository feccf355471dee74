"""Filled-in sheets, as spreadsheets and people leave them."""

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from causalsynth.errors import InputError
from causalsynth.evaluate.readers.audit.sheet import NOT_STATED, UNCLEAR, document_id
from causalsynth.scm.support import Categorical, Support

__all__ = ["Cell", "FilledSheet", "read_sheet"]

Cell = tuple[int, str]
"""A record's index and a variable."""

_NEEDED = ("document", "variable", "answer")
_EITHER_WAY = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
"""A comma that may part thousands or be a decimal one, by where the sheet was filled in."""
_SAID_NOTHING = frozenset({NOT_STATED, "not mentioned", "nothing", "n/s", "-"})


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """What one person read.

    Attributes
    ----------
    annotator
        The sheet's file name without its ending.
    answers
        Cell → state, number as text without further ado, `NOT_STATED` or `UNCLEAR`. Cells left open are not there.
    left_open
        How many those are.
    """

    annotator: str
    answers: Mapping[Cell, str] = field(repr=False)
    left_open: int


def read_sheet(path: Path, texts: Mapping[int, str], supports: Mapping[str, Support]) -> FilledSheet:
    """Read a filled-in sheet.

    Fields may be parted by commas, semicolons or tabs: spreadsheets write what is usual where they are used. Case and
    blanks around an answer don't matter.

    Parameters
    ----------
    path
        The file.
    texts
        Record index → text, of those that were to be read.
    supports
        Variable → what it can take.

    Raises
    ------
    InputError
        Names the line: a column is missing, an answer is none, a document isn't in the audit or its text has changed,
        or a question is answered twice.
    """
    documents = {document_id(index, text): index for index, text in texts.items()}
    answers: dict[Cell, str] = {}
    left_open = 0
    for line, row in _rows(path):
        place = f"{path}:{line}"
        index = _document(place, row["document"], documents)
        name = _plain(row["variable"])
        if name not in supports:
            raise InputError(f"{place}: there is no variable {name!r}", hint=f"there are {', '.join(supports)}")
        if (index, name) in answers:
            raise InputError(f"{place}: {name} of record {index} is answered twice", hint="keep one of the rows")
        given = _plain(row["answer"])
        if not given:
            left_open += 1
            continue
        answers[index, name] = _answer(place, given, name, supports[name])
    return FilledSheet(annotator=path.stem, answers=answers, left_open=left_open)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8 text", hint="save it as CSV UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror or error}", hint="check the path") from None
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval="")
    if missing := [name for name in _NEEDED if name not in (reader.fieldnames or ())]:
        raise InputError(f"{path}:1: no column {missing[0]!r}", hint="keep the sheet's columns as they were")
    try:
        rows = []
        for row in reader:
            if any(row[name].strip() for name in _NEEDED):
                rows.append((reader.line_num, row))
        return rows
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: {error}", hint="save the sheet as CSV again") from None


def _plain(cell: str) -> str:
    """Take off blanks and the apostrophe of `causalsynth.evaluate.readers.audit.sheet.safe_cell`."""
    return cell.strip().removeprefix("'").strip()


def _document(place: str, cell: str, documents: Mapping[str, int]) -> int:
    name = _plain(cell)
    if name in documents:
        return documents[name]
    record = name.partition(" #")[0]
    if any(known.partition(" #")[0] == record for known in documents):
        raise InputError(f"{place}: the text of {record} has changed since", hint="make a new sheet")
    raise InputError(f"{place}: {name or 'no document'!r} is not in this audit", hint="give the sheet made for it")


def _answer(place: str, given: str, name: str, support: Support) -> str:
    folded = given.casefold()
    if isinstance(support, Categorical):
        # A state may be called like one of our own answers, and then is meant.
        for text in (given, given.partition(" (")[0]):  # the answer alone, or with the meaning that the sheet gives
            if (state := _state(text, support)) is not None:
                return state
        wanted = ", ".join(support.states)
    else:
        digits = given.removesuffix(support.unit).strip()
        if _EITHER_WAY.fullmatch(digits):
            raise InputError(
                f"{place}: {given!r} for {name} can be read as two numbers",
                hint=f"write {digits.replace(',', '')} or {digits.replace(',', '.')}",
            )
        number = _finite(digits.replace(",", ".") if digits.count(",") == 1 and "." not in digits else digits)
        if number is not None:
            return str(number)
        wanted = "a number" + (f" in {support.unit}" if support.unit else "")
    if folded in _SAID_NOTHING:
        return NOT_STATED
    if folded == UNCLEAR:
        return UNCLEAR
    raise InputError(
        f"{place}: {given!r} is no answer for {name}",
        hint=f"give {wanted}, {NOT_STATED} or {UNCLEAR}; or leave it empty",
    )


def _finite(digits: str) -> float | None:
    try:
        number = float(digits)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _state(given: str, support: Categorical) -> str | None:
    """Find the state that is meant: spreadsheets write TRUE for True, and 1 for 01."""
    if given in support.states:
        return given
    for alike in (str.casefold, _as_number):
        if len(found := [state for state in support.states if alike(state) == alike(given)]) == 1:
            return found[0]
    return None


def _as_number(text: str) -> str:
    try:
        return str(float(text))
    except ValueError:
        return text
