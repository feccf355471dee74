"""Numbers: ranges that mean states, units, and what the graph says of both."""

import math
from collections.abc import Iterator
from itertools import pairwise

from causalsynth.domain.lexicon import Cut, NumberWording, VariableWording
from causalsynth.domain.phrases import expand
from causalsynth.domain.units import common_unit
from causalsynth.extract.lint.diagnostics import Diagnostic, Severity
from causalsynth.extract.lint.phrasebook import LexiconFile
from causalsynth.extract.samples import usual_range
from causalsynth.scm import Numeric
from causalsynth.yaml_text import Path

__all__ = ["check_cuts", "check_number_against_graph", "check_units"]

_LARGE = 1e-3
"""Relative error of a factor that can't be rounding."""
_BY_SUBSTANCE = frozenset({"mass concentration", "molar concentration"})
"""Between these the factor depends on what is dissolved."""


def _numbers(file: LexiconFile) -> Iterator[tuple[str, VariableWording, NumberWording, Path]]:
    for name, variable in file.lexicon.variables.items():
        if variable.number is not None:
            yield name, variable, variable.number, ("variables", name, "number")


def check_cuts(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find numbers that mean no state, or two."""
    for name, _, number, base in _numbers(file):
        cuts = sorted(((_low(cut), _high(cut), i, cut) for i, cut in enumerate(number.cuts)), key=lambda each: each[:3])
        for low, high, i, cut in cuts:
            if not low < high:
                message = f"the range of {cut.state} from {low:g} to {high:g} is empty"
                path = (*base, "cuts", i)
                yield file.diagnostic(Severity.ERROR, "cuts", name, path, message, "low comes first; high isn't in it")
        for (_, high, _, below), (low, _, i, above) in pairwise(cuts):
            path = (*base, "cuts", i)
            if low > high:
                message = f"numbers from {high:g} to {low:g} mean neither {below.state} nor {above.state}"
                remedy = (
                    f"let {above.state} begin where {below.state} ends, unless numbers between say nothing definite"
                )
                yield file.diagnostic(Severity.WARNING, "cuts", name, path, message, remedy)
            elif low < high and below.state != above.state:
                message = f"numbers from {low:g} to {min(high, _high(above)):g} mean {below.state} and {above.state}"
                remedy = f"let {above.state} begin where {below.state} ends; ranges hold low, not high"
                yield file.diagnostic(Severity.ERROR, "cuts", name, path, message, remedy)
        if cuts:
            yield from _open_ends(name, number, cuts[0][0], max(high for _, high, _, _ in cuts), base, file)


def _open_ends(
    name: str, number: NumberWording, low: float, high: float, base: Path, file: LexiconFile
) -> Iterator[Diagnostic]:
    least, greatest = number.plausible or (-math.inf, math.inf)
    if low > least or high < greatest:  # a greatest number that only equals `high` isn't in the range either
        side = f"below {low:g}" if low > least else f"from {high:g}"
        message = f"numbers {side} mean no state"
        remedy = "leave low of the lowest and high of the highest range away, or narrow plausible"
        yield file.diagnostic(Severity.WARNING, "cuts", name, (*base, "cuts"), message, remedy)


def _low(cut: Cut) -> float:
    return -math.inf if cut.low is None else cut.low


def _high(cut: Cut) -> float:
    return math.inf if cut.high is None else cut.high


def check_units(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find units without forms, forms of two units, and factors that can't be right."""
    for name, _, number, base in _numbers(file):
        path = (*base, "units")
        if number.needs_unit and not number.units:
            message = "a number needs its unit, but there is none under units"
            yield file.diagnostic(Severity.ERROR, "unit", name, base, message, "give units, or needs_unit: false")
        elif number.unit and number.unit not in number.units:
            message = f"{number.unit}, the variable's own unit, isn't under units"
            remedy = f"units: {{{number.unit}: {{names: [{number.unit}]}}}}"
            yield file.diagnostic(Severity.WARNING, "unit", name, base, message, remedy)
        forms: dict[str, str] = {}
        for unit, wording in number.units.items():
            if unit == number.unit and wording.factor != 1:
                message = f"{unit} is the variable's own unit, so its factor is 1, not {wording.factor:g}"
                yield file.diagnostic(Severity.ERROR, "unit", name, (*path, unit), message, "take the factor out")
            for i, phrase in enumerate(wording.names):
                place = (*path, unit, "names", i)
                clash = [form for form in expand(phrase, file.lexicon.words) if forms.setdefault(form, unit) != unit]
                if clash:
                    message = f"'{clash[0]}' is {forms[clash[0]]} and {unit}"
                    yield file.diagnostic(Severity.ERROR, "unit", name, place, message, "keep it under one of them")
            yield from _conversion(name, number, unit, wording.factor, (*path, unit), file)


def _conversion(
    name: str, number: NumberWording, unit: str, factor: float, path: Path, file: LexiconFile
) -> Iterator[Diagnostic]:
    """Check a factor where both units are common ones."""
    own, other = common_unit(number.unit), common_unit(unit)
    if own is None or other is None or unit == number.unit:
        return
    if own.dimension != other.dimension:
        money = own.dimension.startswith("money") and other.dimension.startswith("money")
        if not money and {own.dimension, other.dimension} != _BY_SUBSTANCE:
            message = f"{unit} measures {other.dimension}, {number.unit} {own.dimension}"
            yield file.diagnostic(Severity.ERROR, "unit", name, path, message, "take it out")
        return
    right = other.size / own.size
    if abs(factor / right - 1) > _LARGE:
        message = f"one {unit} is {right:.6g} {number.unit}, not {factor:g}"
        yield file.diagnostic(Severity.ERROR, "unit", name, path, message, f"factor: {right:.6g}")


def check_number_against_graph(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find units, decimals and bounds that differ from the graph's."""
    for name, variable, number, base in _numbers(file):
        support = file.model.supports.get(name) if file.model else None
        if not isinstance(support, Numeric) or not variable.numeric:
            continue
        if number.unit != support.unit:
            message = f"the unit is {number.unit or 'none'}, in the graph {support.unit or 'none'}"
            remedy = f"unit: {support.unit}" if support.unit else "take unit out"
            yield file.diagnostic(Severity.ERROR, "unit", name, (*base, "unit"), message, remedy)
        if support.decimals is not None and number.decimals < support.decimals:
            message = f"values are written with {number.decimals} decimals, the graph keeps {support.decimals}"
            remedy = f"decimals: {support.decimals}"
            if number.tolerance < 0.5 * 10.0**-number.decimals:
                yield file.diagnostic(Severity.ERROR, "decimals", name, (*base, "decimals"), message, remedy)
        if support.decimals is None and number.tolerance < 0.5 * 10.0**-number.decimals:
            message = (
                f"values are rounded to {number.decimals} decimals in text, but the tolerance is {number.tolerance:g}"
            )
            remedy = f"tolerance: {0.5 * 10.0**-number.decimals:g} or more, or decimals in the graph"
            yield file.diagnostic(Severity.ERROR, "decimals", name, (*base, "tolerance"), message, remedy)
        if number.plausible is not None:
            least, greatest = number.plausible
            low, high = usual_range(name, number, file.model)
            if low < least or high > greatest:
                message = f"the graph draws values from {low:g} to {high:g}, beyond plausible"
                remedy = "widen plausible: such values would never be read"
                yield file.diagnostic(Severity.ERROR, "plausible", name, (*base, "plausible"), message, remedy)
        elif not number.needs_unit and not variable.anchors and not number.forms:
            message = "a number has neither anchors nor forms, so it is known by its unit only"
            yield file.diagnostic(Severity.WARNING, "unit", name, base, message, "give the variable's names as anchors")
