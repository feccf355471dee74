"""Whether what Z leaves of X goes together with what Z leaves of Y.

X and Y become columns (indicators of states; two scores of a number's rank), both are regressed on Z, and

    T = Σ_rows (X − fitted X) ⊗ (Y − fitted Y)

is compared with 0: the generalised covariance measure of Shah & Peters (Annals of Statistics 48, 2020, 1514). Errors of
the two regressions enter as their product, so that both may converge slowly. What is added here is the small sample:

- The variance of T is taken given Y, from the fitted law of X's states; within strata of discrete Z alone that is the
  hypergeometric variance, N/(N − 1) included. Between numbers it is Σ of squared terms, each divided by 1 − leverage as
  in MacKinnon & White (Journal of Econometrics 29, 1985, 305).
- Q = TᵀV⁻¹T has mean rank V, and a variance that exceeds 2·rank V where rows are few or states rare. It is known in
  closed form, as T is a sum of independent terms; p is the tail of the gamma distribution with these two moments.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from causalsynth.evaluate.ci_tests.mixed.scores import indicators, score_columns
from causalsynth.evaluate.ci_tests.mixed.smoothing import cells_of, project
from causalsynth.evaluate.ci_tests.result import CITestResult

__all__ = ["Variable", "mixed"]

Floats = NDArray[np.float64]

_RANK = 1e-9
"""Eigenvalues below this share of the largest are 0."""

_NOTHING = 1e-12
"""And so are those below this, in squared indicators or scores."""

_NAME = "mixed"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a triple: its state codes, or the normal scores of its numbers; the other is None.

    Both of shape (n,), all definite.
    """

    codes: NDArray[np.integer] | None = None
    scores: Floats | None = None

    def columns(self) -> Floats:
        """Give what is regressed, shape (n, columns)."""
        if self.scores is not None:
            return score_columns(self.scores)
        assert self.codes is not None
        return indicators(self.codes)


def mixed(x: Variable, y: Variable, given: Sequence[Variable]) -> CITestResult:
    """Test X ⟂ Y | Z where any of them are numbers or states.

    It sees dependence that has, on average over Z, a direction, or one in spread; one that changes sign with Z can
    escape it. The regressions are on curves, with jumps, of each number in Z, and on smooth surfaces over two of them.
    **It is not at its level where three numbers in Z act jointly, or two by thresholds**: what only they do together
    stays in both residuals and is taken for dependence between X and Y, so that true independencies are rejected, with
    enough rows nearly always (x and y = z₁ + z₂z₃ + noise: 12 of 12 data sets at n = 3,000).

    Parameters
    ----------
    x, y
        Of two with as many states the first is the one whose law is fitted.
    given
        Those held fixed.

    Returns
    -------
    CITestResult
        Its effect size is √(Q/(n·k)), k the smaller number of columns of X and of Y: the root mean square of what the
        canonical correlations given Z come to. With one column each it is the size of the partial correlation.
    """
    x, y = _modelled_first(x, y)
    left, right = x.columns(), y.columns()
    n = len(left)
    if n < 2:  # a data set of which no record was kept, say
        return CITestResult.untestable(_NAME)
    cells = cells_of([z.codes for z in given if z.codes is not None], n)
    scores = np.column_stack([np.empty((n, 0)), *(z.scores for z in given if z.scores is not None)])
    both = project(np.hstack([left, right]), cells, scores)
    use = both.informative
    if use.sum() < 2 or min(_free(left, x).shape[1], _free(right, y).shape[1]) == 0:
        return CITestResult.untestable(_NAME)
    width = left.shape[1]
    residuals = _free(right - both.fitted[:, width:], y)[use]
    sides = _Sides(
        left=left[use],
        fitted=both.fitted[use, :width],
        right=residuals,
        weight=1.0 / (1.0 - both.leverage[use]),
        columns=min(_free(left, x).shape[1], residuals.shape[1]),
    )
    return _answer(_of_numbers(sides) if x.codes is None else _of_states(sides), sides)


def _modelled_first(x: Variable, y: Variable) -> tuple[Variable, Variable]:
    """Put first what has a law that can be fitted: states, and of two the one with fewer."""

    def states(variable: Variable) -> float:
        return math.inf if variable.codes is None else len(np.unique(variable.codes))

    return (x, y) if states(x) <= states(y) else (y, x)


