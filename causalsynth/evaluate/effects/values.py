"""From tables of values to outcomes and treatments, record by record."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.effects.question import Effect, Outcome
from causalsynth.evaluate.effects.standardization import Sample
from causalsynth.evaluate.rundir import EvaluatedRun
from causalsynth.evaluate.value_tables import ValueTables, value_tables
from causalsynth.scm.support import Categorical, Numeric

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["RunValues"]


@dataclass(frozen=True, slots=True, eq=False)
class RunValues:
    """A run's tables, coded.

    Attributes
    ----------
    run
        The run.
    index
        Record numbers, shape (records,).
    tables
        Table → its codes and numbers, every record a row.
    silent
        Variables that no text was to state.
    """

    run: EvaluatedRun
    index: NDArray[np.int64]
    tables: dict[str, CodedTable]
    silent: tuple[str, ...]

    @classmethod
    def of(cls, run: EvaluatedRun) -> "RunValues":
        """Read and code all tables of a run, `value_tables`."""
        found: ValueTables = value_tables(run)
        tables = {
            name: CodedTable.from_frame(frame, run.scm.supports, name=name) for name, frame in found.frames.items()
        }
        index = found.frames["skeleton"].index.to_numpy(np.int64)
        return cls(run, index, tables, found.silent)

    @property
    def scm(self) -> "SCM":
        """The model, with the run's interventions."""
        return self.run.scm

    def outcome(self, name: str, outcome: Outcome) -> NDArray[np.float64]:
        """Give an outcome by a table: a number, or 0 and 1; NaN where it isn't definite."""
        table = self.tables[name]
        if outcome.state is None:
            return table.numbers[outcome.variable]
        codes = table.codes[outcome.variable]
        wanted = self.scm.states(outcome.variable).index(outcome.state)
        return np.where(codes < 0, np.nan, codes == wanted)

    def sample(self, name: str, effect: Effect, adjustment: tuple[str, ...]) -> Sample:
        """Give what an effect is estimated from; the treatment is categorical, numbers in `adjustment` are grouped."""
        table, states = self.tables[name], self.scm.states(effect.treatment)
        codes = table.codes[effect.treatment]
        arm = np.full(len(codes), 2, np.int8)
        arm[codes == states.index(str(effect.treated))] = 1
        arm[codes == states.index(str(effect.control))] = 0
        arm[codes < 0] = -1
        return Sample(
            arm=arm,
            outcome=self.outcome(name, effect.outcome),
            strata=[table.codes[variable] for variable in adjustment],
            binary=effect.outcome.state is not None,
        )

    def is_categorical(self, variable: str) -> bool:
        """Tell whether a variable has states."""
        return isinstance(self.scm.supports[variable], Categorical)

    def numbers(self, variables: tuple[str, ...]) -> tuple[str, ...]:
        """Give those of `variables` that are numbers."""
        return tuple(name for name in variables if isinstance(self.scm.supports[name], Numeric))
