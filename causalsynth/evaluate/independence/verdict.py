"""What the figures mean, in plain sentences: what holds, what is broken, and what to mistrust."""

from collections.abc import Iterator

from causalsynth.evaluate.independence.report import IndependenceReport, PairedDifference, ValuesReport

__all__ = ["verdict"]

_BEYOND = 2.0
"""Standard errors from which a difference is called more than chance."""

_FEW_TESTS = 20

_WEAK_POWER = 0.8

_LARGE_UNTESTABLE = 0.2

_EXTRACTED = "extracted"


def verdict(report: IndependenceReport) -> list[str]:
    """Give one sentence or more on the reference, on each other set of values, and on what to mistrust."""
    lines = []
    if report.reference in report.values:
        lines.append(_alone(report.reference, report.values[report.reference], report.alpha))
    for name, pair in report.paired_difference.items():
        lines.append(_compared(name, pair, report.values[name], report))
    return [*lines, *_mistrust(report)]


def _alone(name: str, values: ValuesReport, alpha: float) -> str:
    share, power = values.false_positives, values.power
    if share.rate is None:
        return f"{name}: no independence is testable, so nothing speaks for or against the graph."
    faults = list(_faults(values, alpha))
    figures = f"{share.count} of {share.n} independencies are rejected at {alpha:g}" + (
        f", {power.count} of {power.n} arc tests see the dependence" if power.n else ""
    )
    if faults:
        return f"{name}: these values do not follow the model: {'; '.join(faults)} ({figures})."
    return f"{name}: nothing speaks against the model: {figures}, and each variable follows its table."


def _faults(values: ValuesReport, alpha: float) -> Iterator[str]:
    """Name what is off by more than chance, whatever these values are compared with."""
    rate = values.false_positives.rate
    if rate is not None and values.fpr_se is not None and rate - alpha > _BEYOND * values.fpr_se:
        yield f"too many independencies are rejected ({rate:.3f} +- {values.fpr_se:.3f})"
    if values.violated:
        x, y, given = values.violated[0].triple
        among = f" given {', '.join(given)}" if given else ""
        more = f", and {len(values.violated) - 1} more" if len(values.violated) > 1 else ""
        yield f"{x} and {y} depend on each other{among}, which the graph rules out{more}"
    if misfit := values.misfit(alpha):
        more = f" and {len(misfit) - 3} more" if len(misfit) > 3 else ""
        names = ", ".join(fit.variable for fit in misfit[:3])
        yield f"the model's table is not that of {names}{more}: records were selected, or facts changed"


def _compared(name: str, pair: PairedDifference, values: ValuesReport, report: IndependenceReport) -> str:
    reference = report.reference
    lost = _beyond(pair.power, pair.power_se, sign=-1)
    added = _beyond(pair.fpr, pair.fpr_se, sign=1)
    if pair.power is None and pair.fpr is None:
        return f"{name}: nothing can be compared with {reference}."
    parts = []
    if lost:
        parts.append(
            f"{-(pair.power or 0):.3f} of the arc tests that {reference} passes are lost"
            f" (+- {pair.power_se or 0:.3f}): dependence is gone, and a false-positive rate near"
            f" {report.alpha:g} is no comfort, as data without any structure have it"
        )
    if added:
        parts.append(
            f"independencies are broken that {reference} keeps ({pair.fpr or 0:+.3f} +- {pair.fpr_se or 0:.3f})"
        )
    if not parts:
        own = [] if name == reference else list(_faults(values, report.alpha))
        before = report.values.get(reference)
        if own and (before is None or not list(_faults(before, report.alpha))):
            return f"{name}: rates are those of {reference} within chance, but {'; '.join(own)}."
        return f"{name}: no difference from {reference} beyond chance ({_figures(pair)})."
    return f"{name}: {'; '.join(parts)}."


def _figures(pair: PairedDifference) -> str:
    shown = (("false positives", pair.fpr, pair.fpr_se), ("power", pair.power, pair.power_se))
    return ", ".join(f"{what} {value:+.3f} +- {error or 0:.3f}" for what, value, error in shown if value is not None)


def _beyond(value: float | None, error: float | None, *, sign: int) -> bool:
    return value is not None and sign * value > _BEYOND * (error or 0.0) and value != 0


def _mistrust(report: IndependenceReport) -> Iterator[str]:
    if _EXTRACTED in report.values:
        others = [name for name in report.values if name not in (_EXTRACTED, report.reference)]
        yield (
            "Caution: values that the loop's own extractor reads from accepted texts equal the skeletons by "
            "construction. Here they test whether records were selected, not whether the text is right"
            + (
                f"; {', '.join(others)} can tell that."
                if others
                else ": let another reader read them (`evaluate read`)."
            )
        )
    for name, values in report.values.items():
        if reasons := list(_weak(values)):
            yield f"Caution, {name}: {'; '.join(reasons)}."


def _weak(values: ValuesReport) -> Iterator[str]:
    share, power = values.false_positives, values.power
    if 0 < share.n < _FEW_TESTS * values.data_sets:
        yield f"only {share.n // values.data_sets} independencies are testable, which is little to go by"
    if (values.untestable.rate or 0) > _LARGE_UNTESTABLE:
        yield f"{values.untestable.rate:.0%} of the independencies are untestable, neither kept nor broken"
    if power.rate is not None and power.rate < _WEAK_POWER:
        expected = values.expected_power
        known = f" (the model gives {expected:.2f})" if expected is not None else ""
        yield f"power is {power.rate:.2f}{known}, so that a kept independence may be a dependence that is not seen"
