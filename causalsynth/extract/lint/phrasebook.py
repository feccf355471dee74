"""A lexicon's phrases, spelled out, each with its place in the file."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from causalsynth.domain import Lexicon
from causalsynth.domain.lexicon import VariableWording
from causalsynth.domain.phrases import count_forms, expand, sample_forms
from causalsynth.extract.lint.diagnostics import Diagnostic, Severity
from causalsynth.extract.patterns import tokens_of
from causalsynth.scm import SCM
from causalsynth.yaml_text import Located, Path, one_line

__all__ = ["Form", "LexiconFile", "PhraseLine", "Role", "parts", "phrase_lines", "written"]

Form = tuple[str, ...]
"""A plain phrase as the extractor sees it, one entry a token."""


_MOST_SPELLED = 2_000
"""How many plain phrases of one are looked at; of a phrase that stands for more, a sample."""


class Role(StrEnum):
    """What a phrase is there for; the values are the keys of the file."""

    ASSERT = "assert"
    VALUE = "values"
    WORD = "state_words"
    ANCHOR = "anchors"
    NUMBER_FORM = "forms"
    DENIED = "denied"
    ONE_WAY = "one_way"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class PhraseLine:
    """One phrase of the file, with all that it stands for.

    Attributes
    ----------
    state
        What it says, where it says something: a state, or the text of a number.
    forms
        Without repetition, a sample where there are very many; none where `fault` says what is wrong with its brackets.
    """

    path: Path
    role: Role
    variable: str
    state: str
    text: str
    forms: tuple[Form, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """What the checks look at.

    Attributes
    ----------
    model
        The model that the lexicon words; None where it isn't known.
    """

    located: Located
    lexicon: Lexicon
    phrases: tuple[PhraseLine, ...]
    model: SCM | None = None

    def of(self, *roles: Role, variable: str | None = None) -> Iterator[PhraseLine]:
        """Give the phrases with one of `roles`, of all variables or of one, in the order of the file."""
        return (each for each in self.phrases if each.role in roles and variable in (None, each.variable))

    def line(self, path: Path) -> int:
        """Give the line of `path`, or of the nearest node above it."""
        return int(self.located.place(path).rpartition(":")[2])

    def diagnostic(
        self,
        severity: Severity,
        rule: str,
        variable: str,
        path: Path,
        message: str,
        remedy: str,
        *,
        other: Path = (),
    ) -> Diagnostic:
        """Make a diagnostic at `path`; `other` is the other place where two are at odds."""
        return Diagnostic(
            severity=severity,
            rule=rule,
            variable=variable,
            message=one_line(message),
            remedy=one_line(remedy),
            file=self.located.name,
            line=self.line(path),
            other_line=self.line(other) if other else 0,
        )


def phrase_lines(lexicon: Lexicon) -> tuple[PhraseLine, ...]:
    """Collect and spell out the phrases of all variables."""
    return tuple(line for name, variable in lexicon.variables.items() for line in _of_variable(name, variable, lexicon))


def _of_variable(name: str, variable: VariableWording, lexicon: Lexicon) -> Iterator[PhraseLine]:
    base: Path = ("variables", name)

    def lines(role: Role, path: Path, phrases: Iterable[str], state: str = "") -> Iterator[PhraseLine]:
        return (_spelled(phrase, (*path, i), role, name, state, lexicon) for i, phrase in enumerate(phrases))

    for state, wording in variable.states.items():
        yield from lines(Role.ASSERT, (*base, "states", state, "assert"), wording.asserts, state)
    if variable.number is not None:
        yield from lines(Role.NUMBER_FORM, (*base, "number", "forms"), variable.number.forms)
        for value, phrases in variable.number.values.items():
            yield from lines(Role.VALUE, (*base, "number", "values", value), phrases, value)
    yield from lines(Role.ANCHOR, (*base, "anchors"), variable.anchors)
    for state, phrases in variable.state_words.items():
        yield from lines(Role.WORD, (*base, "state_words", state), phrases, state)
    yield from lines(Role.DENIED, (*base, "denied"), variable.denied)
    yield from lines(Role.ONE_WAY, (*base, "one_way"), variable.one_way)
    yield from lines(Role.EXCLUDE, (*base, "exclude"), variable.exclude)


def _spelled(phrase: str, path: Path, role: Role, variable: str, state: str, lexicon: Lexicon) -> PhraseLine:
    try:
        few = count_forms(phrase, lexicon.words) <= _MOST_SPELLED
        plain = expand(phrase, lexicon.words) if few else sample_forms(phrase, lexicon.words, _MOST_SPELLED)
    except ValueError as error:
        return PhraseLine(path, role, variable, state, phrase, (), str(error))
    forms = dict.fromkeys(tokens_of(form) for form in plain if form)
    return PhraseLine(path, role, variable, state, phrase, tuple(forms))


def written(form: Form) -> str:
    """Write a form for a message."""
    return " ".join(form)


def parts(form: Form, longest: int, among: Container[Form]) -> Iterator[Form]:
    """Give the pieces of `form`, shorter than itself and at most `longest` tokens, that are `among` others."""
    for size in range(min(longest, len(form) - 1), 0, -1):
        for at in range(len(form) - size + 1):
            if (part := form[at : at + size]) in among:
                yield part
