"""What the linter reports."""

from dataclasses import asdict, dataclass
from enum import StrEnum

__all__ = ["Diagnostic", "Report", "Severity", "ShownSentence"]


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """Texts will be read wrongly, or facts can't be read at all."""
    WARNING = "warning"
    """Worth a look; may be meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One thing that is wrong with a lexicon.

    Attributes
    ----------
    rule
        Short name of the check, e.g. ``collision``.
    variable
        The variable concerned; empty where it concerns none in particular.
    message, remedy
        What is wrong, and what to do about it; a line each.
    file, line
        Where, lines from 1.
    other_line
        The other place, where two are at odds; else 0.
    """

    severity: Severity
    rule: str
    variable: str
    message: str
    remedy: str
    file: str
    line: int
    other_line: int = 0

    def to_json(self) -> dict[str, object]:
        """Give it as ``causalsynth domain lint --json`` prints it."""
        return {**asdict(self), "severity": str(self.severity)}


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A sentence of the lexicon that is read back right; None where there is none for this value."""

    variable: str
    value: str
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found in one lexicon, in the order of its lines, and what is read back right."""

    domain: str
    source: str
    diagnostics: tuple[Diagnostic, ...]
    shown: tuple[ShownSentence, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The errors among the diagnostics."""
        return tuple(each for each in self.diagnostics if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings among the diagnostics."""
        return tuple(each for each in self.diagnostics if each.severity is Severity.WARNING)

    def to_json(self) -> dict[str, object]:
        """Give it as ``causalsynth domain lint --json`` prints it."""
        return {
            "domain": self.domain,
            "source": self.source,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "findings": [each.to_json() for each in self.diagnostics],
            "shown": [asdict(each) for each in self.shown],
        }
