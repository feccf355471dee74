"""Compare what a text says with what it had to say, and word what must change. Pure functions."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from causalsynth.domain import Lexicon, VariableWording
from causalsynth.domain.values import quantity, same_value
from causalsynth.edits import NumberedText
from causalsynth.extract.findings import Finding, Findings, Span, Status

if TYPE_CHECKING:
    from causalsynth.scm.support import Value

__all__ = ["Kind", "Violation", "correction", "verify"]


class Kind(StrEnum):
    """How a text departs from its skeleton on one variable."""

    MISSING = "missing"
    """Nothing is said of it."""
    WRONG = "wrong"
    """Another value is stated, or follows from what is stated."""
    UNCERTAIN = "uncertain"
    """It is only hedged, or left open."""
    CONTRADICTORY = "contradictory"
    """It is stated both ways."""
    LEAKED = "leaked"
    """Something is said of it that had to be kept silent."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One departure.

    Attributes
    ----------
    expected
        The skeleton's value, a number with all its digits (``2.0``); None for a leak.
    found
        The value that the text states or implies, where it does, written likewise.
    spans
        The offending characters in the text.
    """

    variable: str
    kind: Kind
    expected: str | None
    found: str | None
    spans: tuple[Span, ...]

    def to_json(self) -> dict[str, object]:
        """Give it as the ledger and ``causalsynth verify`` write it."""
        return {
            "variable": self.variable,
            "kind": str(self.kind),
            "expected": self.expected,
            "found": self.found,
            "spans": [list(span) for span in self.spans],
        }


_KINDS = {
    Status.NOT_STATED: Kind.MISSING,
    Status.UNCERTAIN: Kind.UNCERTAIN,
    Status.CONTRADICTORY: Kind.CONTRADICTORY,
}


def verify(
    findings: Findings,
    skeleton: "Mapping[str, Value]",
    lexicon: Lexicon,
    *,
    mentioned: Collection[str] | None = None,
) -> tuple[Violation, ...]:
    """Give every departure of `findings` from `skeleton`, in the order of the domain.

    Parameters
    ----------
    findings
        What the extractor read.
    skeleton
        The value of each variable.
    lexicon
        How far a number may be from the fact and still state it, and how numbers are written.
    mentioned
        The variables that must be stated; the others must not be mentioned, though they may follow from what is.
        None: every variable of `skeleton` must be stated.
    """
    wanted = set(skeleton if mentioned is None else mentioned)
    violations = []
    for variable, finding in findings.items():
        wording = lexicon.variables[variable]
        if variable in wanted and variable in skeleton:
            violation = _departure(finding, skeleton[variable], wording)
        elif variable in skeleton:
            violation = _leak(finding, wording)
        else:
            continue
        if violation is not None:
            violations.append(violation)
    return tuple(violations)


def _departure(finding: Finding, expected: "Value", wording: VariableWording) -> Violation | None:
    if same_value(wording, finding.value, expected):
        return None
    kind = _KINDS.get(finding.status, Kind.WRONG)
    found = _written(finding.value, wording)
    return Violation(finding.variable, kind, _written(expected, wording), found, finding.spans)


def _leak(finding: Finding, wording: VariableWording) -> Violation | None:
    if finding.status in (Status.NOT_STATED, Status.IMPLIED):
        return None
    if finding.status is Status.UNCERTAIN and not finding.spans:
        return None
    return Violation(finding.variable, Kind.LEAKED, None, _written(finding.value, wording), finding.spans)


def _written(value: "Value | None", wording: VariableWording) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return wording.written(value)


_LONGEST_QUOTE = 220
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n")


def correction(
    violations: Sequence[Violation], text: str, lexicon: Lexicon, *, numbered: NumberedText | None = None
) -> str:
    """Word what must change: one line a violation, in their order.

    Each line begins ``- smoke = yes:`` or ``- lactate = 2.4 mmol/L:`` (``- smoke: must not be mentioned`` for a leak),
    quotes the offending words, states the fact, and offers a sentence that the extractor understands.

    Parameters
    ----------
    violations
        Of `text`.
    text
        What was written.
    lexicon
        Words facts and sentences.
    numbered
        The same text by sentences; given, they are named by number, ``[3] and [5]``, instead of being quoted.
    """
    return "\n".join(
        _line(
            violation,
            _quote(violation.spans, text) if numbered is None else _numbers(numbered.numbers_at(violation.spans)),
            lexicon,
        )
        for violation in violations
    )


def _line(violation: Violation, quote: str, lexicon: Lexicon) -> str:
    variable = lexicon.variables[violation.variable]
    if violation.kind is Kind.LEAKED or violation.expected is None:
        said = f", but the text says {quote}" if quote else ""
        return f"- {violation.variable}: must not be mentioned{said}. Remove everything about {variable.label}."
    wording = variable.wording(violation.expected)
    meaning = "something else"
    if variable.numeric and violation.found is not None:
        meaning = quantity(variable, violation.found)
    problem = _PROBLEMS[violation.kind].format(label=variable.label, quote=quote or "something else", meaning=meaning)
    # A sentence may be taken over word for word, a number has to fit in: show that it can be said in several ways.
    offered = [lexicon.render(sentence) for sentence in wording.say[: _OFFERED if variable.numeric else 1]]
    return (
        f"- {violation.variable} = {quantity(variable, violation.expected)}: {problem} The fact is: {wording.means}. "
        f"Say it plainly and nowhere otherwise, e.g. {' or '.join(_quoted(sentence) for sentence in offered)}"
    )


_OFFERED = 2
_PROBLEMS = {
    Kind.MISSING: "the text says nothing definite about {label}.",
    Kind.WRONG: "the text says {quote}, which means {meaning}.",
    Kind.UNCERTAIN: "the text leaves this open: {quote}.",
    Kind.CONTRADICTORY: "the text says this both ways: {quote}.",
}


def _numbers(numbers: Sequence[int]) -> str:
    return " and ".join(f"[{number}]" for number in numbers)


def _quoted(sentence: str) -> str:
    return f'"{sentence}"'


def _quote(spans: Sequence[Span], text: str) -> str:
    """Give the sentences around `spans` in quotation marks, each once, shortened."""
    quotes = list(dict.fromkeys(_around(span, text) for span in spans))
    return " and ".join(f'"{quote}"' for quote in quotes[:4])


def _around(span: Span, text: str) -> str:
    start, end = span
    low = max(0, start - _LONGEST_QUOTE)
    begin = max((m.end() for m in _SENTENCE_END.finditer(text, low, start)), default=low)
    stop_at = min(len(text), end + _LONGEST_QUOTE)
    match = _SENTENCE_END.search(text, end, stop_at)
    stop = stop_at if match is None else match.start() + (text[match.start()] != "\n")
    sentence = " ".join(text[begin:stop].split())
    if len(sentence) <= _LONGEST_QUOTE:
        return sentence
    middle = " ".join(text[max(begin, start - 60) : min(stop, end + 60)].split())
    return f"… {middle[:_LONGEST_QUOTE]} …"
