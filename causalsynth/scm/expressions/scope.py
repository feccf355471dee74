"""What the names in an expression stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from causalsynth.scm.expressions.calls import FORMS
from causalsynth.scm.expressions.source import Source, listing
from causalsynth.scm.expressions.syntax import Arithmetic, Comparison, Membership, Number, State, Variable
from causalsynth.scm.support import Categorical, Numeric, Support

__all__ = ["Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables that an expression may mention."""

    source: Source
    supports: Mapping[str, Support]

    def numeric(self, node: Variable) -> Numeric:
        """Give what a variable can take that must have numbers.

        Raises
        ------
        GraphError
            There is no such variable, or it has states.
        """
        support = self._support(node)
        if isinstance(support, Numeric):
            return support
        hint = f"compare it with a state: [{node.name} = {support.states[0]}] counts it as 0 or 1"
        raise self.source.error(node.start, f"{node.name} has states, it is no number", hint)

    def categorical(self, node: Arithmetic) -> Categorical | None:
        """Give the states of a node that is a categorical variable; None if it is a number.

        Raises
        ------
        GraphError
            There is no such variable.
        """
        support = self._support(node) if isinstance(node, Variable) else None
        return support if isinstance(support, Categorical) else None

    def code(self, left: Arithmetic, states: tuple[str, ...], node: Arithmetic | State) -> int:
        """Give the code of a state.

        Parameters
        ----------
        left
            The variable that it is compared with.
        states
            Those of the variable.
        node
            The state as written.

        Raises
        ------
        GraphError
            There is no such state, or this is none.
        """
        name = self.source.snippet(left.start, left.stop)
        hint = f"the states are {listing(states)}"
        shown = self.source.snippet(node.start, node.stop)
        written = node.name if isinstance(node, State) else node.text if isinstance(node, Number) else None
        if written is None or (isinstance(node, Number) and node.unit is not None):
            raise self.source.error(node.start, f"{shown} is no state of {name}; odd states go in quotes", hint)
        if written not in states:
            raise self.source.error(node.start, f"{name} has no state {written!r}", hint)
        return states.index(written)

    def operand(self, left: Arithmetic, node: Arithmetic | State) -> Arithmetic:
        """Take what stands right of a number in a comparison.

        Raises
        ------
        GraphError
            It is a state.
        """
        if not isinstance(node, State):
            return node
        name = self.source.snippet(left.start, left.stop)
        hint = f"compare with a number, or with a variable in brackets: {name} = ({node.name})"
        raise self.source.error(node.start, f"{node.name!r} is read as a state, but {name} has numbers", hint)

    def refuse_order(self, node: Comparison, side: Arithmetic) -> None:
        """Refuse a categorical variable beside ``<`` and the like, or right of ``=`` (GraphError)."""
        if (support := self.categorical(side)) is None:
            return
        name = self.source.snippet(side.start, side.stop)
        if node.operator in ("=", "!="):
            hint = f"write it left of the state: {name} {node.operator} {support.states[0]}"
            raise self.source.error(side.start, f"{name} has states, it is no number", hint)
        hint = f"write {name} = a state, or {name} in (…); the states are {listing(support.states)}"
        raise self.source.error(node.at, f"the states of {name} have no order", hint)

    def members(self, node: Membership, states: tuple[str, ...]) -> tuple[int, ...]:
        """Give the codes of the states in a list."""
        return tuple(self.code(node.left, states, member) for member in node.members)

    def _support(self, node: Variable) -> Support:
        support = self.supports.get(node.name)
        if support is not None:
            return support
        names = tuple(self.supports)
        close = get_close_matches(node.name, names, n=3)
        hint = f"there are {listing(names)}" if names else "no variables can be used here"
        if node.name in FORMS:
            hint = f"the function is written {FORMS[node.name]}"
        elif close:
            hint = f"did you mean {' or '.join(close)}?"
        raise self.source.error(node.start, f"there is no variable {node.name!r}", hint)
