"""Values to try a lexicon with."""

import math

from causalsynth.domain.lexicon import Cut, NumberWording, VariableWording
from causalsynth.scm import SCM, Value

__all__ = ["example_values", "number_inside", "usual_range"]

_SHARES = (0.31, 0.07, 0.83)
"""Where between least and greatest number the examples lie; odd, so that they aren't round."""


def example_values(variable: str, wording: VariableWording, model: SCM | None = None) -> tuple[Value, ...]:
    """Give the states of a variable, or a few numbers that it may take."""
    if not wording.numeric or wording.number is None:
        return tuple(wording.states)
    low, high = usual_range(variable, wording.number, model)
    decimals = wording.number.decimals
    numbers = dict.fromkeys(round(low + share * (high - low), decimals) for share in _SHARES)
    return tuple(int(number) if decimals <= 0 else number for number in numbers)


def usual_range(variable: str, number: NumberWording, model: SCM | None) -> tuple[float, float]:
    """Give a range of usual values: those that the model draws, or else the plausible ones."""
    if model is not None and variable in model.variables:
        drawn = [float(row[variable]) for row in model.sample(200, seed=1)]
        return min(drawn), max(drawn)
    low, high = number.plausible or (1.0, 60.0)
    return (low, high) if math.isfinite(high - low) else (1.0, 60.0)


def number_inside(cut: Cut, number: NumberWording) -> str | None:
    """Write a number inside a range; None where there is none that is plausible."""
    least, greatest = number.plausible or (-math.inf, math.inf)
    low = max(-math.inf if cut.low is None else cut.low, least)
    high = min(math.inf if cut.high is None else cut.high, greatest)
    if math.isinf(low) and math.isinf(high):
        return "1"
    middle = (low + high) / 2 if math.isfinite(low + high) else low * 1.1 + 1 if math.isfinite(low) else high * 0.9 - 1
    decimals = max(number.decimals, 0)
    for digits in (decimals, decimals + 1, decimals + 2):
        if low <= round(middle, digits) < high:
            return f"{round(middle, digits):.{digits}f}"
    return None
