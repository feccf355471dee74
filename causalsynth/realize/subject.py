"""Who a document is about: harmless detail that makes equal skeletons read differently.

Where sex or age are facts of the domain they are no detail: the subject is then what the facts say, and where they
say nothing neither do pronouns nor the introduction.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from causalsynth.domain import FEMALE, MALE, NEUTRAL, Lexicon, Persona
from causalsynth.scm.support import Value

__all__ = ["Subject", "draw_subject", "introduce"]

_AGES = (19, 88)
_AGE = "age"
_SEXES: Mapping[str, tuple[Persona, str]] = {"female": (FEMALE, "woman"), "male": (MALE, "man")}
_ARTICLES = ("the ", "a ", "an ")


@dataclass(frozen=True, slots=True)
class Subject:
    """A person with pronouns and an age; None where the facts must not tell it."""

    persona: Persona
    person: str
    age: int | None


def draw_subject(lexicon: Lexicon, facts: Mapping[str, Value], rng: random.Random) -> Subject:
    """Draw a subject that suits the facts, otherwise uniform in sex and age.

    Parameters
    ----------
    lexicon
        Sex is a fact where one of its variables has the states ``female`` and ``male``, age where it has a number
        ``age``.
    facts
        What the document states.
    rng
        Takes two draws, whatever the facts.
    """
    persona, person = rng.choice(tuple(_SEXES.values()))
    age: int | None = rng.randint(*_AGES)
    for name, variable in lexicon.variables.items():
        if _SEXES.keys() <= variable.states.keys():
            persona, person = _SEXES.get(str(facts.get(name)), (NEUTRAL, _noun(lexicon.subject)))
        elif variable.numeric and name.lower() == _AGE:
            known = facts.get(name)
            age = None if known is None or isinstance(known, str) else int(known)
    return Subject(persona, person, age)


def _noun(subject: str) -> str:
    article = next((article for article in _ARTICLES if subject.lower().startswith(article)), "")
    return subject[len(article) :]


def introduce(lexicon: Lexicon, subject: Subject, rng: random.Random) -> str:
    """Write a first sentence that states no fact but the subject's own; empty where the lexicon has none that suits."""
    openings = [sentence for sentence in lexicon.opening if subject.age is not None or "{age}" not in sentence]
    if not openings:
        return ""
    sentence = lexicon.render(rng.choice(openings), subject.persona)
    return sentence.replace("{age}", str(subject.age)).replace("{person}", subject.person)
