"""What a sentence says of one variable."""

from dataclasses import dataclass

from causalsynth.extract.findings import Span

__all__ = ["Claim"]


@dataclass(slots=True)
class Claim:
    """One thing that a text says of one variable.

    Not frozen, as what is frozen takes three times as long to make.

    Attributes
    ----------
    allowed
        The states that it leaves open; none of a numeric variable.
    certain
        False where it is only hedged, or where grammar leaves its negation open.
    number
        Of a numeric variable, in its own unit.
    weak
        Counts only where no other does: a state that a number is judged as, an amount that nothing names.
    at_index
        A number of the very time in question: others of no stated time give way.
    entry
        Of a number the entry of the log that it stands in, see `Stamps.at`: later ones give way.
    """

    variable: str
    allowed: frozenset[str]
    certain: bool
    span: Span
    number: float | None = None
    weak: bool = False
    at_index: bool = False
    entry: int | None = 0
