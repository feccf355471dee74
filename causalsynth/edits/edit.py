"""One change to a text, by the number of the sentence that it is about."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Edit", "EditError", "EditKind", "NoEditsError"]


class EditError(ValueError):
    """An edit list that can't be read or applied; says why in one line. The loop makes a lost round of it."""


class NoEditsError(EditError):
    """Nothing in an answer is an edit: it may be a whole document."""


class EditKind(StrEnum):
    """What an edit does."""

    REPLACE = "replace"
    DELETE = "delete"
    INSERT = "insert_after"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace or delete sentence `at`, or insert a sentence after it.

    Attributes
    ----------
    at
        Number of the sentence, from 1; 0 inserts before the first.
    text
        The new sentence, in one line; empty where one is deleted.
    """

    kind: EditKind
    at: int
    text: str = ""
