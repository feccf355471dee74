"""Corrections in few tokens: a text as numbered sentences, and a list of edits to it.

`NumberedText` numbers the sentences of a text without changing a character of it; `parse_edits` reads the edits that a
model asks for by number; `NumberedText.edited` makes the new text. Nothing here knows of facts or prompts.
"""

from causalsynth.edits.edit import Edit, EditError, EditKind, NoEditsError
from causalsynth.edits.numbered import NumberedText
from causalsynth.edits.wire import EDIT_SCHEMA, as_json, as_lines, parse_edits

__all__ = [
    "EDIT_SCHEMA",
    "Edit",
    "EditError",
    "EditKind",
    "NoEditsError",
    "NumberedText",
    "as_json",
    "as_lines",
    "parse_edits",
]
