"""From a spec to mechanisms."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TypeAlias

from causalsynth.graph import find_cycle
from causalsynth.scm.couplings import coupled
from causalsynth.scm.expressions import Expression
from causalsynth.scm.laws import LAWS, LOGISTIC, NORMAL
from causalsynth.scm.mechanisms import (
    Case,
    Deterministic,
    LocationScale,
    Mechanism,
    Poisson,
    Rule,
    Threshold,
)
from causalsynth.scm.spec import tables
from causalsynth.scm.spec.entry import Entry
from causalsynth.scm.spec.probe import probe
from causalsynth.scm.spec.schema import Spec, VariableEntry
from causalsynth.scm.spec.supports import support_of
from causalsynth.scm.support import Categorical, Numeric, Support
from causalsynth.yaml_text import Located

__all__ = ["build"]

Supports: TypeAlias = Mapping[str, Support]


def build(spec: Spec, located: Located) -> dict[str, Mechanism]:
    """Build the mechanisms of a spec.

    Parameters
    ----------
    spec
        What is written.
    located
        Where it is written.

    Returns
    -------
    dict
        Variable → its mechanism, in the file's order.

    Raises
    ------
    GraphError
        Whatever is wrong with the model; the message begins with file and line.
    """
    names = frozenset(spec.variables)
    entries = {name: Entry(located, ("variables", name), names) for name in spec.variables}
    for entry in entries.values():
        _check_name(entry)
    equations = {name: entries[name] / variable.mechanism for name, variable in spec.variables.items()}
    supports = {name: support_of(entries[name], variable) for name, variable in spec.variables.items()}
    mechanisms = {}
    for name, variable in spec.variables.items():
        with equations[name].placed():
            mechanisms[name] = _BUILDERS[variable.mechanism](entries[name], variable, supports)
    for name, mechanism in mechanisms.items():
        with equations[name].placed():
            mechanism.check(supports)
    _refuse_cycle(mechanisms, equations)
    probe(mechanisms, supports, equations)
    return {name: coupled(mechanism, spec.coupling) for name, mechanism in mechanisms.items()}


def _check_name(entry: Entry) -> None:
    name = str(entry.path[1])
    if name.startswith("_"):
        raise entry.error("such names are kept for tables' own columns, as _index is", "rename the variable")
    if not name or name != name.strip() or not name.isprintable():
        raise entry.error("a name is a text of at least one character on one line", "rename the variable")


def _refuse_cycle(mechanisms: Mapping[str, Mechanism], entries: Mapping[str, Entry]) -> None:
    cycle = find_cycle({name: mechanism.parents for name, mechanism in mechanisms.items()})
    if cycle is None:
        return
    # Causes are mostly written above their effects: the arc that goes up the file is likely the wrong one.
    order = {name: position for position, name in enumerate(mechanisms)}
    cause, effect = next((a, b) for a, b in pairwise(cycle) if order[a] >= order[b])
    message = f"the graph has a cycle: {' → '.join(cycle)}"
    hint = "a variable can't be its own cause" if cause == effect else f"is {cause} really a cause of {effect}?"
    raise entries[effect].error(message, hint)


def _states(entry: Entry, supports: Supports) -> tuple[str, ...]:
    support = supports[str(entry.path[1])]
    assert isinstance(support, Categorical)
    return support.states


def _number(entry: Entry, supports: Supports) -> Numeric:
    support = supports[str(entry.path[1])]
    assert isinstance(support, Numeric)
    return support


def _probabilities(entry: Entry, _: VariableEntry, supports: Supports) -> Mechanism:
    return tables.root(entry / "probabilities", _states(entry, supports))


def _table(entry: Entry, _: VariableEntry, supports: Supports) -> Mechanism:
    return tables.table(entry, _states(entry, supports), supports)


def _bernoulli(entry: Entry, _: VariableEntry, supports: Supports) -> Mechanism:
    chance = entry / "bernoulli"
    # First the formula as it is written: errors in it must not be seen through the complement.
    second = chance.expression()
    return Rule(_states(entry, supports), (Case(None, (chance.complement(), second)),))


def _logistic(entry: Entry, _: VariableEntry, supports: Supports) -> Mechanism:
    return Threshold(_states(entry, supports), (entry / "logistic").expression(), (0.0,), LOGISTIC)


def _ordinal(entry: Entry, variable: VariableEntry, supports: Supports) -> Mechanism:
    written, ordinal = variable.ordinal, entry / "ordinal"
    assert written is not None
    cutpoints = ordinal / "cutpoints"
    numbers = tuple((cutpoints / position).number() for position in range(len(written.cutpoints)))
    latent, scale = (ordinal / "latent").expression(), _or_one(ordinal, written.model_fields_set)
    with cutpoints.placed("list them from low to high: [-1, 0.5]"):
        return Threshold(_states(entry, supports), latent, numbers, LAWS[written.noise], scale)


def _or_one(entry: Entry, given: set[str]) -> Expression:
    return (entry / "scale").expression() if "scale" in given else Expression.parse("1")


def _cases(entry: Entry, variable: VariableEntry, supports: Supports) -> Mechanism:
    states, cases = _states(entry, supports), variable.cases or ()
    built = []
    for position, written in enumerate(cases):
        case = entry / "cases" / position
        if written.when is None and position < len(cases) - 1:
            raise case.error("a case without 'when' holds always: those below it are never reached", "put it last")
        condition = None if written.when is None else (case / "when").expression()
        with case.placed():
            built.append(Case(condition, _outcome(case, written.value, states)))
    return Rule(states, tuple(built))


def _outcome(case: Entry, value: str | None, states: tuple[str, ...]) -> tuple[Expression, ...]:
    if value is None:
        return tuple(each.expression() for each in tables.distribution(case / "probabilities", states))
    if value not in states:
        raise (case / "value").error(f"there is no state {value[:60]!r}", f"the states are {', '.join(states)}")
    return tuple(Expression.parse(str(int(state == value))) for state in states)


def _value(entry: Entry, _: VariableEntry, supports: Supports) -> Mechanism:
    return Deterministic((entry / "value").expression(), supports[str(entry.path[1])])


def _normal(entry: Entry, _: VariableEntry, supports: Supports) -> Mechanism:
    normal = entry / "normal"
    mean, sd = (normal / "mean").expression(), (normal / "sd").expression()
    return LocationScale(mean, sd, _number(entry, supports), NORMAL)


def _lognormal(entry: Entry, _: VariableEntry, supports: Supports) -> Mechanism:
    lognormal = entry / "lognormal"
    mu, sigma = (lognormal / "mu").expression(), (lognormal / "sigma").expression()
    return LocationScale(mu, sigma, _number(entry, supports), NORMAL, log=True)


def _additive(entry: Entry, variable: VariableEntry, supports: Supports) -> Mechanism:
    assert variable.additive is not None
    additive = entry / "additive"
    mean, scale = (additive / "mean").expression(), (additive / "scale").expression()
    return LocationScale(mean, scale, _number(entry, supports), LAWS[variable.additive.noise])


def _poisson(entry: Entry, variable: VariableEntry, supports: Supports) -> Mechanism:
    assert variable.poisson is not None
    poisson = entry / "poisson"
    offset = (poisson / "offset").whole() if "offset" in variable.poisson.model_fields_set else 0
    return Poisson((poisson / "rate").expression(), _number(entry, supports), offset)


_BUILDERS: Mapping[str, Callable[[Entry, VariableEntry, Supports], Mechanism]] = {
    "probabilities": _probabilities,
    "table": _table,
    "bernoulli": _bernoulli,
    "logistic": _logistic,
    "ordinal": _ordinal,
    "cases": _cases,
    "value": _value,
    "normal": _normal,
    "lognormal": _lognormal,
    "additive": _additive,
    "poisson": _poisson,
}
