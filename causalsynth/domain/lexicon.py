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
    "Comparison",
    "Cut",
    "Implication",
    "Lexicon",
    "NumberWording",
    "Persona",
    "StateWording",
    "UnitWording",
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


class UnitWording(_Strict):
    """How one unit is written behind a number."""

    names: tuple[Phrase, ...] = Field(min_length=1)
    """Its forms: ``mmol/L``, ``mmol per litre``, ``millimoles``; ``$`` and the like stand before the number too."""
    factor: float = Field(default=1.0, gt=0)
    """What a number in this unit is multiplied by to be in the variable's own."""


class Cut(_Strict):
    """The state that numbers of a range mean; half-open, from `low` to just below `high`."""

    state: str
    low: float | None = None
    high: float | None = None


class NumberWording(_Strict):
    """How a number is said: the value of a numeric variable, or what a categorical one is judged by (`cuts`)."""

    unit: str = ""
    """The variable's own unit, as in the graph."""
    units: Mapping[str, UnitWording] = Field(default_factory=dict)
    """Unit → its forms; the variable's own among them. None: a pure number or a count."""
    decimals: int = Field(default=0, ge=0, le=9)
    """Digits after the point that a value has."""
    tolerance: float = Field(default=0.0, ge=0)
    """How far a number may be from the value and still say it, in the variable's own unit."""
    plausible: tuple[float, float] | None = None
    """Least and greatest number, in the variable's own unit, that can be meant; others are no claim."""
    needs_unit: bool = False
    """Whether a number counts only with its unit."""
    forms: tuple[Phrase, ...] = ()
    """Phrases that hold their number and need no anchor: ``<number> year old``, ``aged <number>``."""
    near: tuple[Phrase, ...] = ()
    """Words that make a number with its unit its own, if nearer than those of `far`: ``account`` by ``58 days``."""
    far: tuple[Phrase, ...] = ()
    """Words that such a number is of something else beside: ``device``, ``within`` by ``58 days``."""
    asked: tuple[Phrase, ...] = ()
    """Phrases that ask for it without its name; the number that the answer begins with is one: ``how old``."""
    introduces: bool = False
    """Whether a number right behind the subject's name is one: ``Mr Price, 46, a roofer``."""
    since: tuple[Phrase, ...] = ()
    """Of an interval in hours: single words for the moment that it runs from. Two clock times then say how long it was:
    ``triage 09:20 … antibiotics 09:58``."""
    timeless: bool = False
    """Whether the number is of no time, as a length of stay: what is called later or former beside it is no matter."""
    values: Mapping[str, tuple[Phrase, ...]] = Field(default_factory=dict)
    """Value → phrases that say it without a number: ``no other activity in the past hour`` for 0."""
    cuts: tuple[Cut, ...] = ()
    """Of a categorical variable: which numbers mean which state."""
    means: Phrase = "{label} is {value} {unit}"
    """As `StateWording.means`, of a numeric variable; ``{value}``, ``{unit}`` and ``{label}`` are filled in."""
    say: tuple[Phrase, ...] = ()
    """As `StateWording.say`, with ``{value}``."""
    brief: tuple[Phrase, ...] = ()
    """As `StateWording.brief`, with ``{value}``."""


class Comparison(_Strict):
    """States that say whether two things have the same name: ``ip_country=CA card_country=CA``."""

    left: tuple[Phrase, ...] = Field(min_length=1)
    """What the one thing is called."""
    right: tuple[Phrase, ...] = Field(min_length=1)
    """What the other is called."""
    values: Mapping[str, tuple[Phrase, ...]] = Field(min_length=2)
    """Name → its spellings: ``portugal`` → ``portugal``, ``portuguese``, ``pt``."""
    same: str
    """The state where both have one name."""
    different: str
    """The state where they have two."""


