"""Mention plans: which facts a document must state, and on which it must keep silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from causalsynth.errors import InputError

__all__ = ["MentionPlan"]


@dataclass(frozen=True, slots=True)
class MentionPlan:
    """Which variables a document states.

    Attributes
    ----------
    variables
        Those to be stated; None: all.
    """

    variables: frozenset[str] | None = None

    @classmethod
    def parse(cls, text: str, variables: Sequence[str]) -> "MentionPlan":
        """Read ``all``, a list of variables to state (``smoke,xray``), or of those to leave out (``-tub,-lung``).

        Raises
        ------
        InputError
            A variable is unknown, both kinds are mixed, or nothing is left to state.
        """
        if text == "all":
            return cls()
        names = [name.strip() for name in text.split(",")]
        left_out = [name[1:] for name in names if name.startswith("-")]
        if left_out and len(left_out) < len(names):
            raise InputError(f"--mention {text}: states some and leaves out others", hint="give one of the two lists")
        for name in left_out or names:
            if name not in variables:
                raise InputError(
                    f"--mention {text}: unknown variable {name!r}",
                    hint=f"the domain has {', '.join(variables)}",
                )
        stated = frozenset(variables) - frozenset(left_out) if left_out else frozenset(names)
        if not stated:
            raise InputError(f"--mention {text}: nothing is left to state", hint="leave at least one variable in")
        return cls(stated)

    def mentioned(self, skeleton: Mapping[str, str]) -> frozenset[str] | None:
        """Give the variables that the document of this skeleton states; None: all."""
        return self.variables
