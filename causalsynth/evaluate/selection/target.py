"""The law that skeletons are drawn from, where it can be written out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.enumeration import configurations
from causalsynth.scm import SCM, Skeletons

__all__ = ["Target", "exact_target"]


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
    """Write out the law of a model; None where `configurations` can't."""
    exact = configurations(scm, scm.variables)
    if exact is None:
        return None
    cardinalities = tuple(len(scm.states(name)) for name in scm.variables)
    codes = tuple(exact.codes[name].astype(np.intp) for name in scm.variables)
    probability = np.empty(len(exact.probability))
    probability[np.ravel_multi_index(codes, cardinalities)] = exact.probability
    return Target(cardinalities, scm.variables, probability / probability.sum())
