"""Selection bias of one run, from its ledger."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.selection.difficulty import by_difficulty
from causalsynth.evaluate.selection.estimate import homogeneity
from causalsynth.evaluate.selection.exact import lorenz_dominates
from causalsynth.evaluate.selection.marginals import marginals
from causalsynth.evaluate.selection.outcomes import FIRST, LATER, NEVER, REPAIRED, Outcomes
from causalsynth.evaluate.selection.overtaking import no_overtaking
from causalsynth.evaluate.selection.partition import Partition, by_skeleton
from causalsynth.evaluate.selection.report import MethodSelection, SelectionReport, StratumAcceptance
from causalsynth.evaluate.selection.resample import MethodEstimate, estimate_methods
from causalsynth.evaluate.selection.target import Target, exact_target
from causalsynth.evaluate.selection.weights import effective_sample_size, stratum_weights
from causalsynth.scm import SCM

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["selection", "selection_of", "selection_weights"]

_NONE_LEFT = 1e-12
"""Rounding of a divergence that is 0."""
_LEAST_ACCEPTED = 2
"""Below that no variance of acceptance can be told from chance."""


def selection(run: "EvaluatedRun", *, seed: int = 0, resamples: int = 2000) -> SelectionReport:
    """Measure how the accepted records differ from what the graph draws.

    Parameters
    ----------
    run
        As `causalsynth.evaluate.rundir.open_run` gives it.
    seed
        Draws resamples, folds and the exact test.
    resamples
        For the intervals.

    Raises
    ------
    InputError
        Hardly any first attempt was accepted, or a skeleton does not fit the graph.
    """
    return selection_of(
        Outcomes.of(run.attempts, run.scm),
        run.scm,
        usual=run.observational,
        drawn=run.plan.skeletons is None,
        seed=seed,
        resamples=resamples,
    )


def selection_of(
    outcomes: Outcomes,
    scm: SCM,
    *,
    usual: SCM | None = None,
    drawn: bool = True,
    strata_of: Literal["skeleton", "difficulty"] | None = None,
    seed: int = 0,
    resamples: int = 2000,
) -> SelectionReport:
    """Measure the selection in outcomes that are at hand; see `selection`.

    Parameters
    ----------
    outcomes
        When each record was accepted.
    scm
        What its skeletons were drawn from, interventions included.
    usual
        The graph without them; `scm` if not given.
    drawn
        Whether the skeletons were drawn from `scm`. If they were given, the target is the records themselves.
    strata_of
        What strata to make; chosen by how often skeletons repeat if not given.
    """
    if (accepted := int((outcomes.stage == FIRST).sum())) < _LEAST_ACCEPTED:
        raise InputError(
            f"{accepted} first attempts were accepted: too few to compare them", hint="see `evaluate realizability`"
        )
    rng = np.random.default_rng(seed)
    target = exact_target(scm) if drawn else None
    partition = _partition(outcomes, scm, usual or scm, target, rng, strata_of)
    stages = np.stack([partition.counts(outcomes.stage == stage) for stage in range(NEVER + 1)], axis=1)
    methods = _methods(outcomes)
    estimates = estimate_methods(stages, methods, partition.weights, rng, resamples=resamples)
    total = partition.counts()
    return SelectionReport(
        n=len(outcomes),
        strata_of="skeleton" if partition.kind == "skeleton" else "difficulty",
        pooled=partition.pooled,
        target="records" if partition.weights is None else "exact",
        methods={
            name: _method(outcomes, partition, target, last, estimates.methods[name], rng)
            for name, last in methods.items()
        },
        change_interval=estimates.change("rejection", "loop"),
        overtaking=no_overtaking(stages[:, FIRST], stages[:, : LATER + 1].sum(axis=1), total, partition.names),
        lorenz_dominates=_more_even(partition, stages),
        strata=_strata(partition, stages.tolist()),
    )


def selection_weights(run: "EvaluatedRun", *, seed: int = 0) -> "pd.DataFrame":
    """Give inverse-φ weights of the records that the loop accepted.

    Parameters
    ----------
    run, seed
        As for `selection`.

    Returns
    -------
    pandas.DataFrame
        Columns ``_index`` (the record), ``_stratum`` and ``_weight``, whose mean is 1.
    """
    import pandas as pd

    outcomes = Outcomes.of(run.attempts, run.scm)
    target = exact_target(run.scm) if run.plan.skeletons is None else None
    partition = _partition(outcomes, run.scm, run.observational, target, np.random.default_rng(seed))
    accepted = outcomes.stage <= LATER
    weights = stratum_weights(partition.counts(accepted), partition.counts(), partition.weights)
    of = partition.of[accepted]
    return pd.DataFrame(
        {
            "_index": outcomes.skeletons.index[accepted],
            "_stratum": [partition.names[stratum] for stratum in of.tolist()],
            "_weight": weights[of],
        }
    )


def _partition(
    outcomes: Outcomes,
    scm: SCM,
    usual: SCM,
    target: Target | None,
    rng: np.random.Generator,
    strata_of: Literal["skeleton", "difficulty"] | None = None,
) -> Partition:
    """Choose strata: the skeletons themselves where half of the records or more have one that repeats often enough."""
    if strata_of != "difficulty":
        partition = by_skeleton(outcomes.skeletons, scm, target)
        if strata_of == "skeleton" or 2 * partition.pooled <= len(outcomes):
            return partition
    return by_difficulty(outcomes, usual, rng)


def _methods(outcomes: Outcomes) -> dict[str, int]:
    """Give each method's name and the last stage that it accepts."""
    methods = {"rejection": FIRST, "loop": LATER}
    return methods | {"fallback": REPAIRED} if outcomes.fallback else methods


