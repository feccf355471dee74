"""Draft a lexicon for a graph, from names, states and units: valid at once, to be filled in by a person.

The sentences are stiff on purpose: they hold for any name (``Sepsis is present.``, ``Blood pressure is low.``), and
the extractor understands them. What makes a lexicon good, the many ways in which people say a thing, isn't in a graph.
"""

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath

from causalsynth.domain.lexicon import Lexicon, NumberWording, StateWording, UnitWording, VariableWording
from causalsynth.domain.naming import label_of, state_words
from causalsynth.domain.units import common_unit, related_units
from causalsynth.errors import GraphError
from causalsynth.scm import SCM, Categorical, Numeric, Support
from causalsynth.scm.catalog import SPEC_ENDINGS
from causalsynth.scm.spec.reading import decode
from causalsynth.scm.spec.schema import Spec
from causalsynth.yaml_text import one_line, parse_yaml, validate

__all__ = ["descriptions", "draft", "escaped"]

_PRESENCE = (("yes", "no"), ("true", "false"), ("present", "absent"), ("y", "n"), ("1", "0"), ("t", "f"))
_NONE = frozenset({"none", "no", "absent", "nil"})
_SEXES: Mapping[str, tuple[str, ...]] = {
    "male": ("male", "man", "gentleman"),
    "female": ("female", "woman", "lady"),
    "m": ("male", "man", "gentleman"),
    "f": ("female", "woman", "lady"),
}
_SYNTAX = re.compile(r"([()|<>\\])")
_DECIMALS_UNROUNDED = 2
"""Digits with which numbers are written that the graph doesn't round."""
_DRAWS = 500


def draft(model: SCM) -> Lexicon:
    """Draft the wording of every variable of `model`; `Domain.check_against` accepts it."""
    labels = _labels(model)
    variables = {name: _variable(name, labels[name], support, model) for name, support in model.supports.items()}
    return Lexicon(domain=model.name, title=f"Reports on {label_of(model.name)}", variables=variables)


def descriptions(path: FilePath) -> dict[str, str]:
    """Give what a YAML spec says of its variables; nothing for other files.

    Raises
    ------
    GraphError
        The file can't be read, or is no spec.
    """
    if path.suffix not in SPEC_ENDINGS:
        return {}
    spec = validate(Spec, parse_yaml(decode(path), name=str(path), error=GraphError, example="docs/specs.md"))
    return {name: one_line(entry.description) for name, entry in spec.variables.items() if entry.description}


