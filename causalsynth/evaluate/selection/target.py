"""The law that skeletons are drawn from, where it can be written out."""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.scm import SCM, Skeletons
from causalsynth.scm.support import Categorical

__all__ = ["MOST_CELLS", "Target", "exact_target"]

MOST_CELLS = 2**16
"""Configurations up to which the law is written out: ASIA has 256."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """P(skeleton) for every configuration of states.

    Attributes
    ----------
    cardinalities
        States of each variable, in the model's order.
    variables
        The model's.
    probability
        Of each configuration, the last variable changing fastest: shape (cells,).
    """

    cardinalities: tuple[int, ...]
    variables: tuple[str, ...]
    probability: NDArray[np.float64]

    def cells_of(self, skeletons: Skeletons) -> NDArray[np.intp]:
        """Give each row's place in `probability`."""
        codes = tuple(skeletons.column(name).astype(np.intp) for name in self.variables)
        return np.asarray(np.ravel_multi_index(codes, self.cardinalities), dtype=np.intp)

    def marginal(self, variable: str) -> NDArray[np.float64]:
        """Give one variable's law: shape (states,)."""
        axis = self.variables.index(variable)
        others = tuple(place for place in range(len(self.variables)) if place != axis)
        return np.asarray(self.probability.reshape(self.cardinalities).sum(axis=others))


def exact_target(scm: SCM) -> Target | None:
    """Write out the law of a model; None where it has numbers, more than `MOST_CELLS`, or unknown probabilities."""
    states: list[int] = []
    for support in scm.supports.values():
        if not isinstance(support, Categorical):
            return None
        states.append(len(support.states))
    if prod(states) > MOST_CELLS:
        return None
    codes = np.indices(states, dtype=np.int8).reshape(len(states), -1)
    cells = Skeletons(scm.supports, codes, np.empty((0, codes.shape[1])), np.arange(codes.shape[1], dtype=np.int64))
    try:
        probability = np.exp(scm.log_probability(cells))
    except InputError:
        return None
    return Target(tuple(states), scm.variables, probability / probability.sum())
