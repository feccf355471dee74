"""The sheet that a person fills in: one row a question, and never a word of what the answer should be.

It is made for spreadsheets: UTF-8 with its mark, no cell that a program would take for a formula, texts within the
length that a cell can have.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from causalsynth.domain.lexicon import Lexicon
from causalsynth.errors import InputError
from causalsynth.evaluate.texts import digest_of_text
from causalsynth.files import replacing
from causalsynth.scm.support import Categorical, Support

if TYPE_CHECKING:
    from causalsynth.domain import Domain

__all__ = ["COLUMNS", "NOT_STATED", "UNCLEAR", "document_id", "safe_cell", "write_sheet"]

COLUMNS = ("document", "text", "variable", "question", "answers", "answer", "remark")
NOT_STATED, UNCLEAR = "not stated", "unclear"

_LONGEST_CELL = 32_767
_FORMULA = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def document_id(index: int, text: str) -> str:
    """Name a document by its record and its words, so that a sheet of another text is noticed."""
    return f"record {index} #{digest_of_text(text)[:10]}"


def safe_cell(text: str) -> str:
    """Make a cell of a text: no control characters, one kind of line end, nothing that is taken for a formula.

    What begins like a formula gets an apostrophe in front, which spreadsheets take for "this is text" (OWASP, CSV
    injection).
    """
    clean = _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{clean}" if clean.lstrip(" \n").startswith(_FORMULA) or clean.startswith("\t") else clean


def write_sheet(
    path: Path, texts: Mapping[int, str], supports: Mapping[str, Support], domain: "Domain | None" = None
) -> None:
    """Write the sheet for some documents, in the order given.

    Parameters
    ----------
    path
        CSV; what was there is replaced.
    texts
        Record index → text.
    supports
        Variable → what it can take; each is asked for of each document.
    domain
        Says what variables and states mean; without it their names have to do.

    Raises
    ------
    InputError
        A text is too long for a cell, or the file can't be written.
    """
    if too_long := [index for index, text in texts.items() if len(text) >= _LONGEST_CELL]:
        raise InputError(
            f"{path}: the text of record {too_long[0]} is longer than a spreadsheet's cell",
            hint="audit a run with shorter texts",
        )
    lexicon = None if domain is None else domain.lexicon
    asked = [(name, *_question(name, support, lexicon)) for name, support in supports.items()]
    try:
        with replacing(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(COLUMNS)
            writer.writerows(_rows(texts, asked))
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror or error}", hint="check the folder") from None


def _rows(texts: Mapping[int, str], asked: Sequence[tuple[str, str, str]]) -> Iterator[list[str]]:
    """Give a row for each question; the text stands in a document's first row."""
    for index, text in texts.items():
        for place, (name, question, answers) in enumerate(asked):
            shown = "" if place else text
            yield [*map(safe_cell, (document_id(index, text), shown, name, question, answers)), "", ""]


def _question(name: str, support: Support, lexicon: Lexicon | None) -> tuple[str, str]:
    wording = None if lexicon is None else lexicon.variables.get(name)
    label = name if wording is None else wording.label
    question = f"What does the text say of this: {label}?"
    if not isinstance(support, Categorical):
        return question, f"a number{support.unit and ' in ' + support.unit} / {NOT_STATED} / {UNCLEAR}"
    told = []
    for state in support.states:
        said = wording.states[state].means if wording is not None and state in wording.states else ""
        told.append(f"{state} ({lexicon.render(said)})" if said and lexicon is not None else state)
    return question, " / ".join([*told, NOT_STATED, UNCLEAR])
