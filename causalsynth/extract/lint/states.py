"""States that nothing leads to, and implications that can't be right."""

from collections.abc import Iterator, Mapping
from itertools import combinations, islice, product

from causalsynth.domain.lexicon import Implication, VariableWording
from causalsynth.extract.compiling import compile_vocabulary
from causalsynth.extract.lint.diagnostics import Diagnostic, Severity
from causalsynth.extract.lint.phrasebook import LexiconFile, Role, written
from causalsynth.scm import Categorical, Support
from causalsynth.yaml_text import Path

__all__ = ["check_graph", "check_implications", "check_names_in_use", "check_negation", "check_reach"]

_ABSENCE = frozenset({"no", "none", "absent", "false", "never", "negative", "nil", "off"})
_MOST_ASSIGNMENTS = 4096


def check_reach(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find states that no phrase, state word or number leads to."""
    absent = compile_vocabulary(file.lexicon).absent
    for name, variable in file.lexicon.variables.items():
        led_to = _led_to(name, variable, file, absent[name])
        for state in variable.states:
            if state not in led_to:
                message = f"nothing leads to {name} = {state}"
                remedy = "give phrases under assert, or anchors and state_words, or a range under cuts"
                path = ("variables", name, "states", state)
                yield file.diagnostic(Severity.ERROR, "unreachable", name, path, message, remedy)


def _led_to(name: str, variable: VariableWording, file: LexiconFile, absent: str | None) -> set[str]:
    asserted = {state for state, wording in variable.states.items() if wording.asserts}
    worded = {state for state, words in variable.state_words.items() if words} if variable.anchors else set()
    cut = {each.state for each in variable.number.cuts} if variable.number else set()
    implied = {each.state for each in file.lexicon.implies if each.variable == name}
    led_to = asserted | worded | cut | implied
    if absent is not None and (variable.denied or variable.anchors or led_to - {absent}):
        led_to.add(absent)
    if len(variable.states) == 2 and led_to:  # what isn't the one is the other
        led_to |= set(variable.states)
    return led_to


def check_names_in_use(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find state words without anchors, and `one_way` and `exclude` that do nothing."""
    for name, variable in file.lexicon.variables.items():
        if any(variable.state_words.values()) and not variable.anchors:
            path: Path = ("variables", name, "state_words")
            message = f"{name} has state words, but no anchors that they could be said of"
            yield file.diagnostic(Severity.ERROR, "unused", name, path, message, "give the variable's names as anchors")
    ours = {
        form for line in file.of(Role.ASSERT, Role.VALUE, Role.WORD, Role.ANCHOR, Role.DENIED) for form in line.forms
    }
    for line in file.of(Role.ONE_WAY):
        if line.forms and ours.isdisjoint(line.forms):
            message = f"'{line.text}' under one_way is no phrase of {line.variable}"
            remedy = "write it as under assert or state_words, or take it out"
            yield file.diagnostic(Severity.WARNING, "unused", line.variable, line.path, message, remedy)


def check_negation(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find variables whose phrases may be negated without anything to be understood by it."""
    for name, variable in file.lexicon.variables.items():
        candidates = [state for state in variable.states if state.casefold() in _ABSENCE]
        path: Path = ("variables", name)
        if variable.denied and compile_vocabulary(file.lexicon).absent[name] is None:
            message = "denied says what a negation means, but there is no absent state"
            yield file.diagnostic(Severity.ERROR, "absent", name, (*path, "denied"), message, "give absent: STATE")
        elif len(variable.states) > 2 and variable.absent is None and candidates:
            asserted = next((line for line in file.of(Role.ASSERT, variable=name) if line.forms), None)
            if asserted is None or asserted.state in candidates:
                continue
            phrase = written(asserted.forms[0])
            message = f"'no {phrase}' leaves open which of the other {len(variable.states) - 1} states is meant"
            remedy = f"give absent: {candidates[0]} if it means that"
            yield file.diagnostic(Severity.WARNING, "absent", name, path, message, remedy)


def check_implications(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find implications without premises, of themselves, at odds with one another, or that the graph doesn't hold."""
    rules = file.lexicon.implies
    for i, rule in enumerate(rules):
        premises = {**rule.any_of, **rule.all_of}
        path: Path = ("implies", i)
        if not premises:
            message = f"{rule.variable} = {rule.state} follows from nothing, so always"
            yield file.diagnostic(
                Severity.ERROR, "implication", rule.variable, path, message, "give premises under any or all"
            )
        elif rule.variable in premises:
            message = f"{rule.variable} is among its own premises"
            yield file.diagnostic(Severity.ERROR, "implication", rule.variable, path, message, "take it out")
        elif file.model is not None:
            yield from _held_by_graph(rule, path, file)
    for (i, one), (j, other) in combinations(enumerate(rules), 2):
        clash = _clash(one, other, file) if one.variable == other.variable and one.state != other.state else None
        if clash is not None:
            told = ", ".join(f"{name} = {state}" for name, state in clash.items())
            message = f"with {told}, {one.variable} = {one.state} follows (line {file.line(('implies', i))}), too"
            remedy = "make the premises exclude one another"
            yield file.diagnostic(Severity.ERROR, "implication", one.variable, ("implies", j), message, remedy)


def _clash(one: Implication, other: Implication, file: LexiconFile) -> dict[str, str] | None:
    """Find facts from which both follow."""
    names = list(dict.fromkeys((*one.any_of, *one.all_of, *other.any_of, *other.all_of)))
    states = [file.lexicon.variables[name].states for name in names]
    for facts in islice(product(*states), _MOST_ASSIGNMENTS):
        given = dict(zip(names, facts, strict=True))
        if names and one.holds(given) and other.holds(given):
            return given
    return None


def _held_by_graph(rule: Implication, path: Path, file: LexiconFile) -> Iterator[Diagnostic]:
    """Check an implication from a variable's parents against its mechanism."""
    model = file.model
    premises = {**rule.any_of, **rule.all_of}
    if model is None or not {rule.variable, *premises} <= set(model.variables):
        return
    parents = model.graph.parents(rule.variable)
    strangers = [name for name in premises if name not in parents]
    if strangers:
        message = f"{strangers[0]} is no parent of {rule.variable} in the graph"
        remedy = "take the implication out unless the one does follow from the other"
        yield file.diagnostic(Severity.WARNING, "implication", rule.variable, path, message, remedy)
        return
    supports = [model.supports[name] for name in parents]
    if any(not isinstance(support, Categorical) for support in supports):
        return
    options = [support.states for support in supports if isinstance(support, Categorical)]
    for states in islice(product(*options), _MOST_ASSIGNMENTS):
        facts = dict(zip(parents, states, strict=True))
        if rule.holds(facts) and not _certain(rule, facts, file):
            told = ", ".join(f"{name} = {state}" for name, state in facts.items())
            message = f"in the graph, {rule.variable} = {rule.state} doesn't follow from {told}"
            remedy = "take the implication out: such a text doesn't say what would be read from it"
            yield file.diagnostic(Severity.ERROR, "implication", rule.variable, path, message, remedy)
            return


def _certain(rule: Implication, facts: Mapping[str, str], file: LexiconFile) -> bool:
    """Tell whether the state has all probability under `do(facts)`, which is the mechanism given its parents."""
    assert file.model is not None
    drawn = file.model.do(facts).sample(200, seed=1)
    return all(row[rule.variable] == rule.state for row in drawn)


def check_graph(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find variables and states that only one of lexicon and graph knows."""
    if file.model is None:
        return
    supports = file.model.supports
    for name in file.lexicon.variables:
        if name in supports:
            yield from _against(name, supports[name], file)
        else:
            message, remedy = f"'{name}' is no variable of the graph", f"the graph has {', '.join(supports)}"
            yield file.diagnostic(Severity.ERROR, "graph", name, ("variables", name), message, remedy)
    for name in supports:
        if name not in file.lexicon.variables:
            message = f"the variable '{name}' of the graph has no wording"
            yield file.diagnostic(Severity.ERROR, "graph", name, ("variables",), message, "give it under variables")


def _against(name: str, support: Support, file: LexiconFile) -> Iterator[Diagnostic]:
    variable = file.lexicon.variables[name]
    path: Path = ("variables", name)
    states = support.states if isinstance(support, Categorical) else ()
    if bool(states) == variable.numeric:
        kind = "has states" if states else "is a number"
        remedy = "give states" if states else "give a number section and no states"
        yield file.diagnostic(Severity.ERROR, "graph", name, path, f"in the graph, {name} {kind}", remedy)
        return
    for state in variable.states:
        if state not in states:
            message = f"'{state}' is no state of {name} in the graph"
            remedy = f"it has {', '.join(states)}"
            yield file.diagnostic(Severity.ERROR, "graph", name, (*path, "states", state), message, remedy)
    for state in states:
        if state not in variable.states:
            message = f"the state '{state}' of {name} has no wording"
            yield file.diagnostic(Severity.ERROR, "graph", name, path, message, "give it under states")
