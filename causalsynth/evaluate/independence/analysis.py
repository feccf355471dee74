"""Test every set of values against the graph, and take the differences from the skeletons."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from causalsynth.errors import InputError
from causalsynth.evaluate.ci_tests import CITestResult, run_tests, select_test
from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.independence.multiplier import null_rejections
from causalsynth.evaluate.independence.report import (
    IndependenceReport,
    PairedDifference,
    TripleOutcome,
    ValuesReport,
)
from causalsynth.evaluate.independence.triples import arc_triples, null_triples
from causalsynth.evaluate.independence.withheld import Withheld, unselected
from causalsynth.evaluate.intervals import Share
from causalsynth.graph import Independence
from causalsynth.scm.support import Categorical

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.scm import SCM

__all__ = ["REFERENCE", "independence"]

REFERENCE = "skeleton"
"""Name of the values that the others are compared with."""

Outcomes = Mapping[Independence, CITestResult]


@dataclass(frozen=True, slots=True)
class _Tested:
    """All outcomes on one table; `drawn` has one row for each of `testable`."""

    nulls: Outcomes
    arcs: Outcomes
    testable: tuple[Independence, ...]
    drawn: np.ndarray[tuple[int, int], np.dtype[np.bool_]]


def independence(
    frames: Mapping[str, "pd.DataFrame"],
    scm: "SCM",
    *,
    alpha: float = 0.05,
    test: str = "x2",
    seed: int = 0,
    silent: Collection[str] = (),
    withheld: Sequence[Withheld] = (),
    most_triples: int | None = 1000,
) -> IndependenceReport:
    """Test every set of values against the graph.

    Parameters
    ----------
    frames
        Name → table, one row a record and one column a variable, states as text. All tables hold the same
        records in the same order. The one called `REFERENCE` (else the first) is what the others are
        compared with.
    scm
        Graph and states; after `SCM.do` its graph is the mutilated one, and what it holds fixed is left out.
    alpha
        Level of each test.
    test
        Name of a test in `causalsynth.evaluate.ci_tests.TESTS`.
    seed
        Draws the arcs' conditioning sets, a sample of the independencies, and the standard errors.
    silent
        Variables that the texts were told not to mention. They are left out of every set of values and of every
        triple, as X, Y or in Z: silence that was ordered is no fault of the text.
    withheld
        Variables that some texts were told not to mention, their cells taken out of every table
        (`causalsynth.evaluate.independence.withheld.withhold`).
    most_triples
        Most independencies to test; a sample of them if there are more. None: all.

    Raises
    ------
    InputError
        An unknown test or silent variable, a table that doesn't fit the graph, or a variable that is a number and
        not silent.
    """
    select_test(test)
    left_out = _left_out(silent, scm)
    states = _states(scm, left_out)
    tables = {name: CodedTable.from_frame(frame, states, name=name) for name, frame in frames.items()}
    held = scm.held
    implied = null_triples(scm.graph, held=held, silent=left_out, most=most_triples, seed=seed)
    nulls = unselected(scm.graph, implied, withheld, held=held)
    reference = REFERENCE if REFERENCE in tables else next(iter(tables))
    arcs = _shown(tables[reference], arc_triples(scm.graph, held=held, silent=left_out, seed=seed), test)
    tested = {name: _run(table, nulls, arcs, test, alpha, seed) for name, table in tables.items()}
    return IndependenceReport(
        alpha=alpha,
        test=test,
        interventions=dict(scm.interventions),
        silent=[name for name in scm.variables if name in left_out],
        withheld=withheld,
        selected=len(implied) - len(nulls),
        values={name: _summarise(tables[name], outcome, alpha, withheld) for name, outcome in tested.items()},
        paired_difference={
            name: _paired(outcome, tested[reference], alpha) for name, outcome in tested.items() if name != reference
        },
    )


def _left_out(silent: Collection[str], scm: "SCM") -> frozenset[str]:
    if unknown := sorted(set(silent) - set(scm.variables)):
        raise InputError(
            f"silent: the graph has no variable {unknown[0]!r}", hint=f"its variables are {', '.join(scm.variables)}"
        )
    return frozenset(silent)


def _states(scm: "SCM", left_out: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Give the states of all that is tested."""
    tested = [name for name in scm.variables if name not in left_out]
    if numbers := [name for name in tested if not isinstance(scm.support(name), Categorical)]:
        raise InputError(
            f"numbers can't be tested yet: {', '.join(numbers)}",
            hint="only what a run keeps silent on is left out: generate with --mention "
            + ",".join(f"-{name}" for name in numbers),
        )
    return {name: scm.states(name) for name in tested}


