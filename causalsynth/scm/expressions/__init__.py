"""The language of formulas in model files: arithmetic, conditions, and a dozen functions.

::

    -1.8 + .03*(age - 60) + .7*[diabetes = yes]
    clip(round(80 - 13*[sepsis = yes] - .05*(age - 60)), 35{mmHg}, 130{mmHg})
    if(account_age_days < 90 and device in (new, "not seen"), .08, .04)

Numbers
    ``60``, ``.02``, ``1e-3``; with a unit ``65{mmHg}``.
Variables
    By name; names with other characters than letters, digits and ``_`` in backticks.
Operators
    ``+ - * / ^``; ``-2^2`` is -4, ``2^3^2`` is 2^9.
Conditions
    ``= != < <= > >=``, ``x in (a, b)``, ``x not in (a, b)``, joined by ``and or not``. ``and`` and ``or`` look at
    what is right of them only where the left leaves the answer open. ``[condition]`` is 1 where it holds, otherwise 0.
States
    Right of ``=``, ``!=`` or in the list of ``in``, beside a variable's name: a bare word is a state, and odd ones go
    in quotes (``"<5"``). A number is compared with another variable by putting that one in brackets: ``a = (b)``.
Functions
    ``if(condition, a, b)`` works out ``a`` only where the condition holds and ``b`` only where it doesn't;
    ``exp log log10 log2 sqrt abs floor ceil min max logit``, ``logistic`` (or ``expit``), ``clip(x, low, high)``,
    ``round(x)`` and ``round(x, digits)``: halves go to the even neighbour.
Constants
    ``pi`` and ``e``, unless a variable has that name.

Doubled, a quote or backtick stands for itself inside its own kind. There is nothing else: no attributes, no calls
into Python, no loops. What an expression can cost is bounded by its length and the number of rows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError
from causalsynth.scm.expressions.check import check
from causalsynth.scm.expressions.evaluate import holds, values
from causalsynth.scm.expressions.kinds import as_condition, as_number, is_condition
from causalsynth.scm.expressions.limits import MAX_CHARACTERS, MAX_DEPTH
from causalsynth.scm.expressions.parser import parse
from causalsynth.scm.expressions.source import Source
from causalsynth.scm.expressions.syntax import Node, mentions
from causalsynth.scm.support import Columns, Support

__all__ = ["MAX_CHARACTERS", "MAX_DEPTH", "Expression"]


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula that was read without error.

    Two are equal if their texts are, and the variables that the texts mention.

    Attributes
    ----------
    text
        As written.
    names
        Variables mentioned, in the order of first mention.
    """

    text: str
    names: tuple[str, ...]
    _source: Source = field(repr=False, compare=False)
    _root: Node = field(repr=False, compare=False)

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        place: str = "<expression>",
        line: int = 1,
        column: int = 1,
        variables: Collection[str] = (),
    ) -> "Expression":
        """Read a formula.

        Parameters
        ----------
        text
            At most `MAX_CHARACTERS`, on any number of lines.
        place
            Where it stands: a file or a name, the beginning of messages.
        line
            Number of its first line.
        column
            Column at which its lines begin; for a YAML block, the indentation plus one.
        variables
            Names of the model's variables: ``pi`` and ``e`` are constants unless they are among these.

        Raises
        ------
        GraphError
            ``place:line:column:`` and what is wrong there.
        """
        source = Source(text, place, line, column)
        root = parse(source, variables)
        return cls(text, mentions(root), source, root)

    @property
    def is_condition(self) -> bool:
        """Whether it holds or doesn't, rather than having a number as its value."""
        return is_condition(self._root)

    @property
    def constant(self) -> float | None:
        """Its value, if it mentions no variables; raises GraphError if that isn't finite."""
        return None if self.names else float(self.evaluate(Columns({}, {}, 1))[0])

    def error(self, message: str, hint: str) -> GraphError:
        """Make an error that begins with the formula's ``place:line:column:``."""
        return self._source.error(0, message, hint)

    def check(self, supports: Mapping[str, Support], *, condition: bool = False) -> str | None:
        """Check that names, states, kinds and units fit together.

        Parameters
        ----------
        supports
            Every variable that may be mentioned → what it can take.
        condition
            Whether a condition is wanted rather than a number.

        Returns
        -------
        The unit of the value; None if it is a pure number, may be in any unit, or is a condition.

        Raises
        ------
        GraphError
            ``place:line:column:`` and what is wrong there; also where a constant has no value, as ``1/0``.
        """
        unit = check(self._source, self._root, supports, condition=condition)
        _ = self.constant
        return unit

    def evaluate(self, columns: Columns) -> NDArray[np.float64]:
        """Work out the value in each row; a condition gives 1 where it holds, otherwise 0.

        Rows don't influence one another: any split of them gives the same bits.

        Parameters
        ----------
        columns
            At least the variables in `names`.

        Returns
        -------
        array of float64, shape (rows,)
            All finite.

        Raises
        ------
        GraphError
            Division by zero, logarithm of a number that isn't positive, overflow and the like, in any row where the
            part in question is used; names ``place:line:column:`` and the values of the variables there.
        """
        if self.is_condition:
            return self.holds(columns).astype(np.float64)
        return values(self._source, as_number(self._source, self._root), columns)

    def holds(self, columns: Columns) -> NDArray[np.bool_]:
        """Find the rows, shape (rows,), where a condition holds; raises GraphError as `evaluate` does."""
        return holds(self._source, as_condition(self._source, self._root), columns)
