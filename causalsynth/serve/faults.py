"""Faults that the simulated server shows on demand: what real servers do at bad times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from causalsynth.errors import InputError
from causalsynth.scm.noise import stream

__all__ = ["NO_FAULTS", "Fault", "FaultRates", "FaultScript", "Faults"]


class Fault(StrEnum):
    """One thing that goes wrong with one request."""

    BAD_REQUEST = "400"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    TOO_LARGE = "413"
    UNPROCESSABLE = "422"
    TOO_MANY = "429"
    ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    OVERLOADED = "529"
    SLOW = "slow"
    """Takes ten times as long, and at least a second."""
    HANG = "hang"
    """Holds its place and never answers, until the client goes away."""
    DROP = "drop"
    """Closes the connection without an answer."""
    EMPTY = "empty"
    """Answers with an empty text."""
    TRUNCATED = "truncated"
    """Answers with the first half of the text and finish reason ``length``."""
    REFUSAL = "refusal"
    """Answers with a refusal."""
    GARBAGE = "garbage"
    """Answers 200 with a body that is not JSON."""

    @property
    def status(self) -> int | None:
        """The HTTP status that it stands for; None where the request is answered or dropped."""
        return int(self) if self.isdigit() else None

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """Read a fault's name.

        Raises
        ------
        InputError
            There is no such fault.
        """
        try:
            return cls(text.strip().lower())
        except ValueError:
            known = ", ".join(cls)
            raise InputError(f"no fault is called {text!r}", hint=f"there are {known}") from None


class Faults(Protocol):
    """Says which fault, if any, request number `count` meets; requests are counted from 0."""

    def draw(self, count: int) -> Fault | None:
        """Choose the fault: a function of `count` alone."""
        ...


@dataclass(frozen=True, slots=True)
class FaultRates:
    """Faults drawn at random, each request on its own; so the same request sent again may well succeed.

    Attributes
    ----------
    rates
        Probability of each fault; together at most 1.
    seed
        Requests with the same number meet the same fault.

    Raises
    ------
    InputError
        A probability outside [0, 1], or a sum above 1.
    """

    rates: Mapping[Fault, float]
    seed: int = 0

    def __post_init__(self) -> None:
        for fault, rate in self.rates.items():
            if not 0 <= rate <= 1:
                raise InputError(f"fault {fault}: {rate} is no probability", hint="write e.g. 429:.05")
        if (total := sum(self.rates.values())) > 1 + 1e-9:
            remedy = "a request meets at most one; give each a share, e.g. 429:.05"
            raise InputError(f"the faults' probabilities add up to {total:g}", hint=remedy)

    @classmethod
    def parse(cls, texts: Iterable[str], *, seed: int = 0) -> "FaultRates":
        """Read ``429:.05`` (with probability) or ``429`` (always), each fault once.

        Raises
        ------
        InputError
            An unknown fault, one given twice, or no probability.
        """
        rates: dict[Fault, float] = {}
        for text in texts:
            name, colon, rate = text.partition(":")
            fault = Fault.parse(name)
            if fault in rates:
                raise InputError(f"fault {fault} is given twice", hint="give each once")
            try:
                rates[fault] = float(rate) if colon else 1.0
            except ValueError:
                raise InputError(f"fault {text!r}: no probability", hint=f"write e.g. {fault}:.05") from None
        return cls(rates, seed)

    def draw(self, count: int) -> Fault | None:
        """Choose the fault of request `count`."""
        if not self.rates:
            return None
        die = stream(self.seed, "fault", count).random()
        for fault, rate in self.rates.items():
            die -= rate
            if die < 0:
                return fault
        return None


@dataclass(frozen=True, slots=True)
class FaultScript:
    """Faults in a fixed order for the first requests; all later ones go well."""

    first: Sequence[Fault | None]

    def draw(self, count: int) -> Fault | None:
        """Choose the fault of request `count`."""
        return self.first[count] if count < len(self.first) else None


NO_FAULTS = FaultRates({})
"""Everything goes well."""