def _capitalised(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def escaped(text: str) -> str:
    """Write a text as a phrase, which takes its brackets as they are."""
    return _SYNTAX.sub(r"\\\1", text)


def _labels(model: SCM) -> dict[str, str]:
    """Name every variable; units at the end stay where two would have the same name without."""
    labels = {
        name: label_of(name, support.unit if isinstance(support, Numeric) else "")
        for name, support in model.supports.items()
    }
    folded = [label.casefold() for label in labels.values()]
    labels = {name: label if folded.count(label.casefold()) == 1 else label_of(name) for name, label in labels.items()}
    folded = [label.casefold() for label in labels.values()]
    return {name: label if folded.count(label.casefold()) == 1 else name for name, label in labels.items()}


def _variable(name: str, label: str, support: Support, model: SCM) -> VariableWording:
    if isinstance(support, Numeric):
        return _number(name, label, support, model)
    pair = {state.casefold(): state for state in support.states}
    for yes, no in _PRESENCE:
        if set(pair) == {yes, no}:
            return _presence(label, support, pair[yes], pair[no])
    if set(pair) <= set(_SEXES):
        return _sex(label, support)
    return _levels(label, support)


def _presence(label: str, support: Categorical, yes: str, no: str) -> VariableWording:
    name, start = escaped(label), _capitalised(label)
    wordings = {
        yes: StateWording(
            means=f"{label} is present",
            say=(f"{start} is present.", f"There is {label}.", f"{start}: yes."),
            brief=(f"{label}: yes", f"{label} present"),
            asserts=(name,),
        ),
        no: StateWording(
            means=f"{label} is absent",
            say=(f"{start} is absent.", f"There is no {label}.", f"{start}: no."),
            brief=(f"no {label}", f"{label}: no"),
        ),
    }
    return VariableWording(label=label, absent=no, states={state: wordings[state] for state in support.states})


def _sex(label: str, support: Categorical) -> VariableWording:
    start = _capitalised(label)
    states = {}
    for state in support.states:
        words = _SEXES[state.casefold()]
        states[state] = StateWording(
            means=f"the patient is {words[0]}",
            say=(f"{{patient}} is {words[0]}.", f"{start}: {words[0]}.", f"{{patient}} is a {words[1]}."),
            brief=(f"{label}: {words[0]}", words[0]),
            asserts=words,
        )
    return VariableWording(label=label, states=states)


def _levels(label: str, support: Categorical) -> VariableWording:
    """Words that are said of the variable's name: ``Blood pressure is low.``."""
    start, name = _capitalised(label), escaped(label)
    absent = next((state for state in support.states if state.casefold() in _NONE), None)
    states, words = {}, {}
    for state in support.states:
        word, *_ = words[state] = state_words(state)
        none = (f"There is no {label}.",) if state == absent else ()
        states[state] = StateWording(
            means=f"there is no {label}" if none else f"{label} is {word}",
            say=(*none, f"{start} is {word}.", f"{start} was {word}.", f"{start}: {word}."),
            brief=(f"{label}: {word}", f"no {label}" if none else f"{label} {word}"),
        )
    return VariableWording(
        label=label,
        states=states,
        absent=absent,
        anchors=(name,),
        denied=(name,) if absent is not None else (),
        state_words={state: tuple(map(escaped, each)) for state, each in words.items()},
    )


def _number(name: str, label: str, support: Numeric, model: SCM) -> VariableWording:
    start, unit = _capitalised(label), support.unit
    of_unit = f" {unit}" if unit else ""
    decimals = _DECIMALS_UNROUNDED if support.decimals is None else max(support.decimals, 0)
    is_age = label.casefold().split()[-1:] == ["age"] and unit.casefold().startswith("year")
    number = NumberWording(
        unit=unit,
        units=_units(unit),
        decimals=decimals,
        tolerance=0.5 * 10.0**-decimals if support.decimals is None else 0.0,
        plausible=_plausible(name, support, model),
        forms=("<number> (year|years|yr|yrs) old", "aged <number>") if is_age and label.casefold() == "age" else (),
        means=f"{label} is {{value}}{of_unit}",
        say=(f"{start} is {{value}}{of_unit}.", f"{start} was {{value}}{of_unit}.", f"{start}: {{value}}{of_unit}."),
        brief=(f"{label}: {{value}}{of_unit}", f"{label} {{value}}{of_unit}"),
    )
    return VariableWording(label=label, anchors=(escaped(label),), number=number)


def _units(unit: str) -> dict[str, UnitWording]:
    """Give the unit's usual forms, and other units of the same kind with their factors."""
    if not unit:
        return {}
    own = common_unit(unit)
    if own is None:
        return {unit: UnitWording(names=(escaped(unit),))}
    forms = {unit: UnitWording(names=tuple(dict.fromkeys((unit, *own.names))))}
    for other in related_units(own):
        forms[other.names[0]] = UnitWording(names=other.names, factor=float(f"{other.size / own.size:.9g}"))
    return forms


def _plausible(name: str, support: Numeric, model: SCM) -> tuple[float, float]:
    """Give the bounds of the graph, or about twice the range of what it draws."""
    drawn = [float(row[name]) for row in model.sample(_DRAWS, seed=0)]
    least, greatest = min(drawn), max(drawn)
    margin = max(greatest - least, 1.0)
    low = support.low if math.isfinite(support.low) else 0.0 if least >= 0 else _outward(least - margin, math.floor)
    high = support.high if math.isfinite(support.high) else _outward(greatest + 2 * margin, math.ceil)
    return low, high


def _outward(bound: float, rounding: Callable[[float], int]) -> float:
    """Round a bound away from what it bounds, to two digits."""
    step = 10.0 ** (math.floor(math.log10(abs(bound))) - 1) if bound else 1.0
    return float(f"{rounding(bound / step) * step:.6g}")
