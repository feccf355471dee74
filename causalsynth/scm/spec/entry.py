"""One place in a spec: what is written there as a number or formula, and errors that point at it."""

import math
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.expressions import Expression
from causalsynth.yaml_text import Located, Path

__all__ = ["Entry", "meant"]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_OPEN = frozenset({"", "~", "none", "null", "inf", "+inf", "-inf", ".inf", "+.inf", "-.inf"})
_LISTED = 12


def meant(name: str, known: Collection[str]) -> str:
    """Suggest names that are close to one that isn't known, or list those that are."""
    close = get_close_matches(name, known, n=3)
    listed = ", ".join(list(known)[:_LISTED]) + ", …" * (len(known) > _LISTED)
    return f"did you mean {' or '.join(close)}?" if close else f"there are {listed}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A node of the document, below one variable.

    Attributes
    ----------
    located
        The document.
    path
        Keys from its top.
    variables
        The names of all variables.
    """

    located: Located
    path: Path
    variables: frozenset[str]

    def __truediv__(self, key: str | int) -> "Entry":
        return replace(self, path=(*self.path, key))

    @property
    def content(self) -> object:
        """What stands there: a text, a list or a mapping."""
        found = self.located.data
        for key in self.path:
            found = found[key]  # type: ignore[index]
        return found

    def error(self, message: str, hint: str = "") -> InputError:
        """Make a GraphError of the form ``file:line: variable: message``."""
        return self.located.fault(self.path, f"{self.path[1]}: {message}", hint)

    @contextmanager
    def placed(self, hint: str = "") -> Iterator[None]:
        """Put the place before the message of a GraphError that doesn't begin with it, and `hint` if it has none."""
        try:
            yield
        except GraphError as error:
            if error.message.startswith(f"{self.located.name}:"):
                raise
            raise self.error(error.message, error.hint or hint) from None

    def expression(self) -> Expression:
        """Read a formula.

        Raises
        ------
        GraphError
            With file, line and column.
        """
        self._written("a formula")
        text = self.located.text(self.path)
        return Expression.parse(
            text.text, place=self.located.name, line=text.line, column=text.column, variables=self.variables
        )

    def complement(self) -> Expression:
        """Read a formula p as 1 - p, cut off at 0 and 1, with the places of the formula itself."""
        text = self.located.text(self.path)
        # On lines of their own, the brackets leave the columns in between as they are.
        around = f"1 - clip(\n{text.text}\n, 0, 1)"
        return Expression.parse(
            around, place=self.located.name, line=text.line - 1, column=text.column, variables=self.variables
        )

    def number(self) -> float:
        """Read a number, or a formula without variables such as ``1/3``.

        Raises
        ------
        GraphError
            It is none, not finite, or has a unit.
        """
        written = self._written("a number")
        value = float(written) if _NUMBER.fullmatch(written) else self._constant(written)
        if not math.isfinite(value):
            raise self.error(f"{written[:60]} is too large", "the largest number is about 1.8e308")
        return value

    def _written(self, what: str) -> str:
        written = self.content
        if not isinstance(written, str):
            raise self.error(f"{what} is wanted, not a list or a mapping", "quote a text that begins with [ or {")
        return written.strip()

    def _constant(self, written: str) -> float:
        hint = "write a number such as 12, .25, 1e-3 or 1/3"
        if not written:
            raise self.error("a number is missing", hint)
        expression = self.expression()
        if expression.names or expression.is_condition:
            raise self.error(f"{written[:60]!r} is no number", hint)
        if expression.check({}) is not None:
            raise self.error(f"{written[:60]!r} has a unit", hint)
        return expression.constant or 0.0

    def whole(self) -> int:
        """Read a whole number of at most nine digits."""
        value = self.number()
        if value != int(value) or abs(value) >= 1e9:
            raise self.error(f"{self.path[-1]} is {value:g}, no whole number", "write one such as 0 or 2")
        return int(value)

    def bound(self, side: float) -> float:
        """Read one side of a range; `side` where it is open."""
        written = self.content
        return side if isinstance(written, str) and written.strip().lower() in _OPEN else self.number()
