"""Fisher's z of the partial correlation: for numbers alone."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from causalsynth.evaluate.ci_tests.result import CITestResult

__all__ = ["fisher_z", "partial_correlation"]

Floats = NDArray[np.float64]

_DETERMINED = 1e-10
"""A residual below this share of its variable's spread is rounding."""


def partial_correlation(x: Floats, y: Floats, given: Floats) -> float | None:
    """Give the correlation of what `given` leaves of x and of y by linear regression.

    Parameters
    ----------
    x, y
        Shape (n,).
    given
        Shape (n, k).

    Returns
    -------
    float or None
        None where `given` determines one of them.
    """
    design = np.column_stack([np.ones(len(x)), given])
    both = np.column_stack([x - x.mean(), y - y.mean()])
    basis, _ = np.linalg.qr(design)
    left = both - basis @ (basis.T @ both)
    norms = np.sqrt((left * left).sum(0))
    if (norms <= _DETERMINED * np.sqrt((both * both).sum(0))).any():
        return None
    return float(np.clip(left[:, 0] @ left[:, 1] / (norms[0] * norms[1]), -1.0, 1.0))


def fisher_z(x: Floats, y: Floats, given: Floats) -> CITestResult:
    """Test X ⟂ Y | Z among jointly normal numbers.

    √(n − k − 3) · artanh r is standard normal under independence, r being the partial correlation given k numbers
    (Fisher, Metron 3, 1924, 329). Where relations are curved or the numbers far from normal, use ``mixed``.

    Parameters
    ----------
    x, y
        Shape (n,), finite.
    given
        Shape (n, k), finite.
    """
    n, freedom = len(x), len(x) - given.shape[1] - 3
    r = partial_correlation(x, y, given) if freedom > 0 else None
    if r is None:
        return CITestResult.untestable("fisherz", 0, n)
    z = math.inf if abs(r) == 1 else math.sqrt(freedom) * math.atanh(abs(r))
    return CITestResult(
        test="fisherz", statistic=z, dof=1, p_value=float(2 * ndtr(-z)), effect_size=abs(r), testable=True, n=n
    )
