"""Counterfactual frequencies: what became of each record's outcome under an intervention that it didn't have.

Both runs have the same noise for the same index, so that facts and twins are pairs: the share of those without the
outcome that get it, of those with it that lose it, and the mean difference among the records whose treatment was
changed (the effect on them, not on all). These are counterfactual figures: they rest on how the model couples noise and
states (docs/models.md), and no trial could show them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.effects.differences import se_of_pairs
from causalsynth.evaluate.effects.question import Outcome
from causalsynth.evaluate.effects.truth import SIMULATED_ROWS, Truth, score
from causalsynth.evaluate.effects.values import RunValues
from causalsynth.evaluate.intervals import Share

if TYPE_CHECKING:
    from causalsynth.scm import SCM, Skeletons

__all__ = ["Change", "TwinOutcome", "are_twins", "twin_outcomes"]

_SEED = 0x7EF1EC8


@dataclass(frozen=True, slots=True)
class Change:
    """How an outcome differs between facts and twins, among the records whose treatment was changed.

    Attributes
    ----------
    gained
        Those that get the outcome, of those without it; None for a number.
    lost
        Those that lose it, of those with it; None for a number.
    difference, se
        Mean of twin − fact, and its standard error.
    n
        Pairs in which the outcome is definite in both texts.
    """

    gained: Share | None
    lost: Share | None
    difference: float
    se: float
    n: int

    def to_json(self) -> dict[str, object]:
        """Give one value of ``estimates``."""
        return {
            "gained": self.gained and self.gained.to_json(),
            "lost": self.lost and self.lost.to_json(),
            "difference": self.difference,
            "se": self.se,
            "n": self.n,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinOutcome:
    """One outcome of facts and twins.

    Attributes
    ----------
    outcome
        Which.
    gained, lost, difference
        By the model, simulated; shares are None for a number and of none. All are where the intervention changes the
        treatment of fewer than two of the simulated records.
    estimates
        Table → what its values say.
    agreement
        Table → pairs whose difference is that of the skeletons, of the pairs that are definite in both texts.
    """

    outcome: Outcome
    gained: Truth | None
    lost: Truth | None
    difference: Truth | None
    estimates: Mapping[str, Change]
    agreement: Mapping[str, Share]

    def to_json(self) -> dict[str, object]:
        """Give one item of ``twins``."""
        return {
            "outcome": self.outcome.variable,
            "state": self.outcome.state,
            "truth": {
                "gained": self.gained and self.gained.to_json(),
                "lost": self.lost and self.lost.to_json(),
                "difference": self.difference and self.difference.to_json(),
            },
            "estimates": {
                name: {**each.to_json(), "agreement": self.agreement[name].to_json()}
                for name, each in self.estimates.items()
            },
        }


def are_twins(facts: RunValues, twins: RunValues) -> bool:
    """Tell whether two runs have the same noise: their seed draws the very skeletons of both."""
    same = facts.scm.observational.digest() == twins.scm.observational.digest()
    seed = facts.run.plan.seed
    return same and seed == twins.run.plan.seed and all(_drawn(values, seed) for values in (facts, twins))


def _drawn(values: RunValues, seed: int) -> bool:
    rows = values.scm.sample(int(values.index.max()) + 1, seed=seed)
    table = values.tables["skeleton"]
    for name in values.scm.variables:
        drawn = rows.column(name)[values.index]
        held = table.numbers[name] if name in table.numbers else table.codes[name]
        definite = ~np.isnan(held) if name in table.numbers else held >= 0
        if not np.allclose(drawn[definite], held[definite], rtol=1e-9, atol=0):
            return False
    return True


def twin_outcomes(facts: RunValues, twins: RunValues, outcomes: Sequence[Outcome]) -> tuple[TwinOutcome, ...]:
    """Compare outcomes of facts and twins among the records whose treatment the twins' intervention changed.

    Parameters
    ----------
    facts, twins
        Two runs for which `are_twins` holds.
    outcomes
        Which.
    """
    _, here, there = np.intersect1d(facts.index, twins.index, return_indices=True)
    targets = [name for name, do in twins.scm.interventions.items() if facts.scm.interventions.get(name) != do]
    drawn = _drawn_pairs(facts.scm, twins.scm)
    moved = _changed(*drawn, targets)
    skeletons = facts.tables["skeleton"], twins.tables["skeleton"]
    changed = np.zeros(len(here), bool)
    for name in targets:
        one, two = (table.numbers.get(name, table.codes[name]) for table in skeletons)
        changed |= one[here] != two[there]
    found = []
    for outcome in outcomes:
        pairs = {
            name: (facts.outcome(name, outcome)[here][changed], twins.outcome(name, outcome)[there][changed])
            for name in facts.tables
            if name in twins.tables
        }
        estimates = {name: change for name, pair in pairs.items() if (change := _change(*pair, outcome)) is not None}
        agreement = {name: _agreement(pairs[name], pairs["skeleton"]) for name in estimates}
        true = _change(score(drawn[0], outcome)[moved], score(drawn[1], outcome)[moved], outcome)
        found.append(_against_model(outcome, true, estimates, agreement))
    return tuple(found)


def _against_model(
    outcome: Outcome, true: Change | None, estimates: Mapping[str, Change], agreement: Mapping[str, Share]
) -> TwinOutcome:
    return TwinOutcome(
        outcome=outcome,
        gained=None if true is None else _simulated(true.gained),
        lost=None if true is None else _simulated(true.lost),
        difference=None if true is None else Truth(true.difference, true.se, exact=False),
        estimates=estimates,
        agreement=agreement,
    )


def _drawn_pairs(facts: "SCM", twins: "SCM") -> "tuple[Skeletons, Skeletons]":
    return facts.sample(SIMULATED_ROWS, seed=_SEED), twins.sample(SIMULATED_ROWS, seed=_SEED)


def _changed(facts: "Skeletons", twins: "Skeletons", targets: Sequence[str]) -> NDArray[np.bool_]:
    changed = np.zeros(len(facts), bool)
    for name in targets:
        changed |= facts.column(name) != twins.column(name)
    return changed


def _change(fact: NDArray[np.float64], twin: NDArray[np.float64], outcome: Outcome) -> Change | None:
    both = ~(np.isnan(fact) | np.isnan(twin))
    fact, twin = fact[both], twin[both]
    n = len(fact)
    if n < 2:
        return None
    apart = twin - fact
    se = se_of_pairs(apart, binary=outcome.state is not None)
    gained = lost = None
    if outcome.state is not None:
        with_it = fact == 1
        gained = Share(int(twin[~with_it].sum()), int((~with_it).sum()))
        lost = Share(int((1 - twin[with_it]).sum()), int(with_it.sum()))
    return Change(gained, lost, float(apart.mean()), se, n)


def _simulated(share: Share | None) -> Truth | None:
    if share is None or share.rate is None:
        return None
    return Truth(share.rate, float(np.sqrt(share.rate * (1 - share.rate) / share.n)), exact=False)


def _agreement(
    pair: tuple[NDArray[np.float64], NDArray[np.float64]], skeletons: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> Share:
    apart, true = pair[1] - pair[0], skeletons[1] - skeletons[0]
    both = ~(np.isnan(apart) | np.isnan(true))
    return Share(int(np.isclose(apart[both], true[both], rtol=1e-9, atol=1e-9).sum()), int(both.sum()))
