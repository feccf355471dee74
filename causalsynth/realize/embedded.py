"""The realizers that need no server and come with CausalSynth, by name."""

from causalsynth.domain import Domain
from causalsynth.errors import InputError
from causalsynth.realize.chat import ChatModel
from causalsynth.realize.grammar import Grammar
from causalsynth.realize.simulated import Simulated, SimulatedBehaviour
from causalsynth.scm import SCM

__all__ = ["EMBEDDED", "embedded"]

EMBEDDED = ("grammar", "simulated", "tiny")
"""None is a large language model."""


def embedded(
    name: str, scm: SCM, domain: Domain, *, behaviour: str | None = None, model: str | None = None
) -> ChatModel:
    """Make an embedded realizer.

    Parameters
    ----------
    name
        ``grammar``, ``simulated`` or ``tiny``.
    scm, domain
        The simulated one's prior, which knows of no intervention, and the wording of both.
    behaviour
        The simulated one's, such as ``strength=.5,obey=.9``.
    model
        The tiny one's, ``U`` or ``B``.

    Raises
    ------
    InputError
        There is no such realizer, `behaviour` is wrong, or the tiny one has no such model or doesn't know the domain.
    """
    if name not in EMBEDDED:
        raise InputError(
            f"{name}: no such embedded realizer",
            hint=f"give {', '.join(EMBEDDED)}, or a ChatModel of your own",
        )
    if behaviour and name != "simulated":
        raise InputError(f"--behaviour is the simulated realizer's, not {name}'s", hint="add --realizer simulated")
    if name == "grammar":
        return Grammar(domain)
    if name == "tiny":
        from causalsynth.realize.tiny import Tiny

        return Tiny(domain, model)
    return Simulated(domain, scm.observational, SimulatedBehaviour.parse(behaviour or ""))
