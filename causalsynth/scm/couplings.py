"""How a categorical variable's noise leads to its state: a choice that data can't settle."""

from causalsynth.errors import InputError
from causalsynth.scm.mechanisms import CategoricalTable, GumbelMax, Mechanism, Rule, Threshold
from causalsynth.scm.structure import Structure

__all__ = ["COUPLINGS", "coupled", "coupled_mechanisms"]

COUPLINGS = ("inverse_cdf", "gumbel_max")


def coupled_mechanisms(scm: Structure, coupling: str) -> dict[str, Mechanism]:
    """Give a model's mechanisms under a coupling; see `SCM.with_coupling`."""
    if coupling not in COUPLINGS:
        raise InputError(f"there is no coupling {coupling!r}", hint=f"there are {', '.join(COUPLINGS)}")
    if scm.interventions:
        raise InputError("the model is under do()", hint="choose the coupling first, then intervene")
    return {name: coupled(mechanism, coupling) for name, mechanism in scm.mechanisms.items()}


def coupled(mechanism: Mechanism, coupling: str) -> Mechanism:
    """Give one mechanism under a coupling; what isn't drawn among states has no choice."""
    base = mechanism.base if isinstance(mechanism, GumbelMax) else mechanism
    if coupling == "inverse_cdf" or base.deterministic:
        return base
    return GumbelMax(base) if isinstance(base, CategoricalTable | Rule | Threshold) else base
