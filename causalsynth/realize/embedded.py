"""The realizers that need neither server nor weights, by name."""

from causalsynth.domain import Domain
from causalsynth.errors import InputError
from causalsynth.realize.chat import ChatModel
from causalsynth.realize.grammar import Grammar
from causalsynth.realize.simulated import Simulated, SimulatedBehaviour
from causalsynth.scm import SCM

__all__ = ["EMBEDDED", "embedded"]

EMBEDDED = ("grammar", "simulated")
"""Neither is an LLM."""


def embedded(name: str, scm: SCM, domain: Domain, *, behaviour: str | None = None) -> ChatModel:
    """Make an embedded realizer.

    Parameters
    ----------
    name
        ``grammar`` or ``simulated``.
    scm, domain
        The simulated one's prior, which knows of no intervention, and the wording of both.
    behaviour
        The simulated one's, such as ``strength=.5,obey=.9``.

    Raises
    ------
    InputError
        There is no such realizer, or `behaviour` is wrong.
    """
    if name not in EMBEDDED:
        raise InputError(
            f"{name}: no such embedded realizer",
            hint=f"give {' or '.join(EMBEDDED)}, or a ChatModel of your own",
        )
    if behaviour and name != "simulated":
        raise InputError(f"--behaviour is the simulated realizer's, not {name}'s", hint="add --realizer simulated")
    if name == "grammar":
        return Grammar(domain)
    return Simulated(domain, scm.observational, SimulatedBehaviour.parse(behaviour or ""))
