"""Runs under interventions, set against a run and against each other."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from causalsynth.evaluate.effects.differences import se_of_means, se_of_pairs
from causalsynth.evaluate.effects.interventional import interventional_means, outcomes_under
from causalsynth.evaluate.effects.question import Effect, Outcome
from causalsynth.evaluate.effects.report import World, WorldEffect, WorldEstimate
from causalsynth.evaluate.effects.truth import effect_in
from causalsynth.evaluate.effects.twins import are_twins, twin_outcomes
from causalsynth.evaluate.effects.values import RunValues
from causalsynth.scm.support import Value

__all__ = ["twin_directories", "world_effects", "world_of"]

_TWINS = "twins"


def twin_directories(directory: Path) -> list[Path]:
    """List the twin runs that ``generate --twins`` wrote into a run's directory."""
    return sorted(path.parent for path in (directory / _TWINS).glob("*/manifest.json"))


def world_of(values: RunValues, facts: RunValues | None, wanted: Sequence[Outcome]) -> World:
    """Describe a run under an intervention.

    Parameters
    ----------
    values
        The run's.
    facts
        The run that its records may be the twins of; None: none.
    wanted
        The outcomes that were asked for; empty: all that the intervention can change.
    """
    outcomes = _outcomes(values, wanted)
    twins = facts is not None and are_twins(facts, values)
    return World(
        name=values.run.directory.name,
        do=dict(values.scm.interventions),
        n=len(values.index),
        twins=twins,
        means=interventional_means(values, outcomes),
        outcomes=twin_outcomes(facts, values, outcomes) if facts is not None and twins else (),
    )


def _outcomes(values: RunValues, wanted: Sequence[Outcome]) -> list[Outcome]:
    every = outcomes_under(values.scm, values.silent)
    names = {outcome.variable for outcome in every}
    return [outcome for outcome in dict.fromkeys(wanted) if outcome.variable in names] if wanted else every


def world_effects(worlds: Sequence[RunValues], effects: Sequence[Effect]) -> tuple[WorldEffect, ...]:
    """Take the difference of the two worlds of an effect, for each effect that has both."""
    found = []
    for effect in effects:
        treated, control = (_under(worlds, effect.treatment, value) for value in (effect.treated, effect.control))
        if treated is None or control is None:
            continue
        paired = are_twins(treated, control)
        estimates = {
            name: estimate
            for name in treated.tables
            if name in control.tables and (estimate := _difference(treated, control, name, effect, paired=paired))
        }
        truth = effect_in(treated.run.scm, effect)
        found.append(WorldEffect(effect=effect, truth=truth, paired=paired, estimates=estimates))
    return tuple(found)


def _under(worlds: Sequence[RunValues], treatment: str, value: Value) -> RunValues | None:
    """Find the world that holds the treatment, and nothing else, at a value."""
    for world in worlds:
        held = dict(world.scm.interventions)
        given = held.pop(treatment, None)
        if given is None or held or given[:1] in "~+:":
            continue
        support = world.scm.supports[treatment]
        number = given if world.is_categorical(treatment) else float(given)
        if support.encode(number) == support.encode(value):
            return world
    return None


def _difference(
    treated: RunValues, control: RunValues, name: str, effect: Effect, *, paired: bool
) -> WorldEstimate | None:
    one, two = (values.outcome(name, effect.outcome) for values in (treated, control))
    binary = effect.outcome.state is not None
    if paired:
        _, here, there = np.intersect1d(treated.index, control.index, return_indices=True)
        apart = (one[here] - two[there])[~np.isnan(one[here] - two[there])]
        if len(apart) < 2:
            return None
        return WorldEstimate(float(apart.mean()), se_of_pairs(apart, binary=binary), len(apart))
    one, two = one[~np.isnan(one)], two[~np.isnan(two)]
    if min(len(one), len(two)) < 2:
        return None
    se = se_of_means(one, two, binary=binary)
    return WorldEstimate(float(one.mean() - two.mean()), se, min(len(one), len(two)))
