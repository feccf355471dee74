"""The texts of a run, as readers and measures of style take them."""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import groupby

from causalsynth.ledger import Attempt, final_line, leaving_attempt

__all__ = ["digest_of_text", "digest_of_texts", "leaving_texts"]


def leaving_texts(attempts: Iterable[Attempt]) -> dict[int, str | None]:
    """Give the text that each finished record leaves the run with, by index.

    Those that `causalsynth.evaluate.rundir.value_frames` has the values of, by `causalsynth.ledger.leaving_attempt`.

    Parameters
    ----------
    attempts
        Each ``(i, k)`` once and sorted by it, as `causalsynth.ledger.read_ledger` gives them.
    """
    texts: dict[int, str | None] = {}
    for index, lines in groupby(attempts, key=lambda attempt: attempt.i):
        record = list(lines)
        if last := final_line(record):
            shown = leaving_attempt(record, last)
            texts[index] = shown.draft if shown else None
    return texts


def digest_of_text(text: str | None) -> str:
    """Give the SHA-256 of one text, in hexadecimal; half a surrogate pair is a character like any other."""
    return hashlib.sha256(b"" if text is None else text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_texts(texts: Mapping[int, str | None]) -> str:
    """Give the SHA-256 of all texts with their indexes."""
    digest = hashlib.sha256()
    for index in sorted(texts):
        digest.update(f"{index}:{digest_of_text(texts[index])}\n".encode())
    return digest.hexdigest()
