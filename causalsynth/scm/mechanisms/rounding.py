"""Rounding and clipping of numbers to what a variable can take."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.scm.support import Categorical, Numeric, Support, rounded

__all__ = ["AGREEMENT", "agree", "finish", "first_kept", "half_step", "last_kept", "outside", "rounded"]

Floats: TypeAlias = NDArray[np.float64]

AGREEMENT = 1e-9
"""How far, relative to themselves, unrounded numbers may be from what was written down of them."""


def finish(values: Floats, support: Numeric) -> Floats:
    """Round, halves to even, then clip to the range; never gives -0."""
    return np.clip(rounded(values, support.decimals), support.low, support.high) + 0.0


def agree(values: NDArray[Any], lowest: NDArray[Any], highest: NDArray[Any], support: Support) -> NDArray[np.bool_]:
    """Say where values lie from `lowest` to `highest`; unrounded numbers but for `AGREEMENT`."""
    if isinstance(support, Categorical) or support.decimals is not None:
        return np.asarray((lowest <= values) & (values <= highest), dtype=np.bool_)
    slack = AGREEMENT * np.abs(values)
    return np.asarray((lowest - slack <= values) & (values <= highest + slack), dtype=np.bool_)


def half_step(support: Numeric) -> float:
    """Give half the distance of neighbouring values; 0 for unrounded numbers."""
    return 0.0 if support.decimals is None else 0.5 * 10.0**-support.decimals


def first_kept(bound: Floats, support: Numeric) -> Floats:
    """Give the least rounded value from `bound` on."""
    near = rounded(bound, support.decimals)
    return np.where(near < bound, rounded(near + 2.0 * half_step(support), support.decimals), near)


def last_kept(bound: Floats, support: Numeric) -> Floats:
    """Give the greatest rounded value up to `bound`."""
    return -first_kept(-bound, support)


def outside(value: float, support: Numeric) -> str | None:
    """Say why a variable can't take a number at all, or None."""
    if not support.low <= value <= support.high:
        return f"is out of range, {support.low:g} to {support.high:g}"
    if finish(np.array([value]), support)[0] != value:
        return f"has more than the {support.decimals} decimals that are kept"
    return None