def _method(
    outcomes: Outcomes,
    partition: Partition,
    target: Target | None,
    last: int,
    estimated: MethodEstimate,
    rng: np.random.Generator,
) -> MethodSelection:
    chosen = outcomes.stage <= last
    total, accepted = partition.counts(), partition.counts(chosen)
    share = Share(int(chosen.sum()), len(outcomes))
    low = share.interval[0]
    weights = stratum_weights(accepted, total, partition.weights)
    found = estimated.estimate
    return MethodSelection(
        accepted=share,
        mean_acceptance=min(1.0, float(found.mean)),  # a sum of shares may round to more
        chi2=_at_least_zero(found.chi2),
        chi2_interval=_cleaned(estimated.interval("chi2")),
        chi2_raw=_at_least_zero(estimated.raw.chi2),
        tv=_at_least_zero(found.tv),
        tv_interval=_cleaned(estimated.interval("tv")),
        kl=_at_least_zero(found.kl),
        p_value=homogeneity(accepted, total, rng),
        bound_chi2=(1 - low) / low if low > 0 else None,
        bound_tv=1 - low,
        effective_sample_size=None if (accepted == 0).any() else effective_sample_size(weights, accepted),
        lost_strata=float(_shares(partition)[accepted == 0].sum()),
        marginals=marginals(outcomes.skeletons, chosen, target, rng),
    )


def _at_least_zero(value: NDArray[np.float64] | float) -> float:
    number = float(value)
    return number if number > _NONE_LEFT else 0.0


def _cleaned(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if ends is None else (_at_least_zero(ends[0]), _at_least_zero(ends[1]))


def _shares(partition: Partition) -> NDArray[np.float64]:
    total = partition.counts()
    return total / total.sum() if partition.weights is None else partition.weights


def _more_even(partition: Partition, stages: NDArray[np.int64]) -> bool:
    """Tell whether φ̂_K Lorenz-dominates φ̂₁."""
    total = [Fraction(int(n)) for n in stages.sum(axis=1)]
    first = [Fraction(int(count)) / n for count, n in zip(stages[:, FIRST], total, strict=True)]
    last = [Fraction(int(count)) / n for count, n in zip(stages[:, : LATER + 1].sum(axis=1), total, strict=True)]
    return lorenz_dominates([Fraction(share) for share in _shares(partition).tolist()], last, first)


def _strata(partition: Partition, stages: Sequence[Sequence[int]]) -> list[StratumAcceptance]:
    shares: Mapping[str, float] = dict(zip(partition.names, _shares(partition).tolist(), strict=True))
    found = [
        StratumAcceptance(
            name=name,
            target=shares[name],
            first=Share(counts[FIRST], sum(counts)),
            last=Share(counts[FIRST] + counts[LATER], sum(counts)),
        )
        for name, counts in zip(partition.names, stages, strict=True)
    ]
    return sorted(found, key=lambda each: (each.last.rate or 0.0, each.first.rate or 0.0, -each.first.n))
