"""One variable's silence: how probable it is, and on what that depends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import prod

import numpy as np
from numpy.typing import NDArray

from causalsynth.domain.mention.notation import quoted, write_key, write_states, written_formula
from causalsynth.errors import InputError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.noise import NOISE_BITS, uniform31
from causalsynth.scm.skeletons import Skeletons
from causalsynth.scm.support import Categorical, Columns, Support

__all__ = ["Mechanism", "Origin", "SilenceRule"]

_MOST_COMBINATIONS = 4096
"""So many combinations of parents' states are tried before anything is drawn."""

_MARK = '"'
"""What states stand between in formulas."""

_RANGE = "a probability is from 0 to 1; bound a formula by clip(…, 0, 1)"


class Mechanism(StrEnum):
    """How silence comes about, in the terms of Rubin (1976, Biometrika 63, 581-592)."""

    ALWAYS = "always"
    """In every document: nobody could tell why."""
    MCAR = "MCAR"
    """By chance alone."""
    MAR = "MAR"
    """It depends only on variables that every document states."""
    MNAR = "MNAR"
    """It depends on the variable itself, or on one that may be silent too."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule was written, for messages.

    Attributes
    ----------
    place
        Of the rule, line included if it stands in a file.
    source, line, column
        Of its formula: where the first character stands.
    """

    place: str
    source: str
    line: int = 1
    column: int = 1

    def fault(self, message: str, hint: str) -> InputError:
        """Make an error that begins with the place."""
        return InputError(f"{self.place}: {message}", hint=hint)


@dataclass(frozen=True, slots=True)
class SilenceRule:
    """The probability that a document keeps silent on one variable.

    Attributes
    ----------
    variable
        Whose silence.
    probability
        Number or formula; worked out on the skeleton.
    text
        As `causalsynth.domain.mention.MentionPlan.parse` reads it.
    tried
        Whether the formula is known to give a probability for every skeleton.
    """

    variable: str
    probability: Expression
    text: str
    tried: bool = True

    @classmethod
    def by_formula(cls, variable: str, text: str, supports: Mapping[str, Support], origin: Origin) -> "SilenceRule":
        """Make a rule of a number, or of a formula in the skeleton's variables.

        Raises
        ------
        InputError
            It can't be read, or gives something else than a probability for some states.
        """
        formula = Expression.parse(
            text, place=origin.source, line=origin.line, column=origin.column, variables=supports
        )
        formula.check(supports)
        constant = formula.constant
        written = written_formula(text) if constant is None else repr(constant)
        rule = cls(variable, formula, f"{write_key(variable)}: {written}")
        return replace(rule, tried=rule._try_states(supports, origin))

    @classmethod
    def by_state(
        cls,
        variable: str,
        given: str,
        silent: Sequence[tuple[str, float]],
        supports: Mapping[str, Support],
        origin: Origin,
    ) -> "SilenceRule":
        """Make a rule of one probability for each state of `given`.

        Raises
        ------
        InputError
            `given` has no states, one of them is missing, repeated or unknown, or a number is no probability.
        """
        support = supports[given]
        if not isinstance(support, Categorical):
            raise origin.fault(
                f"{given} has numbers, no states", f"write a formula: {variable}: .1 + .5*[{given} < a number]"
            )
        chances = dict(silent)
        for state, chance in silent:
            if state not in support.states:
                raise origin.fault(f"{given} has no state {state!r}", f"its states are {', '.join(support.states)}")
            if not 0 <= chance <= 1:
                raise origin.fault(f"{given} = {state}: {chance:g} is no probability", _RANGE)
        if len(chances) < len(silent):
            raise origin.fault(f"a state of {given} stands twice", "give each state one probability")
        if missing := [state for state in support.states if state not in chances]:
            raise origin.fault(f"no probability for {given} = {missing[0]}", "give one for every state")
        name = quoted(given, "`")
        terms = (f"{chances[state]!r}*[{name} = {quoted(state, _MARK)}]" for state in support.states)
        formula = Expression.parse(" + ".join(terms), place=f"--mention {variable}", variables=supports)
        ordered = [(state, chances[state]) for state in support.states]
        return cls(variable, formula, f"{write_key(variable, given)}: {write_states(ordered)}")

    @property
    def given(self) -> tuple[str, ...]:
        """Variables on which the probability depends."""
        return self.probability.names

    @property
    def constant(self) -> float | None:
        """The probability, if it is the same for every skeleton."""
        return self.probability.constant

    def chances(self, rows: Skeletons) -> NDArray[np.float64]:
        """Work out the probability of silence in each row, shape (rows,).

        Raises
        ------
        InputError
            It is below 0 or above 1 in some row; names the values there.
        """
        return self._chances(Columns({name: rows.column(name) for name in self.given}, rows.supports, len(rows)))

    def _chances(self, columns: Columns) -> NDArray[np.float64]:
        chances = self.probability.evaluate(columns)
        bad = (chances < 0) | (chances > 1)
        if bad.any():
            row = int(bad.argmax())
            where = ", ".join(columns.describe(name, row) for name in self.given)
            message = f"silence on {self.variable}: {chances[row]:g} is no probability" + (where and f" when {where}")
            raise self.probability.error(message, _RANGE)
        return chances

    def drawn(self, rows: Skeletons, seed: int) -> NDArray[np.bool_]:
        """Draw the rows whose documents keep silent, shape (rows,): a function of (seed, variable, row) alone."""
        if not len(rows):
            return np.zeros(0, np.bool_)
        chances = self.chances(rows)
        first, last = int(rows.index.min()), int(rows.index.max())
        noise = uniform31(seed, f"mention\x1f{self.variable}", first, last + 1)[rows.index - first]
        silent: NDArray[np.bool_] = (noise + 0.5) / 2**NOISE_BITS < chances
        return silent

    def _try_states(self, supports: Mapping[str, Support], origin: Origin) -> bool:
        """Try every combination of states, and tell whether it could be done: without numbers, and if not too many."""
        if (constant := self.constant) is not None:
            if not 0 <= constant <= 1:
                raise origin.fault(f"{constant:g} is no probability", _RANGE)
            return True
        own = [supports[name] for name in self.given]
        cards = [len(support.states) for support in own if isinstance(support, Categorical)]
        if len(cards) < len(own) or (count := prod(cards)) > _MOST_COMBINATIONS:
            return False
        codes = np.unravel_index(np.arange(count), cards)
        values = {name: code.astype(np.int8) for name, code in zip(self.given, codes, strict=True)}
        self._chances(Columns(values, supports, count))
        return True
