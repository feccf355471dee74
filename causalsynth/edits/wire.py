"""The two forms in which a model may answer: plain lines, and JSON where the server holds it to a schema.

::

    3: She has no dog.             {"edits": [{"replace": 3, "text": "She has no dog."},
    4: -                                      {"delete": 4},
    +7: She has a cat.                        {"insert_after": 7, "text": "She has a cat."}]}

Lines need fewer tokens; a schema leaves no room for anything else. `parse_edits` reads both. It forgives what models
add to them (code fences, brackets, quotes) and nothing that would leave open what is meant.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from causalsynth.edits.edit import Edit, EditError, EditKind, NoEditsError

__all__ = ["EDIT_SCHEMA", "as_json", "as_lines", "parse_edits"]

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}


def _object(**properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


EDIT_SCHEMA: Mapping[str, Any] = _object(
    edits={
        "type": "array",
        "items": {
            "anyOf": [
                _object(replace=_NUMBER, text=_TEXT),
                _object(delete=_NUMBER),
                _object(insert_after=_NUMBER, text=_TEXT),
            ]
        },
    }
)
"""JSON schema of an edit list. The same for every draft, so that a server compiles it once."""

_FENCE = re.compile(r"^\s*```\w*\s*$")
_LINE = re.compile(
    r"\s*(?:[-*•][ \t]+)?(?P<verb>replace|delete|insert|insert after|after)?[ \t]*(?:sentence|line)?[ \t]*"
    r"(?P<plus>\+?)[ \t]*\[?(?P<inner>\+?)(?P<at>\d{1,6})\]?[ \t]*(?::(?P<text>.*))?",
    re.IGNORECASE,
)
_DELETED = frozenset({"", "-", "–", "—", "(deleted)", "(delete)", "delete", "deleted", "[deleted]", "[delete]"})
_QUOTES = {'"': '"', "“": "”"}


def as_lines(edits: Iterable[Edit]) -> str:
    """Write edits as plain lines."""
    return "\n".join(_line(edit) for edit in edits)


def _line(edit: Edit) -> str:
    if edit.kind is EditKind.DELETE:
        return f"{edit.at}: -"
    return f"{'+' if edit.kind is EditKind.INSERT else ''}{edit.at}: {edit.text}"


def as_json(edits: Iterable[Edit]) -> str:
    """Write edits as `EDIT_SCHEMA` has them, without white space."""
    entries: list[dict[str, object]] = []
    for edit in edits:
        entry: dict[str, object] = {str(edit.kind): edit.at}
        if edit.kind is not EditKind.DELETE:
            entry["text"] = edit.text
        entries.append(entry)
    return json.dumps({"edits": entries}, ensure_ascii=False, separators=(",", ":"))


def parse_edits(answer: str) -> tuple[Edit, ...]:
    """Read an edit list in either form.

    Raises
    ------
    EditError
        Something in it is no edit, or leaves open what is meant; `NoEditsError` where no line of it is one.
    """
    lines = [line for line in answer.splitlines() if line.strip() and not _FENCE.match(line)]
    body = "\n".join(lines).strip()
    if not body:
        raise EditError("no edits")
    if body[0] not in "{[" or _LINE.match(body):
        return _from_lines(lines)
    try:
        return _from_json(body)
    except RecursionError as error:
        raise EditError(f"not JSON: {_shown(body)}") from error


def _from_lines(lines: list[str]) -> tuple[Edit, ...]:
    if len(lines) > 1 and lines[0].rstrip().endswith(":") and not _LINE.fullmatch(lines[0]):
        lines = lines[1:]  # "Here are the edits:"
    matches = [_match(line) for line in lines]
    if not any(matches):
        raise NoEditsError(f"not an edit: {_shown(lines[0])}")
    return tuple(_read_line(line, match) for line, match in zip(lines, matches, strict=True))


def _match(line: str) -> re.Match[str] | None:
    match = _LINE.fullmatch(line.rstrip())
    return match if match and (match["text"] is not None or (match["verb"] or "").lower() == "delete") else None


def _read_line(line: str, match: re.Match[str] | None) -> Edit:
    if match is None:
        raise EditError(f"not an edit: {_shown(line)}")
    verb = (match["verb"] or "").lower()
    inserts = bool(match["plus"] or match["inner"]) or verb.endswith(("insert", "after"))
    return _edit(EditKind.INSERT if inserts else EditKind.REPLACE, int(match["at"]), match["text"] or "", line)


def _edit(kind: EditKind, at: int, text: str, source: str) -> Edit:
    text = _bare(text, at)
    if text.lower() not in _DELETED:
        return Edit(kind, at, text)
    if kind is EditKind.INSERT:
        raise EditError(f"nothing to insert: {_shown(source)}")
    return Edit(EditKind.DELETE, at)


def _bare(text: str, at: int) -> str:
    """Take off quotation marks around all of it, and the sentence's own number where it is repeated."""
    text = " ".join(text.split()).removeprefix(f"[{at}]").strip()
    closing = _QUOTES.get(text[:1])
    if closing and len(text) > 1 and text.endswith(closing) and closing not in text[1:-1]:
        text = text[1:-1].strip()
    return text


def _from_json(body: str) -> tuple[Edit, ...]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise EditError(f"not JSON: {_shown(body)}") from error
    entries = document.get("edits") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise EditError(f"no list of edits: {_shown(body)}")
    return tuple(_read_entry(entry) for entry in entries)


def _read_entry(entry: object) -> Edit:
    shown = _shown(json.dumps(entry, ensure_ascii=False))
    kinds = [kind for kind in EditKind if isinstance(entry, dict) and kind in entry]
    if len(kinds) != 1 or not isinstance(entry, dict) or not entry.keys() <= {kinds[0], "text"}:
        raise EditError(f"not an edit: {shown}")
    kind, at, text = kinds[0], entry[kinds[0]], entry.get("text")
    if not isinstance(at, int) or isinstance(at, bool) or not isinstance(text, str | None):
        raise EditError(f"not an edit: {shown}")
    if kind is EditKind.DELETE and (text or "").strip():
        raise EditError(f"deletes a sentence and gives a new one: {shown}")
    return _edit(kind, at, text or "", shown)


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 80 else text[:79] + "…")
