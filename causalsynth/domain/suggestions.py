"""Ask a language model, once for each variable, how a fact is written about; read its answer strictly.

Pure: what to ask and how to take an answer. Suggestions are candidates; `causalsynth.extract.drafts` keeps those that
the extractor understands, and a person reviews them.
"""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from causalsynth.domain.lexicon import Lexicon, VariableWording

__all__ = ["StateSuggestion", "Suggestion", "read_answer", "request"]

_Sentence = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
_Sentences = Annotated[tuple[_Sentence, ...], Field(max_length=20)]
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")
_FENCE = re.compile(r"```(?:json)?\s*\n(.*)\n```\s*", re.DOTALL)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StateSuggestion(_Strict):
    """Wordings of one state."""

    means: _Sentence | None = None
    say: _Sentences = ()
    brief: _Sentences = ()
    phrases: _Sentences = ()
    """For `StateWording.asserts`."""


class Suggestion(_Strict):
    """Wordings of one variable: by its states, or of its number, where ``{value}`` stands for the number."""

    names: _Sentences = ()
    """Neutral names, for `VariableWording.anchors`."""
    states: Mapping[str, StateSuggestion] = Field(default_factory=dict)
    say: _Sentences = ()
    brief: _Sentences = ()


def request(name: str, lexicon: Lexicon, description: str = "") -> str:
    """Word the question for one variable.

    Parameters
    ----------
    name
        The variable.
    lexicon
        The draft that the wordings are for.
    description
        What the graph says of the variable.
    """
    variable = lexicon.variables[name]
    lines = [
        f"Documents: {lexicon.title}. They are about {lexicon.subject}.",
        f"Variable: {name} ({variable.label})" + (f": {description}" if description else ""),
        _values(variable),
        "",
        "How do people who write such documents put this into words? Sentences must state this value and nothing",
        "else: no reasons, no other findings, no numbers that aren't asked for. Answer with one JSON object and",
        "nothing else, of exactly this form:",
        _form(variable),
    ]
    return "\n".join(lines)


def _values(variable: VariableWording) -> str:
    if variable.states:
        return f"Its states: {', '.join(variable.states)}"
    unit = variable.number.unit if variable.number else ""
    return f"It is a number{f' in {unit}' if unit else ''}; write {{value}} where the number stands"


def _form(variable: VariableWording) -> str:
    if variable.states:
        of_state = (
            '{"means": "a clause such as: the patient smokes", "say": ["three whole sentences"], '
            '"brief": ["two short forms, no full stop"], "phrases": ["key phrases of up to six words, not negated"]}'
        )
        states = ", ".join(f'"{state}": {of_state if i == 0 else "{…}"}' for i, state in enumerate(variable.states))
        return f'{{"names": ["other names of the variable"], "states": {{{states}}}}}'
    return (
        '{"names": ["other names of the variable"], "say": ["three whole sentences with {value}"], '
        '"brief": ["two short forms with {value}, no full stop"]}'
    )


def read_answer(text: str, variable: VariableWording) -> Suggestion:
    """Read a model's answer: one JSON object of the form asked for, at most fenced.

    Raises
    ------
    ValueError
        It is none, has other keys or types, names states that there aren't, or has placeholders in the wrong places.
    """
    fenced = _FENCE.fullmatch(text.strip() + "\n")
    try:
        suggestion = Suggestion.model_validate_json(fenced[1] if fenced else text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from None
    if unknown := [state for state in suggestion.states if state not in variable.states]:
        raise ValueError(f"states: '{unknown[0]}' is none of {', '.join(variable.states) or 'its states'}")
    if variable.states and (suggestion.say or suggestion.brief):
        raise ValueError("say: a variable with states has sentences under its states only")
    wanted = {"value"} if variable.numeric else set()
    for sentence in (*suggestion.say, *suggestion.brief):
        if {match[1] for match in _PLACEHOLDER.finditer(sentence)} != wanted:
            raise ValueError(f"'{sentence}': exactly {{value}} is wanted in braces")
    for state in suggestion.states.values():
        for sentence in (*state.say, *state.brief, *state.phrases, state.means or ""):
            if _PLACEHOLDER.search(sentence):
                raise ValueError(f"'{sentence}': no braces are wanted")
    return suggestion
