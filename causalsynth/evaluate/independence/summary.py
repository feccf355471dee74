"""Figures of one set of values from the answers of its tests."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc

from causalsynth.evaluate.independence.exact_power import expected_power
from causalsynth.evaluate.independence.families import family_fits
from causalsynth.evaluate.independence.holm import holm
from causalsynth.evaluate.independence.outcomes import Flags, Outcomes
from causalsynth.evaluate.independence.report import ArcTest, Band, TripleOutcome, ValuesReport
from causalsynth.evaluate.independence.tested import Tested
from causalsynth.evaluate.independence.uniformity import Uniformity, uniformity
from causalsynth.evaluate.independence.values import Values
from causalsynth.evaluate.independence.withheld import Withheld
from causalsynth.evaluate.intervals import Share
from causalsynth.graph import Independence

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["summarise"]

_DENSITIES: tuple[tuple[str, float], ...] = (("<1", 1.0), ("1-5", 5.0), ("5-20", 20.0), (">=20", np.inf))
"""Bands of rows per cell, with their upper ends."""


def summarise(
    values: Values,
    tested: Tested,
    dependence: Mapping[Independence, float | None],
    scm: "SCM",
    silent: Collection[str],
    withheld: Sequence[Withheld],
) -> ValuesReport:
    """Give the figures of one set of values.

    Parameters
    ----------
    values, tested
        The tables and the answers.
    dependence
        φ² of each arc test, as the model has it.
    scm, silent, withheld
        For the model's tables, and for what need not be definite.
    """
    nulls, arcs = tested.nulls, tested.arcs
    outcomes = list(_null_outcomes(nulls))
    adjusted = holm([outcome.p_value for outcome in outcomes])
    arc_tests = list(_arc_tests(arcs, dependence, values))
    indefinite_rows, indefinite = _indefinite(values, withheld)
    expected = [test.expected_power for test in arc_tests]
    return ValuesReport(
        false_positives=Share(int(nulls.rejected.sum()), int(nulls.testable.sum())),
        fpr_se=tested.null_error(np.ones(len(nulls.triples), bool)),
        untestable=Share(int((~nulls.testable).sum()), nulls.testable.size),
        violated=_sorted(o for o, p_value in zip(outcomes, adjusted, strict=True) if p_value <= nulls.alpha),
        uniformity=_uniformity(tested),
        power=Share(int(arcs.rejected.sum()), arcs.rejected.size),
        power_se=tested.power_error(),
        expected_power=_mean(expected),
        arcs=len({triple[:2] for triple in arcs.triples}),
        arc_tests=arc_tests,
        by_given=list(_by_given(tested)),
        by_density=list(_by_density(tested, values)),
        rejected=_sorted(o for o in outcomes if o.rejections > nulls.alpha * o.tests),
        unseen=_unseen(arc_tests),
        families=family_fits([sheet.table for sheet in values.sheets], scm, silent=silent, withheld=withheld),
        data_sets=len(values.sheets),
        rows=values.rows,
        indefinite_rows=indefinite_rows,
        indefinite=indefinite,
    )


def _null_outcomes(nulls: Outcomes) -> Iterator[TripleOutcome]:
    rejected = nulls.rejected
    for column, triple in enumerate(nulls.triples):
        able = nulls.testable[:, column]
        tests, rejections = int(able.sum()), int(rejected[:, column].sum())
        if tests:
            p_value = nulls.p_value[able, column][0] if tests == 1 else bdtrc(rejections - 1, tests, nulls.alpha)
            yield TripleOutcome(
                triple=triple,
                p_value=float(p_value) if rejections or tests == 1 else 1.0,
                effect_size=float(nulls.effect_size[able, column].mean()),
                rejections=rejections,
                tests=tests,
            )


def _sorted(outcomes: Iterator[TripleOutcome]) -> list[TripleOutcome]:
    return sorted(outcomes, key=lambda outcome: outcome.p_value)


def _arc_tests(arcs: Outcomes, dependence: Mapping[Independence, float | None], values: Values) -> Iterator[ArcTest]:
    for column, triple in enumerate(arcs.triples):
        able = arcs.testable[:, column]
        yield ArcTest(
            triple=triple,
            p_value=float(np.median(arcs.p_value[:, column])),
            effect_size=float(arcs.effect_size[able, column].mean()) if able.any() else float("nan"),
            rejections=int(arcs.rejected[:, column].sum()),
            tests=len(able),
            expected_power=_expected(arcs, column, dependence.get(triple), values),
        )


def _expected(arcs: Outcomes, column: int, dependence: float | None, values: Values) -> float | None:
    """Give the mean expected power over the data sets."""
    if dependence is None:
        return None
    powers = []
    for row, sheet in enumerate(values.sheets):
        rows = sheet.table.columns(arcs.triples[column])[0][0].size
        powers.append(expected_power(rows * dependence, int(arcs.dof[row, column]), arcs.alpha))
    return float(np.mean(powers))


def _unseen(tests: Sequence[ArcTest]) -> list[TripleOutcome]:
    unseen = [
        TripleOutcome(
            triple=test.triple,
            p_value=test.p_value,
            effect_size=test.effect_size,
            rejections=test.rejections,
            tests=test.tests,
        )
        for test in tests
        if 2 * test.rejections < test.tests
    ]
    return sorted(unseen, key=lambda outcome: -outcome.p_value)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else None


def _uniformity(tested: Tested) -> Uniformity | None:
    nulls, draws = tested.nulls, tested.null_draws
    return uniformity(
        nulls.uniform[nulls.testable],
        None if draws is None else draws.null[nulls.testable[0]],
        [row[able] for row, able in zip(nulls.uniform, nulls.testable, strict=True)],
    )


def _band(label: str, tested: Tested, columns: Flags) -> Band:
    nulls = tested.nulls
    able = nulls.testable & columns
    return Band(
        label=label,
        false_positives=Share(int((nulls.rejected & columns).sum()), int(able.sum())),
        se=tested.null_error(columns),
        untestable=int((~nulls.testable & columns).sum()),
    )


def _by_given(tested: Tested) -> Iterator[Band]:
    sizes = np.array([len(given) for _, _, given in tested.nulls.triples])
    for size in np.unique(sizes).tolist():
        yield _band(str(size), tested, sizes == size)


def _by_density(tested: Tested, values: Values) -> Iterator[Band]:
    density = _rows_per_cell(tested.nulls.triples, values)
    low = 0.0
    for label, high in _DENSITIES:
        columns = (density >= low) & (density < high)
        if columns.any():
            yield _band(label, tested, columns)
        low = high


def _rows_per_cell(triples: Sequence[Independence], values: Values) -> NDArray[np.float64]:
    """Give rows by states of X times those of Y and of all Z, in the mean over data sets; numbers cut into groups."""
    found = np.zeros(len(triples))
    for sheet in values.sheets:
        table = sheet.table
        for position, (x, y, given) in enumerate(triples):
            found[position] += table.n / float(np.prod([table.cards[name] for name in (x, y, *given)], dtype=float))
    return found / len(values.sheets)


def _indefinite(values: Values, withheld: Sequence[Withheld]) -> tuple[int, dict[str, int]]:
    rows, by_variable = 0, dict[str, int]()
    for sheet in values.sheets:
        excused = {
            item.variable: item.silent if values.records is None else item.silent[values.records] for item in withheld
        }
        own_rows, own = sheet.table.unexcused(excused)
        rows += own_rows
        for name, count in own.items():
            by_variable[name] = by_variable.get(name, 0) + count
    return rows, by_variable
