"""Who a document is about: harmless detail that makes equal skeletons read differently."""

import random
from dataclasses import dataclass

from causalsynth.domain import FEMALE, MALE, Lexicon, Persona

__all__ = ["Subject", "draw_subject", "introduce"]

_AGES = (19, 88)


@dataclass(frozen=True, slots=True)
class Subject:
    """A person with an age and pronouns; neither is a variable of the model."""

    persona: Persona
    person: str
    age: int


def draw_subject(rng: random.Random) -> Subject:
    """Draw a subject, uniform in sex and age."""
    persona, person = rng.choice(((FEMALE, "woman"), (MALE, "man")))
    return Subject(persona, person, rng.randint(*_AGES))


def introduce(lexicon: Lexicon, subject: Subject, rng: random.Random) -> str:
    """Write a first sentence that states no fact; empty where the lexicon has no ``opening``."""
    if not lexicon.opening:
        return ""
    sentence = lexicon.render(rng.choice(lexicon.opening), subject.persona)
    return sentence.replace("{age}", str(subject.age)).replace("{person}", subject.person)
