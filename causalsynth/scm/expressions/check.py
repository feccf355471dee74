"""Types and units.

Units are checked where they say something for sure: what is added, compared or chosen between must not be in two
different known units. A literal is in any unit unless it names one, and so is a product, for a coefficient may carry
units of its own.
"""

from collections.abc import Iterable, Mapping

from causalsynth.scm.expressions.functions import FUNCTIONS
from causalsynth.scm.expressions.kinds import as_condition, as_number
from causalsynth.scm.expressions.scope import Scope
from causalsynth.scm.expressions.source import Source
from causalsynth.scm.expressions.syntax import (
    Arithmetic,
    Call,
    Chain,
    Choice,
    Comparison,
    Condition,
    Constant,
    Indicator,
    Junction,
    Membership,
    Negation,
    Node,
    Not,
    Number,
    Power,
    Rounding,
    Variable,
)
from causalsynth.scm.support import Support

__all__ = ["check"]


def check(source: Source, root: Node, supports: Mapping[str, Support], *, condition: bool) -> str | None:
    """Check types and units of a whole expression.

    Parameters
    ----------
    source, root
        The text and its tree.
    supports
        Every variable that may be mentioned → what it can take.
    condition
        Whether a condition is wanted rather than a number.

    Returns
    -------
    The unit; None for any.

    Raises
    ------
    GraphError
        Something doesn't fit; the message names line and column.
    """
    checker = _Checker(Scope(source, supports))
    if condition:
        checker.condition(as_condition(source, root))
        return None
    return checker.unit(as_number(source, root))


class _Checker:
    """One method for each kind of node."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def unit(self, node: Arithmetic) -> str | None:
        """Check a number; gives its unit."""
        match node:
            case Number():
                return node.unit
            case Variable():
                return self.scope.numeric(node).unit or None
            case Constant():
                self._constant(node)
            case Negation() | Rounding():
                return self.unit(node.operand)
            case Chain():
                return self._chain(node)
            case Power():
                self.unit(node.base)
                self.unit(node.exponent)
            case Call():
                return self._call(node)
            case Choice():
                self.condition(node.condition)
                return self._same((node.then, node.then.start), (node.otherwise, node.otherwise.start))
            case Indicator():
                self.condition(node.operand)
        return None

    def condition(self, node: Condition) -> None:
        """Check a condition."""
        match node:
            case Comparison():
                self._comparison(node)
            case Membership():
                self._membership(node)
            case Not():
                self.condition(node.operand)
            case Junction():
                for operand in node.operands:
                    self.condition(operand)

    def _chain(self, node: Chain) -> str | None:
        terms = [(node.first, node.start), *((step.operand, step.at) for step in node.rest)]
        if node.rest[0].operator in ("+", "-"):
            return self._same(*terms)
        for term, _ in terms:
            self.unit(term)
        return None

    def _call(self, node: Call) -> str | None:
        if FUNCTIONS[node.function].keeps_unit:
            return self._same(*((argument, argument.start) for argument in node.arguments))
        for argument in node.arguments:
            self.unit(argument)
        return None

    def _comparison(self, node: Comparison) -> None:
        support = self.scope.categorical(node.left)
        if support is not None and node.operator in ("=", "!="):
            self.scope.code(node.left, support.states, node.right)
            return
        self.scope.refuse_order(node, node.left)
        right = self.scope.operand(node.left, node.right)
        self.scope.refuse_order(node, right)
        self._same((node.left, node.at), (right, node.at))

    def _membership(self, node: Membership) -> None:
        if (support := self.scope.categorical(node.left)) is not None:
            self.scope.members(node, support.states)
            return
        members = [self.scope.operand(node.left, member) for member in node.members]
        self._same((node.left, node.start), *((member, member.start) for member in members))

    def _constant(self, node: Constant) -> None:
        if node.name in self.scope.supports:
            raise self.scope.source.error(
                node.start,
                f"{node.name} is both a constant and a variable",
                f"write `{node.name}` in backticks for the variable",
            )

    def _same(self, *terms: tuple[Arithmetic, int]) -> str | None:
        """Find the unit that terms have in common; each comes with the place to point at."""
        return _common(self.scope.source, ((node, at, self.unit(node)) for node, at in terms))


def _common(source: Source, terms: Iterable[tuple[Arithmetic, int, str | None]]) -> str | None:
    known: tuple[str, str] | None = None
    for node, at, unit in terms:
        shown = source.snippet(node.start, node.stop)
        if unit is not None and known is not None and unit != known[1]:
            raise source.error(
                at,
                f"unit mismatch: {known[0]} is in {known[1]}, {shown} in {unit}",
                "a factor converts one to the other: a product is in any unit",
            )
        if unit is not None and known is None:
            known = shown, unit
    return known[1] if known else None
