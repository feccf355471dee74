"""What the extractor found in one text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Findings", "Span", "Status"]

Span = tuple[int, int]
"""Half-open character offsets into the raw text."""


class Status(StrEnum):
    """How a variable stands in a text."""

    STATED = "stated"
    """Said outright, once or consistently; `Finding.value` is the state."""
    IMPLIED = "implied"
    """Follows from what is stated of other variables."""
    UNCERTAIN = "uncertain"
    """Only hedged, or left open between several states."""
    CONTRADICTORY = "contradictory"
    """Stated both ways."""
    NOT_STATED = "not_stated"
    """Nothing that counts (not mentioned, or only of others, of the past, as a hypothesis)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a text says of one variable.

    Attributes
    ----------
    value
        The state or number where `status` is stated or implied, else None.
    spans
        The characters that the finding stands on, sorted, disjoint; of an implied one those of its premises.
    candidates
        For an uncertain or contradictory finding the states in question, in the domain's order, or the numbers,
        written out.
    """

    variable: str
    status: Status
    value: str | int | float | None = None
    spans: tuple[Span, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings(Mapping[str, Finding]):
    """Findings for every variable of a domain, in the domain's order."""

    by_variable: Mapping[str, Finding]

    def __getitem__(self, variable: str) -> Finding:
        return self.by_variable[variable]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_variable)

    def __len__(self) -> int:
        return len(self.by_variable)

    def values_by_variable(self) -> dict[str, str | int | float | None]:
        """Give the ``values`` of ``causalsynth extract``: state, number, None, ``"uncertain"`` or ``"conflict"``."""
        return {name: _value(finding) for name, finding in self.by_variable.items()}

    def to_json(self) -> dict[str, dict[str, object]]:
        """Give the ``findings`` object of ``causalsynth extract``."""
        return {
            name: {
                "status": str(finding.status),
                "value": finding.value,
                "spans": [list(span) for span in finding.spans],
                "implied": finding.status is Status.IMPLIED,
            }
            for name, finding in self.by_variable.items()
        }


def _value(finding: Finding) -> str | int | float | None:
    if finding.status is Status.UNCERTAIN:
        return "uncertain"
    if finding.status is Status.CONTRADICTORY:
        return "conflict"
    return finding.value
