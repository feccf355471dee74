"""A domain: a named lexicon, and the folder it came from."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from causalsynth.bundled import GRAPHS
from causalsynth.domain.lexicon import Lexicon
from causalsynth.errors import LexiconError
from causalsynth.yaml_text import parse_yaml, validate

__all__ = ["RESERVED_STATES", "Domain", "HasStates"]

RESERVED_STATES = frozenset({"uncertain", "conflict"})
"""What stands for a state where a text leaves it open or says it both ways."""

_LEXICON = "lexicon.yaml"
_EXAMPLE = "graphs/asia/lexicon.yaml"
_GRAPH_ENDINGS = (".bif", ".bif.gz")
_GIVE = "write a lexicon (docs/domains.md) and give it with --domain"


class HasStates(Protocol):
    """What `Domain.check_against` needs to know of a model; `causalsynth.scm.SCM` is one."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables."""
        ...

    def states(self, variable: str, /) -> tuple[str, ...]:
        """States of `variable`, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Domain:
    """How one subject matter is written about.

    Attributes
    ----------
    name
        As in the lexicon's ``domain``.
    lexicon
        The wording.
    source
        For messages: the lexicon's file, or ``<text>``.
    """

    name: str
    lexicon: Lexicon
    source: str = "<text>"

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in the lexicon's order."""
        return tuple(self.lexicon.variables)

    def states(self, variable: str) -> tuple[str, ...]:
        """States of `variable`, in the lexicon's order.

        Raises
        ------
        LexiconError
            The domain has no such variable.
        """
        if variable not in self.lexicon.variables:
            raise LexiconError(
                f"{self.source}: no variable '{variable}' in domain {self.name}",
                hint=_meant(variable, self.variables),
            )
        return tuple(self.lexicon.variables[variable].states)

    @classmethod
    def load(cls, source: str | Path) -> Self:
        """Load a domain.

        Parameters
        ----------
        source
            A bundled name (``asia``), a folder that holds a ``lexicon.yaml``, such a file itself, or a ``.bif`` file
            with one beside it.

        Raises
        ------
        LexiconError
            There is no such domain, or its lexicon is wrong.
        """
        path = _lexicon_file(source)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise LexiconError(f"{path}: can't be read: {error}", hint="a UTF-8 YAML file is wanted") from None
        return cls.from_yaml(text, source=str(path))

    @classmethod
    def from_yaml(cls, text: str, *, source: str = "<text>") -> Self:
        """Read a lexicon from YAML text; `source` stands for the file in messages.

        Raises
        ------
        LexiconError
            With file and line.
        """
        return cls.from_lexicon(
            validate(Lexicon, parse_yaml(text, name=source, error=LexiconError, example=_EXAMPLE)), source=source
        )

    @classmethod
    def from_lexicon(cls, lexicon: Lexicon, *, source: str = "<text>") -> Self:
        """Wrap a lexicon made in code."""
        return cls(name=lexicon.domain, lexicon=lexicon, source=source)

    def check_against(self, model: HasStates) -> None:
        """Check that the lexicon words every variable and state of `model`, and no others.

        Raises
        ------
        LexiconError
            Names the first variable or state that is unknown or missing.
        """
        _check_names(self.source, "variable", self.variables, tuple(model.variables))
        for variable in model.variables:
            for reserved in RESERVED_STATES.intersection(model.states(variable)):
                raise LexiconError(
                    f"{self.source}: {variable} has a state '{reserved}', as readers call a doubtful text",
                    hint="rename the state",
                )
            _check_names(self.source, f"state of {variable}", self.states(variable), tuple(model.states(variable)))


def _lexicon_file(source: str | Path) -> Path:
    """Find the lexicon of a bundled name, of a folder, beside a graph's file, or the file itself."""
    path = Path(source)
    if isinstance(source, str) and path.name == source and (GRAPHS / source / _LEXICON).is_file():
        return GRAPHS / source / _LEXICON  # before a file that happens to have this name, as with graphs
    if path.is_file():
        return _beside(path) if path.name.endswith(_GRAPH_ENDINGS) else path
    if path.is_dir():
        return _beside(path / "any")
    bundled = sorted(p.parent.name for p in GRAPHS.glob(f"*/{_LEXICON}"))
    raise LexiconError(f"{source}: there is no lexicon for it", hint=f"{_GIVE}, or take one of {', '.join(bundled)}")


def _beside(path: Path) -> Path:
    lexicon = path.with_name(_LEXICON)
    if not lexicon.is_file():
        raise LexiconError(f"{lexicon}: no lexicon there", hint=_GIVE)
    return lexicon


def _check_names(source: str, what: str, worded: tuple[str, ...], modelled: tuple[str, ...]) -> None:
    for name in worded:
        if name not in modelled:
            raise LexiconError(f"{source}: '{name}' is no {what} in the graph", hint=_meant(name, modelled))
    for name in modelled:
        if name not in worded:
            raise LexiconError(f"{source}: no wording for {what} '{name}'", hint="add it to the lexicon")


def _meant(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known: {', '.join(known)}"
