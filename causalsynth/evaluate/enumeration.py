"""Small discrete models, all configurations at once: exact laws without the start-up time of an inference library."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError
from causalsynth.scm.support import Categorical
from causalsynth.scm.tabulate import tabulate

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["MOST_CONFIGURATIONS", "Configurations", "configurations"]

MOST_CONFIGURATIONS = 2**16


@dataclass(frozen=True, slots=True, eq=False)
class Configurations:
    """Every configuration of some variables and their ancestors.

    Attributes
    ----------
    codes
        Variable → code of its state in each configuration, int16 of shape (configurations,).
    probability
        Of each configuration, shape (configurations,).
    """

    codes: Mapping[str, NDArray[np.int16]]
    probability: NDArray[np.float64]

    def law(self, variable: str) -> NDArray[np.float64]:
        """Give P(variable), one place a state."""
        law: NDArray[np.float64] = np.bincount(self.codes[variable], weights=self.probability).astype(np.float64)
        return law


def configurations(scm: "SCM", variables: Collection[str]) -> Configurations | None:
    """List the configurations of `variables` and their ancestors, with the product of their tables.

    Returns
    -------
    Configurations or None
        None where there are more than `MOST_CONFIGURATIONS`, a number among them, or probabilities that aren't known.
    """
    needed = set(variables).union(*(scm.graph.ancestors(name) for name in variables))
    order = [name for name in scm.graph.topological_order if name in needed]
    sizes = [len(own.states) for name in order if isinstance(own := scm.supports[name], Categorical)]
    if len(sizes) < len(order) or prod(sizes) > MOST_CONFIGURATIONS:
        return None
    codes = dict(zip(order, np.indices(sizes, dtype=np.int16).reshape(len(order), -1), strict=True))
    probability = np.ones(prod(sizes))
    try:
        for name in order:
            table = tabulate(scm, name)
            probability *= table.probabilities[(*(codes[parent] for parent in table.parents), codes[name])]
    except GraphError:
        return None
    return Configurations(codes, probability)
