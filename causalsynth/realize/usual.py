"""What the stand-in for an LLM holds usual of numbers: where they lie in rows of the model."""

import random
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.domain import Domain
from causalsynth.domain.values import same_value
from causalsynth.errors import InputError, RejectedError
from causalsynth.scm.support import Numeric

if TYPE_CHECKING:
    from causalsynth.scm import SCM, Skeletons

__all__ = ["UsualNumbers"]

_ROWS = 1024
_SEED = 0


class UsualNumbers:
    """The numbers of 1,024 rows of a model, drawn with a seed of their own.

    A number's law here is its marginal one: what the other facts say of it plays no part.

    Parameters
    ----------
    domain
        Tells which variables are numbers, and which numbers say the same.
    scm
        The model; it may be missing where no variable is a number.

    Raises
    ------
    InputError
        A variable is a number, and there is no model or it holds states.
    """

    def __init__(self, domain: Domain, scm: "SCM | None") -> None:
        self._domain = domain
        self.variables = tuple(name for name in domain.variables if domain.wording(name).numeric)
        if not self.variables:
            return
        if scm is None:
            raise InputError(
                f"the simulated realizer has no idea of {', '.join(self.variables)}",
                hint="give an SCM: what is usual of numbers is read off its rows",
            )
        domain.check_against(scm)
        self._scm = scm

    @cached_property
    def _rows(self) -> "Skeletons":
        return self._scm.sample(_ROWS, seed=_SEED)

    @cached_property
    def _sorted(self) -> Mapping[str, NDArray[np.float64]]:
        return {name: np.sort(self._rows.column(name)) for name in self.variables}

    def check(self, variable: str, value: float) -> None:
        """Refuse a number that the variable can't take (RejectedError)."""
        try:
            self._scm.support(variable).encode(value)
        except InputError as error:
            raise RejectedError(f"the chat says {variable} = {value}: {error.message}", hint=error.hint) from None

    def weight(self, variable: str, value: float) -> float:
        """Tell how usual a number is: 1 between the quartiles, down to 0 beyond all rows.

        ``min(1, 4 · min(F(x), 1 − F(x⁻)))`` with F the share of rows up to x: our own choice.
        """
        column = self._sorted[variable]
        below = np.searchsorted(column, value, side="right") / len(column)
        above = 1 - np.searchsorted(column, value, side="left") / len(column)
        return float(min(1.0, 4 * min(below, above)))

    def another(self, variable: str, value: float, die: float) -> float:
        """Choose a number between the quartiles that says something else; the same where there is none.

        Parameters
        ----------
        die
            In [0, 1): which.
        """
        column = self._sorted[variable]
        wording = self._domain.wording(variable)
        usual = column[len(column) // 4 : len(column) - len(column) // 4]
        others = [number for number in usual.tolist() if not same_value(wording, number, value)]
        if not others:
            return value
        chosen, support = others[int(die * len(others))], self._scm.support(variable)
        return support.decode(chosen) if isinstance(support, Numeric) else chosen

    def imagine(self, rng: random.Random) -> dict[str, float]:
        """Take all numbers of one row."""
        if not self.variables:
            return {}
        row = self._rows[rng.randrange(_ROWS)]
        return {name: float(row[name]) for name in self.variables}
