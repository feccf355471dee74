"""Values of expressions, for many rows at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError
from causalsynth.scm.expressions.functions import FUNCTIONS, Numbers, power
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
    mentions,
)
from causalsynth.scm.support import Columns

__all__ = ["holds", "values"]

_SHOWN = 8
_APPLY = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
_COMPARE = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def values(source: Source, root: Arithmetic, columns: Columns) -> Numbers:
    """Work out a number for each row.

    Returns
    -------
    array of float64, shape (rows,)
        Finite, and without negative zeros.

    Raises
    ------
    GraphError
        It has no finite value in some row: the message names place, row and values.
    """
    with np.errstate(all="ignore"):
        return _Rows(Scope(source, columns.supports), columns, None).number(root) + 0.0


def holds(source: Source, root: Condition, columns: Columns) -> NDArray[np.bool_]:
    """Find the rows, shape (rows,), where a condition holds; raises what `values` does."""
    with np.errstate(all="ignore"):
        return _Rows(Scope(source, columns.supports), columns, None).condition(root)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows for which a part of an expression is worked out: those in `index`, or all if it is None."""

    scope: Scope
    columns: Columns
    index: NDArray[np.intp] | None

    @property
    def count(self) -> int:
        return self.columns.rows if self.index is None else len(self.index)

    def where(self, mask: NDArray[np.bool_]) -> "_Rows":
        if mask.all():
            return self
        index = np.flatnonzero(mask) if self.index is None else self.index[mask]
        return _Rows(self.scope, self.columns, index)

    def number(self, node: Arithmetic) -> Numbers:
        """Give a formula's value in each row."""
        match node:
            case Number() | Constant():
                return np.full(self.count, node.value)
            case Variable():
                return self._variable(node)
            case Negation():
                return -self.number(node.operand)
            case Chain():
                return self._chain(node)
            case Power():
                return self._power(node)
            case Call():
                return self._call(node)
            case Rounding():
                return self._rounding(node)
            case Choice():
                return self._choice(node)
            case Indicator():
                return self.condition(node.operand).astype(np.float64)

    def condition(self, node: Condition) -> NDArray[np.bool_]:
        """Tell of each row whether a condition holds in it."""
        match node:
            case Comparison():
                return self._comparison(node)
            case Membership():
                return self._membership(node)
            case Not():
                return ~self.condition(node.operand)
            case Junction():
                return self._junction(node)

    def _column(self, name: str) -> NDArray[np.generic]:
        column = np.asarray(self.columns[name])
        return column if self.index is None else column[self.index]

    def _variable(self, node: Variable) -> Numbers:
        self.scope.numeric(node)
        numbers = np.ascontiguousarray(self._column(node.name), dtype=np.float64)
        return self._finite(numbers, node.start, f"{node.name} has no finite value", node)

    def _chain(self, node: Chain) -> Numbers:
        result = self.number(node.first)
        for step in node.rest:
            operand = self.number(step.operand)
            if step.operator == "/" and (zero := operand == 0).any():
                raise self._guarded(zero, step.at, "division by zero", f"{self._shown(step.operand)} != 0", node)
            result = _APPLY[step.operator](result, operand)
            self._finite(result, step.at, "the result is too large", step.operand, node)
        return result

    def _power(self, node: Power) -> Numbers:
        base, exponent = self.number(node.base), self.number(node.exponent)
        if (bad := (base == 0) & (exponent < 0)).any():
            raise self._guarded(bad, node.at, "division by zero", f"{self._shown(node.base)} != 0", node)
        if (bad := (base < 0) & (np.floor(exponent) != exponent)).any():
            message = "a negative number to a power that isn't whole"
            raise self._guarded(bad, node.at, message, f"{self._shown(node.base)} >= 0", node)
        return self._finite(power(base, exponent), node.at, "the result is too large", node)

    def _call(self, node: Call) -> Numbers:
        function = FUNCTIONS[node.function]
        arguments = [self.number(argument) for argument in node.arguments]
        first = arguments[0]
        if function.outside is not None and (bad := function.outside(first)).any():
            domain = function.domain.format(self._shown(node.arguments[0]))
            message = f"{function.name} of {first[bad.argmax()]:.6g}"
            raise self._guarded(bad, node.start, message, domain, node)
        result = function.compute(*arguments)
        if (bad := np.isnan(result)).any():
            hint = "clip(x, low, high): low comes first"
            raise self._failure(bad, node.start, "the low end is above the high one", hint, node)
        return self._finite(result, node.start, f"{function.name}: the result is too large", node)

    def _rounding(self, node: Rounding) -> Numbers:
        rounded = np.round(self.number(node.operand), node.digits)
        return self._finite(rounded, node.start, "the number is too large to round", node)

    def _choice(self, node: Choice) -> Numbers:
        chosen = self.condition(node.condition)
        result = np.empty(self.count)
        result[chosen] = self.where(chosen).number(node.then)
        result[~chosen] = self.where(~chosen).number(node.otherwise)
        return result

    def _comparison(self, node: Comparison) -> NDArray[np.bool_]:
        support = self.scope.categorical(node.left)
        compare = _COMPARE[node.operator]
        if support is not None and node.operator in ("=", "!=") and isinstance(node.left, Variable):
            code = self.scope.code(node.left, support.states, node.right)
            return np.asarray(compare(self._column(node.left.name), np.int8(code)), dtype=np.bool_)
        right = self.scope.operand(node.left, node.right)
        self.scope.refuse_order(node, node.left)
        self.scope.refuse_order(node, right)
        return np.asarray(compare(self.number(node.left), self.number(right)), dtype=np.bool_)

    def _membership(self, node: Membership) -> NDArray[np.bool_]:
        support = self.scope.categorical(node.left)
        found = np.zeros(self.count, dtype=np.bool_)
        if support is not None and isinstance(node.left, Variable):
            codes = self._column(node.left.name)
            for code in self.scope.members(node, support.states):
                found |= codes == np.int8(code)
            return found
        number = self.number(node.left)
        for member in node.members:
            found |= number == self.number(self.scope.operand(node.left, member))
        return found

    def _junction(self, node: Junction) -> NDArray[np.bool_]:
        """Work out each operand only where those before it leave the answer open."""
        joint = node.operator == "and"
        result = np.full(self.count, joint)
        for operand in node.operands:
            undecided = result == joint
            result[undecided] = self.where(undecided).condition(operand)
        return result

    def _finite(self, numbers: Numbers, at: int, message: str, *nodes: Node) -> Numbers:
        if (bad := ~np.isfinite(numbers)).any():
            raise self._failure(bad, at, message, "bound what goes in by clip(x, low, high)", *nodes)
        return numbers

    def _guarded(self, bad: NDArray[np.bool_], at: int, message: str, domain: str, node: Node) -> GraphError:
        hint = f"guard it: if({domain}, {self._shown(node)}, another value)" if mentions(node) else ""
        return self._failure(bad, at, message, hint, node)

    def _failure(self, bad: NDArray[np.bool_], at: int, message: str, hint: str, *nodes: Node) -> GraphError:
        """Make the error for the first bad row, with the values of the variables that some nodes mention."""
        first = int(bad.argmax())
        row = first if self.index is None else int(self.index[first])
        names = mentions(*nodes)
        shown = [self.columns.describe(name, row) for name in names[:_SHOWN]] + ["…"] * (len(names) > _SHOWN)
        when = f" when {', '.join(shown)}" if shown else ""
        return self.scope.source.error(at, message + when, hint)

    def _shown(self, node: Node) -> str:
        return self.scope.source.snippet(node.start, node.stop)
