"""What a ledger line says: one attempt at one record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["FORMAT_VERSION", "REPAIR", "Attempt", "LoggedViolation", "RecordStatus", "Value"]

FORMAT_VERSION = 1
"""The ``v`` of every line. A reader refuses versions that it does not know."""

REPAIR = "repair"
"""`Attempt.finish` of a line that the deterministic fallback wrote, not the realizer."""

Value = str | int | float
"""What a fact says of its variable: a state, or a number where the variable is numeric."""


class RecordStatus(StrEnum):
    """How a record left the loop."""

    REALIZED = "realized"
    """The realizer's own draft states every fact."""
    REPAIRED = "repaired"
    """The deterministic fallback wrote a fact into the draft."""
    UNREALIZED = "unrealized"
    """No draft states every fact, and nothing was repaired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedViolation:
    """One violation as it stands in the ledger."""

    variable: str
    kind: str
    """``missing``, ``wrong``, ``uncertain``, ``contradictory`` or ``leaked``."""
    expected: str | None = None
    found: str | None = None
    spans: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> dict[str, object]:
        """Give the object of the ``violations`` list."""
        return {
            "variable": self.variable,
            "kind": self.kind,
            "expected": self.expected,
            "found": self.found,
            "spans": [list(span) for span in self.spans],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One line of the ledger.

    Attributes
    ----------
    i
        Record index, from 0. The record's noise and skeleton are functions of (seed, i) alone.
    k
        Attempt of this record, from 1; a repair is a further attempt.
    retry
        Which pass over failed records it belongs to (``--retry-failed``); 0: the run itself. What each pass changed
        stands in the manifest.
    t
        When it was written, in seconds since 1970-01-01 UTC.
    skeleton
        The facts: variable → state, or number.
    do
        Interventions in force: variable → state.
    draft
        The document: what the realizer wrote, or what its edits make of the draft before; None where there is none.
    edits
        The realizer's answer as it came where it was asked for edits; None otherwise.
    values
        What the extractor read: variable → state, number, ``"uncertain"``, ``"conflict"`` or None. None without a
        draft, and where the draft could not be used.
    violations
        Where `values` and `skeleton` differ. Empty if the draft is accepted, but also if there is none that could be
        used: `status` alone says what was accepted.
    finish
        As in `causalsynth.realize.chat.Completion`; `REPAIR` for a repair; None where the call failed.
    usage
        Tokens: ``{"prompt": int, "completion": int}``, as far as the server counts them.
    latency_s
        Seconds from request to answer.
    error
        One line saying why there is no draft, or why the one that is there could not be used (a text cut at
        ``max_tokens``, say); else None.
    final
        True on the record's last line.
    status
        How the record left the loop; None unless `final`.
    v
        Format version.
    """

    i: int
    k: int
    t: float
    skeleton: Mapping[str, Value]
    do: Mapping[str, str] = field(default_factory=dict)
    draft: str | None = None
    values: Mapping[str, Value | None] | None = None
    violations: tuple[LoggedViolation, ...] = ()
    finish: str | None = None
    usage: Mapping[str, int] = field(default_factory=dict)
    latency_s: float | None = None
    error: str | None = None
    final: bool = False
    status: RecordStatus | None = None
    retry: int = 0
    edits: str | None = None
    v: int = FORMAT_VERSION

    @property
    def is_repair(self) -> bool:
        """Whether the deterministic fallback wrote this line."""
        return self.finish == REPAIR

    @property
    def has_usable_draft(self) -> bool:
        """Whether there is a draft that the extractor read."""
        return self.draft is not None and self.values is not None

    def to_json(self) -> dict[str, object]:
        """Give the line's object, keys in the documented order."""
        return {
            "v": self.v,
            "i": self.i,
            "k": self.k,
            **({"retry": self.retry} if self.retry else {}),
            "t": self.t,
            "skeleton": dict(self.skeleton),
            "do": dict(self.do),
            "draft": self.draft,
            **({} if self.edits is None else {"edits": self.edits}),
            "values": None if self.values is None else dict(self.values),
            "violations": [violation.to_json() for violation in self.violations],
            "finish": self.finish,
            "usage": dict(self.usage),
            "latency_s": self.latency_s,
            "error": self.error,
            "final": self.final,
            "status": None if self.status is None else str(self.status),
        }

    def to_line(self) -> str:
        """Give the line, newline included.

        It is pure ASCII: an LLM's lone surrogates survive, and no crash can tear a character in two.
        """
        return json.dumps(self.to_json(), ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n"
