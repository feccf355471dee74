"""Whether values follow the model's own tables: each variable given its parents, against its probabilities.

The law of a model is its independencies *and* its tables P(x | parents). A selection of records, or a misread fact,
leaves the law intact only if it breaks neither, so that the two together miss nothing that enough rows show. A
selection often leaves most independencies alone and shifts a table: that is seen here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from causalsynth.errors import GraphError
from causalsynth.evaluate.coded import MISSING, CodedTable
from causalsynth.evaluate.holm import holm
from causalsynth.evaluate.independence.withheld import Withheld, silence_is_ignorable

if TYPE_CHECKING:
    from causalsynth.scm import SCM
    from causalsynth.scm.mechanisms import CategoricalTable

__all__ = ["FamilyFit", "family_fits", "multinomial_moments"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyFit:
    """How well one variable follows its table.

    Attributes
    ----------
    variable
        Its name.
    statistic
        X² = Σ (n − N·P)² / (N·P) over states and the parents' configurations that occur; infinite if something occurs
        that the model calls impossible.
    p_value
        Of a gamma distribution with the exact mean and variance of X².
    adjusted
        The p-value by Holm's method over all variables (Scandinavian Journal of Statistics 6, 1979, 65).
    n
        Rows in which the variable and its parents are definite.
    """

    variable: str
    statistic: float
    p_value: float
    adjusted: float
    n: int

    def to_json(self) -> dict[str, object]:
        """Give one item of ``families``."""
        finite = self.statistic if np.isfinite(self.statistic) else None
        return {
            "variable": self.variable,
            "statistic": finite,
            "p_value": self.p_value,
            "adjusted_p_value": self.adjusted,
            "n": self.n,
        }


def family_fits(
    tables: Sequence[CodedTable], scm: "SCM", *, silent: Collection[str] = (), withheld: Sequence[Withheld] = ()
) -> list[FamilyFit]:
    """Test each variable's table; several tables of values are counted together.

    Left out: what an intervention holds, numbers and children of numbers, mechanisms whose probabilities aren't known,
    families with a silent variable, and those in which silence selects.

    Returns
    -------
    list
        Smallest p-value first.
    """
    found: list[tuple[str, float, float, int]] = []
    for variable in scm.variables:
        family = (variable, *scm.graph.parents(variable))
        if (
            variable in scm.held
            or {*family} & {*silent}
            or not silence_is_ignorable(scm.graph, family, withheld, held=scm.held)
        ):
            continue
        probabilities = _probabilities(scm, variable)
        if probabilities is not None:
            found.append((variable, *_fit(tables, probabilities, variable)))
    adjusted = holm([p_value for _, _, p_value, _ in found])
    fits = [
        FamilyFit(variable=variable, statistic=statistic, p_value=p_value, adjusted=each, n=n)
        for (variable, statistic, p_value, n), each in zip(found, adjusted, strict=True)
    ]
    return sorted(fits, key=lambda fit: fit.p_value)


def _probabilities(scm: "SCM", variable: str) -> "CategoricalTable | None":
    from causalsynth.scm.tabulate import tabulate

    try:
        table = tabulate(scm, variable)
    except GraphError:
        return None
    return table if len(table.states) > 1 else None


def _fit(tables: Sequence[CodedTable], law: "CategoricalTable", variable: str) -> tuple[float, float, int]:
    """Give statistic, p-value and rows."""
    shape = law.probabilities.shape
    counts = np.zeros(law.probabilities.size, np.intp)
    for table in tables:
        columns = np.stack([table.codes[name] for name in (*law.parents, variable)])
        definite = columns[:, (columns != MISSING).all(0)].astype(np.intp)
        counts += np.bincount(np.ravel_multi_index(tuple(definite), shape), minlength=counts.size)
    observed = counts.reshape(-1, shape[-1]).astype(float)
    rows = law.probabilities.reshape(observed.shape)
    size = observed.sum(1)
    if (observed[rows == 0] > 0).any():
        return np.inf, 0.0, int(size.sum())
    expected = size[:, None] * rows
    statistic = float(
        np.divide((observed - expected) ** 2, expected, out=np.zeros(rows.shape), where=expected > 0).sum()
    )
    mean, variance = multinomial_moments(size, rows)
    if variance <= 0:
        return statistic, 1.0, int(size.sum())
    return statistic, float(gammaincc(mean * mean / variance, statistic * mean / variance)), int(size.sum())


def multinomial_moments(size: Floats, probabilities: Floats) -> tuple[float, float]:
    """Give mean and variance of Σ X² over independent multinomial samples of known probabilities.

    Of one sample of N over k states with probability above 0: mean k − 1, variance
    2(k − 1) + (Σ 1/p − k² − 2k + 2)/N (Haldane, The exact value of the moments of the distribution of χ², Biometrika
    29, 1937, 133).

    Parameters
    ----------
    size
        N of each sample, shape (samples,); samples of 0 count nothing.
    probabilities
        Shape (samples, states).
    """
    occurring = size > 0
    p, n = probabilities[occurring], size[occurring]
    k = (p > 0).sum(1)
    inverse = np.divide(1.0, p, out=np.zeros(p.shape), where=p > 0).sum(1)
    variance = 2 * (k - 1) + (inverse - k * k - 2 * k + 2) / n
    return float((k - 1).sum()), float(variance[k > 1].sum())
