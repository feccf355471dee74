"""Thresholds that a run has to meet."""

from causalsynth.errors import ThresholdError
from causalsynth.evaluate.realizability.report import RealizabilityReport

__all__ = ["require"]


def require(
    report: RealizabilityReport,
    *,
    min_realizability: float | None = None,
    max_unrealized: int | float | None = None,
) -> None:
    """Insist on thresholds.

    Parameters
    ----------
    min_realizability
        Least share of finished records that must be realized without repair.
    max_unrealized
        Most records that may be unrealized: a number as int, a share of the finished records as float.

    Raises
    ------
    ThresholdError
        One of them is missed, or no record is finished.
    """
    n, rate = report.realized.n, report.realized.rate
    if rate is None:
        raise ThresholdError("no record is finished", hint="run `generate` again: it resumes")
    if min_realizability is not None and rate < min_realizability:
        raise ThresholdError(
            f"realizability {rate:.4f} ({report.realized.count} of {n}) is below {min_realizability:g}",
            hint="see which facts are overridden most; allow more rounds or take a stronger model",
        )
    if max_unrealized is None:
        return
    most = max_unrealized if isinstance(max_unrealized, int) else max_unrealized * n
    if report.unrealized > most:
        raise ThresholdError(
            f"{report.unrealized} of {n} records are unrealized, more than {max_unrealized:g}",
            hint="into a new directory, `generate --fallback repair` writes what the model would not; "
            "more --rounds ask it more often",
        )
