"""A domain: a named lexicon, and the folder it came from."""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from causalsynth.bundled import GRAPHS
from causalsynth.domain.lexicon import Lexicon, VariableWording
from causalsynth.errors import LexiconError
from causalsynth.yaml_text import parse_yaml, validate

if TYPE_CHECKING:
    from causalsynth.scm.support import Numeric, Support

__all__ = ["RESERVED_STATES", "Domain", "HasSupports"]

RESERVED_STATES = frozenset({"uncertain", "conflict"})
"""What stands for a state where a text leaves it open or says it both ways."""

_LEXICON = "lexicon.yaml"
_EXAMPLE = "graphs/asia/lexicon.yaml"
_GRAPH_ENDINGS = (".bif", ".bif.gz")
_SPEC = re.compile(r"^graph[ \t]*:", re.MULTILINE)
"""What a graph's own YAML file has and a lexicon has not."""
_GIVE = "write a lexicon (docs/domains.md) and give it with --domain"


class HasSupports(Protocol):
    """What `Domain.check_against` needs to know of a model; `causalsynth.scm.SCM` is one."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables."""
        ...

    def support(self, variable: str, /) -> "Support":
        """Tell what `variable` can take: states, or numbers."""
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

    def wording(self, variable: str) -> VariableWording:
        """Give how `variable` is spoken of.

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
        return self.lexicon.variables[variable]

    def states(self, variable: str) -> tuple[str, ...]:
        """States of `variable`, in the lexicon's order.

        Raises
        ------
        LexiconError
            The domain has no such variable, or it is a number.
        """
        wording = self.wording(variable)
        if wording.numeric:
            raise LexiconError(
                f"{self.source}: {variable} is a number and has no states",
                hint="Domain.wording(variable).number has its unit and digits",
            )
        return tuple(wording.states)

    @classmethod
    def load(cls, source: str | Path) -> Self:
        """Load a domain.

        Parameters
        ----------
        source
            A bundled name (``asia``), a folder that holds a ``lexicon.yaml``, such a file itself, or a graph's file
            (``.bif``, YAML spec) with one beside it.

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

    def check_against(self, model: HasSupports) -> None:
        """Check that the lexicon words every variable of `model` as what it is, every state, and no others.

        Raises
        ------
        LexiconError
            Names the first variable or state that is unknown or missing, or the first number whose unit or digits
            differ.
        """
        from causalsynth.scm.support import Categorical

        _check_names(self.source, "variable", self.variables, tuple(model.variables))
        for variable in model.variables:
            support, wording = model.support(variable), self.wording(variable)
            if not isinstance(support, Categorical):
                _check_number(f"{self.source}: {variable}", wording, support)
                continue
            if wording.numeric:
                raise LexiconError(
                    f"{self.source}: {variable} is worded as a number, but has states in the graph",
                    hint=f"word each of its states under states: {', '.join(support.states)}",
                )
            for reserved in RESERVED_STATES.intersection(support.states):
                raise LexiconError(
                    f"{self.source}: {variable} has a state '{reserved}', as readers call a doubtful text",
                    hint="rename the state",
                )
            _check_names(self.source, f"state of {variable}", tuple(wording.states), support.states)


def _check_number(place: str, wording: VariableWording, support: "Numeric") -> None:
    """Check that a number is worded as one, in its own unit and with its own digits."""
    number = wording.number
    if not wording.numeric or number is None:
        raise LexiconError(
            f"{place} is a number in the graph ({support.describe()}), but is worded by states",
            hint="leave its states out; under number give unit, decimals and say",
        )
    if number.unit != support.unit:
        raise LexiconError(
            f"{place}: number: the unit is {number.unit or 'none'!r}, in the graph {support.unit or 'none'!r}",
            hint="write the graph's unit; other units that texts use go under units, with a factor",
        )
    if support.decimals is None:
        if number.tolerance < (least := 0.5 * 10.0**-number.decimals):
            raise LexiconError(
                f"{place}: number: the graph doesn't round it, so texts round by up to {least:g}, but the tolerance is "
                f"{number.tolerance:g}",
                hint=f"set tolerance to {least:g} or more, or decimals in the graph",
            )
    elif number.decimals != support.decimals:
        raise LexiconError(
            f"{place}: number: {number.decimals} decimals, in the graph {support.decimals}",
            hint=f"write decimals: {support.decimals}",
        )


def _lexicon_file(source: str | Path) -> Path:
    """Find the lexicon of a bundled name, of a folder, beside a graph's file, or the file itself."""
    path = Path(source)
    if isinstance(source, str) and path.name == source and (GRAPHS / source / _LEXICON).is_file():
        return GRAPHS / source / _LEXICON  # before a file that happens to have this name, as with graphs
    if path.is_file():
        return _beside(path) if _is_graph(path) else path
    if path.is_dir():
        return _beside(path / "any")
    bundled = sorted(p.parent.name for p in GRAPHS.glob(f"*/{_LEXICON}"))
    raise LexiconError(f"{source}: there is no lexicon for it", hint=f"{_GIVE}, or take one of {', '.join(bundled)}")


def _is_graph(path: Path) -> bool:
    if path.name.endswith(_GRAPH_ENDINGS):
        return True
    try:
        return _SPEC.search(path.read_text(encoding="utf-8")) is not None
    except (OSError, UnicodeDecodeError):
        return False  # whoever reads it as a lexicon says why it can't be read


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