def _free(columns: Floats, variable: Variable) -> Floats:
    """Leave out the last state's indicator, which the others determine."""
    return columns if variable.codes is None else columns[:, :-1]


@dataclass(frozen=True, slots=True)
class _Sides:
    """Informative rows: X's columns and their fit, Y's residuals, 1/(1 − leverage); the smaller number of columns."""

    left: Floats
    fitted: Floats
    right: Floats
    weight: Floats
    columns: int


@dataclass(frozen=True, slots=True)
class _Quadratic:
    """Q = TᵀV⁻¹T, the rank of V, and the variance of Q under independence."""

    value: float
    rank: int
    variance: float


def _of_states(sides: _Sides) -> _Quadratic:
    """Compare T with its law given Y, X's states being drawn in each row from their fitted law."""
    law = np.clip(sides.fitted, 0.0, 1.0)
    law /= law.sum(1, keepdims=True)
    total = ((sides.left - sides.fitted)[:, :-1].T @ sides.right).ravel()
    # What each state would add to T if it were drawn; shape (states, n, cells of T).
    drawn = np.eye(law.shape[1])[:, None, :-1] - law[None, :, :-1]
    terms = (drawn[:, :, :, None] * sides.right[None, :, None, :]).reshape(*drawn.shape[:2], -1)
    chance = (law * sides.weight[:, None]).T
    flat = terms.reshape(-1, terms.shape[2])
    whitener = _whitener((flat * chance.reshape(-1, 1)).T @ flat)
    value, rank = float(((total @ whitener) ** 2).sum()), whitener.shape[1]
    return _Quadratic(value, rank, 2.0 * rank + _excess(terms @ whitener, chance))


def _excess(terms: Floats, chance: Floats) -> float:
    """Give what the fourth moments of the single rows' terms add to the variance of Q.

    For independent u_i with mean 0, Var(uᵀu) = 2 tr(I) + Σ_i [E|u_i|⁴ − (E|u_i|²)² − 2 tr(Cov(u_i)²)].

    Parameters
    ----------
    terms
        Whitened, shape (states, n, rank).
    chance
        Of each state in each row, times the weight; shape (states, n).
    """
    squares = (terms * terms).sum(2)
    weight = chance.sum(0)
    fourth = (chance * weight * squares * squares).sum(0)
    second = (chance * squares).sum(0)
    products = np.einsum("snr,tnr->stn", terms, terms, optimize=True)
    trace = np.einsum("sn,tn,stn->n", chance, chance, products * products, optimize=True)
    return float((fourth - second * second - 2.0 * trace).sum())


def _of_numbers(sides: _Sides) -> _Quadratic:
    """Compare T with the squares of its own terms."""
    terms = ((sides.left - sides.fitted)[:, :, None] * sides.right[:, None, :]).reshape(len(sides.left), -1)
    whitener = _whitener((terms * sides.weight[:, None]).T @ terms)
    rank = whitener.shape[1]
    return _Quadratic(float(((terms.sum(0) @ whitener) ** 2).sum()), rank, 2.0 * rank)


def _whitener(covariance: Floats) -> Floats:
    """Give W of shape (cells, rank) with WᵀVW = I."""
    values, vectors = np.linalg.eigh(covariance)
    kept = values > max(_RANK * values.max(initial=0.0), _NOTHING)
    whitener: Floats = vectors[:, kept] / np.sqrt(values[kept])
    return whitener


def _answer(quadratic: _Quadratic, sides: _Sides) -> CITestResult:
    n, rank = len(sides.left), quadratic.rank
    if rank == 0 or quadratic.variance <= _RANK * rank:
        return CITestResult.untestable(_NAME, rank, n)
    scale = rank / quadratic.variance
    return CITestResult(
        test=_NAME,
        statistic=quadratic.value,
        dof=rank,
        p_value=float(gammaincc(rank * scale, quadratic.value * scale)),
        effect_size=math.sqrt(min(1.0, quadratic.value / (n * sides.columns))),
        testable=True,
        n=n,
    )
