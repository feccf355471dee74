"""What `causalsynth.evaluate.independence.independence` found, as frozen results that give plain JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from causalsynth.evaluate.independence.withheld import Withheld
from causalsynth.evaluate.intervals import Share
from causalsynth.graph import Independence

__all__ = ["IndependenceReport", "PairedDifference", "TripleOutcome", "ValuesReport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TripleOutcome:
    """One test that went the wrong way: an independence rejected, or an arc not seen."""

    triple: Independence
    p_value: float
    effect_size: float

    def to_json(self) -> dict[str, object]:
        """Give ``x``, ``y``, ``given``, ``p_value`` and ``effect_size``."""
        x, y, given = self.triple
        effect = None if np.isnan(self.effect_size) else self.effect_size
        return {"x": x, "y": y, "given": list(given), "p_value": self.p_value, "effect_size": effect}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesReport:
    """Figures of one set of values: the skeletons', or what a reader read.

    Attributes
    ----------
    false_positives
        Implied independencies rejected, of those testable.
    fpr_se
        Standard deviation of that rate if all of them hold, given how the tests depend on one another (see
        `causalsynth.evaluate.independence.multiplier`); None without a testable triple.
    untestable
        Implied independencies that these data can't speak against, of all; neither passed nor failed.
    power
        Arc tests that reject, of those that the reference can test. One that only these values can't test
        counts as not rejecting: a column that has become constant shows no dependence.
    arcs
        Arcs that these tests stand for.
    by_given
        Number of conditioning variables → false positives.
    rejected
        Rejected independencies, smallest p-value first.
    unseen
        Arc tests that don't reject, largest p-value first.
    rows
        Rows of the table.
    indefinite_rows
        Rows with at least one variable that is not definite; missing from the tests of that variable. Silence that was
        asked for doesn't count here.
    indefinite
        Variable → rows in which it is not definite; only those above 0.
    """

    false_positives: Share
    fpr_se: float | None
    untestable: Share
    power: Share
    arcs: int
    by_given: Mapping[int, Share]
    rejected: Sequence[TripleOutcome]
    unseen: Sequence[TripleOutcome]
    rows: int
    indefinite_rows: int
    indefinite: Mapping[str, int]

    def to_json(self) -> dict[str, object]:
        """Give one value of ``values``."""
        return {
            "fpr": self.false_positives.rate,
            "fpr_se": self.fpr_se,
            "n_null": self.false_positives.n,
            "power": self.power.rate,
            "n_arcs": self.arcs,
            "n_arc_tests": self.power.n,
            "untestable_share": self.untestable.rate,
            "n_untestable": self.untestable.count,
            "rows": self.rows,
            "indefinite_rows": self.indefinite_rows,
            "indefinite": dict(self.indefinite),
            "by_given": [
                {"given": size, "fpr": share.rate, "n_null": share.n} for size, share in self.by_given.items()
            ],
            "rejected": [outcome.to_json() for outcome in self.rejected],
            "unseen_arcs": [outcome.to_json() for outcome in self.unseen],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """These values minus the reference, triple by triple.

    Attributes
    ----------
    fpr
        Difference of rejection rates over the independencies testable in both; None if there are none.
    fpr_se
        Its standard deviation if all of them hold in both.
    n_null
        Number of those independencies.
    power
        Difference over the arc tests; None if there are none.
    """

    fpr: float | None
    fpr_se: float | None
    n_null: int
    power: float | None

    def to_json(self) -> dict[str, object]:
        """Give one value of ``paired_difference``."""
        return {"fpr": self.fpr, "fpr_se": self.fpr_se, "n_null": self.n_null, "power": self.power}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndependenceReport:
    """What `independence` found, by name of the values.

    `silent` are the variables that no text was to mention; no test involves them. `withheld` are those that some texts
    were told not to mention; their tests are made on the others, and `selected` independencies of the graph need not
    hold there, so that they are not tested.
    """

    alpha: float
    test: str
    interventions: Mapping[str, str]
    silent: Sequence[str]
    withheld: Sequence[Withheld]
    selected: int
    values: Mapping[str, ValuesReport]
    paired_difference: Mapping[str, PairedDifference]

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate ci --json``."""
        return {
            "alpha": self.alpha,
            "test": self.test,
            "do": dict(self.interventions),
            "silent": list(self.silent),
            "withheld": [item.to_json() for item in self.withheld],
            "n_selected": self.selected,
            "values": {name: report.to_json() for name, report in self.values.items()},
            "paired_difference": {name: pair.to_json() for name, pair in self.paired_difference.items()},
        }
