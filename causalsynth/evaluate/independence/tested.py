"""All tests on one set of values, and what they would have answered by chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from causalsynth.evaluate.independence.memo import Memo, Sheet
from causalsynth.evaluate.independence.multiplier import JointDraws
from causalsynth.evaluate.independence.outcomes import Flags, Outcomes, clustered_error
from causalsynth.graph import Independence

__all__ = ["Tested", "run"]


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """Outcomes on one set of values.

    Attributes
    ----------
    nulls, arcs
        Answers; one row a data set.
    null_draws, arc_draws
        Joint draws for every triple of a single data set; None of several, whose differences tell the errors.
    """

    nulls: Outcomes
    arcs: Outcomes
    null_draws: JointDraws | None
    arc_draws: JointDraws | None

    def null_error(self, columns: Flags) -> float | None:
        """Give the standard error of the false-positive rate among some of the triples."""
        counted = self.nulls.testable & columns
        if self.null_draws is None:
            return clustered_error(self.nulls.rejected.astype(float), counted)
        if not counted.any():
            return None
        return float((self.null_draws.null[counted[0]] <= self.nulls.alpha).mean(0).std(ddof=1))

    def power_error(self) -> float | None:
        """Give the standard error of power."""
        if self.arc_draws is None:
            return clustered_error(self.arcs.rejected.astype(float), np.ones(self.arcs.testable.shape, bool))
        if not self.arcs.triples:
            return None
        return float(self.shown.mean(0).std(ddof=1))

    @property
    def shown(self) -> Flags:
        """Which arcs would be seen in each draw; never those that these values can't test."""
        if self.arc_draws is None:
            raise ValueError("several data sets have no joint draws")
        seen: Flags = self.arc_draws.shown & self.arcs.testable[0][:, None]
        return seen


def run(sheets: Sequence[Sheet], nulls: Sequence[Independence], arcs: Sequence[Independence], memo: Memo) -> Tested:
    """Test all triples on every data set."""
    single = sheets[0] if len(sheets) == 1 else None
    return Tested(
        nulls=Outcomes.of(nulls, [memo.results(sheet, nulls) for sheet in sheets], memo.alpha),
        arcs=Outcomes.of(arcs, [memo.results(sheet, arcs) for sheet in sheets], memo.alpha),
        null_draws=memo.draws(single, nulls) if single else None,
        arc_draws=memo.draws(single, arcs) if single else None,
    )
