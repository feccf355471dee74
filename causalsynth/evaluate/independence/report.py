"""What `causalsynth.evaluate.independence.independence` found, as frozen results that give plain JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from causalsynth.evaluate.independence.families import FamilyFit
from causalsynth.evaluate.independence.structure import StructureCheck
from causalsynth.evaluate.independence.uniformity import Uniformity
from causalsynth.evaluate.independence.withheld import Withheld
from causalsynth.evaluate.intervals import Share
from causalsynth.graph import Independence

__all__ = [
    "ArcTest",
    "Band",
    "IndependenceReport",
    "LeftOutArc",
    "PairedDifference",
    "TripleOutcome",
    "ValuesReport",
]


def _number(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class TripleOutcome:
    """One triple's test, or its tests on several data sets.

    `p_value` is the test's own; of several data sets it is the chance of so many rejections, each having the
    probability alpha (a binomial tail: data sets are independent). `effect_size` is the mean.
    """

    triple: Independence
    p_value: float
    effect_size: float
    rejections: int = 1
    tests: int = 1

    def to_json(self) -> dict[str, object]:
        """Give ``x``, ``y``, ``given``, ``p_value``, ``effect_size``, ``rejections`` and ``tests``."""
        x, y, given = self.triple
        return {
            "x": x,
            "y": y,
            "given": list(given),
            "p_value": self.p_value,
            "effect_size": _number(self.effect_size),
            "rejections": self.rejections,
            "tests": self.tests,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcTest:
    """One test on an arc, `triple` being (cause, effect, given).

    `expected_power` is what the model's exact dependence gives with so many rows; None where it isn't known.
    """

    triple: Independence
    p_value: float
    effect_size: float
    rejections: int
    tests: int
    expected_power: float | None

    def to_json(self) -> dict[str, object]:
        """Give one item of ``arc_tests``."""
        cause, effect, given = self.triple
        return {
            "cause": cause,
            "effect": effect,
            "given": list(given),
            "p_value": self.p_value,
            "effect_size": _number(self.effect_size),
            "rejections": self.rejections,
            "tests": self.tests,
            "expected_power": self.expected_power,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutArc:
    """An arc test that says nothing of power, and why."""

    triple: Independence
    reason: str

    def to_json(self) -> dict[str, object]:
        """Give one item of ``left_out_arc_tests``."""
        cause, effect, given = self.triple
        return {"cause": cause, "effect": effect, "given": list(given), "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """False positives among tests of one kind.

    Attributes
    ----------
    label
        Number of conditioning variables, or rows per cell.
    false_positives
        Rejected, of those testable.
    se
        Standard error of that rate.
    untestable
        Tests of this kind that can't speak.
    """

    label: str
    false_positives: Share
    se: float | None
    untestable: int

    def to_json(self) -> dict[str, object]:
        """Give ``fpr``, ``fpr_se``, ``n_null`` and ``n_untestable``."""
        return {
            "fpr": self.false_positives.rate,
            "fpr_se": self.se,
            "n_null": self.false_positives.n,
            "n_untestable": self.untestable,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesReport:
    """Figures of one set of values: the skeletons', or what a reader read.

    Attributes
    ----------
    false_positives
        Implied independencies rejected, of those testable.
    fpr_se
        Standard error of that rate: over data sets if there are several; of one, its standard deviation if all
        independencies hold, given how the tests depend on one another (`causalsynth.evaluate.independence.multiplier`).
        None without a testable triple.
    untestable
        Implied independencies that these data can't speak against, of all; neither passed nor failed.
    violated
        Independencies rejected by Holm's method, that is with a chance of at most alpha for even one false alarm. A
        single one that is broken hardly moves the rate, but is seen here.
    uniformity
        How far p-values of the independencies are from uniform ones.
    power
        Arc tests that reject, of those that the reference can test. One that only these values can't test
        counts as not rejecting: a column that has become constant shows no dependence.
    power_se
        Its standard error, cautious where causes are rare.
    expected_power
        Mean over the arc tests of what the model's exact dependence gives; None unless it is known of all.
    arcs
        Arcs that these tests stand for.
    arc_tests
        Test by test.
    by_given, by_density
        False positives by number of conditioning variables, and by rows per cell.
    rejected
        Rejected independencies, smallest p-value first; of several data sets, those rejected in more than their share.
    unseen
        Arc tests that don't reject (or in less than half of several data sets), largest p-value first.
    families
        Each variable against the model's table of it, smallest p-value first.
    data_sets
        Tables of these values.
    rows
        Rows of all tables.
    indefinite_rows
        Rows with at least one variable that is not definite; missing from the tests of that variable. Silence that was
        asked for doesn't count here.
    indefinite
        Variable → rows in which it is not definite; only those above 0.
    """

    false_positives: Share
    fpr_se: float | None
    untestable: Share
    violated: Sequence[TripleOutcome]
    uniformity: Uniformity | None
    power: Share
    power_se: float | None
    expected_power: float | None
    arcs: int
    arc_tests: Sequence[ArcTest]
    by_given: Sequence[Band]
    by_density: Sequence[Band]
    rejected: Sequence[TripleOutcome]
    unseen: Sequence[TripleOutcome]
    families: Sequence[FamilyFit]
    data_sets: int
    rows: int
    indefinite_rows: int
    indefinite: Mapping[str, int]

    def misfit(self, alpha: float) -> list[FamilyFit]:
        """Give the variables that don't follow their tables, with a chance of at most alpha for one false alarm."""
        return [fit for fit in self.families if fit.adjusted <= alpha]

    def to_json(self) -> dict[str, object]:
        """Give one value of ``values``."""
        return {
            "fpr": self.false_positives.rate,
            "fpr_se": self.fpr_se,
            "n_null": self.false_positives.n,
            "power": self.power.rate,
            "power_se": self.power_se,
            "expected_power": self.expected_power,
            "n_arcs": self.arcs,
            "n_arc_tests": self.power.n,
            "untestable_share": self.untestable.rate,
            "n_untestable": self.untestable.count,
            "uniformity": self.uniformity and self.uniformity.to_json(),
            "data_sets": self.data_sets,
            "rows": self.rows,
            "indefinite_rows": self.indefinite_rows,
            "indefinite": dict(self.indefinite),
            "by_given": [{"given": int(band.label), **band.to_json()} for band in self.by_given],
            "by_density": [{"rows_per_cell": band.label, **band.to_json()} for band in self.by_density],
            "violated": [outcome.to_json() for outcome in self.violated],
            "rejected": [outcome.to_json() for outcome in self.rejected],
            "unseen_arcs": [outcome.to_json() for outcome in self.unseen],
            "arc_tests": [test.to_json() for test in self.arc_tests],
            "families": [fit.to_json() for fit in self.families],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """These values minus the reference on the same records, triple by triple.

    Attributes
    ----------
    fpr
        Difference of rejection rates over the independencies testable in both; None if there are none.
    fpr_se
        Its standard error; of one data set, its standard deviation if all of them hold in both.
    n_null
        Number of those independencies.
    power
        Difference over the arc tests; None if there are none.
    power_se
        Its standard error.
    rows
        Records that both have.
    """

    fpr: float | None
    fpr_se: float | None
    n_null: int
    power: float | None
    power_se: float | None
    rows: int

    def to_json(self) -> dict[str, object]:
        """Give one value of ``paired_difference``."""
        return {
            "fpr": self.fpr,
            "fpr_se": self.fpr_se,
            "n_null": self.n_null,
            "power": self.power,
            "power_se": self.power_se,
            "rows": self.rows,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class IndependenceReport:
    """What `independence` found, by name of the values.

    Attributes
    ----------
    alpha, test
        Level and name of the test.
    interventions
        What was done to the model.
    implied
        Independencies that the graph implies, of which `sampled` were tested; all of them if that is None.
    silent
        Variables that no text was to mention; no test involves them.
    withheld
        Variables that some texts were told not to mention; their tests are made on the others.
    selected
        Independencies that need not hold among the records whose texts state them, and so are not tested.
    left_out
        Arc tests that say nothing of power, with the reason.
    reference
        Name of the values that the others are compared with.
    drawn
        Whether the reference's rows are known to be all that were drawn from this model: what is off is then chance.
    values, paired_difference
        Figures by name of the values.
    structure
        What the PC algorithm makes of each set of values, where that was asked for.
    verdict
        What the figures mean, in plain sentences.
    """

    alpha: float
    test: str
    interventions: Mapping[str, str]
    implied: int
    sampled: int | None
    silent: Sequence[str]
    withheld: Sequence[Withheld]
    selected: int
    left_out: Sequence[LeftOutArc]
    reference: str
    drawn: bool
    values: Mapping[str, ValuesReport]
    paired_difference: Mapping[str, PairedDifference]
    structure: Mapping[str, StructureCheck] = field(default_factory=dict)
    verdict: Sequence[str] = ()

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate ci --json``."""
        return {
            "alpha": self.alpha,
            "test": self.test,
            "do": dict(self.interventions),
            "n_implied": self.implied,
            "n_sampled": self.sampled,
            "silent": list(self.silent),
            "withheld": [item.to_json() for item in self.withheld],
            "n_selected": self.selected,
            "left_out_arc_tests": [item.to_json() for item in self.left_out],
            "values": {name: report.to_json() for name, report in self.values.items()},
            "paired_difference": {name: pair.to_json() for name, pair in self.paired_difference.items()},
            "structure": {name: check.to_json() for name, check in self.structure.items()} or None,
            "verdict": list(self.verdict),
        }
