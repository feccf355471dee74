"""The name by which an answer finds its request again: run, record, attempt, and what was asked."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from causalsynth.loop import Case, Loop, Trial

__all__ = ["CustomId"]

_FORM = re.compile(r"cs-([0-9a-f]{12})-(\d{1,12})-(\d{1,6})-([0-9a-f]{10})")
_RUN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class CustomId:
    """``cs-RUN-RECORD-ATTEMPT-CHAT``: at most 47 characters, where services take 64.

    Attributes
    ----------
    run
        First digits of the run's fingerprint.
    record, attempt
        As in the ledger: index from 0, attempt from 1.
    chat
        Digest of the messages: an answer counts only for the very chat that it answers. Whether edits are to come
        as JSON or as plain text makes no difference, for both are read.
    """

    run: str
    record: int
    attempt: int
    chat: str

    @classmethod
    def of(cls, fingerprint: str, loop: Loop, case: Case, trials: Sequence[Trial]) -> Self:
        """Name the request that follows `trials`."""
        chat = json.dumps([[message.role, message.content] for message in loop.chat(case, trials)])
        digest = hashlib.sha256(chat.encode()).hexdigest()[:10]
        return cls(fingerprint[:_RUN_DIGITS], case.index, case.spent + len(trials) + 1, digest)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a name; None where it is none of ours."""
        match = _FORM.fullmatch(text)
        return cls(match[1], int(match[2]), int(match[3]), match[4]) if match else None

    def is_of(self, fingerprint: str) -> bool:
        """Tell whether it names a request of the run with this fingerprint."""
        return fingerprint.startswith(self.run)

    def __str__(self) -> str:
        return f"cs-{self.run}-{self.record}-{self.attempt}-{self.chat}"
