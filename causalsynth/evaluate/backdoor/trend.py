"""The odds of an override, bit by bit of surprise."""

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from causalsynth.evaluate.backdoor.report import Trend
from causalsynth.evaluate.intervals import Z95

__all__ = ["odds_per_bit"]

_LEAST = 5
"""Overrides, and facts said right, without which no trend is fitted."""


Floats = NDArray[np.float64]


def odds_per_bit(
    bits: Floats, overridden: NDArray[np.bool_], record: NDArray[np.intp], variable: NDArray[np.intp] | None = None
) -> Trend | None:
    """Fit a logistic regression of override on surprise, its standard error clustered by record.

    The larger of the clustered and the model's own standard error counts (Angrist & Pischke, Mostly Harmless
    Econometrics, 2009, chapter 8): where surprising facts are hardly ever overridden the clustered one alone is near 0.

    Parameters
    ----------
    bits
        Surprise of each fact, shape (facts,); infinite ones are left out.
    overridden
        Whether something else was written.
    record
        Which record each fact is of: facts of one text are not independent (Liang & Zeger, Biometrika 73, 1986).
    variable
        Which variable each fact is of, for an intercept each: then only facts that surprise more than others of the
        same variable tell. Variables that are never or always overridden tell nothing, and are left out.

    Returns
    -------
    Trend or None
        None where there are fewer than five overrides, where all facts surprise alike, or where the fit has no end.
    """
    keep = np.isfinite(bits)
    if not keep.any():
        return None
    if variable is not None:
        counts = np.bincount(variable[keep])
        hits = np.bincount(variable[keep & overridden], minlength=len(counts))
        keep &= ((hits > 0) & (hits < counts))[variable.clip(max=len(counts) - 1)]
    y, x, groups = overridden[keep].astype(np.float64), bits[keep], record[keep]
    if min(y.sum(), len(y) - y.sum()) < _LEAST or np.ptp(x) == 0 or len(np.unique(groups)) < _LEAST:
        return None
    design = [x]
    kinds = np.zeros(len(x), dtype=np.intp) if variable is None else variable[keep]
    design += [(kinds == kind).astype(np.float64) for kind in np.unique(kinds)]
    return _fit(np.stack(design, axis=1), y, groups)


def _fit(design: Floats, y: Floats, groups: NDArray[np.intp]) -> Trend | None:
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            # The optimiser's first steps may overshoot, and where surprise parts the overridden the slope has no end.
            with np.errstate(all="ignore"):
                fitted = Logit(y, design).fit(disp=0, cov_type="cluster", cov_kwds={"groups": groups})
                own = np.linalg.inv(-fitted.model.hessian(fitted.params))[0, 0]
                slope, se = float(fitted.params[0]), float(max(fitted.bse[0], np.sqrt(own)))
                ratios = np.exp([slope, slope - Z95 * se, slope + Z95 * se]).tolist()
        except (ConvergenceWarning, PerfectSeparationWarning, np.linalg.LinAlgError):
            return None
    if not np.isfinite([*ratios, se]).all():
        return None
    return Trend(
        odds_ratio=ratios[0],
        interval=(ratios[1], ratios[2]),
        p_value=float(2 * ndtr(-abs(slope) / se)),
        facts=len(y),
        overridden=int(y.sum()),
    )
