"""What a spec may hold. Numbers and formulas are texts here: `causalsynth.scm.spec.build` reads them."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

__all__ = [
    "MECHANISMS",
    "Additive",
    "CaseEntry",
    "LogNormal",
    "Normal",
    "Ordinal",
    "PoissonEntry",
    "Spec",
    "VariableEntry",
]

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Noise = Literal["normal", "logistic", "laplace", "uniform"]

MECHANISMS = (
    "probabilities",
    "table",
    "bernoulli",
    "logistic",
    "ordinal",
    "cases",
    "value",
    "normal",
    "lognormal",
    "additive",
    "poisson",
)
"""The keys that say how a variable follows from its parents: each variable has one of them."""


def _wrong(message: str, hint: str, key: str = "") -> PydanticCustomError:
    return PydanticCustomError("spec", "{message}", {"message": message, "hint": hint, "key": key})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        unknown = [key for key in data if key not in cls.model_fields] if isinstance(data, Mapping) else []
        if unknown:
            close = get_close_matches(unknown[0], cls.model_fields, n=2)
            hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(cls.model_fields)}"
            raise _wrong(f"there is no key {unknown[0][:60]!r}", hint, unknown[0])
        return data


class Ordinal(_Strict):
    """A latent number, cut into ordered states."""

    latent: Text
    cutpoints: tuple[Text, ...]
    """One fewer than the states, rising."""
    noise: Noise = "logistic"
    scale: Text = "1"


class Normal(_Strict):
    """A normal law."""

    mean: Text
    sd: Text


class LogNormal(_Strict):
    """The law of exp(x), x normal with mean `mu` and standard deviation `sigma`."""

    mu: Text
    sigma: Text


class Additive(_Strict):
    """Mean plus scale times noise."""

    mean: Text
    scale: Text
    noise: Noise = "normal"


class PoissonEntry(_Strict):
    """A count, plus a whole number."""

    rate: Text
    offset: Text = "0"


class CaseEntry(_Strict):
    """What holds where a condition does."""

    when: Text | None = None
    """Without it: otherwise."""
    probabilities: Any = None
    value: Text | None = None

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if len({"probabilities", "value"} & self.model_fields_set) != 1:
            raise _wrong("a case has either probabilities or a value", "value: STATE puts all probability on one")
        return self


class VariableEntry(_Strict):
    """One variable: what it can take, and its mechanism."""

    description: str = ""
    unit: str = ""
    decimals: Text | None = None
    """Digits after the point that are kept; all if it isn't given."""
    range: tuple[str, ...] | None = None
    """Least and greatest value; ``none`` for an open side. Values beyond are put on the bound."""
    states: tuple[Text, ...] | None = None
    parents: tuple[Text, ...] | None = None
    """Of a table: the order of its levels."""
    probabilities: Any = None
    table: Any = None
    bernoulli: Text | None = None
    logistic: Text | None = None
    ordinal: Ordinal | None = None
    cases: tuple[CaseEntry, ...] | None = Field(default=None, min_length=1)
    value: Text | None = None
    normal: Normal | None = None
    lognormal: LogNormal | None = None
    additive: Additive | None = None
    poisson: PoissonEntry | None = None

    @model_validator(mode="after")
    def _two_bounds(self) -> Self:
        if self.range is not None and len(self.range) != 2:
            raise _wrong("a range has two sides", "write [low, high], and none for an open side: [0, none]", "range")
        return self

    @model_validator(mode="after")
    def _one_mechanism(self) -> Self:
        given = [key for key in MECHANISMS if key in self.model_fields_set]
        if not given:
            raise _wrong("it has no mechanism", f"give one of {', '.join(MECHANISMS)}")
        if len(given) > 1:
            raise _wrong(f"it has two mechanisms, {given[0]} and {given[1]}", "keep one of them", given[1])
        if given == ["table"] and not self.parents:
            raise _wrong("a table needs parents", "parents: [a, b] says which levels it has", "table")
        if given != ["table"] and self.parents is not None:
            hint = "leave it away: the parents of a formula are the variables that it mentions"
            raise _wrong("parents are given for a table only", hint, "parents")
        return self

    @property
    def mechanism(self) -> str:
        """The key of its mechanism."""
        return next(key for key in MECHANISMS if key in self.model_fields_set)


class Spec(_Strict):
    """A whole model."""

    graph: Text
    """Its name."""
    description: str = ""
    source: str = ""
    licence: str = ""
    coupling: Literal["inverse_cdf", "gumbel_max"] = "inverse_cdf"
    """How noise leads to states: matters for counterfactuals only."""
    variables: Mapping[str, VariableEntry] = Field(min_length=1)
