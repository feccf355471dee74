"""Whether the texts give the effects that the model has: by adjustment, under interventions, and in twins."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.blas import on_one_blas_thread
from causalsynth.evaluate.effects.adjustment import AdjustmentKind
from causalsynth.evaluate.effects.observational import adjusted_effects
from causalsynth.evaluate.effects.question import Effect, Outcome, effects_on_sinks
from causalsynth.evaluate.effects.report import EffectsReport
from causalsynth.evaluate.effects.truth import score
from causalsynth.evaluate.effects.values import RunValues
from causalsynth.evaluate.effects.worlds import world_effects, world_of
from causalsynth.evaluate.rundir import EvaluatedRun
from causalsynth.scm.support import Value

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["MOST", "effects"]

MOST = 12
"""Effects that are shown where none is asked for."""
_SCREENED_ROWS = 2**14


@on_one_blas_thread
def effects(
    run: EvaluatedRun,
    asked: Sequence[Effect] | None = None,
    *,
    against: Sequence[EvaluatedRun] = (),
    kind: AdjustmentKind = AdjustmentKind.MINIMAL,
    most: int = MOST,
) -> EffectsReport:
    """Estimate effects from a run's texts, and compare them with the model's.

    Parameters
    ----------
    run
        The run; under no intervention for effects by adjustment of all its causes.
    asked
        Effects; None: those of all categorical variables on what causes nothing further, the `most` largest.
    against
        Runs under interventions: twins of the run (same seed), or others.
    kind
        Which valid adjustment set is wanted.
    most
        Effects at most where none is asked for.

    Raises
    ------
    InputError
        A value in a table is none of its variable's.
    """
    values = RunValues.of(run)
    others = [RunValues.of(other) for other in against]
    stated = [name for name in run.scm.variables if name not in values.silent]
    chosen, left_out = list(asked or ()), 0
    if asked is None:
        chosen, left_out = _largest(run.scm, effects_on_sinks(run.scm, stated), most)
    wanted = [] if asked is None else [effect.outcome for effect in asked]
    worlds = [world_of(values, None, wanted)] if run.scm.interventions else []
    worlds += [world_of(other, values, wanted) for other in others if other.scm.interventions]
    return EffectsReport(
        n=len(values.index),
        effects=adjusted_effects(values, chosen, kind=kind),
        left_out=left_out,
        worlds=tuple(worlds),
        by_intervention=world_effects([values, *others], chosen),
    )


def _largest(scm: "SCM", candidates: Sequence[Effect], most: int) -> tuple[list[Effect], int]:
    """Keep the largest effects, in standard deviations of the outcome, by a small simulation."""
    if len(candidates) <= most:
        return list(candidates), 0
    worlds: dict[tuple[str, Value], dict[Outcome, NDArray[np.float64]]] = {}
    outcomes = list(dict.fromkeys(effect.outcome for effect in candidates))

    def scores(treatment: str, value: Value) -> dict[Outcome, NDArray[np.float64]]:
        if (treatment, value) not in worlds:
            rows = scm.do({treatment: value}).sample(_SCREENED_ROWS, seed=0)
            worlds[treatment, value] = {outcome: score(rows, outcome) for outcome in outcomes}
        return worlds[treatment, value]

    def size(effect: Effect) -> float:
        one = scores(effect.treatment, effect.treated)[effect.outcome]
        two = scores(effect.treatment, effect.control)[effect.outcome]
        return float(abs(one.mean() - two.mean()) / max(two.std(), 1e-9))

    largest = sorted(candidates, key=size, reverse=True)[:most]
    return [effect for effect in candidates if effect in largest], len(candidates) - most
