"""The lexicon: how a domain's facts are said.

One YAML file a domain feeds four readers: the prompt (what each fact means, and forms that will be understood),
the extractor (which phrases assert which state), the grammar realizer (whole sentences) and the wording of
corrections. Told the forms that the extractor knows, an LLM is understood at once far more often.

Phrases for the extractor (not `say`, `brief`, `means`, which are plain English) may hold alternatives
``(short of|out of) breath``, optional words ``(frankly|) abnormal``, word groups ``trip to <place>`` that
`Lexicon.words` spells out, and ``<number>`` for any number; a backslash takes a bracket as it is. Case,
hyphens and typographic quotes don't matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

__all__ = [
    "FEMALE",
    "MALE",
    "NEUTRAL",
    "Implication",
    "Lexicon",
    "Persona",
    "StateWording",
    "VariableWording",
]

Phrase = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


@dataclass(frozen=True, slots=True)
class Persona:
    """What stands for ``{patient}``, ``{he}``, ``{his}``, ``{him}``; ``{He}`` and ``{His}`` are capitalised."""

    patient: str = "the patient"
    he: str = "the patient"
    his: str = "the patient's"
    him: str = "the patient"


NEUTRAL = Persona()
"""``The patient smokes.``"""
FEMALE = Persona(he="she", his="her", him="her")
"""``She smokes.``"""
MALE = Persona(he="he", his="his", him="him")
"""``He smokes.``"""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class StateWording(_Strict):
    """How one state of one variable is said."""

    means: Phrase
    """What the state means, for the prompt: a clause such as ``the patient smokes``."""
    say: tuple[Phrase, ...] = Field(min_length=1)
    """Whole sentences that state it and nothing else. ``{He}``, ``{he}``, ``{his}``, ``{him}`` and ``{patient}``
    stand for the subject."""
    brief: tuple[Phrase, ...] = ()
    """Short forms for lists and shorthand, without a full stop; the first sentences of `say` where there are none."""
    asserts: tuple[Phrase, ...] = Field(default=(), alias="assert")
    """Phrases that assert this state when neither negated nor hedged, e.g. ``smoker``."""


class VariableWording(_Strict):
    """How one variable is spoken of."""

    label: Phrase
    """What a person calls it, e.g. ``chest X-ray``."""
    states: Mapping[str, StateWording] = Field(min_length=1)
    absent: str | None = None
    """The state that a negated `asserts` phrase means: ``no bronchitis`` → ``no``."""
    anchors: tuple[Phrase, ...] = ()
    """Neutral names that say nothing until a state word is bound to them: ``chest X-ray`` … ``normal``."""
    state_words: Mapping[str, tuple[Phrase, ...]] = Field(default_factory=dict)
    """For each state the words that bind to an anchor."""
    bind: Literal["both", "before", "after"] = "both"
    """Where a state word stands, seen from its anchor: ``returned from … Asia`` is `before`."""
    denied: tuple[Phrase, ...] = ()
    """Phrases that mean `absent` when negated and say nothing otherwise: ``Asia`` in ``not been in Asia``."""
    one_way: tuple[Phrase, ...] = ()
    """Phrases of `asserts` or `state_words` whose negation says nothing: ``no mass`` leaves a film open."""
    exclude: tuple[Phrase, ...] = ()
    """Longer phrases that contain one of ours and mean something else: ``yellow fever``."""

    @model_validator(mode="after")
    def _names_own_states(self) -> Self:
        if self.absent is not None and self.absent not in self.states:
            raise ValueError(f"absent: '{self.absent}' is none of the states {', '.join(self.states)}")
        for state in self.state_words:
            if state not in self.states:
                raise ValueError(f"state_words: '{state}' is none of the states {', '.join(self.states)}")
        return self


class Implication(_Strict):
    """A deterministic variable's value as it follows from what the text says of others.

    `any_of`: one of the pairs suffices (tub or lung → either = yes); `all_of`: every pair is needed.
    """

    variable: str
    state: str
    any_of: Mapping[str, str] = Field(default_factory=dict, alias="any")
    all_of: Mapping[str, str] = Field(default_factory=dict, alias="all")

    def holds(self, facts: Mapping[str, str]) -> bool:
        """Tell whether the premises are among `facts`."""
        one = not self.any_of or any(facts.get(name) == state for name, state in self.any_of.items())
        return one and all(facts.get(name) == state for name, state in self.all_of.items())


class Lexicon(_Strict):
    """A whole domain's wording."""

    domain: Phrase
    title: Phrase
    document: Phrase = "clinical_note"
    """The folder under ``prompts/`` that holds this document type's templates."""
    subject: Phrase = "the patient"
    """Who or what a document is about."""
    use: tuple[str, ...] = ()
    """Shared packs of cues, e.g. ``clinical_english``; the general English cues are always there."""
    words: Mapping[str, tuple[Phrase, ...]] = Field(default_factory=dict)
    """Word groups that phrases call by ``<name>``."""
    variables: Mapping[str, VariableWording] = Field(min_length=1)
    implies: tuple[Implication, ...] = ()
    others: tuple[Phrase, ...] = ()
    """Things that take the same state words as our anchors and are no variable: ``CT`` in ``CT normal``."""
    opening: tuple[Phrase, ...] = ()
    """First sentences that introduce the subject and state no fact; ``{age}`` and ``{person}`` may be used."""
    closing: tuple[Phrase, ...] = ()
    """Last sentences that state no fact."""
    filler: tuple[Phrase, ...] = ()
    """Sentences that say nothing about any variable: what the grammar realizer puts between the facts."""

    @model_validator(mode="after")
    def _implications_name_known_states(self) -> Self:
        for implication in self.implies:
            named = [(implication.variable, implication.state)]
            for variable, state in [*named, *implication.any_of.items(), *implication.all_of.items()]:
                if variable not in self.variables:
                    raise ValueError(f"implies: '{variable}' is none of the variables")
                if state not in self.variables[variable].states:
                    raise ValueError(f"implies: '{state}' is no state of {variable}")
        return self

    def follows(self, facts: Mapping[str, str]) -> frozenset[str]:
        """Give the variables among `facts` whose state follows from the others': a text need not state them."""
        return frozenset(
            rule.variable for rule in self.implies if facts.get(rule.variable) == rule.state and rule.holds(facts)
        )

    def render(self, sentence: str, persona: Persona = NEUTRAL) -> str:
        """Fill the placeholders of `sentence`, and begin it with a capital where a placeholder begins it.

        Placeholders other than those of `Persona` (``{age}``, ``{person}``) stay as they are.
        """
        fillings = {
            "{patient}": persona.patient,
            "{He}": persona.he[:1].upper() + persona.he[1:],
            "{he}": persona.he,
            "{his}": persona.his,
            "{His}": persona.his[:1].upper() + persona.his[1:],
            "{him}": persona.him,
        }
        begins = sentence.startswith(tuple(fillings))
        for placeholder, filling in fillings.items():
            sentence = sentence.replace(placeholder, filling)
        return sentence[:1].upper() + sentence[1:] if begins else sentence