class VariableWording(_Strict):
    """How one variable is spoken of: by states, by a number, or by states that numbers are judged as."""

    label: Phrase
    """What a person calls it, e.g. ``chest X-ray``."""
    states: Mapping[str, StateWording] = Field(default_factory=dict)
    number: NumberWording | None = None
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
    sorts: tuple[Phrase, ...] = ()
    """Phrases of `asserts` that name only one sort of it: their negation counts where nothing else is said, as
    ``no acute bronchitis`` does."""
    weak: tuple[Phrase, ...] = ()
    """Phrases of `asserts` that only hint at their state: they count where nothing else is said, or settle what else
    stays open: ``room air`` beside ``never intubated``. Negated they say nothing."""
    exclude: tuple[Phrase, ...] = ()
    """Longer phrases that contain one of ours and mean something else: ``yellow fever``."""
    lasting: bool = False
    """Whether what was once so stays so: ``PMH: diabetes`` counts."""
    ever: str | None = None
    """The state that holds if it ever held: ``CAM-ICU positive on day 2, negative today``."""
    past: str | None = None
    """The two-state variable that a past occurrence is stated of: ``had heart failure in 2016`` → ``HISTORY``."""
    highest: bool = False
    """Whether of several states that a text asserts the last in order holds: ``stage 1, progressing to stage 3``."""
    pronouns: Mapping[str, tuple[Phrase, ...]] = Field(default_factory=dict)
    """For each state the pronouns that hint at it; they count only where nothing else states it, and all agree."""
    titles: Mapping[str, tuple[Phrase, ...]] = Field(default_factory=dict)
    """The same of titles before a name: ``mr``."""
    plain: bool = False
    """Whether its phrases say it wherever they stand; otherwise a bare name beside unknown words is left in doubt."""
    compare: Comparison | None = None
    """How it follows from two names that are equal or not."""

    @property
    def numeric(self) -> bool:
        """Whether the variable's values are numbers."""
        return not self.states

    @model_validator(mode="after")
    def _has_states_or_a_number(self) -> Self:
        if not self.states and self.number is None:
            raise ValueError("states: give states, or a number")
        if self.number is not None:
            if self.numeric and not self.number.say:
                raise ValueError("number: say: give at least one sentence with {value}")
            if self.numeric and self.number.cuts:
                raise ValueError("number: cuts: only a variable with states is judged by cuts")
            if not self.numeric and not self.number.cuts:
                raise ValueError("number: give cuts: which numbers mean which state")
            for cut in self.number.cuts:
                if cut.state not in self.states:
                    raise ValueError(f"number: cuts: '{cut.state}' is none of the states {', '.join(self.states)}")
        return self

    def wording(self, value: str | int | float) -> StateWording:
        """Give how a value is said: a state's own wording, or that of a number, filled in.

        Raises
        ------
        KeyError
            There is no such state.
        """
        if not self.numeric:
            return self.states[str(value)]
        assert self.number is not None
        fill = {"{value}": self.written(value), "{unit}": self.number.unit, "{label}": self.label}

        def filled(text: str) -> str:
            for placeholder, filling in fill.items():
                text = text.replace(placeholder, filling)
            return " ".join(text.split())

        return StateWording(
            means=filled(self.number.means),
            say=tuple(map(filled, self.number.say)),
            brief=tuple(map(filled, self.number.brief)),
        )

    def written(self, value: str | int | float) -> str:
        """Write a value as texts do: a number with all its decimals, a state as it is."""
        if not self.numeric:
            return str(value)
        assert self.number is not None
        return f"{float(value):.{max(self.number.decimals, 0)}f}"

    @model_validator(mode="after")
    def _names_own_states(self) -> Self:
        if self.absent is not None and self.absent not in self.states:
            raise ValueError(f"absent: '{self.absent}' is none of the states {', '.join(self.states)}")
        if self.ever is not None and self.ever not in self.states:
            raise ValueError(f"ever: '{self.ever}' is none of the states {', '.join(self.states)}")
        compared = () if self.compare is None else (self.compare.same, self.compare.different)
        named = (
            ("state_words", tuple(self.state_words)),
            ("compare", compared),
            ("pronouns", tuple(self.pronouns)),
            ("titles", tuple(self.titles)),
        )
        for key, states in named:
            for state in states:
                if state not in self.states:
                    raise ValueError(f"{key}: '{state}' is none of the states {', '.join(self.states)}")
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
    says_two: tuple[Phrase, ...] = ()
    """Phrases that state two variables at once and are meant to: ``at the pump`` is fuel, and the card was there."""
    opening: tuple[Phrase, ...] = ()
    """First sentences that introduce the subject and state no fact; ``{age}`` and ``{person}`` may be used."""
    closing: tuple[Phrase, ...] = ()
    """Last sentences that state no fact."""
    filler: tuple[Phrase, ...] = ()
    """Sentences that say nothing about any variable: what the grammar realizer puts between the facts."""

    @model_validator(mode="after")
    def _past_is_a_variable_of_two_states(self) -> Self:
        for name, variable in self.variables.items():
            if variable.past is not None and len(getattr(self.variables.get(variable.past), "states", ())) != 2:
                raise ValueError(f"variables: {name}: past: '{variable.past}' is no variable with two states")
        return self

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
