"""Lines of notes: ``{"id", "text"}``, with a ``"skeleton"`` where they are to be verified."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from causalsynth.domain import Domain
from causalsynth.domain.values import read_value
from causalsynth.errors import InputError
from causalsynth.files import replacing

if TYPE_CHECKING:
    from causalsynth.scm.support import Value

__all__ = ["Note", "read_notes", "write_lines"]


@dataclass(frozen=True, slots=True)
class Note:
    """One line.

    Attributes
    ----------
    id
        As in the file: a text or a number.
    place
        ``file:line``, for messages.
    """

    id: str | int
    text: str
    skeleton: "Mapping[str, Value] | None"
    place: str


def read_notes(path: Path, domain: Domain, *, skeletons: bool) -> Iterator[Note]:
    """Read and check a file of notes, line by line; empty lines are passed over.

    Raises
    ------
    InputError
        The file can't be read, or a line is wrong: names the line.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file", hint="check the path")
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                yield _note(raw, f"{path}:{number}", domain, skeletons=skeletons)


def _note(raw: bytes, place: str, domain: Domain, *, skeletons: bool) -> Note:
    wanted = '{"id": …, "text": …, "skeleton": {…}}' if skeletons else '{"id": …, "text": …}'
    try:
        line = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(f"{place}: not UTF-8 text", hint="save the file as UTF-8") from None
    except (ValueError, RecursionError):
        raise InputError(f"{place}: not a JSON object", hint=f"each line is {wanted}") from None
    if not isinstance(line, dict):
        raise InputError(f"{place}: not a JSON object", hint=f"each line is {wanted}")
    identity, text = line.get("id"), line.get("text")
    if isinstance(identity, bool) or not isinstance(identity, (str, int)):
        raise InputError(f"{place}: 'id' must be a text or a whole number", hint=f"each line is {wanted}")
    if not isinstance(text, str):
        raise InputError(f"{place}: 'text' must be a text", hint=f"each line is {wanted}")
    skeleton = _skeleton(line.get("skeleton"), place, domain) if skeletons else None
    return Note(identity, text, skeleton, place)


def _skeleton(given: object, place: str, domain: Domain) -> "dict[str, Value]":
    """Check facts; a number may be given as such or as text, with or without its unit."""
    if not isinstance(given, dict) or not given:
        raise InputError(
            f"{place}: 'skeleton' must map variables to states and numbers", hint='e.g. "skeleton": {"smoke": "yes"}'
        )
    skeleton: dict[str, Value] = {}
    for variable, value in given.items():
        if variable not in domain.variables:
            raise InputError(
                f"{place}: skeleton: no variable '{variable}' in {domain.name}",
                hint=f"variables: {', '.join(domain.variables)}",
            )
        try:
            skeleton[variable] = read_value(domain.wording(variable), value)
        except ValueError as error:
            kind = "is a number, not" if domain.wording(variable).numeric else "has no state"
            raise InputError(
                f"{place}: skeleton: {variable} {kind} {json.dumps(value, ensure_ascii=False)}", hint=str(error)
            ) from None
    return skeleton


def write_lines(path: Path, lines: Iterable[Mapping[str, object]], *, source: Path) -> None:
    """Write JSON Lines so that `path` holds all of them or is left as it was.

    Raises
    ------
    InputError
        `path` can't be written, or is `source`, which the lines are read from.
    """
    if path.exists() and source.exists() and path.samefile(source):
        raise InputError(f"{path}: is the input, and would be overwritten", hint="give another file to -o")
    try:
        with replacing(path) as place, place.open("w", encoding="utf-8", newline="\n") as file:
            for line in lines:
                file.write(_json(line) + "\n")
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}", hint="give a file, and room") from None


def _json(line: Mapping[str, object]) -> str:
    text = json.dumps(line, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(line)  # a lone surrogate stays an escape
    return text
