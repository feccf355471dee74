"""Test every set of values against the graph, and take the differences from the skeletons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from causalsynth.errors import InputError
from causalsynth.evaluate.blas import on_one_blas_thread
from causalsynth.evaluate.ci_tests import select_test
from causalsynth.evaluate.independence.arcs import UNTESTABLE, arc_plan
from causalsynth.evaluate.independence.memo import Memo
from causalsynth.evaluate.independence.paired import paired
from causalsynth.evaluate.independence.report import IndependenceReport, LeftOutArc
from causalsynth.evaluate.independence.structure import StructureCheck, structure_check
from causalsynth.evaluate.independence.summary import summarise
from causalsynth.evaluate.independence.tested import run
from causalsynth.evaluate.independence.triples import null_triples, sampled
from causalsynth.evaluate.independence.values import Values, coded_values
from causalsynth.evaluate.independence.verdict import verdict
from causalsynth.evaluate.independence.withheld import Withheld, unselected
from causalsynth.graph import Independence
from causalsynth.scm.support import Numeric

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.scm import SCM

__all__ = ["MOST_TRIPLES", "REFERENCE", "independence", "replicated_independence"]

REFERENCE = "skeleton"
"""Name of the values that the others are compared with."""

MOST_TRIPLES = 1000
"""Independencies tested; a sample of them where the graph implies more."""


@on_one_blas_thread
def independence(
    frames: Mapping[str, "pd.DataFrame"],
    scm: "SCM",
    *,
    alpha: float = 0.05,
    test: str | None = None,
    seed: int = 0,
    silent: Collection[str] = (),
    withheld: Sequence[Withheld] = (),
    most_triples: int | None = MOST_TRIPLES,
    structure: bool = False,
    drawn: bool = False,
    threads: int = 1,
) -> IndependenceReport:
    """Test every set of values against the graph.

    Parameters
    ----------
    frames
        Name → table, one row a record and one column a variable, states as text. The one called `REFERENCE` (else the
        first) is what the others are compared with. They hold the same records; one may lack some (its index tells
        which), and is then compared with the reference on the records that it has.
    scm
        Graph and states; after `SCM.do` its graph is the mutilated one, and what it holds fixed is left out.
    alpha
        Level of each test.
    test
        Name of a test in `causalsynth.evaluate.ci_tests.TESTS`. None: ``x2``, or ``auto`` where there are numbers.
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
    structure
        Whether to run the PC algorithm on every set of values.
    drawn
        Whether the reference is known to hold all rows that were drawn from this very model, so that its own
        deviations are chance.
    threads
        Of the tests; the figures don't depend on it.

    Raises
    ------
    InputError
        An alpha that isn't between 0 and 1, an unknown test or silent variable, a table that doesn't fit the graph or
        has records that the reference lacks, or a test that can't deal with numbers.
    """
    _check_level(alpha)
    options = _Options(
        alpha=alpha,
        test=_usable(test, scm, silent),
        seed=seed,
        silent=frozenset(silent),
        withheld=withheld,
        most_triples=most_triples,
        structure=structure,
        drawn=drawn,
        threads=threads,
    )
    return _analyse([frames], scm, options)


@on_one_blas_thread
def replicated_independence(
    data_sets: Sequence[Mapping[str, "pd.DataFrame"]],
    scm: "SCM",
    *,
    alpha: float = 0.05,
    test: str | None = None,
    seed: int = 0,
    silent: Collection[str] = (),
    most_triples: int | None = MOST_TRIPLES,
    structure: bool = False,
    threads: int = 1,
) -> IndependenceReport:
    """Test several data sets of the same model together: rates over all, standard errors from their differences.

    Parameters
    ----------
    data_sets
        Each as `independence` takes it, with the same names. Their rows must have been drawn independently.
    scm, alpha, test, seed, silent, most_triples, structure, threads
        As of `independence`. The PC algorithm runs on the first data set.

    Raises
    ------
    InputError
        As `independence`, or the data sets differ in the names of their values.
    """
    names = [list(frames) for frames in data_sets]
    if not names or any(own != names[0] for own in names):
        raise InputError("the data sets differ in what values they have", hint="give each the same ones")
    _check_level(alpha)
    options = _Options(
        alpha=alpha,
        test=_usable(test, scm, silent),
        seed=seed,
        silent=frozenset(silent),
        withheld=(),
        most_triples=most_triples,
        structure=structure,
        drawn=False,
        threads=threads,
    )
    return _analyse(data_sets, scm, options)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    alpha: float
    test: str
    seed: int
    silent: frozenset[str]
    withheld: Sequence[Withheld]
    most_triples: int | None
    structure: bool
    drawn: bool
    threads: int


def _check_level(alpha: float) -> None:
    """Refuse levels at which no test could reject, or all of them had to."""
    if not 0 < alpha < 1:
        raise InputError(f"alpha = {alpha:g} is no level of a test", hint="give a number above 0 and below 1, as 0.05")


def _usable(test: str | None, scm: "SCM", silent: Collection[str]) -> str:
    """Check the names of the test and of the silent variables; give the test to use."""
    if unknown := sorted(set(silent) - set(scm.variables)):
        raise InputError(
            f"silent: the graph has no variable {unknown[0]!r}", hint=f"its variables are {', '.join(scm.variables)}"
        )
    numbers = any(isinstance(scm.support(name), Numeric) for name in scm.variables if name not in silent)
    chosen = test or ("auto" if numbers else "x2")
    select_test(chosen)
    return chosen


def _analyse(data_sets: Sequence[Mapping[str, "pd.DataFrame"]], scm: "SCM", options: _Options) -> IndependenceReport:
    supports = {name: scm.support(name) for name in scm.variables if name not in options.silent}
    reference = REFERENCE if REFERENCE in data_sets[0] else next(iter(data_sets[0]))
    values = coded_values(data_sets, supports, reference)
    memo = Memo(alpha=options.alpha, test=options.test, seed=options.seed, threads=options.threads)
    nulls, implied, chosen = _nulls(scm, options)
    plan = arc_plan(scm, silent=options.silent, withheld=options.withheld, seed=options.seed)
    arcs, untestable = _shown(values[reference], plan.triples, memo)
    tested = {name: run(own.sheets, nulls, arcs, memo) for name, own in values.items()}
    against = {
        name: run(own.companions, nulls, arcs, memo) if own.partial else tested[reference]
        for name, own in values.items()
        if name != reference
    }
    report = IndependenceReport(
        alpha=options.alpha,
        test=options.test,
        interventions=dict(scm.interventions),
        implied=implied,
        sampled=chosen if chosen < implied else None,
        silent=[name for name in scm.variables if name in options.silent],
        withheld=options.withheld,
        selected=chosen - len(nulls),
        left_out=[*plan.left_out, *(LeftOutArc(triple=triple, reason=UNTESTABLE) for triple in untestable)],
        reference=reference,
        drawn=options.drawn,
        values={
            name: summarise(
                values[name], outcome, plan.dependence, scm, options.silent, options.withheld, seed=options.seed
            )
            for name, outcome in tested.items()
        },
        paired_difference={name: paired(tested[name], other, values[name].rows) for name, other in against.items()},
        structure=_structures(values, scm, options) if options.structure else {},
    )
    return replace(report, verdict=verdict(report))


def _nulls(scm: "SCM", options: _Options) -> tuple[list[Independence], int, int]:
    """Give the independencies to test, how many are implied, and how many were drawn of them."""
    implied = null_triples(scm.graph, held=scm.held, silent=options.silent, deterministic=scm.deterministic)
    chosen = sampled(implied, options.most_triples, options.seed)
    return unselected(scm.graph, chosen, options.withheld, held=scm.held), len(implied), len(chosen)


def _shown(
    reference: Values, triples: Sequence[Independence], memo: Memo
) -> tuple[list[Independence], list[Independence]]:
    """Tell arc triples that the reference can test from those in which one end is constant in every stratum."""
    results = [memo.results(sheet, triples) for sheet in reference.sheets]
    testable = [any(answers) for answers in zip(*([one.testable for one in each] for each in results), strict=True)]
    kept = [triple for triple, can in zip(triples, testable, strict=True) if can]
    return kept, [triple for triple, can in zip(triples, testable, strict=True) if not can]


def _structures(values: Mapping[str, Values], scm: "SCM", options: _Options) -> dict[str, StructureCheck]:
    if silent := options.silent - scm.held:
        raise InputError(
            f"no structure can be learned: the texts are silent on {', '.join(sorted(silent))}",
            hint="unseen common causes are beyond the PC algorithm",
        )
    names = [name for name in scm.variables if name not in scm.held]
    return {
        name: structure_check(
            own.sheets[0].table, scm.graph, names, alpha=options.alpha, test=options.test, seed=options.seed
        )
        for name, own in values.items()
    }
