"""Each variable's marginal among the accepted, against the target."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.holm import holm
from causalsynth.evaluate.selection.estimate import divergences, homogeneity
from causalsynth.evaluate.selection.partition import by_variable
from causalsynth.evaluate.selection.report import Marginal
from causalsynth.evaluate.selection.target import Target
from causalsynth.scm import Skeletons

__all__ = ["marginals"]


def marginals(
    skeletons: Skeletons, accepted: NDArray[np.bool_], target: Target | None, rng: np.random.Generator
) -> dict[str, Marginal]:
    """Give them, the target's by the graph where it is written out, else by all records.

    Parameters
    ----------
    skeletons
        All records.
    accepted
        Which of them are: shape (records,).
    target
        The law that they were drawn from, where it is known.
    rng
        Draws the exact tests.
    """
    found: dict[str, Marginal] = {}
    for variable in skeletons.variables:
        partition = by_variable(skeletons, variable, target)
        total, chosen = partition.counts(), partition.counts(accepted)
        shares = total / total.sum() if partition.weights is None else partition.weights
        kept = shares * chosen / total
        found[variable] = Marginal(
            target=dict(zip(partition.names, shares.tolist(), strict=True)),
            accepted=dict(zip(partition.names, (kept / kept.sum()).tolist(), strict=True)),
            tv=float(divergences(chosen, total, partition.weights).tv),
            p_value=homogeneity(chosen, total, rng),
        )
    return _adjusted(found)


def _adjusted(found: dict[str, Marginal]) -> dict[str, Marginal]:
    """Adjust the p-values for their number."""
    p_values = holm([marginal.p_value for marginal in found.values()])
    return {name: replace(found[name], p_value=p) for name, p in zip(found, p_values, strict=True)}
