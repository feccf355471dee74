"""From bytes to the text of a spec."""

from pathlib import Path

from causalsynth.errors import GraphError

__all__ = ["MAX_BYTES", "MAX_LINE", "check_text", "decode"]

MAX_BYTES = 4 * 2**20
"""Larger files are refused: they would take minutes, and nobody writes them by hand."""

MAX_LINE = 200_000
"""Characters of one line."""

_WRONG_FILE = "is it a YAML spec (docs/specs.md)?"


def decode(path: Path) -> str:
    """Read a file, decode UTF-8, and make all line ends LF.

    Raises
    ------
    GraphError
        It can't be read, is too large, or isn't text.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise GraphError(f"{path}: can't be read: {reason}", hint="check the path") from None
    if len(data) > MAX_BYTES:
        hint = "is it a spec? large networks of tables are read faster from BIF"
        raise GraphError(f"{path}:1: larger than {MAX_BYTES // 2**20} MB", hint=hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise GraphError(f"{path}:{line}: not UTF-8 text", hint=f"{_WRONG_FILE} save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_text(text: str, place: str) -> None:
    """Refuse what can't be a spec, or would take too long to find out.

    Raises
    ------
    GraphError
        Empty, binary, or with a line that is too long; names the line.
    """
    if not text.strip():
        raise GraphError(f"{place}:1: the file is empty", hint=_WRONG_FILE)
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise GraphError(f"{place}:{line}: not text (a NUL byte)", hint=_WRONG_FILE)
    for number, row in enumerate(text.split("\n"), start=1):
        if len(row) > MAX_LINE:
            message = f"a line of {len(row):,} characters, {MAX_LINE:,} are the most"
            raise GraphError(f"{place}:{number}: {message}", hint="break the line")