def _shown(table: CodedTable, arcs: Sequence[Independence], test: str) -> list[Independence]:
    """Keep arc triples that the reference can test: neither end is constant in every stratum."""
    results = run_tests(table, arcs, test=test)
    return [triple for triple, result in zip(arcs, results, strict=True) if result.testable]


def _run(
    table: CodedTable,
    nulls: Sequence[Independence],
    arcs: Sequence[Independence],
    test: str,
    alpha: float,
    seed: int,
) -> _Tested:
    outcomes = dict(zip(nulls, run_tests(table, nulls, test=test, seed=seed), strict=True))
    testable = tuple(triple for triple, result in outcomes.items() if result.testable)
    return _Tested(
        nulls=outcomes,
        arcs=dict(zip(arcs, run_tests(table, arcs, test=test, seed=seed), strict=True)),
        testable=testable,
        drawn=null_rejections(table, testable, alpha=alpha, seed=seed),
    )


def _summarise(table: CodedTable, tested: _Tested, alpha: float, withheld: Sequence[Withheld]) -> ValuesReport:
    of_size: defaultdict[int, list[bool]] = defaultdict(list)
    for triple in tested.testable:
        of_size[len(triple[2])].append(tested.nulls[triple].p_value <= alpha)
    flags = [flag for size in of_size.values() for flag in size]
    rejected = [triple for triple in tested.testable if tested.nulls[triple].p_value <= alpha]
    unseen = [triple for triple, result in tested.arcs.items() if result.p_value > alpha]
    indefinite_rows, indefinite = table.unexcused({item.variable: item.silent for item in withheld})
    return ValuesReport(
        false_positives=Share(sum(flags), len(flags)),
        fpr_se=float(tested.drawn.mean(0).std(ddof=1)) if flags else None,
        untestable=Share(len(tested.nulls) - len(flags), len(tested.nulls)),
        power=Share(len(tested.arcs) - len(unseen), len(tested.arcs)),
        arcs=len({triple[:2] for triple in tested.arcs}),
        by_given={size: Share(sum(of_size[size]), len(of_size[size])) for size in sorted(of_size)},
        rejected=sorted(_outcomes(rejected, tested.nulls), key=lambda outcome: outcome.p_value),
        unseen=sorted(_outcomes(unseen, tested.arcs), key=lambda outcome: -outcome.p_value),
        rows=table.n,
        indefinite_rows=indefinite_rows,
        indefinite=indefinite,
    )


def _outcomes(triples: Sequence[Independence], results: Outcomes) -> list[TripleOutcome]:
    return [
        TripleOutcome(triple=triple, p_value=results[triple].p_value, effect_size=results[triple].effect_size)
        for triple in triples
    ]


def _paired(tested: _Tested, reference: _Tested, alpha: float) -> PairedDifference:
    row, reference_row = (
        {triple: position for position, triple in enumerate(side.testable)} for side in (tested, reference)
    )
    both = [triple for triple in tested.testable if triple in reference_row]
    # The tables share their multipliers, so what they have in common cancels in the difference.
    drawn = tested.drawn[[row[triple] for triple in both]].astype(float)
    drawn -= reference.drawn[[reference_row[triple] for triple in both]]
    return PairedDifference(
        fpr=_rate_difference(both, tested.nulls, reference.nulls, alpha),
        fpr_se=float(drawn.mean(0).std(ddof=1)) if both else None,
        n_null=len(both),
        power=_rate_difference(list(tested.arcs), tested.arcs, reference.arcs, alpha),
    )


def _rate_difference(
    triples: Sequence[Independence], results: Outcomes, reference: Outcomes, alpha: float
) -> float | None:
    if not triples:
        return None
    more = sum((results[triple].p_value <= alpha) - (reference[triple].p_value <= alpha) for triple in triples)
    return more / len(triples)
