"""Differences from the reference, triple by triple on the same records: what the text did."""

import numpy as np

from causalsynth.evaluate.independence.outcomes import Flags, clustered_error
from causalsynth.evaluate.independence.report import PairedDifference
from causalsynth.evaluate.independence.tested import Tested

__all__ = ["paired"]


def paired(tested: Tested, reference: Tested, rows: int) -> PairedDifference:
    """Compare values with the reference on the same `rows` records.

    Errors: of a single data set by joint draws, in which both tables share their multipliers, so that what they have in
    common cancels; of several data sets by their differences.
    """
    both = tested.nulls.testable & reference.nulls.testable
    every = np.ones(tested.arcs.testable.shape, bool)
    null = tested.nulls.rejected.astype(float) - reference.nulls.rejected
    power = tested.arcs.rejected.astype(float) - reference.arcs.rejected
    return PairedDifference(
        fpr=float(null[both].mean()) if both.any() else None,
        fpr_se=_null_error(tested, reference, both, null),
        n_null=int(both.sum()),
        power=float(power.mean()) if power.size else None,
        power_se=_power_error(tested, reference, every, power),
        rows=rows,
    )


def _null_error(
    tested: Tested, reference: Tested, both: Flags, difference: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> float | None:
    if tested.null_draws is None or reference.null_draws is None:
        return clustered_error(difference, both)
    if not both.any():
        return None
    alpha, columns = tested.nulls.alpha, both[0]
    drawn = (tested.null_draws.null[columns] <= alpha).astype(float) - (reference.null_draws.null[columns] <= alpha)
    return float(drawn.mean(0).std(ddof=1))


def _power_error(
    tested: Tested, reference: Tested, every: Flags, difference: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> float | None:
    if tested.arc_draws is None or reference.arc_draws is None:
        return clustered_error(difference, every)
    if not difference.size:
        return None
    drawn = tested.shown.astype(float) - reference.shown
    return float(drawn.mean(0).std(ddof=1))
