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
        lines.append(_alone(report.reference, report.values[report.reference], report))
    for name, pair in report.paired_difference.items():
        lines.append(_compared(name, pair, report.values[name], report))
    return [*lines, *_mistrust(report)]


def _alone(name: str, values: ValuesReport, report: IndependenceReport) -> str:
    share, power = values.false_positives, values.power
    if share.rate is None:
        return f"{name}: no independence is testable, so nothing speaks for or against the graph."
    faults = list(_faults(values, report.alpha))
    figures = f"{share.count} of {share.n} independencies are rejected at {report.alpha:g}" + (
        f", {power.count} of {power.n} arc tests see the dependence" if power.n else ""
    )
    if not faults:
        return f"{name}: nothing speaks against the model: {figures}, and each variable follows its table."
    if report.drawn:
        return (
            f"{name}: all these rows were drawn from this very model, so that what is off is chance:"
            f" {'; '.join(faults)} ({figures}). Read the other values beside them."
        )
    return (
        f"{name}: these values do not follow the model: {'; '.join(faults)} ({figures})."
        " Records were selected, or facts changed."
    )


def _faults(values: ValuesReport, alpha: float, known: ValuesReport | None = None) -> Iterator[str]:
    """Name what is off by more than chance, unless it is so in the `known` values too."""
    rate, before = values.false_positives.rate, known and known.false_positives.rate
    if rate is not None and values.fpr_se is not None and rate > max(alpha + _BEYOND * values.fpr_se, before or 0.0):
        yield f"too many independencies are rejected ({rate:.3f} +- {values.fpr_se:.3f})"
    familiar = {outcome.triple for outcome in known.violated} if known else set()
    if violated := [outcome for outcome in values.violated if outcome.triple not in familiar]:
        x, y, given = violated[0].triple
        among = f" given {', '.join(given)}" if given else ""
        more = f", and {len(violated) - 1} more" if len(violated) > 1 else ""
        known_by = f"(p = {violated[0].p_value:.1g}){more}"
        yield f"{x} and {y} depend on each other{among}, which the graph rules out {known_by}"
    usual = {fit.variable for fit in known.misfit(alpha)} if known else set()
    if misfit := [fit for fit in values.misfit(alpha) if fit.variable not in usual]:
        more = f" and {len(misfit) - 3} more" if len(misfit) > 3 else ""
        names = ", ".join(f"{fit.variable} (p = {fit.adjusted:.1g})" for fit in misfit[:3])
        yield f"the model's table given the parents is not that of {names}{more}"


def _compared(name: str, pair: PairedDifference, values: ValuesReport, report: IndependenceReport) -> str:
    reference = report.reference
    if pair.power is None and pair.fpr is None:
        return f"{name}: nothing can be compared with {reference}."
    parts = []
    if _beyond(pair.power, pair.power_se, sign=-1):
        parts.append(
            f"{-(pair.power or 0):.3f} of the arc tests are lost that {reference} passes (+- {pair.power_se or 0:.3f}):"
            f" dependence is gone, and a false-positive rate near {report.alpha:g} is no comfort, as data without any"
            " structure have it"
        )
    if _beyond(pair.fpr, pair.fpr_se, sign=1):
        figures = f"{pair.fpr or 0:+.3f} +- {pair.fpr_se or 0:.3f}"
        parts.append(f"independencies are broken that {reference} keeps ({figures})")
    own = list(_faults(values, report.alpha, report.values.get(reference)))
    if parts:
        return f"{name}: {'; '.join(parts + own)}."
    if own:
        return f"{name}: rates are those of {reference} within chance ({_figures(pair)}), but {'; '.join(own)}."
    return f"{name}: no difference from {reference} beyond chance ({_figures(pair)})."


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
