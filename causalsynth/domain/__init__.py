"""How a domain is spoken of: the lexicon, its file format, shared packs of cues."""

from causalsynth.domain.domain import Domain
from causalsynth.domain.lexicon import (
    FEMALE,
    MALE,
    NEUTRAL,
    Implication,
    Lexicon,
    Persona,
    StateWording,
    VariableWording,
)

__all__ = [
    "FEMALE",
    "MALE",
    "NEUTRAL",
    "Domain",
    "Implication",
    "Lexicon",
    "Persona",
    "StateWording",
    "VariableWording",
]
