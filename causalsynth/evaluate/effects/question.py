"""What is asked: the effect of one value of a treatment against another on one outcome."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from causalsynth.errors import InputError
from causalsynth.scm.support import Categorical, Value

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["Effect", "Outcome", "effects_on_sinks", "read_effects", "reference_state"]

_NOTHING = frozenset({"no", "none", "false", "absent", "survived", "alive", "normal", "negative", "0", "never"})
"""States that say that nothing is the matter, whatever their order in the file."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is averaged: a number, or whether a variable has a state.

    Attributes
    ----------
    variable
        Its name.
    state
        The state; None for a number.
    """

    variable: str
    state: str | None = None

    def __str__(self) -> str:
        return self.variable if self.state is None else f"{self.variable}={self.state}"


@dataclass(frozen=True, slots=True)
class Effect:
    """E[outcome | do(treatment = treated)] − E[outcome | do(treatment = control)]."""

    treatment: str
    treated: Value
    control: Value
    outcome: Outcome

    def to_json(self) -> dict[str, object]:
        """Give the keys that say what is asked."""
        return {
            "treatment": self.treatment,
            "treated": self.treated,
            "control": self.control,
            "outcome": self.outcome.variable,
            "state": self.outcome.state,
        }


def reference_state(states: Sequence[str]) -> str:
    """Give the state that others are compared with: the one that says "nothing", else the last."""
    return next((state for state in states if state.lower() in _NOTHING), states[-1])


def effects_on_sinks(scm: "SCM", variables: Collection[str]) -> list[Effect]:
    """List the effects of all categorical variables on what causes nothing further.

    Parameters
    ----------
    scm
        The model.
    variables
        Those that can be asked about.
    """
    sinks = [name for name in scm.variables if name in variables and not scm.graph.children(name)]
    return [
        effect
        for outcome in sinks
        for treatment in scm.graph.topological_order
        if treatment in variables and treatment in scm.graph.ancestors(outcome)
        if isinstance(scm.supports[treatment], Categorical) and treatment not in scm.interventions
        for effect in _effects(scm, treatment, None, None, outcome, None)
    ]


def read_effects(scm: "SCM", treatment: str | None, outcome: str | None, control: str | None = None) -> list[Effect]:
    """Read what is asked on a command line.

    Parameters
    ----------
    scm
        The model.
    treatment
        ``X`` (each of its states against the control) or ``X=x``; None: every categorical cause of the outcome.
    outcome
        ``Y`` (each of its states but the reference) or ``Y=y``; None: every effect that causes nothing further.
    control
        The value that treatments are compared with; None: `reference_state`.

    Raises
    ------
    InputError
        An unknown variable or value, a number without a value and a control, or a treatment that causes no such
        outcome.
    """
    if treatment is None and control is not None:
        raise InputError(f"--control {control} of which treatment?", hint="give --treatment X too")
    x, treated = _split(scm, treatment)
    y, state = _split(scm, outcome)
    if x is None:
        found = effects_on_sinks(scm, scm.variables) if y is None else list(_on(scm, y, state))
    else:
        outcomes = [y] if y else [name for name in scm.variables if _is_sink(scm, name, x)]
        found = [each for name in outcomes for each in _effects(scm, x, treated, control, name, state)]
    if not found:
        raise InputError("there is no such effect", hint="a treatment must cause the outcome, directly or not")
    return found


def _on(scm: "SCM", y: str, state: str | None) -> Iterator[Effect]:
    for x in scm.graph.topological_order:
        if x in scm.graph.ancestors(y) and isinstance(scm.supports[x], Categorical) and x not in scm.interventions:
            yield from _effects(scm, x, None, None, y, state)


def _is_sink(scm: "SCM", name: str, treatment: str) -> bool:
    return not scm.graph.children(name) and treatment in scm.graph.ancestors(name)


def _split(scm: "SCM", text: str | None) -> tuple[str | None, str | None]:
    if text is None:
        return None, None
    if text in scm.supports:
        return text, None
    name, equals, value = text.partition("=")
    scm.support(name)
    return name, value if equals else None


def _effects(
    scm: "SCM", treatment: str, treated: str | None, control: str | None, outcome: str, state: str | None
) -> list[Effect]:
    if treatment not in scm.graph.ancestors(outcome):
        raise InputError(f"{treatment} doesn't cause {outcome}", hint="the effect of what is no cause is 0")
    if treatment in scm.interventions:
        raise InputError(
            f"{treatment} is held by the run's own intervention", hint="ask a run in which it varies, or use --against"
        )
    of_x, of_y = scm.supports[treatment], scm.supports[outcome]
    if isinstance(of_x, Categorical):
        against: Value = control if control is not None else reference_state(of_x.states)
        values: list[Value] = [treated] if treated is not None else [each for each in of_x.states if each != against]
    elif treated is None or control is None:
        raise InputError(
            f"{treatment} is a number", hint=f"say what is compared: --treatment {treatment}=80 --control 50"
        )
    else:
        values, against = [float(of_x.encode(treated))], float(of_x.encode(control))
    for value in (*values, against):
        of_x.encode(value)
    if not isinstance(of_y, Categorical):
        outcomes = [Outcome(outcome)]
    elif state is not None:
        of_y.encode(state)
        outcomes = [Outcome(outcome, state)]
    else:
        reference = reference_state(of_y.states)
        outcomes = [Outcome(outcome, each) for each in of_y.states if each != reference]
    return [Effect(treatment, value, against, each) for value in values for each in outcomes if value != against]
